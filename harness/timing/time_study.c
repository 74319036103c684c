#include "harness/timing/time_study.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/dataset/data.h"
#include "harness/machine/calibration.h"
#include "harness/machine/conditions.h"
#include "harness/machine/pin.h"
#include "harness/store/environment.h"
#include "harness/support/files.h"
#include "harness/support/interrupt.h"
#include "harness/support/json.h"
#include "harness/support/output.h"
#include "harness/support/progress.h"
#include "harness/timing/display.h"
#include "harness/timing/timing_columns.h"
#include "harness/timing/timing_csv.h"
#include "harness/timing/timing_json.h"
#include "harness/timing/timing_text.h"

/* A look at the machine before anything runs: long enough for shares of it to mean
 * something. A calibration takes 4 s, which a short budget does not have. */
enum { LISTEN_MS = 300, CALIBRATION_FROM_S = 10 };

/* Everything that a study has in hand. */
struct progressing {
    const struct time_study *study;
    struct timing timing;
    struct timing_facts facts;
    struct conditions quiet, before, after;
    struct conditions_row rows_before[CONDITIONS_MAX], rows_after[CONDITIONS_MAX];
    struct display display;
    char unpinned[128];
};

/* ---- Conditions ---------------------------------------------------------- */

/* The sum of what is not ok, by names; returns how many. */
static size_t list_faults(const struct conditions_row rows[CONDITIONS_MAX], char *list, size_t size)
{
    size_t count = 0, used = 0;
    list[0] = '\0';
    for (size_t i = 0; i < CONDITIONS_MAX; i++) {
        if (rows[i].verdict == CONDITIONS_OK)
            continue;
        const int written = snprintf(list + used, size - used, "%s%s %s", count > 0 ? ", " : "",
                                     rows[i].name, conditions_words[rows[i].verdict]);
        used += written > 0 && (size_t)written < size - used ? (size_t)written : 0;
        count++;
    }
    return count;
}

static void print_warnings(const char *when, const struct conditions_row rows[CONDITIONS_MAX])
{
    for (size_t i = 0; i < CONDITIONS_MAX; i++)
        if (rows[i].verdict == CONDITIONS_WARNING)
            output_line(stderr, "warning: %s, %s: %s", rows[i].name, when, rows[i].sentence);
}

/* Listen for a moment while this program does nothing. */
static enum lg_status look_before(struct progressing *p, struct lg_error *error)
{
    const struct timespec moment = {0, LISTEN_MS * 1000000L};
    char faults[CONDITIONS_SENTENCE_MAX];
    conditions_take(&p->quiet, p->study->system);
    nanosleep(&moment, NULL);
    conditions_take(&p->before, p->study->system);
    p->before.nothing_ran = true;
    conditions_judge(&p->quiet, &p->before, p->rows_before);
    print_warnings("before", p->rows_before);
    if (p->study->is_strict && list_faults(p->rows_before, faults, sizeof faults) > 0)
        return lg_fail(error, LG_ENVIRONMENT,
                       "--strict: conditions are not all ok (%s); nothing was measured", faults);
    return LG_OK;
}

static enum lg_status look_after(struct progressing *p, struct lg_error *error)
{
    char faults[CONDITIONS_SENTENCE_MAX];
    print_warnings("during the run", p->rows_after);
    if (p->study->is_strict && list_faults(p->rows_after, faults, sizeof faults) > 0)
        return lg_fail(error, LG_ENVIRONMENT,
                       "--strict: conditions were not all ok during the run (%s); %.300s holds it",
                       faults, p->study->directory);
    return LG_OK;
}

/* ---- Measuring ----------------------------------------------------------- */

static void show_opened(void *to, const struct timed_arm *arm)
{
    struct progressing *p = to;
    if (arm->skipped[0] != '\0') {
        display_end(&p->display);
        output_line(stderr, "not timed: %s: %s", arm->cell->label, arm->skipped);
    }
    display_show(&p->display, "warming up: %s", arm->cell->label);
}

static void show_climbed(void *to, const struct climb *climbs, size_t count)
{
    struct progressing *p = to;
    uint64_t furthest = 0;
    size_t going = 0;
    for (size_t i = 0; i < count; i++) {
        const struct settling *settling = &climbs[i].arm->settling;
        furthest = settling->reached > furthest ? settling->reached : furthest;
        going += settling->end == SETTLING_GOES_ON;
    }
    display_show(&p->display, "training on to where costs have settled: step %llu, %zu arms go on",
                 (unsigned long long)furthest, going);
}

