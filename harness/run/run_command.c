#include "harness/run/run_command.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/dataset/data.h"
#include "harness/machine/machine.h"
#include "harness/run/dry_run.h"
#include "harness/run/study.h"
#include "harness/run/tuned_run.h"
#include "harness/store/tuned.h"
#include "harness/support/files.h"
#include "harness/support/interrupt.h"
#include "lossgrid/fpenv.h"

enum { JOBS_MAX = 1024, SHARDS_MAX = 1000000, SECONDS_MAX = 31536000, MIB_MAX = 16777216 };

struct options {
    struct operands specs;
    struct option_list sets;
    const char *out, *isa, *data; /* NULL: not given */
    size_t jobs;                  /* 0: not given */
    struct shard shard;
    struct limits limits;
    bool fresh, quiet, dry_run;
};

/* ---- The command line ---------------------------------------------------- */

/* "I/N": I counts from 0. */
static enum lg_status read_shard(const struct option_row *row, const char *text, void *field,
                                 struct lg_error *error)
{
    char index[32];
    struct shard *shard = field;
    const char *slash = strchr(text, '/');
    (void)row;
    if (slash == NULL || (size_t)(slash - text) >= sizeof index)
        return lg_fail(error, LG_USAGE, "--shard: found '%.64s', expected I/N, such as 0/4", text);
    snprintf(index, sizeof index, "%.*s", (int)(slash - text), text);
    enum lg_status status =
        command_number("--shard, after the slash", slash + 1, 1, SHARDS_MAX, &shard->count, error);
    if (status == LG_OK)
        status = command_number("--shard, before the slash", index, 0, shard->count - 1,
                                &shard->index, error);
    return status;
}

static const struct option_row option_rows[] = {
    {"out", "DIR", "the result folder; of several specs, the folder that holds their folders",
     OPTION_TEXT, offsetof(struct options, out), .absent = "results/NAME of the spec",
     .offer = OFFER_FOLDER},
    {"set", "KEY=VALUE", "replace a key of the spec, by its dotted path", OPTION_LIST,
     offsetof(struct options, sets), .offer = OFFER_KEYS},
    {"jobs", "N", "cells at the same time", OPTION_NUMBER, offsetof(struct options, jobs),
     .absent = "one for each processor", .minimum = 1, .maximum = JOBS_MAX},
    {"shard", "I/N", "only the cells whose number, from 0, is I modulo N", OPTION_OWN,
     offsetof(struct options, shard), .absent = "0/1, which is all", .read = read_shard},
    {"isa", "NAME", "the compiled copy of the engine: see `lossgrid list isas`", OPTION_TEXT,
     offsetof(struct options, isa), .absent = "the best this processor has",
     .environment = "LOSSGRID_ISA", .offer = OFFER_NAMES, .list = "isas"},
    {"data", "DIR", "the folder of the data set's files", OPTION_TEXT,
     offsetof(struct options, data),
     .absent = "LOSSGRID_DATA, else data/, else a package of the system", .offer = OFFER_FOLDER},
    {"cell-time", "SECONDS",
     "end a cell that takes longer; its reason is kept, the others go on, and it goes on from its "
     "last checkpoint when the same command is given again",
     OPTION_NUMBER, offsetof(struct options, limits.seconds), .absent = "no limit", .minimum = 1,
     .maximum = SECONDS_MAX},
    {"cell-memory", "MIB",
     "memory that a cell may take, beside the data set; one that needs more fails, and the others "
     "go on",
     OPTION_NUMBER, offsetof(struct options, limits.memory_mib), .absent = "no limit", .minimum = 1,
     .maximum = MIB_MAX},
    {"fresh", .meaning = "train the cells again, whatever is there", .kind = OPTION_FLAG,
     .offset = offsetof(struct options, fresh)},
    {"dry-run", .meaning = "print the cells, their memory and the values of each axis; train none",
     .kind = OPTION_FLAG, .offset = offsetof(struct options, dry_run)},
    {"quiet", .meaning = "no progress and no closing table", .kind = OPTION_FLAG,
     .offset = offsetof(struct options, quiet)},
    {.name = NULL},
};

