#include "harness/gradcheck/gradcheck_command.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/output.h"
#include "harness/machine/machine.h"
#include "harness/support/files.h"
#include "harness/support/output.h"
#include "harness/support/script.h"

enum option_name {
    ALL = 1,
    LOSS,
    ACTIVATION,
    OPTIMIZER,
    SPEC,
    PLANT,
    TRIALS,
    SEED,
    JOBS,
    ISA,
    OUT,
    QUIET,
    OPTION_NAMES
};

static const struct option long_options[] = {
    {"all", no_argument, NULL, ALL},
    {"loss", required_argument, NULL, LOSS},
    {"activation", required_argument, NULL, ACTIVATION},
    {"optimizer", required_argument, NULL, OPTIMIZER},
    {"spec", required_argument, NULL, SPEC},
    {"plant", required_argument, NULL, PLANT},
    {"trials", required_argument, NULL, TRIALS},
    {"seed", required_argument, NULL, SEED},
    {"jobs", required_argument, NULL, JOBS},
    {"isa", required_argument, NULL, ISA},
    {"out", required_argument, NULL, OUT},
    {"quiet", no_argument, NULL, QUIET},
    {NULL, 0, NULL, 0},
};

enum { TRIALS_DEFAULT = 100, TRIALS_MOST = 1000000, JOBS_MOST = 1024, SPECS_MAX = 256 };

struct options {
    const char *value[OPTION_NAMES]; /* as given last; "" for a flag; NULL: not given */
    const char *specs[SPECS_MAX];
    size_t spec_count;
    size_t trials, seed, jobs;
};

static enum lg_status read_number(const struct options *line, enum option_name option,
                                  const char *name, size_t least, size_t most, size_t *value,
                                  struct lg_error *error)
{
    if (line->value[option] == NULL)
        return LG_OK;
    return command_number(name, line->value[option], least, most, value, error);
}

static enum lg_status read_line(int argc, char **argv, struct options *line, struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (int option = 0; status == LG_OK && option >= 0;) {
        status = command_next_option(argc, argv, long_options, &option, error);
        if (status != LG_OK || option < 0)
            continue;
        const bool is_entry = option == LOSS || option == ACTIVATION || option == OPTIMIZER;
        if (is_entry && line->value[option] != NULL)
            return lg_fail(error, LG_USAGE, "--%s is given twice: one at a time, or --all",
                           long_options[option - 1].name);
        line->value[option] = optarg != NULL ? optarg : "";
        if (option == SPEC && line->spec_count == SPECS_MAX)
            return lg_fail(error, LG_USAGE, "more than %d specs", (int)SPECS_MAX);
        if (option == SPEC)
            line->specs[line->spec_count++] = optarg;
    }
    if (status == LG_OK)
        status = command_operands(argc, argv, 0, 0, "", error);
    const bool some = line->value[LOSS] != NULL || line->value[ACTIVATION] != NULL ||
                      line->value[OPTIMIZER] != NULL || line->value[SPEC] != NULL;
    if (status == LG_OK && line->value[ALL] != NULL && some)
        status =
            lg_fail(error, LG_USAGE,
                    "--all is everything: it does not go with --loss, --activation, --optimizer "
                    "or --spec");
    if (!some)
        line->value[ALL] = "";
    line->trials = line->value[ALL] != NULL && line->value[PLANT] == NULL ? TRIALS_DEFAULT : 0;
    line->seed = 1;
    line->jobs = machine_usable_processors();
    if (status == LG_OK)
        status = read_number(line, TRIALS, "trials", 0, TRIALS_MOST, &line->trials, error);
    if (status == LG_OK)
        status = read_number(line, SEED, "seed", 0, UINT32_MAX, &line->seed, error);
    if (status == LG_OK)
        status = read_number(line, JOBS, "jobs", 1, JOBS_MOST, &line->jobs, error);
    return status;
}

/* ---- Specs --------------------------------------------------------------- */

