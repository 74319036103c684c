#include "harness/status/status_command.h"

#include <stdint.h>
#include <stdlib.h>

#include "harness/status/show.h"
#include "harness/store/tuned.h"
#include "harness/support/output.h"

enum { FORMAT_TEXT, FORMAT_JSON };

struct options {
    size_t format; /* an index of the words below */
    bool check;
};

/* Folders, each of which may hold one of trials. */
struct reading {
    struct folder *folders; /* (count) */
    char (*paths)[FILES_PATH_MAX];
    size_t count;
    enum lg_status outcome;
    struct lg_error *error;
};

/* A folder that cannot be read is named at the end, after those that can. */
static void read_folder(struct reading *reading, const char *path)
{
    struct lg_error found;
    struct folder *folder = &reading->folders[reading->count];
    char *own = reading->paths[reading->count];
    enum lg_status status = files_path(own, &found, "%s", path);
    if (status == LG_OK)
        status = folder_read(own, folder, &found);
    if (status == LG_OK) {
        reading->count++;
        return;
    }
    folder_free(folder);
    if (reading->outcome == LG_OK)
        *reading->error = found;
    else
        output_line(stderr, "%s", found.message);
    reading->outcome = reading->outcome == LG_OK ? status : reading->outcome;
}

/* The trials first: what is chosen from them is trained later, or elsewhere. */
static enum lg_status read_folders(const struct operands *operands, struct reading *reading)
{
    for (size_t i = 0; i < operands->count; i++) {
        char path[FILES_PATH_MAX], own[FILES_PATH_MAX];
        const bool has_trials = tuned_has_trials(operands->list[i], path);
        if (has_trials)
            read_folder(reading, path);
        if (files_path(own, reading->error, "%s/cells.sqlite", operands->list[i]) != LG_OK)
            return LG_USAGE;
        if (!has_trials || files_exists(own))
            read_folder(reading, operands->list[i]);
    }
    return reading->outcome;
}

static enum lg_status show(const struct options *options, const struct folder *folders,
                           size_t count, struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = options->format == FORMAT_JSON
                                ? show_json(folders, count, &text, error)
                                : show_text(folders, count, &text, error);
    if (status == LG_OK)
        status =
            options->format == FORMAT_JSON ? output_text(&text, error) : output_shown(&text, error);
    text_free(&text);
    return status;
}

/* Whether all that was asked for is there. */
static enum lg_status check(const struct folder *folders, size_t count, struct lg_error *error)
{
    size_t left = 0, waiting = 0;
    for (size_t i = 0; i < count; i++) {
        left += folders[i].left;
        waiting += folders[i].left > 0 || folders[i].state == FOLDER_EMPTY;
    }
    if (waiting == 0)
        return LG_OK;
    return lg_fail(error, LG_FAILED, "%zu cell%s of %zu folder%s %s left", left,
                   left == 1 ? "" : "s", waiting, waiting == 1 ? "" : "s",
                   left == 1 ? "is" : "are");
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options options = {0};
    struct operands operands;
    struct lg_error failure;
    enum lg_status status = command_read(&status_command, argc, argv, &options, &operands, error);
    if (status != LG_OK)
        return status;
    struct reading reading = {.folders = calloc(2 * operands.count, sizeof(struct folder)),
                              .paths = calloc(2 * operands.count, sizeof *reading.paths),
                              .error = error};
    if (reading.folders == NULL || reading.paths == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    if (status == LG_OK)
        status = read_folders(&operands, &reading);
    if (reading.count > 0 && show(&options, reading.folders, reading.count, &failure) != LG_OK) {
        *error = failure;
        status = failure.code;
    }
    if (status == LG_OK && options.check)
        status = check(reading.folders, reading.count, error);
    for (size_t i = 0; i < reading.count; i++)
        folder_free(&reading.folders[i]);
    free(reading.folders);
    free(reading.paths);
    return status;
}

static const char *const formats[] = {"text", "json", NULL};

static const struct option_row option_rows[] = {
    {"format", .meaning = "text, for people; json", .kind = OPTION_WORD, .words = formats,
     .fallback = "text", .offset = offsetof(struct options, format)},
    {"check", .meaning = "exit code 1 unless every cell of every folder is finished",
     .kind = OPTION_FLAG, .offset = offsetof(struct options, check)},
    {.name = NULL},
};

static const struct operand_row operand_rows[] = {
    {"DIR", "a result folder", NULL, 1, SIZE_MAX, OFFER_FOLDER, NULL},
    {.name = NULL},
};

const struct command status_command = {
    .name = "status",
    .summary = "how far runs are: done, running, failed and why, left, time left",
    .about =
        "Reads what runs have committed so far (a fifth of a second ago at most, or an epoch), "
        "from "
        "any terminal or machine that sees the folder, while they go on or after they ended. "
        "Nothing is written, and no run waits for it.\n\n"
        "Of the cells that were asked for in a folder (those of its shards): done; diverged, which "
        "is an end too; failed, with each reason; running now; stopped, which were begun and go on "
        "from their last checkpoint; left, which are all that are not done or diverged. The time "
        "left is taken from the epochs that the last run has added since it began, as if all "
        "epochs took equally long: unknown before the first one. Of several folders it is the "
        "longest. Of an experiment with `tune` the trials, too.",
    .example = "lossgrid status results/article-losses\nlossgrid status shards/*\n",
    .options = option_rows,
    .operands = operand_rows,
    .run = run,
};
