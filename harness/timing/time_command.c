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
    struct operands specs; /* one */
    struct option_list sets;
    const char *out, *isa, *data, *slow_down; /* NULL: not given */
    const char *counters;
    size_t budget_s, seed, settle; /* settle: a step; 0: not given */
    double precision;              /* per cent */
    bool is_strict, is_quiet;
};

/* ---- The command line ---------------------------------------------------- */

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

static enum lg_status read_precision(const struct option_row *row, const char *text, void *field,
                                     struct lg_error *error)
{
    (void)row;
    return read_percent("--precision", text, PRECISION_MOST, field, error);
}

static enum lg_status read_counters(const struct option_row *row, const char *text, void *field,
                                    struct lg_error *error)
{
    bool chosen[COUNTERS_MAX];
    (void)row;
    *(const char **)field = text;
    return readings_choose(text, chosen, error);
}

static const struct option_row option_rows[] = {
    {"out", "DIR", "where to", OPTION_TEXT, offsetof(struct options, out),
     .absent = "results/NAME of the spec/timing", .offer = OFFER_FOLDER},
    {"budget", "S",
     "seconds at most; from 10 on the machine is calibrated as well, which takes 4 more",
     OPTION_NUMBER, offsetof(struct options, budget_s), .fallback = "60", .minimum = 1,
     .maximum = BUDGET_MOST_S},
    {"precision", "PERCENT", "widest interval, as a share of the median", OPTION_OWN,
     offsetof(struct options, precision), .fallback = "2", .read = read_precision},
    {"counters", "LIST", "see `lossgrid list counters`; the clocks are always read", OPTION_OWN,
     offsetof(struct options, counters), .fallback = "clock,tsc,perf", .read = read_counters},
    {"set", "KEY=VALUE", "replace a key of the spec, by its dotted path", OPTION_LIST,
     offsetof(struct options, sets), .offer = OFFER_KEYS},
    {"isa", "NAME", "the compiled copy of the engine: see `lossgrid list isas`", OPTION_TEXT,
     offsetof(struct options, isa), .absent = "the best this processor has",
     .environment = "LOSSGRID_ISA", .offer = OFFER_NAMES, .list = "isas"},
    {"data", "DIR", "the folder of the data set's files", OPTION_TEXT,
     offsetof(struct options, data),
     .absent = "LOSSGRID_DATA, else data/, else a package of the system", .offer = OFFER_FOLDER},
    {"seed", "N", "of the order of blocks and of the arm measured twice", OPTION_NUMBER,
     offsetof(struct options, seed), .fallback = "1", .maximum = INT64_MAX},
    {"settle", "STEP",
     "look for the settled cost to this step and no further, so that two machines time the same "
     "state",
     OPTION_NUMBER, offsetof(struct options, settle), .absent = "as far as the budget goes",
     .minimum = 1, .maximum = INT64_MAX},
    {"strict",
     .meaning = "refuse (exit code 3) unless every condition is known to be good: governor, turbo, "
                "load and so on",
     .kind = OPTION_FLAG, .offset = offsetof(struct options, is_strict)},
    {"quiet", .meaning = "no progress and no closing table", .kind = OPTION_FLAG,
     .offset = offsetof(struct options, is_quiet)},
    {"slow-down", "CELL=PERCENT[@STEP[+]]",
     "a test of the method: after the steps of a cell wait for that share of what they took, from "
     "a step on, and with a + the longer the later. The manifest says so",
     OPTION_TEXT, offsetof(struct options, slow_down), .offer = OFFER_NOTHING},
    {.name = NULL},
};

static const struct operand_row operand_rows[] = {
    {"SPEC", "a spec (such as experiments/NAME.yaml)", NULL, 1, 1, OFFER_SPEC, NULL},
    {.name = NULL},
};

/* ---- What is asked for, checked ------------------------------------------ */

struct request {
    struct experiment experiment;
    struct located located;
    struct lg_dataset dataset;
    const struct lg_backend *backend;
    char directory[FILES_PATH_MAX];
    bool is_slowed;
    struct cell slowed;
    struct arm_slow_down slow_down;
};

/* PERCENT, PERCENT@STEP or PERCENT@STEP+ (it grows). */
static enum lg_status read_percent_and_step(const char *text, struct arm_slow_down *slow_down,
                                            struct lg_error *error)
{
    char percent[32], step[32];
    size_t from = 0;
    double share;
    const char *at = strchr(text, '@');
    const size_t size = at != NULL ? (size_t)(at - text) : strlen(text);
    snprintf(percent, sizeof percent, "%.*s", (int)(size < 31 ? size : 31), text);
    enum lg_status status = read_percent("--slow-down", percent, SLOW_DOWN_MOST, &share, error);
    *slow_down = (struct arm_slow_down){0};
    if (status == LG_OK && at != NULL) {
        snprintf(step, sizeof step, "%.31s", at + 1);
        const size_t digits = strlen(step);
        slow_down->grows = digits > 0 && step[digits - 1] == '+';
        step[slow_down->grows ? digits - 1 : digits] = '\0';
        status = command_number("--slow-down", step, 1, INT64_MAX, &from, error);
    }
    slow_down->from = from;
    slow_down->share = share / 100;
    return status;
}

