#include "harness/run/run_command.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/dataset/data.h"
#include "harness/machine/machine.h"
#include "harness/run/study.h"
#include "harness/support/files.h"
#include "harness/support/interrupt.h"
#include "lossgrid/fpenv.h"

enum { JOBS_MAX = 1024, SHARDS_MAX = 1000000 };

struct options {
    const char **specs; /* (spec_count); borrowed from argv */
    size_t spec_count;
    const char **overrides; /* (override_count); owned, the strings borrowed */
    size_t override_count;
    const char *out, *isa, *data, *jobs_given; /* NULL: not given */
    size_t jobs;
    struct shard shard;
    bool fresh, quiet;
};

/* ---- The command line ---------------------------------------------------- */

enum { OUT = 1, SET, JOBS, SHARD, ISA, DATA, FRESH, QUIET };
static const struct option long_options[] = {
    {"out", required_argument, NULL, OUT},
    {"set", required_argument, NULL, SET},
    {"jobs", required_argument, NULL, JOBS},
    {"shard", required_argument, NULL, SHARD},
    {"isa", required_argument, NULL, ISA},
    {"data", required_argument, NULL, DATA},
    {"fresh", no_argument, NULL, FRESH},
    {"quiet", no_argument, NULL, QUIET},
    {NULL, 0, NULL, 0},
};