struct specs {
    struct experiment *list; /* (count); owned, each experiment too */
    size_t count;
};

static enum lg_status load(struct specs *specs, const char *path, struct lg_error *error)
{
    struct experiment *list = realloc(specs->list, (specs->count + 1) * sizeof *list);
    if (list == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %s", path);
    specs->list = list;
    enum lg_status status = experiment_load(path, NULL, 0, &list[specs->count], error);
    specs->count += status == LG_OK;
    return status;
}

/* Every spec of experiments/. */
static enum lg_status load_all(struct specs *specs, struct lg_error *error)
{
    char directory[FILES_PATH_MAX], pattern[FILES_PATH_MAX];
    glob_t found = {0};
    enum lg_status status = script_find("experiments", directory, error);
    if (status == LG_OK)
        status = files_path(pattern, error, "%s/*.yaml", directory);
    if (status != LG_OK)
        return status;
    if (glob(pattern, 0, NULL, &found) != 0)
        status = lg_fail(error, LG_ENVIRONMENT, "no spec in %s", directory);
    for (size_t i = 0; status == LG_OK && i < found.gl_pathc; i++)
        status = load(specs, found.gl_pathv[i], error);
    globfree(&found);
    return status;
}

static void free_specs(struct specs *specs)
{
    for (size_t i = 0; i < specs->count; i++)
        experiment_free(&specs->list[i]);
    free(specs->list);
}

static enum lg_status load_specs(const struct options *line, struct specs *specs,
                                 struct lg_error *error)
{
    enum lg_status status = line->value[ALL] != NULL ? load_all(specs, error) : LG_OK;
    for (size_t i = 0; status == LG_OK && i < line->spec_count; i++)
        status = load(specs, line->specs[i], error);
    return status;
}

/* ---- The command --------------------------------------------------------- */

static enum lg_status prepare(const struct options *line, const struct specs *specs,
                              struct gradcheck *g, struct lg_error *error)
{
    const struct items_scope scope = {.loss = line->value[LOSS],
                                      .activation = line->value[ACTIVATION],
                                      .optimizer = line->value[OPTIMIZER],
                                      .everything = line->value[ALL] != NULL,
                                      .experiments = specs->list,
                                      .experiment_count = specs->count};
    const char *isa = line->value[ISA] != NULL ? line->value[ISA] : getenv("LOSSGRID_ISA");
    size_t defect = 0;
    enum lg_status status = LG_OK;
    g->trials = line->trials;
    g->seed = line->seed;
    g->jobs = line->jobs;
    g->quiet = line->value[QUIET] != NULL;
    if (line->value[PLANT] != NULL) {
        status = command_word("defect", line->value[PLANT], plant_names, &defect, error);
        g->defect = &plants[defect];
    }
    if (status == LG_OK)
        status = copies_select(isa != NULL && isa[0] != '\0' ? isa : NULL, &g->copies, error);
    return status == LG_OK ? items_make(&g->copies, &scope, &g->items, error) : status;
}

static enum lg_status publish(const struct gradcheck *g, const char *directory, const char *command,
                              struct lg_error *error)
{
    struct text text = {0};
    int ending = 0;
    enum lg_status status = gradcheck_print(g, &text, error);
    if (status == LG_OK)
        status = output_shown(&text, error);
    text_free(&text);
    if (status == LG_OK)
        status = output_flush(error);
    if (status != LG_OK || directory == NULL)
        return status;
    status = gradcheck_write(g, directory, command, error);
    if (status == LG_OK && g->defect == NULL)
        status = script_run("gradcheck.py", directory, NULL, &ending, error);
    return status == LG_OK ? script_check("gradcheck.py", ending, error) : status;
}

/* The line as it was given, for the manifest. */
static void join(int argc, char **argv, struct text *text)
{
    text_print(text, "lossgrid");
    for (int i = 0; i < argc; i++)
        text_print(text, " %s", argv[i]);
}

static enum lg_status run_line(const struct options *line, const char *command,
                               struct lg_error *error)
{
    struct specs specs = {.list = NULL};
    struct gradcheck g = {.defect = NULL};
    enum lg_status status = load_specs(line, &specs, error);
    if (status == LG_OK)
        status = prepare(line, &specs, &g, error);
    if (status == LG_OK && line->value[OUT] != NULL) /* before minutes of work */
        status = files_make_directories(line->value[OUT], error);
    if (status == LG_OK) {
        status = gradcheck_run(&g, error);
        const bool shown = status == LG_OK || status == LG_INTERRUPTED;
        const enum lg_status published =
            shown ? publish(&g, line->value[OUT], command, status == LG_OK ? error : NULL) : status;
        if (status == LG_OK)
            status = published;
        if (status == LG_OK && !gradcheck_is_right(&g))
            status = lg_fail(error, LG_FAILED, "%s",
                             g.defect != NULL ? "a planted defect was not seen"
                                              : "the gradient check failed");
    }
    gradcheck_free(&g);
    free_specs(&specs);
    return status;
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options line = {.spec_count = 0};
    struct text command = {0};
    join(argc, argv, &command);
    enum lg_status status = read_line(argc, argv, &line, error);
    if (status == LG_OK)
        status = text_check(&command, error);
    if (status == LG_OK)
        status = run_line(&line, command.bytes, error);
    text_free(&command);
    return status;
}

const struct command gradcheck_command = {
    .name = "gradcheck",
    .synopsis = "[--all | [--loss NAME] [--activation NAME] [--optimizer NAME]\n"
                "                          [--spec SPEC]...]\n"
                "                          [--out DIR] [--plant DEFECT] [--trials N] [--seed N]\n"
                "                          [--jobs N] [--isa NAME] [--quiet]",
    .summary = "whether gradients are those of the values, with error bars",
    .help =
        "Each derivative is compared with differences of the value alone, extrapolated, in long\n"
        "double, and carries an error bar of its own. Kinks are found and the gradient there must\n"
        "lie between the one-sided derivatives. Losses and activations are checked with every\n"
        "option, in every entry; networks in some entries and in random directions through all of\n"
        "them; f32 against f64 and f64 against long double in units of the last place. What "
        "training\n"
        "does is held against plain backpropagation, entry by entry, each by its own error bar: "
        "with\n"
        "the spec's batch and its last one, on both sides of what products are chosen by, "
        "streamed\n"
        "and collected, in every compiled copy; the paths that were run, and those that were not, "
        "are\n"
        "listed, and defects are put into gradients of each. Batches of\n"
        "one against whole ones; optimizers against long double. Defects are planted in random\n"
        "networks to see that they are found. Exit code 0 only if all is as it should be, else 1.\n"
        "\n"
        "  --all               everything, and every spec in experiments/ (the default)\n"
        "  --loss NAME         a loss, with every option; a new file in engine/loss/ too\n"
        "  --activation NAME   an activation, with every option\n"
        "  --optimizer NAME    an optimizer, with every option, against its second formula\n"
        "  --spec SPEC         the networks of a spec of yours; needs no data\n"
        "  --out DIR           write gradcheck.csv, sweep.csv, kinks.csv, ulps.csv, planted.csv,\n"
        "                      coverage.csv and manifest.json there, and report/report.md with "
        "figures\n"
        "  --plant DEFECT      put a defect into every gradient: all must be refused\n"
        "                      (missing factor 2, wrong sign, transposed weight, swapped bias, "
        "one\n"
        "                      wrong element, stale buffer, off-by-one batch, all zero)\n"
        "  --trials N          random networks to plant every defect in (with --all: 100)\n"
        "  --seed N            of points, directions and trials (default: 1)\n"
        "  --jobs N            threads (default: the processors); no number depends on it\n"
        "  --isa NAME          the compiled copies to check: see `lossgrid list isas`\n"
        "\n"
        "Example:\n"
        "  lossgrid gradcheck --loss huber --out results/gradcheck-huber\n",
    .run = run,
};