static void show_advanced(void *to, size_t rounds, size_t imprecise, size_t arms,
                          double seconds_left)
{
    struct progressing *p = to;
    char left[32];
    progress_format_duration(seconds_left, left);
    display_show(&p->display, "round %zu, %zu of %zu arms not yet within %.4g %%, %s left", rounds,
                 imprecise, arms, 100 * p->study->effort.precision, left);
}

/* A slowed arm's control is the same arm. */
static struct arm_slow_down slow_down_of(const void *to, const struct cell *cell)
{
    const struct time_study *study = to;
    return study->slowed != NULL && arm_is_same(cell, study->slowed) ? study->slow_down
                                                                     : (struct arm_slow_down){0};
}

static void announce(struct progressing *p)
{
    const struct timed_arm *control = timing_control(&p->timing);
    display_end(&p->display);
    if (!p->study->is_quiet)
        output_line(stderr,
                    "measuring %zu arms%s%s%s, a block of each of two states in every round",
                    p->timing.series_count / 2 / (size_t)ARM_STATES - (control != NULL),
                    control != NULL ? ", " : "", control != NULL ? control->cell->label : "",
                    control != NULL ? " twice" : "");
}

static enum lg_status measure(struct progressing *p, struct lg_error *error)
{
    const struct time_study *study = p->study;
    const struct arm_context context = {
        .experiment = study->experiment,
        .dataset = study->dataset,
        .backend = study->backend,
        .samples = data_samples(study->experiment, study->dataset),
        .slow_down = slow_down_of,
        .to = study,
    };
    const struct timing_observer observer = {show_opened, show_climbed, show_advanced, p};
    enum lg_status status = timing_open(&p->timing, &context, &study->effort, &observer, error);
    if (status != LG_OK)
        return status;
    announce(p);
    timing_run(&p->timing, &observer);
    conditions_take(&p->after, study->system);
    conditions_judge(&p->before, &p->after, p->rows_after);
    if (p->timing.rounds == 0)
        return lg_fail(error, LG_INTERRUPTED, "interrupted: no round was whole, nothing written");
    return LG_OK;
}

static void show_calibration(void *to, size_t done, size_t steps)
{
    struct progressing *p = to;
    display_show(&p->display, "calibrating: %zu %%", 100 * done / steps);
}

