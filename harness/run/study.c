#include "harness/run/study.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/dataset/data.h"
#include "harness/run/record.h"
#include "harness/run/scheduler.h"
#include "harness/run/summary.h"
#include "harness/spec/metric.h"
#include "harness/store/results.h"
#include "harness/store/store.h"
#include "harness/support/files.h"
#include "harness/support/interrupt.h"
#include "harness/support/output.h"
#include "harness/support/words.h"

/* Make the folder ready: nobody else writes it, and it holds nothing else. */
static enum lg_status prepare(const struct study *study, int *lock, struct store **store,
                              struct lg_error *error)
{
    const char *dataset = study->located->info->name;
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/.lock", study->directory);
    if (status == LG_OK)
        status = files_make_directories(study->directory, error);
    if (status == LG_OK)
        status = files_lock(path,
                            "wait for it to end; or give each its own folder (--out), and make "
                            "one of them by `lossgrid merge`",
                            lock, error);
    if (status == LG_OK)
        status = store_open(study->directory, STORE_WRITE, store, error);
    if (status == LG_OK)
        status = store_hold(*store, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/cells", study->directory);
    if (status != LG_OK)
        return status;
    if (files_exists(path))
        output_line(stderr,
                    "%s: %s is of an earlier version, and is not read: its cells are "
                    "trained again",
                    study->experiment->name, path);
    return study->fresh ? plan_clear(study->experiment, *store, dataset, study->shard, error)
                        : plan_check(study->experiment, *store, STORE_WRITE, study->directory,
                                     dataset, error);
}

static void announce(const struct study *study, const struct lg_dataset *dataset,
                     const struct plan *plan, size_t jobs)
{
    const struct experiment *experiment = study->experiment;
    if (study->quiet)
        return;
    if (plan->kept > 0)
        output_line(stderr, "%s: %zu of %zu cells were finished earlier and are kept",
                    experiment->name, plan->kept, plan->selected);
    if (plan->extended > 0)
        output_line(stderr, "%s: %zu cells were finished with fewer epochs and go on from there",
                    experiment->name, plan->extended);
    if (plan->retrained > 0)
        output_line(stderr,
                    "%s: %zu cells were finished with fewer epochs and are trained again from the "
                    "first: their last states were not kept (keep: [checkpoints])",
                    experiment->name, plan->retrained);
    if (plan->train_count > 0)
        output_line(
            stderr,
            "%s: training %zu of %zu cells, %zu at a time: %zu epoch%s of %zu samples of %s, "
            "%s on %s",
            experiment->name, plan->train_count, experiment->cell_count, jobs, experiment->epochs,
            experiment->epochs > 1 ? "s" : "", data_samples(experiment, dataset),
            dataset->info->title, lg_precision_name(study->backend->precision),
            study->backend->isa);
}

/* The metrics that will not be measured or ranked, and why. */
static void warn_of_domains(const struct study *study)
{
    const struct experiment *experiment = study->experiment;
    char why[METRIC_TEXT_MAX];
    if (study->quiet)
        return;
    for (size_t i = 0; i < experiment->unmeasured_count; i++)
        output_line(stderr, "%s: not measured on all arms: %s", experiment->name,
                    experiment->unmeasured[i].why);
    if (metrics_own_loss(experiment, why).better == BETTER_NONE)
        output_line(stderr,
                    "%s: WARNING: train_loss and test_loss are not what the loss's name says "
                    "and are not ranked: %s",
                    experiment->name, why);
}

static enum lg_status train(const struct study *study, const struct cell_context *context,
                            struct store *store, const struct plan *plan, struct lg_error *error)
{
    struct progress progress;
    uint64_t samples = data_samples(context->experiment, context->dataset);
    progress_begin(&progress, study->quiet, plan->kept, plan->selected,
                   samples * context->experiment->epochs * plan->train_count);
    enum lg_status status = scheduler_run(context, store, study->directory, plan, &progress, error);
    progress_end(&progress);
    return status;
}

static enum lg_status write_manifest(const struct study *study, const struct manifest *manifest,
                                     struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/manifest.json", study->directory);
    return status == LG_OK ? manifest_write(path, manifest, error) : status;
}

/* The command line that makes the folder again: the words that were given, what came from
 * the environment, and of a folder that lacks cells of other shards its own. */
static json_t *command_words(const struct study *study, bool is_whole)
{
    char shard[64], number[32], spec[sizeof study->experiment->path + 2];
    json_t *words = json_array();
    words_add(&words, program_invocation_name);
    words_add(&words, "run");
    /* A name like an option's would be taken for one. */
    snprintf(spec, sizeof spec, "%s%s", study->experiment->path[0] == '-' ? "./" : "",
             study->experiment->path);
    words_add(&words, spec);
    for (size_t i = 0; i < study->override_count; i++)
        words_option(&words, "--set", study->overrides[i]);
    words_option(&words, "--data", study->located->named ? study->located->directory : NULL);
    words_option(&words, "--isa", study->asked_isa);
    snprintf(number, sizeof number, "%zu", study->asked_jobs);
    words_option(&words, "--jobs", study->asked_jobs > 0 ? number : NULL);
    snprintf(number, sizeof number, "%zu", study->limits.seconds);
    words_option(&words, "--cell-time", study->limits.seconds > 0 ? number : NULL);
    snprintf(number, sizeof number, "%zu", study->limits.memory_mib);
    words_option(&words, "--cell-memory", study->limits.memory_mib > 0 ? number : NULL);
    snprintf(shard, sizeof shard, "%zu/%zu", study->shard.index, study->shard.count);
    words_option(&words, "--shard", study->shard.count > 1 && !is_whole ? shard : NULL);
    words_option(&words, "--out", study->directory);
    return words;
}

/* Rebuild the folder's files from its cells; *finished receives how many of the
 * shard's cells are. */
static enum lg_status collect(const struct study *study, const struct cell_context *context,
                              const struct record *record, struct store *store, time_t started,
                              size_t *finished, struct lg_error *error)
{
    const struct export export = {
        .experiment = study->experiment,
        .dataset = study->located->info->name,
        .store = store,
        .directory = study->directory,
        .input = {record->input.bytes, record->input.size},
        .shard = study->shard.index,
        .shards = study->shard.count,
    };
    struct results results;
    enum lg_status status = results_make(&export, &results, error);
    *finished = results.extent.own;
    const struct manifest manifest = {
        .experiment = study->experiment,
        .overrides = study->overrides,
        .override_count = study->override_count,
        .data = study->located->info,
        .data_directory = study->located->directory,
        .substituted = study->located->substituted,
        .isa = study->backend->isa,
        .machine = &record->machine,
        .machines = results.machines,
        .jobs = context->jobs,
        .started = started,
        .finished = time(NULL),
        .extent = &results.extent,
        .trace_sha256 = results.trace_sha256,
        .command = command_words(study, results.extent.finished == results.extent.count),
    };
    if (status == LG_OK)
        status = write_manifest(study, &manifest, error);
    json_decref(manifest.command);
    results_free(&results);
    return status;
}

/* Train, collect and say how it ended. */
static enum lg_status carry_out(const struct study *study, const struct lg_dataset *dataset,
                                const struct record *record, struct store *store,
                                const struct plan *plan, struct lg_error *error)
{
    const time_t started = time(NULL);
    size_t jobs = study->jobs < plan->train_count ? study->jobs : plan->train_count;
    const struct cell_context context = {
        .experiment = study->experiment,
        .dataset = dataset,
        .backend = study->backend,
        .machine = record->machine_id,
        .jobs = jobs > 0 ? jobs : 1,
        .limits = study->limits,
    };
    enum lg_status trained = record_begin(study, record, plan, context.jobs, store, error);
    if (trained != LG_OK)
        return trained;
    announce(study, dataset, plan, context.jobs);
    warn_of_domains(study);
    trained = train(study, &context, store, plan, error);
    if (trained == LG_ENVIRONMENT)
        return trained; /* the files would meet the same */
    size_t finished = 0;
    struct lg_error later;
    enum lg_status status = collect(study, &context, record, store, started, &finished, &later);
    if (status == LG_OK)
        status = store_settle(store, &later);
    if (status == LG_OK && trained != LG_INTERRUPTED && !study->quiet && !study->no_summary)
        status = summary_print(study->experiment, study->directory, &later);
    if (status != LG_OK) {
        *error = later;
        return status;
    }
    if (trained == LG_INTERRUPTED)
        return lg_fail(error, LG_INTERRUPTED,
                       "interrupted: %zu of %zu cells finished; the same command goes on", finished,
                       plan->selected);
    return trained;
}

enum lg_status study_run(const struct study *study, const struct lg_dataset *dataset,
                         struct lg_error *error)
{
    int lock = -1;
    struct plan plan = {0};
    struct record record = {0};
    struct store *store = NULL;
    enum lg_status status = data_check_fit(study->experiment, dataset, error);
    if (status == LG_OK && interrupt_count() > 0)
        status = lg_fail(error, LG_INTERRUPTED, "interrupted: nothing was begun");
    if (status == LG_OK)
        status = prepare(study, &lock, &store, error);
    if (status == LG_OK)
        status = plan_make(study->experiment, store, study->located->info->name, study->shard,
                           &plan, error);
    if (status == LG_OK)
        status = record_make(study, dataset, &record, error);
    if (status == LG_OK)
        status = carry_out(study, dataset, &record, store, &plan, error);
    record_free(&record);
    plan_free(&plan);
    store_close(store);
    if (lock >= 0)
        close(lock);
    return status;
}