static const struct operand_row operand_rows[] = {
    {"SPEC", "a spec (such as experiments/NAME.yaml)", NULL, 1, SIZE_MAX, OFFER_SPEC, NULL},
    {.name = NULL},
};

/* ---- What is asked for, checked ------------------------------------------ */

/* One spec of the command line. */
struct request {
    struct experiment experiment;
    struct located located;
    const struct lg_backend *backend;
    char directory[FILES_PATH_MAX];
};

static struct study study_of(const struct options *options, const struct request *request)
{
    return (struct study){
        .experiment = &request->experiment,
        .located = &request->located,
        .backend = request->backend,
        .directory = request->directory,
        .overrides = options->sets.values,
        .override_count = options->sets.count,
        .jobs = options->jobs > 0 ? options->jobs : machine_usable_processors(),
        .asked_jobs = options->jobs,
        .asked_isa = options->isa,
        .shard = options->shard,
        .limits = options->limits,
        .fresh = options->fresh,
        .quiet = options->quiet,
    };
}

/* --out is the result folder of a single spec, and holds those of several. */
static enum lg_status name_directory(const struct options *options, struct request *request,
                                     struct lg_error *error)
{
    if (options->out == NULL)
        return files_path(request->directory, error, "results/%s", request->experiment.name);
    if (options->specs.count == 1)
        return files_path(request->directory, error, "%s", options->out);
    return files_path(request->directory, error, "%s/%s", options->out, request->experiment.name);
}

/* Trials first, then what they say. */
static bool is_tuned(const struct experiment *experiment)
{
    return experiment->tuning.is_there && !experiment->tuning.is_final;
}

/* Whether the folder holds cells of these names that were trained otherwise. */
static enum lg_status check_folder(const struct request *request, struct lg_error *error)
{
    struct store *store = NULL;
    char directory[FILES_PATH_MAX];
    enum lg_status status = files_path(directory, error, "%s%s", request->directory,
                                       is_tuned(&request->experiment) ? "/" TUNED_TRIALS : "");
    if (status == LG_OK)
        status = store_open(directory, STORE_READ, &store, error);
    if (status == LG_OK)
        status = store_hold(store, error);
    if (status == LG_OK)
        status = plan_check(&request->experiment, store, STORE_READ, directory,
                            request->located.info->name, error);
    store_close(store);
    return status;
}

/* Everything that can be found wrong before the data is read. */
static enum lg_status read_request(const struct options *options, const char *spec,
                                   struct request *request, struct lg_error *error)
{
    struct experiment *experiment = &request->experiment;
    enum lg_status status =
        experiment_load(spec, options->sets.values, options->sets.count, experiment, error);
    if (status == LG_OK)
        status = lg_backend_select(experiment->precision, options->isa, &request->backend, error);
    if (status == LG_OK)
        status = name_directory(options, request, error);
    if (status == LG_OK)
        status = locate_dataset(experiment->dataset, options->data, &request->located, error);
    return status == LG_OK && !options->fresh ? check_folder(request, error) : status;
}

static enum lg_status read_requests(const struct options *options, struct request *requests,
                                    struct lg_error *error)
{
    for (size_t i = 0; i < options->specs.count; i++) {
        enum lg_status status = read_request(options, options->specs.list[i], &requests[i], error);
        if (status != LG_OK)
            return status;
        for (size_t j = 0; j < i; j++)
            if (strcmp(requests[i].directory, requests[j].directory) == 0)
                return lg_fail(error, LG_USAGE, "%s and %s would both write %s",
                               options->specs.list[j], options->specs.list[i],
                               requests[i].directory);
    }
    return LG_OK;
}

/* ---- Running ------------------------------------------------------------- */

/* Whether data_load() leaves the set as it is. */
static bool is_whole_set(const struct experiment *experiment)
{
    return !experiment->selects && experiment->validation.samples == 0;
}