/* "I/N": I counts from 0. */
static enum lg_status read_shard(const char *text, struct shard *shard, struct lg_error *error)
{
    char index[32];
    const char *slash = strchr(text, '/');
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

static enum lg_status take_option(struct options *options, int option, struct lg_error *error)
{
    switch (option) {
    case OUT:
        options->out = optarg;
        return optarg[0] != '\0' ? LG_OK : lg_fail(error, LG_USAGE, "--out: the name is empty");
    case SET:
        options->overrides[options->override_count++] = optarg;
        return LG_OK;
    case JOBS:
        options->jobs_given = optarg;
        return command_number("--jobs", optarg, 1, JOBS_MAX, &options->jobs, error);
    case SHARD:
        return read_shard(optarg, &options->shard, error);
    case ISA:
        options->isa = optarg;
        return LG_OK;
    case DATA:
        options->data = optarg;
        return LG_OK;
    case FRESH:
        options->fresh = true;
        return LG_OK;
    default:
        options->quiet = true;
        return LG_OK;
    }
}

/* Fill *options; the caller frees options->overrides, also on failure. */
static enum lg_status read_options(int argc, char **argv, struct options *options,
                                   struct lg_error *error)
{
    const char *isa = getenv("LOSSGRID_ISA");
    *options = (struct options){
        .isa = isa != NULL && isa[0] != '\0' ? isa : NULL,
        .jobs = machine_usable_processors(),
        .shard = {0, 1},
        .overrides = calloc((size_t)argc, sizeof *options->overrides),
    };
    if (options->overrides == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    enum lg_status status = LG_OK;
    for (int option = 0; status == LG_OK && option >= 0;) {
        status = command_next_option(argc, argv, long_options, &option, error);
        if (status == LG_OK && option > 0)
            status = take_option(options, option, error);
    }
    if (status == LG_OK)
        status =
            command_operands(argc, argv, 1, argc, "a spec (such as experiments/NAME.yaml)", error);
    options->specs = (const char **)argv + optind;
    options->spec_count = (size_t)(argc - optind);
    return status;
}

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
        .overrides = options->overrides,
        .override_count = options->override_count,
        .jobs = options->jobs,
        .asked_jobs = options->jobs_given,
        .asked_isa = options->isa,
        .shard = options->shard,
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
    if (options->spec_count == 1)
        return files_path(request->directory, error, "%s", options->out);
    return files_path(request->directory, error, "%s/%s", options->out, request->experiment.name);
}

/* Everything that can be found wrong before the data is read. */
static enum lg_status read_request(const struct options *options, const char *spec,
                                   struct request *request, struct lg_error *error)
{
    struct experiment *experiment = &request->experiment;
    enum lg_status status =
        experiment_load(spec, options->overrides, options->override_count, experiment, error);
    if (status == LG_OK)
        status = lg_backend_select(experiment->precision, options->isa, &request->backend, error);
    if (status == LG_OK)
        status = name_directory(options, request, error);
    if (status == LG_OK)
        status = locate_dataset(experiment->dataset, options->data, &request->located, error);
    if (status == LG_OK && !options->fresh)
        status = plan_check(experiment, request->directory, request->located.info->name, error);
    return status;
}

static enum lg_status read_requests(const struct options *options, struct request *requests,
                                    struct lg_error *error)
{
    for (size_t i = 0; i < options->spec_count; i++) {
        enum lg_status status = read_request(options, options->specs[i], &requests[i], error);
        if (status != LG_OK)
            return status;
        for (size_t j = 0; j < i; j++)
            if (strcmp(requests[i].directory, requests[j].directory) == 0)
                return lg_fail(error, LG_USAGE, "%s and %s would both write %s", options->specs[j],
                               options->specs[i], requests[i].directory);
    }
    return LG_OK;
}

/* ---- Running ------------------------------------------------------------- */

/* Load the data of a request, unless the last one used the same. */
static enum lg_status load_data(const struct request *request, const struct request *last,
                                struct lg_dataset *dataset, struct lg_error *error)
{
    const struct located *located = &request->located;
    if (last == NULL || last->experiment.dataset != request->experiment.dataset)
        if (located->substituted)
            data_warn_of_substitute(&request->experiment, located);
    const struct experiment *experiment = &request->experiment;
    if (last != NULL && last->located.info == located->info && !last->experiment.selects &&
        !experiment->selects && strcmp(last->located.directory, located->directory) == 0)
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
    for (size_t i = 0; i < options->spec_count; i++) {
        struct lg_error found;
        const struct study study = study_of(options, &requests[i]);
        enum lg_status status =
            load_data(&requests[i], i > 0 ? &requests[i - 1] : NULL, &dataset, &found);
        if (status == LG_OK)
            status = study_run(&study, &dataset, &found);
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
    assert(options->spec_count > 0);
    struct request *requests = calloc(options->spec_count, sizeof *requests);
    if (requests == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu specs",
                       options->spec_count);
    interrupt_catch();
    enum lg_status status = read_requests(options, requests, error);
    if (status == LG_OK)
        status = run_requests(options, requests, error);
    for (size_t i = 0; i < options->spec_count; i++)
        experiment_free(&requests[i].experiment);
    free(requests);
    return status;
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options options;
    enum lg_status status = read_options(argc, argv, &options, error);
    if (status == LG_OK)
        status = check_and_run(&options, error);
    free(options.overrides);
    return status;
}

const struct command run_command = {
    .name = "run",
    .synopsis = "SPEC... [--out DIR] [--set KEY=VALUE]... [--jobs N] [--shard I/N]\n"
                "             [--isa NAME] [--data DIR] [--fresh] [--quiet]",
    .summary = "train the cells of an experiment, or go on with them",
    .help = "Trains every cell of the grid that a spec describes, each in a process of its\n"
            "own, and writes trace.csv, timing.csv, manifest.json and, where images are\n"
            "reconstructed, images/ to the result folder. Cells that are finished there are\n"
            "kept, and those that were begun go on from their last epoch, to the same bits.\n"
            "\n"
            "  --out DIR        the result folder (default: results/NAME of the spec); of\n"
            "                   several specs, the folder that holds their folders\n"
            "  --set KEY=VALUE  replace a key of the spec, by its dotted path; may be repeated\n"
            "  --jobs N         cells at the same time (default: one for each processor)\n"
            "  --shard I/N      only the cells whose number, from 0, is I modulo N\n"
            "  --isa NAME       the compiled copy of the engine: see `lossgrid list isas`\n"
            "                   (default: LOSSGRID_ISA, else the best this processor has)\n"
            "  --data DIR       the folder of the data set's files (default: LOSSGRID_DATA,\n"
            "                   else data/, else a package of the system)\n"
            "  --fresh          train the cells again, whatever is there\n"
            "  --quiet          no progress and no closing table\n"
            "\n"
            "Example:\n"
            "  lossgrid run experiments/article-losses.yaml --set epochs=2 --out results/short\n",
    .run = run,
};