static enum lg_status calibrate(struct progressing *p, struct lg_error *error)
{
    struct calibration *calibration = NULL;
    if (p->timing.stop == STOP_INTERRUPTED)
        p->facts.calibration_absent = "the timing was interrupted";
    else if (p->study->effort.budget_ns < CALIBRATION_FROM_S * 1000000000ull)
        p->facts.calibration_absent = "the budget is below 10 s, a calibration takes 4";
    if (p->facts.calibration_absent != NULL)
        return LG_OK;
    enum lg_status status = calibration_take(&calibration, true, show_calibration, p, error);
    if (status == LG_OK)
        p->facts.calibration = calibration_json(calibration);
    if (status == LG_OK && p->facts.calibration == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    calibration_free(calibration);
    return status;
}

/* ---- Files --------------------------------------------------------------- */

static enum lg_status write_text(const struct progressing *p, const char *name,
                                 const struct text *text, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = text_check(text, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s", p->study->directory, name);
    return status == LG_OK ? files_write(path, text->bytes, text->size, error) : status;
}

static enum lg_status write_csv(const struct progressing *p, const char *name,
                                void (*fill)(const struct timing *timing, struct csv *csv),
                                struct lg_error *error)
{
    struct csv csv = {0};
    fill(&p->timing, &csv);
    enum lg_status status = csv_check(&csv, error);
    if (status == LG_OK)
        status = write_text(p, name, &csv.text, error);
    text_free(&csv.text);
    return status;
}

static enum lg_status write_conditions(const struct progressing *p, struct lg_error *error)
{
    struct csv csv = {0};
    timing_conditions_csv(p->rows_before, p->rows_after, &csv);
    enum lg_status status = csv_check(&csv, error);
    if (status == LG_OK)
        status = write_text(p, conditions_csv.name, &csv.text, error);
    text_free(&csv.text);
    return status;
}

/* Takes the object. */
static enum lg_status write_json(const struct progressing *p, const char *name, json_t *root,
                                 struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = json_add(&text, root, 2, error);
    if (status == LG_OK)
        status = write_text(p, name, &text, error);
    text_free(&text);
    return status;
}

static enum lg_status write_files(struct progressing *p, struct lg_error *error)
{
    static const struct {
        const struct csv_file *file;
        void (*fill)(const struct timing *timing, struct csv *csv);
    } tables[] = {{&cost_csv, timing_cost_csv},       {&samples_csv, timing_samples_csv},
                  {&noise_csv, timing_noise_csv},     {&phases_csv, timing_phases_csv},
                  {&ranking_csv, timing_ranking_csv}, {&settling_csv, timing_settling_csv}};
    enum lg_status status = LG_OK;
    p->facts.manifest.finished = time(NULL);
    for (size_t i = 0; status == LG_OK && i < sizeof tables / sizeof *tables; i++)
        status = write_csv(p, tables[i].file->name, tables[i].fill, error);
    if (status == LG_OK)
        status = write_conditions(p, error);
    if (status == LG_OK)
        status =
            csv_folder_schema(&csv_folder_timing, &p->timing.readings, p->study->directory, error);
    if (status == LG_OK)
        status = write_json(p, "machine.json", timing_machine_json(&p->facts), error);
    return status == LG_OK
               ? write_json(p, "manifest.json", timing_manifest_json(&p->timing, &p->facts), error)
               : status;
}

static enum lg_status print_table(const struct progressing *p, struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = timing_text(&p->timing, &text, error);
    if (status == LG_OK)
        status = output_shown(&text, error);
    text_free(&text);
    return status;
}

/* ---- All of it ----------------------------------------------------------- */

/* Asked before, not after a minute of measuring. */
static enum lg_status check_directory(const char *directory, struct lg_error *error)
{
    enum lg_status status = files_make_directories(directory, error);
    if (status == LG_OK && access(directory, W_OK | X_OK) != 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot write %.300s: %s", directory,
                       strerror(errno));
    return status;
}

static void begin(struct progressing *p)
{
    const struct time_study *study = p->study;
    p->facts = (struct timing_facts){
        .manifest = {.experiment = study->experiment,
                     .overrides = study->overrides,
                     .override_count = study->override_count,
                     .data = study->located->info,
                     .data_directory = study->located->directory,
                     .substituted = study->located->substituted,
                     .isa = study->backend->isa,
                     .started = time(NULL)},
        .system = study->system,
        .is_strict = study->is_strict,
        .env = environment_json(), /* before this process is pinned, which it would tell */
    };
    p->facts.processor = pin_here(p->unpinned, sizeof p->unpinned);
    p->facts.unpinned = p->unpinned;
}

static enum lg_status carry_out(struct progressing *p, struct lg_error *error)
{
    const struct time_study *study = p->study;
    enum lg_status status = check_directory(study->directory, error);
    begin(p);
    if (status == LG_OK && p->facts.env == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    if (status == LG_OK)
        status = look_before(p, error);
    if (status == LG_OK && !study->is_quiet)
        output_line(stderr, "%s: timing steps on %s, %s on %s, at most %.0f s",
                    study->experiment->name, study->dataset->info->title,
                    lg_precision_name(study->backend->precision), study->backend->isa,
                    (double)study->effort.budget_ns * 1e-9);
    display_begin(&p->display, study->is_quiet);
    if (status == LG_OK)
        status = measure(p, error);
    if (status == LG_OK)
        status = calibrate(p, error);
    display_end(&p->display);
    if (status == LG_OK)
        status = write_files(p, error);
    if (status == LG_OK && !study->is_quiet)
        status = print_table(p, error);
    if (status == LG_OK)
        status = look_after(p, error);
    if (status == LG_OK && p->timing.stop == STOP_INTERRUPTED)
        status = lg_fail(error, LG_INTERRUPTED, "interrupted: %.300s holds the first %zu rounds",
                         study->directory, p->timing.rounds);
    return status;
}

enum lg_status time_study_run(const struct time_study *study, struct lg_error *error)
{
    struct progressing *p = calloc(1, sizeof *p);
    if (p == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    p->study = study;
    enum lg_status status = carry_out(p, error);
    json_decref(p->facts.env);
    json_decref(p->facts.calibration);
    timing_close(&p->timing);
    free(p);
    return status;
}