/* The cell of that label, else of that slug. */
static enum lg_status find_slowed(const struct experiment *experiment, const char *name,
                                  struct cell *slowed, struct lg_error *error)
{
    const size_t count = experiment->cell_count;
    char(*slugs)[SPEC_NAME_MAX] = calloc(count, sizeof *slugs);
    const char **names = calloc(count + 1, sizeof *names);
    enum lg_status status = LG_OK;
    size_t at = SIZE_MAX;
    if (slugs == NULL || names == NULL) {
        free(slugs);
        free(names);
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    }
    for (size_t i = 0; at == SIZE_MAX && i < count; i++) {
        status = experiment_cell(experiment, i, slowed, error);
        if (status != LG_OK)
            break;
        memcpy(slugs[i], slowed->slug, sizeof slowed->slug);
        names[i] = slugs[i];
        if (strcmp(slowed->label, name) == 0)
            at = i;
    }
    if (status == LG_OK && at == SIZE_MAX)
        status = command_word("cell", name, names, &at, error);
    free(slugs);
    free(names);
    return status == LG_OK ? experiment_cell(experiment, at, slowed, error) : status;
}

/* CELL=PERCENT[@STEP[+]], the cell by its label or its folder's name. */
static enum lg_status read_slow_down(const char *text, struct request *request,
                                     struct lg_error *error)
{
    const struct experiment *experiment = &request->experiment;
    const char *equals = strrchr(text, '=');
    char name[SPEC_NAME_MAX];
    if (equals == NULL || (size_t)(equals - text) >= sizeof name)
        return lg_fail(error, LG_USAGE, "--slow-down: found '%.64s', expected CELL=PERCENT", text);
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    enum lg_status status = read_percent_and_step(equals + 1, &request->slow_down, error);
    if (status != LG_OK)
        return status;
    request->is_slowed = true;
    return find_slowed(experiment, name, &request->slowed, error);
}

static enum lg_status read_request(const struct options *options, struct request *request,
                                   struct lg_error *error)
{
    struct experiment *experiment = &request->experiment;
    enum lg_status status = experiment_load(options->specs.list[0], options->sets.values,
                                            options->sets.count, experiment, error);
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
        .overrides = options->sets.values,
        .override_count = options->sets.count,
        .effort = {.seed = options->seed,
                   .budget_ns = options->budget_s * 1000000000ull,
                   .precision = options->precision / 100,
                   .counters = options->counters,
                   .settle_steps = options->settle},
        .slowed = request->is_slowed ? &request->slowed : NULL,
        .slow_down = request->slow_down,
        .system = system != NULL ? system : "",
        .is_strict = options->is_strict,
        .is_quiet = options->is_quiet,
    };
    return time_study_run(&study, error);
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options options = {.isa = NULL};
    struct request request = {0};
    enum lg_status status =
        command_read(&time_command, argc, argv, &options, &options.specs, error);
    if (status == LG_OK)
        status = check_and_run(&options, &request, error);
    lg_dataset_free(&request.dataset);
    experiment_free(&request.experiment);
    option_list_free(&options.sets);
    return status;
}

const struct command time_command = {
    .name = "time",
    .summary = "what a training step costs, arm by arm, and which is faster beyond noise",
    .about =
        "Times training steps of every configuration of a spec (its first seed) side by side on "
        "one processor: blocks of steps, every arm once a round, in random order, until each "
        "median's 95 % interval is narrow enough or the budget ends. What a step costs changes as "
        "training goes on, so each arm is timed in two states: after its first steps, and after as "
        "many as a third of the budget has room for, where the cost is called settled if it has "
        "not changed since a quarter of them. All arms of a round see the same samples. One arm is "
        "measured twice: what its two series differ by is noise, and no winner is named within it. "
        "Nothing else should run on the machine meanwhile. Writes cost.csv, samples.csv, "
        "noise.csv, ranking.csv, settling.csv, phases.csv, conditions.csv, machine.json and "
        "manifest.json.",
    .example = "lossgrid time experiments/optimizers.yaml --budget 120 --out results/cost\n",
    .options = option_rows,
    .operands = operand_rows,
    .run = run,
};
