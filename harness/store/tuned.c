#include "harness/store/tuned.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/ends.h"
#include "harness/store/manifest.h"
#include "harness/store/tuned_columns.h"
#include "harness/support/files.h"

/* ---- Rows ---------------------------------------------------------------------- */

/* The metric of one part, over the final cells of the chosen arm. */
static enum lg_status gather(const struct experiment *final, size_t arm, const struct ends *ends,
                             const char *part, const char *metric, struct tuned_row *row,
                             struct moments *moments, struct lg_error *error)
{
    char column[2 * TUNING_NAME_MAX];
    const size_t seeds = experiment_seed_count(final, arm);
    const size_t first = experiment_first_cell(final, arm);
    size_t there = 0, diverged = 0;
    double *values = calloc(seeds, sizeof *values);
    if (values == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    snprintf(column, sizeof column, "%s_%s", part, metric);
    enum lg_status status = LG_OK;
    const bool is_measured = csv_column(&ends->trace, column) >= 0;
    for (size_t i = 0; status == LG_OK && is_measured && i < seeds; i++) {
        char slug[SPEC_NAME_MAX];
        bool is_there = false, is_diverged = false;
        status = experiment_slug(final, first + i, slug, error);
        if (status == LG_OK)
            status = ends_value(ends, slug, column, &is_there, &is_diverged, &values[there], error);
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
        status =
            experiment_cell(trials, experiment_first_cell(trials, choice->best.arm), &cell, error);
    if (status != LG_OK)
        return status;
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
        enum lg_status status =
            experiment_cell(trials, experiment_first_cell(trials, trial->arm), &cell, error);
        if (status == LG_OK && !experiment_id(trials, &cell, id))
            status = lg_fail(error, LG_ENVIRONMENT, "out of memory");
        if (status != LG_OK)
            return status;
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

enum lg_status tuned_tables(const struct experiment *trials, const struct choices *choices,
                            const struct experiment *final, const char *directory,
                            struct tuned_tables *tables, struct lg_error *error)
{
    struct ends ends = {0};
    struct csv tuned = {0}, tried = {0};
    enum lg_status status =
        directory != NULL ? ends_read(directory, final->epochs, &ends, error) : LG_OK;
    csv_file_header(&tuned_csv, NULL, &tuned);
    csv_file_header(&tried_csv, NULL, &tried);
    for (size_t i = 0; status == LG_OK && i < choices->count; i++) {
        status = add_row(trials, final, directory != NULL ? &ends : NULL, &choices->all[i], &tuned,
                         error);
        if (status == LG_OK)
            status = add_tried(trials, &choices->all[i], &tried, error);
    }
    ends_free(&ends);
    if (status == LG_OK)
        status = csv_check(&tuned, error);
    if (status == LG_OK)
        status = csv_check(&tried, error);
    *tables = (struct tuned_tables){tuned.text, tried.text};
    if (status != LG_OK)
        tuned_tables_free(tables);
    return status;
}

void tuned_tables_free(struct tuned_tables *tables)
{
    text_free(&tables->tuned);
    text_free(&tables->tried);
}

static enum lg_status write_file(const struct text *text, const char *directory, const char *name,
                                 struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/%s", directory, name);
    return status == LG_OK ? files_write(path, text->bytes, text->size, error) : status;
}

enum lg_status tuned_write(const struct tuned_tables *tables, const char *directory,
                           struct lg_error *error)
{
    enum lg_status status = write_file(&tables->tuned, directory, tuned_csv.name, error);
    return status == LG_OK ? write_file(&tables->tried, directory, tried_csv.name, error) : status;
}

/* ---- Holding what is there against it ------------------------------------------ */

static enum lg_status compare_file(const struct text *expected, const char *directory,
                                   const char *name, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct text found = {0};
    enum lg_status status = files_path(path, error, "%s/%s", directory, name);
    if (status == LG_OK)
        status = files_read(path, &found, error);
    const int line = status == LG_OK ? text_differs_in(&found, expected) : 0;
    if (line > 0)
        status = lg_fail_at(error, LG_FAILED, path, line, 0,
                            "is not what trials/trace.csv and trace.csv say");
    text_free(&found);
    return status;
}

/* The tables that the two folders lead to; *missing trials: none then. */
static enum lg_status make_tables(const char *directory, size_t *missing,
                                  struct tuned_tables *tables, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct experiment trials = {.name = ""}, final = {.name = ""};
    struct ends ends = {0};
    struct choices choices = {0};
    enum lg_status status = manifest_experiment(directory, TUNED_CHOSEN, &trials, error);
    if (status == LG_OK)
        status = manifest_experiment(directory, NULL, &final, error);
    if (status == LG_OK && (!trials.tuning.is_there || !final.tuning.is_final))
        status = lg_fail(error, LG_FAILED, "%s: the manifest's spec chooses nothing", directory);
    if (status == LG_OK)
        status = files_path(path, error, "%s/" TUNED_TRIALS, directory);
    if (status == LG_OK)
        status = ends_read(path, trials.epochs, &ends, error);
    if (status == LG_OK)
        status = choose(&trials, &ends, &choices, error);
    *missing = choices.missing;
    if (status == LG_OK && choices.missing == 0)
        status = tuned_tables(&trials, &choices, &final, directory, tables, error);
    choices_free(&choices);
    ends_free(&ends);
    experiment_free(&trials);
    experiment_free(&final);
    return status;
}

bool tuned_has_trials(const char *directory, char path[FILES_PATH_MAX])
{
    struct lg_error ignored;
    if (files_path(path, &ignored, "%s/" TUNED_TRIALS "/cells.sqlite", directory) != LG_OK ||
        !files_exists(path))
        return false;
    return files_path(path, &ignored, "%s/" TUNED_TRIALS, directory) == LG_OK;
}

enum lg_status tuned_make(const char *directory, struct lg_error *error)
{
    struct tuned_tables tables = {0};
    size_t missing = 0;
    enum lg_status status = make_tables(directory, &missing, &tables, error);
    if (status == LG_OK && missing == 0)
        status = tuned_write(&tables, directory, error);
    tuned_tables_free(&tables);
    return status;
}

enum lg_status tuned_verify(const char *directory, struct lg_error *error)
{
    struct tuned_tables tables = {0};
    size_t missing = 0;
    enum lg_status status = make_tables(directory, &missing, &tables, error);
    if (status == LG_OK && missing > 0)
        status = lg_fail(error, LG_FAILED, "%s/" TUNED_TRIALS " does not have %zu of the trials",
                         directory, missing);
    if (status == LG_OK)
        status = compare_file(&tables.tuned, directory, tuned_csv.name, error);
    if (status == LG_OK)
        status = compare_file(&tables.tried, directory, tried_csv.name, error);
    tuned_tables_free(&tables);
    return status;
}