/* Load the data of a request, unless the last one used the same. */
static enum lg_status load_data(const struct request *request, const struct request *last,
                                struct lg_dataset *dataset, struct lg_error *error)
{
    const struct located *located = &request->located;
    if (last == NULL || last->experiment.dataset != request->experiment.dataset)
        if (located->substituted)
            data_warn_of_substitute(&request->experiment, located);
    const struct experiment *experiment = &request->experiment;
    if (last != NULL && last->located.info == located->info && is_whole_set(&last->experiment) &&
        is_whole_set(experiment) && strcmp(last->located.directory, located->directory) == 0)
        return LG_OK;
    lg_dataset_free(dataset);
    *dataset = (struct lg_dataset){0};
    return data_load(experiment, located, dataset, error);
}

/* One after the other. Failed cells of one do not stop the next. */
static enum lg_status run_requests(const struct options *options, const struct request *requests,
                                   struct lg_error *error)
{
    struct lg_dataset dataset = {0};
    enum lg_status outcome = LG_OK;
    for (size_t i = 0; i < options->specs.count; i++) {
        struct lg_error found;
        const struct study study = study_of(options, &requests[i]);
        enum lg_status status =
            load_data(&requests[i], i > 0 ? &requests[i - 1] : NULL, &dataset, &found);
        if (status == LG_OK)
            status = is_tuned(&requests[i].experiment) ? tuned_run(&study, &dataset, &found)
                                                       : study_run(&study, &dataset, &found);
        if (status == LG_OK)
            continue;
        outcome = status;
        *error = found;
        if (status != LG_FAILED)
            break;
    }
    lg_dataset_free(&dataset);
    return outcome;
}

static enum lg_status check_and_run(const struct options *options, struct lg_error *error)
{
    const char *deviation = "";
    if (!lg_fpenv_is_standard(&deviation))
        return lg_fail(error, LG_ENVIRONMENT, "the floating-point environment is not IEEE's: %s",
                       deviation);
    assert(options->specs.count > 0);
    struct request *requests = calloc(options->specs.count, sizeof *requests);
    if (requests == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu specs",
                       options->specs.count);
    interrupt_catch();
    enum lg_status status = read_requests(options, requests, error);
    for (size_t i = 0; status == LG_OK && options->dry_run && i < options->specs.count; i++) {
        const struct study study = study_of(options, &requests[i]);
        status = dry_run_print(&study, error);
    }
    if (status == LG_OK && !options->dry_run)
        status = run_requests(options, requests, error);
    for (size_t i = 0; i < options->specs.count; i++)
        experiment_free(&requests[i].experiment);
    free(requests);
    return status;
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options options = {.shard = {0, 1}};
    enum lg_status status = command_read(&run_command, argc, argv, &options, &options.specs, error);
    if (status == LG_OK)
        status = check_and_run(&options, error);
    option_list_free(&options.sets);
    return status;
}

const struct command run_command = {
    .name = "run",
    .summary = "train the cells of an experiment, or go on with them",
    .about =
        "Trains every cell of the grid that a spec describes, several at a time, and writes "
        "trace.csv, timing.csv, configurations.csv, manifest.json and, where images are "
        "reconstructed, images/ to the result folder. Cells that are finished there (in "
        "cells.sqlite) are kept, and those that were begun go on from their last checkpoint, to "
        "the same bits. A signal or a loss of power costs less than a second of training, and an "
        "epoch where those take longer.\n\n"
        "A cell that fails (it crashes, takes too long or too much memory) is named in failed.csv "
        "with its reason, and the others go on; the exit code is then 1. With `targets` there is "
        "targets.csv, with `evaluate_every` evaluations.csv. With `tune` the trials are trained "
        "first, into trials/ of the result folder, then what is chosen from them; tuned.csv and "
        "tried.csv say what and why (docs/tuning.md).",
    .example = "lossgrid run experiments/article-losses.yaml --set epochs=2 --out results/short\n",
    .options = option_rows,
    .operands = operand_rows,
    .run = run,
};
