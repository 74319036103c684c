#include "harness/run/tuned_run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/ends.h"
#include "harness/store/tuned.h"
#include "harness/support/files.h"
#include "harness/support/output.h"

/* ---- The chosen arms as an experiment ------------------------------------------ */

/* As a user would write it. */
static enum lg_status write_override(const struct choices *choices, struct text *override,
                                     struct lg_error *error)
{
    size_t count = 0;
    text_print(override, TUNED_CHOSEN "[");
    for (size_t i = 0; i < choices->count; i++)
        if (choices->all[i].is_made)
            text_print(override, "%s'%s'", count++ > 0 ? "," : "", choices->all[i].id);
    text_print(override, "]");
    if (count == 0)
        return lg_fail(error, LG_FAILED, "nothing can be chosen: every trial diverged");
    return text_check(override, error);
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

/* directory NULL: nothing was trained yet. */
static enum lg_status write_tables(const struct study *study, const struct experiment *trials,
                                   const struct choices *choices, const char *directory,
                                   struct lg_error *error)
{
    struct tuned_tables tables;
    enum lg_status status =
        tuned_tables(trials, choices, study->experiment, directory, &tables, error);
    if (status == LG_OK)
        status = tuned_write(&tables, study->directory, error);
    tuned_tables_free(&tables);
    return status;
}

/* Train what was chosen; tuned.csv is there before and, with its results, after. */
static enum lg_status finish(const struct study *study, const struct experiment *trials,
                             const struct choices *choices, const struct lg_dataset *dataset,
                             struct lg_error *error)
{
    struct lg_error later;
    enum lg_status status = files_make_directories(study->directory, error);
    if (status == LG_OK)
        status = write_tables(study, trials, choices, NULL, error);
    if (status != LG_OK)
        return status;
    const enum lg_status trained = study_run(study, dataset, error);
    if (trained != LG_OK && trained != LG_FAILED && trained != LG_INTERRUPTED)
        return trained;
    status = write_tables(study, trials, choices, study->directory, &later);
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
