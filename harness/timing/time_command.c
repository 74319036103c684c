#include "harness/timing/time_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/dataset/data.h"
#include "harness/support/files.h"
#include "harness/support/interrupt.h"
#include "harness/timing/time_study.h"
#include "lossgrid/fpenv.h"

enum { BUDGET_MOST_S = 86400 };
#define PRECISION_MOST 100.0  /* per cent */
#define SLOW_DOWN_MOST 1000.0 /* per cent */

struct options {
    const char *spec;
    const char **overrides; /* (override_count); owned, the strings borrowed */
    size_t override_count;
    const char *out, *isa, *data; /* NULL: not given */
    const char *counters;
    const char *slow_down;         /* CELL=PERCENT, or NULL */
    size_t budget_s, seed, settle; /* settle: a step; 0: not given */
    double precision;              /* per cent */
    bool is_strict, is_quiet;
};

/* ---- The command line ---------------------------------------------------- */

enum {
    OUT = 1,
    SET,
    ISA,
    DATA,
    BUDGET,
    PRECISION,
    COUNTERS,
    SEED,
    SETTLE,
    SLOW_DOWN,
    STRICT,
    QUIET
};
static const struct option long_options[] = {
    {"out", required_argument, NULL, OUT},
    {"set", required_argument, NULL, SET},
    {"isa", required_argument, NULL, ISA},
    {"data", required_argument, NULL, DATA},
    {"budget", required_argument, NULL, BUDGET},
    {"precision", required_argument, NULL, PRECISION},
    {"counters", required_argument, NULL, COUNTERS},
    {"seed", required_argument, NULL, SEED},
    {"settle", required_argument, NULL, SETTLE},
    {"slow-down", required_argument, NULL, SLOW_DOWN},
    {"strict", no_argument, NULL, STRICT},
    {"quiet", no_argument, NULL, QUIET},
    {NULL, 0, NULL, 0},
};

/* A number of per cent above 0. */
static enum lg_status read_percent(const char *option, const char *text, double most,
                                   double *percent, struct lg_error *error)
{
    char *end;
    *percent = strtod(text, &end);
    if (strspn(text, "0123456789.") != strlen(text) || end == text || *end != '\0' ||
        !(*percent > 0 && *percent <= most))
        return lg_fail(error, LG_USAGE,
                       "%s: found '%.64s', expected a number of per cent, above 0 and at most %g",
                       option, text, most);
    return LG_OK;
}

