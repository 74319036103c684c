#include "harness/calibrate/calibrate_command.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/machine/calibration.h"
#include "harness/support/clock.h"
#include "harness/support/files.h"
#include "harness/support/json.h"
#include "harness/support/output.h"
#include "harness/support/progress.h"
#include "harness/support/version.h"

enum format { FORMAT_TEXT, FORMAT_CSV, FORMAT_JSON };
static const char *const formats[] = {"text", "csv", "json", NULL};

struct request {
    size_t format;   /* an enum format */
    const char *out; /* or NULL */
    bool quick;
};

/* ---- How far it is ------------------------------------------------------- */

struct display {
    bool terminal;
    uint64_t began_ns, shown_ns;
};

static void begin_display(struct display *display, bool quick)
{
    const char *terminal = getenv("TERM");
    *display = (struct display){
        .terminal = isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0,
        .began_ns = clock_wall_ns(),
    };
    if (!display->terminal)
        fprintf(stderr, "calibrating: about %d s\n", quick ? 4 : 20);
    if (strcmp(version_variant(), "release") != 0)
        fprintf(stderr, "calibrating: a %s build measures itself, not the machine\n",
                version_variant());
}

/* One line, rewritten in place. */
static void show(void *to, size_t done, size_t steps)
{
    enum { PERIOD_MS = 100 };
    struct display *display = to;
    const uint64_t now = clock_wall_ns();
    if (!display->terminal || now - display->shown_ns < PERIOD_MS * 1000000u)
        return;
    display->shown_ns = now;
    char left[32];
    progress_format_duration(
        progress_seconds_left(done, steps - done, (double)(now - display->began_ns) * 1e-9), left);
    output_overwrite(false, "calibrating: %zu %%, %s left", 100 * done / steps, left);
}

static void end_display(const struct display *display)
{
    if (display->terminal)
        fputs("\r\033[K", stderr);
}

/* ---- What comes of it ---------------------------------------------------- */

/* Check that a file can be made in the folder of path: asked before, not after 20 s. */
static enum lg_status check_out(const char *path, struct lg_error *error)
{
    char copy[FILES_PATH_MAX];
    enum lg_status status = files_path(copy, error, "%s", path);
    if (status == LG_OK && access(dirname(copy), W_OK | X_OK) != 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot write %.300s: %s", path, strerror(errno));
    return status;
}

static enum lg_status print(const struct calibration *calibration, size_t format,
                            struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = LG_OK;
    if (format == FORMAT_TEXT)
        status = calibration_text(calibration, &text, error);
    else if (format == FORMAT_JSON)
        status = json_add(&text, calibration_json(calibration), 2, error);
    else
        status = calibration_csv(calibration, &text, error);
    if (status == LG_OK)
        status = text_check(&text, error);
    if (status == LG_OK)
        status = format == FORMAT_TEXT ? output_shown(&text, error) : output_text(&text, error);
    text_free(&text);
    return status;
}

static enum lg_status write_out(const struct calibration *calibration, const char *path,
                                struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = json_add(&text, calibration_json(calibration), 2, error);
    if (status == LG_OK)
        status = files_write(path, text.bytes, text.size, error);
    text_free(&text);
    return status;
}

/* ---- The command --------------------------------------------------------- */

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct request request = {.out = NULL};
    struct display display;
    struct calibration *calibration = NULL;
    struct operands operands;
    enum lg_status status =
        command_read(&calibrate_command, argc, argv, &request, &operands, error);
    if (status == LG_OK && request.out != NULL)
        status = check_out(request.out, error);
    if (status != LG_OK)
        return status;
    begin_display(&display, request.quick);
    status = calibration_take(&calibration, request.quick, show, &display, error);
    end_display(&display);
    if (status == LG_OK)
        status = print(calibration, request.format, error);
    if (status == LG_OK && request.out != NULL)
        status = write_out(calibration, request.out, error);
    calibration_free(calibration);
    return status;
}

static const struct option_row options[] = {
    {"quick", .meaning = "about 4 s, with wider intervals", .kind = OPTION_FLAG,
     .offset = offsetof(struct request, quick)},
    {"format", .meaning = "how it is printed", .kind = OPTION_WORD, .words = formats,
     .fallback = "text", .offset = offsetof(struct request, format)},
    {"out", "FILE", "write the JSON there as well, with what this machine is", OPTION_TEXT,
     offsetof(struct request, out), .offer = OFFER_FILE},
    {.name = NULL},
};

const struct command calibrate_command = {
    .name = "calibrate",
    .summary = "what this machine can do: arithmetic, memory, clocks",
    .about =
        "Measures one processor for about 20 s: the rate of multiply-adds (two operations each), "
        "divisions and square roots of every copy of the engine that runs here; the bandwidth "
        "(10^9 bytes a second) and latency of each level of memory; what reading a clock costs. "
        "Each line has the median, its 95 % interval and the best value. On a machine that does "
        "other things as well the best is nearer to what it can do.\n\n"
        "TSC cycles count the time stamp counter, whose rate is not the core's; the core's is in "
        "the line 'core clock'. 'generic' is what the compiler makes of plain C. What cannot be "
        "measured is '-', with the reason below; in CSV and JSON it is absent.",
    .example = "lossgrid calibrate --out calibration.json\n",
    .options = options,
    .run = run,
};
