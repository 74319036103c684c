#include "harness/run/tuned.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/run/choose.h"
#include "harness/store/tuned_columns.h"
#include "harness/support/files.h"
#include "harness/support/output.h"

/* ---- The chosen arms as an experiment ------------------------------------------ */

/* "tune.chosen=[...]", as a user would write it. */
static enum lg_status write_override(const struct choices *choices, struct text *override,
                                     struct lg_error *error)
{
    size_t count = 0;
    text_print(override, "tune.chosen=[");
    for (size_t i = 0; i < choices->count; i++)
        if (choices->all[i].is_made)
            text_print(override, "%s'%s'", count++ > 0 ? "," : "", choices->all[i].id);
    text_print(override, "]");
    if (count == 0)
        return lg_fail(error, LG_FAILED, "nothing can be chosen: every trial diverged");
    return text_check(override, error);
}

/* ---- tuned.csv ----------------------------------------------------------------- */

/* The metric of one part, over the final cells of the chosen arm. */
static enum lg_status gather(const struct experiment *final, size_t arm, const struct ends *ends,
                             const char *part, const char *metric, struct tuned_row *row,
                             struct moments *moments, struct lg_error *error)
{
    char column[2 * TUNING_NAME_MAX];
    const size_t seeds = experiment_seed_count(final, arm);
    size_t there = 0, diverged = 0;
    double *values = calloc(seeds, sizeof *values);
    if (values == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    snprintf(column, sizeof column, "%s_%s", part, metric);
    enum lg_status status = LG_OK;
    const bool is_measured = csv_column(&ends->trace, column) >= 0;
    for (size_t i = 0; status == LG_OK && is_measured && i < seeds; i++) {
        struct cell cell;
        bool is_there, is_diverged;
        experiment_arm_cell(final, arm, i, &cell);
        status =
            ends_value(ends, cell.slug, column, &is_there, &is_diverged, &values[there], error);
        there += is_there;
        diverged += is_diverged;
    }
    *moments = moments_of(values, there);
    row->final_diverged = diverged > row->final_diverged ? diverged : row->final_diverged;
    row->final_seeds = there + diverged > row->final_seeds ? there + diverged : row->final_seeds;
    free(values);
    return status;
}

/* The final arm of that id; false: none is (its group has no choice). */
static bool find_arm(const struct experiment *final, const char *id, size_t *arm)
{
    for (*arm = 0; *arm < final->arm_count; ++*arm) {
        struct cell cell;
        char other[EXPERIMENT_ID_BYTES + 1];
        experiment_arm(final, *arm, &cell);
        if (experiment_id(final, &cell, other) && strcmp(id, other) == 0)
            return true;
    }
    return false;
}

static const char *bytes_of(const struct text *text)
{
    return text->size > 0 ? text->bytes : "";
}

/* What the trials say. */
static struct tuned_row row_of(const struct tuning *tuning, const struct choice *choice,
                               const char *label)
{
    const struct moments none = moments_of(NULL, 0);
    const double nothing = (double)NAN;
    return (struct tuned_row){
        .group = choice->group,
        .id = choice->id,
        .label = label,
        .levels = bytes_of(&choice->levels),
        .edge = bytes_of(&choice->edge),
        .metric = tuning->metric,
        .is_higher_better = tuning->is_higher_better,
        .trials = choice->trials,
        .trial_seeds = choice->seeds,
        .diverged = choice->diverged,
        .ties = choice->ties,
        .value = choice->is_made ? choice->best.value.mean : nothing,
        .value_sd = choice->is_made ? choice->best.value.sd : nothing,
        .second = choice->second_id,
        .second_value = choice->has_second ? choice->second.value.mean : nothing,
        .train = none,
        .validation = none,
        .test = none,
    };
}

/* ends NULL: nothing was trained yet. */
static enum lg_status add_row(const struct experiment *trials, const struct experiment *final,
                              const struct ends *ends, const struct choice *choice, struct csv *csv,
                              struct lg_error *error)
{
    const char *metric = strchr(trials->tuning.metric, '_') + 1;
    struct cell cell;
    size_t arm;
    enum lg_status status = LG_OK;
    if (choice->is_made)
        experiment_arm(trials, choice->best.arm, &cell);
    struct tuned_row row = row_of(&trials->tuning, choice, choice->is_made ? cell.label : "");
    if (ends != NULL && choice->is_made && find_arm(final, choice->id, &arm)) {
        status = gather(final, arm, ends, "train", metric, &row, &row.train, error);
        if (status == LG_OK)
            status = gather(final, arm, ends, "validation", metric, &row, &row.validation, error);
        if (status == LG_OK)
            status = gather(final, arm, ends, "test", metric, &row, &row.test, error);
    }
    if (status == LG_OK)
        csv_file_row(&tuned_csv, NULL, csv, &row);
    return status;
}

/* The trials of a group. */
static enum lg_status add_tried(const struct experiment *trials, const struct choice *choice,
                                struct csv *csv, struct lg_error *error)
{
    for (size_t i = 0; i < choice->trials; i++) {
        const struct trial *trial = &choice->tried[i];
        const double nothing = (double)NAN;
        struct cell cell;
        char id[EXPERIMENT_ID_BYTES + 1];
        experiment_arm(trials, trial->arm, &cell);
        if (!experiment_id(trials, &cell, id))
            return lg_fail(error, LG_ENVIRONMENT, "out of memory");
        const struct tried_row row = {
            .group = choice->group,
            .id = id,
            .label = cell.label,
            .seeds = choice->seeds,
            .diverged = trial->diverged,
            .value = trial->is_judged ? trial->value.mean : nothing,
            .value_sd = trial->is_judged ? trial->value.sd : nothing,
            .is_chosen = choice->is_made && trial->arm == choice->best.arm,
        };
        csv_file_row(&tried_csv, NULL, csv, &row);
    }
    return LG_OK;
}

static enum lg_status write_file(const struct csv *csv, const char *directory, const char *name,
                                 struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = csv_check(csv, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s", directory, name);
    return status == LG_OK ? files_write(path, csv->text.bytes, csv->text.size, error) : status;
}

/* tuned.csv and tried.csv. */
static enum lg_status write_tuned(const struct experiment *trials, const struct experiment *final,
                                  const struct ends *ends, const struct choices *choices,
                                  const char *directory, struct lg_error *error)
{
    struct csv tuned = {0}, tried = {0};
    enum lg_status status = LG_OK;
    csv_file_header(&tuned_csv, NULL, &tuned);
    csv_file_header(&tried_csv, NULL, &tried);
    for (size_t i = 0; status == LG_OK && i < choices->count; i++) {
        status = add_row(trials, final, ends, &choices->all[i], &tuned, error);
        if (status == LG_OK)
            status = add_tried(trials, &choices->all[i], &tried, error);
    }
    if (status == LG_OK)
        status = write_file(&tuned, directory, tuned_csv.name, error);
    if (status == LG_OK)
        status = write_file(&tried, directory, tried_csv.name, error);
    text_free(&tuned.text);
    text_free(&tried.text);
    return status;
}

/* ---- For the reader ------------------------------------------------------------- */

static void print_choices(const struct study *study, const struct choices *choices)
{
    const struct tuning *tuning = &study->experiment->tuning;
    if (study->quiet)
        return;
    output_line(stderr,
                "%s: chosen by %s, the %s the better, from %zu trials in each of %zu groups:",
                study->experiment->name, tuning->metric,
                tuning->is_higher_better ? "higher" : "lower", tuning->budget, choices->count);
    for (size_t i = 0; i < choices->count; i++) {
        const struct choice *choice = &choices->all[i];
        char value[CSV_REAL_MAX];
        snprintf(value, sizeof value, "%.6g", choice->best.value.mean);
        if (choice->is_made)
            output_line(stderr, "  %s: %s (%s)%s%s", choice->group,
                        choice->levels.size > 0 ? choice->levels.bytes : "its only arm", value,
                        choice->edge.size > 0 ? "; WARNING: widen the range: " : "",
                        choice->edge.size > 0 ? choice->edge.bytes : "");
        else
            output_line(stderr, "  %s: WARNING: nothing: every trial diverged", choice->group);
    }
}

/* ---- The stages ----------------------------------------------------------------- */

/* Train what was chosen; tuned.csv is there before and, with its results, after. */
static enum lg_status finish(const struct study *study, const struct experiment *trials,
                             const struct choices *choices, const struct lg_dataset *dataset,
                             struct lg_error *error)
{
    struct ends ends = {0};
    struct lg_error later;
    enum lg_status status = files_make_directories(study->directory, error);
    if (status == LG_OK)
        status = write_tuned(trials, study->experiment, NULL, choices, study->directory, error);
    if (status != LG_OK)
        return status;
    const enum lg_status trained = study_run(study, dataset, error);
    if (trained != LG_OK && trained != LG_FAILED && trained != LG_INTERRUPTED)
        return trained;
    status = ends_read(study->directory, study->experiment->epochs, &ends, &later);
    if (status == LG_OK)
        status = write_tuned(trials, study->experiment, &ends, choices, study->directory, &later);
    ends_free(&ends);
    if (trained != LG_OK || status == LG_OK)
        return trained;
    *error = later;
    return status;
}

/* The same spec with one override more. */
static enum lg_status run_final(const struct study *study, const struct choices *choices,
                                const struct lg_dataset *dataset, struct lg_error *error)
{
    const struct experiment *trials = study->experiment;
    struct experiment final = {.name = ""};
    struct study stage = *study;
    struct text override = {0};
    const char **overrides = calloc(study->override_count + 1, sizeof *overrides);
    if (overrides == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    enum lg_status status = write_override(choices, &override, error);
    for (size_t i = 0; i < study->override_count; i++)
        overrides[i] = study->overrides[i];
    overrides[study->override_count] = override.bytes;
    if (status == LG_OK)
        status =
            experiment_parse(trials->registries, trials->path, trials->text, strlen(trials->text),
                             overrides, study->override_count + 1, &final, error);
    stage.experiment = &final;
    stage.overrides = overrides;
    stage.override_count = study->override_count + 1;
    if (status == LG_OK)
        status = finish(&stage, trials, choices, dataset, error);
    experiment_free(&final);
    text_free(&override);
    free(overrides);
    return status;
}

static enum lg_status choose_and_finish(const struct study *study, const char *directory,
                                        const struct lg_dataset *dataset, struct lg_error *error)
{
    struct choices choices = {0};
    struct ends ends;
    enum lg_status status = ends_read(directory, study->experiment->epochs, &ends, error);
    if (status != LG_OK)
        return status;
    status = choose(study->experiment, &ends, &choices, error);
    ends_free(&ends);
    if (status == LG_OK && choices.missing > 0 && study->shard.count > 1) {
        output_line(stderr,
                    "%s: nothing is chosen yet: %s does not have %zu of the trials, which are of "
                    "other shards; `lossgrid merge` puts shards together",
                    study->experiment->name, directory, choices.missing);
    } else if (status == LG_OK && choices.missing > 0) {
        status = lg_fail(error, LG_FAILED, "nothing is chosen: %s does not have %zu of the trials",
                         directory, choices.missing);
    } else if (status == LG_OK) {
        print_choices(study, &choices);
        status = run_final(study, &choices, dataset, error);
    }
    choices_free(&choices);
    return status;
}

enum lg_status tuned_run(const struct study *study, const struct lg_dataset *dataset,
                         struct lg_error *error)
{
    char directory[FILES_PATH_MAX];
    struct study trials = *study;
    enum lg_status status = files_path(directory, error, "%s/" TUNED_TRIALS, study->directory);
    if (status != LG_OK)
        return status;
    trials.directory = directory;
    trials.no_summary = true;
    status = study_run(&trials, dataset, error);
    return status == LG_OK ? choose_and_finish(study, directory, dataset, error) : status;
}