static enum lg_status take_option(struct options *options, int option, struct lg_error *error)
{
    bool chosen[COUNTERS_MAX];
    switch (option) {
    case OUT:
        options->out = optarg;
        return optarg[0] != '\0' ? LG_OK : lg_fail(error, LG_USAGE, "--out: the name is empty");
    case SET:
        options->overrides[options->override_count++] = optarg;
        return LG_OK;
    case ISA:
        options->isa = optarg;
        return LG_OK;
    case DATA:
        options->data = optarg;
        return LG_OK;
    case BUDGET:
        return command_number("--budget", optarg, 1, BUDGET_MOST_S, &options->budget_s, error);
    case PRECISION:
        return read_percent("--precision", optarg, PRECISION_MOST, &options->precision, error);
    case COUNTERS:
        options->counters = optarg;
        return readings_choose(optarg, chosen, error);
    case SEED:
        return command_number("--seed", optarg, 0, INT64_MAX, &options->seed, error);
    case SETTLE:
        return command_number("--settle", optarg, 1, INT64_MAX, &options->settle, error);
    case SLOW_DOWN:
        options->slow_down = optarg;
        return LG_OK;
    case STRICT:
        options->is_strict = true;
        return LG_OK;
    default:
        options->is_quiet = true;
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
        .counters = "clock,tsc,perf",
        .budget_s = 60,
        .seed = 1,
        .precision = 2,
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
            command_operands(argc, argv, 1, 1, "a spec (such as experiments/NAME.yaml)", error);
    if (status == LG_OK)
        options->spec = argv[optind];
    return status;
}

/* ---- What is asked for, checked ------------------------------------------ */

struct request {
    struct experiment experiment;
    struct located located;
    struct lg_dataset dataset;
    const struct lg_backend *backend;
    char directory[FILES_PATH_MAX];
    const struct cell *slowed;
    struct arm_planted planted;
};

/* PERCENT, PERCENT@STEP or PERCENT@STEP+ (it grows). */
static enum lg_status read_planted(const char *text, struct arm_planted *planted,
                                   struct lg_error *error)
{
    char percent[32], step[32];
    size_t from = 0;
    double share;
    const char *at = strchr(text, '@');
    const size_t size = at != NULL ? (size_t)(at - text) : strlen(text);
    snprintf(percent, sizeof percent, "%.*s", (int)(size < 31 ? size : 31), text);
    enum lg_status status = read_percent("--slow-down", percent, SLOW_DOWN_MOST, &share, error);
    *planted = (struct arm_planted){0};
    if (status == LG_OK && at != NULL) {
        snprintf(step, sizeof step, "%.31s", at + 1);
        const size_t digits = strlen(step);
        planted->grows = digits > 0 && step[digits - 1] == '+';
        step[planted->grows ? digits - 1 : digits] = '\0';
        status = command_number("--slow-down", step, 1, INT64_MAX, &from, error);
    }
    planted->from = from;
    planted->share = share / 100;
    return status;
}

/* CELL=PERCENT[@STEP[+]], the cell by its label or its folder's name. */
static enum lg_status read_slow_down(const char *text, struct request *request,
                                     struct lg_error *error)
{
    const struct experiment *experiment = &request->experiment;
    const char *equals = strrchr(text, '=');
    char name[SPEC_NAME_MAX];
    size_t at = 0;
    if (equals == NULL || (size_t)(equals - text) >= sizeof name)
        return lg_fail(error, LG_USAGE, "--slow-down: found '%.64s', expected CELL=PERCENT", text);
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    enum lg_status status = read_planted(equals + 1, &request->planted, error);
    if (status != LG_OK)
        return status;
    while (at < experiment->cell_count && strcmp(experiment->cells[at].label, name) != 0)
        at++;
    if (at == experiment->cell_count) {
        const char **slugs = calloc(experiment->cell_count + 1, sizeof *slugs);
        if (slugs == NULL)
            return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
        for (size_t i = 0; i < experiment->cell_count; i++)
            slugs[i] = experiment->cells[i].slug;
        status = command_word("cell", name, slugs, &at, error);
        free(slugs);
    }
    if (status == LG_OK)
        request->slowed = &experiment->cells[at];
    return status;
}

static enum lg_status read_request(const struct options *options, struct request *request,
                                   struct lg_error *error)
{
    struct experiment *experiment = &request->experiment;
    enum lg_status status = experiment_load(options->spec, options->overrides,
                                            options->override_count, experiment, error);
    if (status == LG_OK)
        status = lg_backend_select(experiment->precision, options->isa, &request->backend, error);
    if (status == LG_OK && options->slow_down != NULL)
        status = read_slow_down(options->slow_down, request, error);
    if (status == LG_OK && options->out != NULL)
        status = files_path(request->directory, error, "%s", options->out);
    else if (status == LG_OK)
        status = files_path(request->directory, error, "results/%s/timing", experiment->name);
    if (status == LG_OK)
        status = locate_dataset(experiment->dataset, options->data, &request->located, error);
    if (status == LG_OK && request->located.substituted)
        data_warn_of_substitute(experiment, &request->located);
    if (status == LG_OK)
        status = data_load(experiment, &request->located, &request->dataset, error);
    return status == LG_OK ? data_check_fit(experiment, &request->dataset, error) : status;
}

static enum lg_status check_and_run(const struct options *options, struct request *request,
                                    struct lg_error *error)
{
    const char *deviation = "", *system = getenv("LOSSGRID_SYSTEM");
    if (!lg_fpenv_is_standard(&deviation))
        return lg_fail(error, LG_ENVIRONMENT, "the floating-point environment is not IEEE's: %s",
                       deviation);
    interrupt_catch();
    enum lg_status status = read_request(options, request, error);
    if (status != LG_OK)
        return status;
    const struct time_study study = {
        .experiment = &request->experiment,
        .located = &request->located,
        .dataset = &request->dataset,
        .backend = request->backend,
        .directory = request->directory,
        .overrides = options->overrides,
        .override_count = options->override_count,
        .effort = {.seed = options->seed,
                   .budget_ns = options->budget_s * 1000000000ull,
                   .precision = options->precision / 100,
                   .counters = options->counters,
                   .settle_steps = options->settle},
        .slowed = request->slowed,
        .planted = request->planted,
        .system = system != NULL ? system : "",
        .is_strict = options->is_strict,
        .is_quiet = options->is_quiet,
    };
    return time_study_run(&study, error);
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options options;
    struct request request = {0};
    enum lg_status status = read_options(argc, argv, &options, error);
    if (status == LG_OK)
        status = check_and_run(&options, &request, error);
    lg_dataset_free(&request.dataset);
    experiment_free(&request.experiment);
    free(options.overrides);
    return status;
}

const struct command time_command = {
    .name = "time",
    .synopsis =
        "SPEC [--out DIR] [--budget S] [--precision PERCENT] [--counters LIST]\n"
        "              [--set KEY=VALUE]... [--isa NAME] [--data DIR] [--seed N]\n"
        "              [--settle STEP] [--strict] [--quiet] [--slow-down CELL=PERCENT[@STEP[+]]]",
    .summary = "what a training step costs, arm by arm, and who is really faster",
    .help =
        "Times training steps of every configuration of a spec (its first seed) side by\n"
        "side on one processor: blocks of steps, every arm once a round, in random order,\n"
        "until each median's 95 % interval is narrow enough or the budget ends. What a step\n"
        "costs changes as training goes on, so each arm is timed in two states: after its\n"
        "first steps, and after as many as a third of the budget has room for, where the\n"
        "cost is called settled if it has not changed since a quarter of them. All arms of\n"
        "a round see the same samples. One arm is measured twice: what its two series\n"
        "differ by is noise, and no winner is named within it. Nothing else should run on\n"
        "the machine meanwhile. Writes cost.csv, samples.csv, noise.csv, ranking.csv,\n"
        "settling.csv, phases.csv, conditions.csv, machine.json and manifest.json.\n"
        "\n"
        "  --out DIR            where to (default: results/NAME of the spec/timing)\n"
        "  --budget S           seconds at most (default: 60); from 10 on the machine is\n"
        "                       calibrated as well, which takes 4 more\n"
        "  --precision PERCENT  widest interval, as a share of the median (default: 2)\n"
        "  --counters LIST      see `lossgrid list counters` (default: clock,tsc,perf);\n"
        "                       the clocks are always read\n"
        "  --set KEY=VALUE      replace a key of the spec, by its dotted path\n"
        "  --isa NAME           the compiled copy of the engine\n"
        "  --data DIR           the folder of the data set's files\n"
        "  --seed N             of the order of blocks and of the arm measured twice\n"
        "                       (default: 1)\n"
        "  --settle STEP        look for the settled cost to this step and no further, so that\n"
        "                       two machines time the same state\n"
        "  --strict             refuse (exit code 3) unless every condition is known to be\n"
        "                       good: governor, turbo, load and so on\n"
        "  --quiet              no progress and no closing table\n"
        "  --slow-down CELL=PERCENT[@STEP[+]]\n"
        "                       a test of the method: after the steps of a cell wait for\n"
        "                       that share of what they took, from a step on, and with a +\n"
        "                       the longer the later. The manifest says so\n"
        "\n"
        "Example:\n"
        "  lossgrid time experiments/optimizers.yaml --budget 120 --out results/cost\n",
    .run = run,
};
