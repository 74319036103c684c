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

enum { TRIALS_DEFAULT = 100, TRIALS_MOST = 1000000, JOBS_MOST = 1024 };

struct options {
    const char *loss, *activation, *optimizer, *isa, *out; /* NULL: not given */
    const char *fault;                                     /* NULL: none is injected */
    struct option_list specs;
    size_t trials, seed, jobs; /* trials, jobs: 0 is not given */
    bool all, trials_given, quiet;
};

static enum lg_status read_fault(const struct option_row *row, const char *text, void *field,
                                 struct lg_error *error)
{
    size_t index;
    (void)row;
    *(const char **)field = text;
    return command_word("fault", text, fault_names, &index, error);
}

static enum lg_status read_trials(const struct option_row *row, const char *text, void *field,
                                  struct lg_error *error)
{
    struct options *options = field;
    (void)row;
    options->trials_given = true;
    return command_number("--trials", text, 0, TRIALS_MOST, &options->trials, error);
}

/* Read the line; what is not given depends on what is. */
static enum lg_status read_line(int argc, char **argv, struct options *line, struct lg_error *error)
{
    struct operands operands;
    enum lg_status status = command_read(&gradcheck_command, argc, argv, line, &operands, error);
    const bool some = line->loss != NULL || line->activation != NULL || line->optimizer != NULL ||
                      line->specs.count > 0;
    if (status == LG_OK && line->all && some)
        status =
            lg_fail(error, LG_USAGE,
                    "--all is everything: it does not go with --loss, --activation, --optimizer "
                    "or --spec");
    line->all = !some;
    if (!line->trials_given)
        line->trials = line->all && line->fault == NULL ? TRIALS_DEFAULT : 0;
    if (line->jobs == 0)
        line->jobs = machine_usable_processors();
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
    enum lg_status status = line->all ? load_all(specs, error) : LG_OK;
    for (size_t i = 0; status == LG_OK && i < line->specs.count; i++)
        status = load(specs, line->specs.values[i], error);
    return status;
}

/* ---- The command --------------------------------------------------------- */

static enum lg_status prepare(const struct options *line, const struct specs *specs,
                              struct gradcheck *g, struct lg_error *error)
{
    const struct items_scope scope = {.loss = line->loss,
                                      .activation = line->activation,
                                      .optimizer = line->optimizer,
                                      .everything = line->all,
                                      .experiments = specs->list,
                                      .experiment_count = specs->count};
    g->trials = line->trials;
    g->seed = line->seed;
    g->jobs = line->jobs;
    g->quiet = line->quiet;
    for (size_t i = 0; line->fault != NULL && fault_names[i] != NULL; i++)
        if (strcmp(fault_names[i], line->fault) == 0)
            g->fault = &faults[i];
    enum lg_status status = copies_select(line->isa, &g->copies, error);
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
    if (status == LG_OK && g->fault == NULL)
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
    struct gradcheck g = {.fault = NULL};
    enum lg_status status = load_specs(line, &specs, error);
    if (status == LG_OK)
        status = prepare(line, &specs, &g, error);
    if (status == LG_OK && line->out != NULL) /* before minutes of work */
        status = files_make_directories(line->out, error);
    if (status == LG_OK) {
        status = gradcheck_run(&g, error);
        const bool shown = status == LG_OK || status == LG_INTERRUPTED;
        const enum lg_status published =
            shown ? publish(&g, line->out, command, status == LG_OK ? error : NULL) : status;
        if (status == LG_OK)
            status = published;
        if (status == LG_OK && !gradcheck_is_right(&g))
            status = lg_fail(error, LG_FAILED, "%s",
                             g.fault != NULL ? "an injected fault was not seen"
                                             : "the gradient check failed");
    }
    gradcheck_free(&g);
    free_specs(&specs);
    return status;
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options line = {.all = false};
    struct text command = {0};
    join(argc, argv, &command);
    enum lg_status status = read_line(argc, argv, &line, error);
    if (status == LG_OK)
        status = text_check(&command, error);
    if (status == LG_OK)
        status = run_line(&line, command.bytes, error);
    text_free(&command);
    option_list_free(&line.specs);
    return status;
}

static const struct option_row option_rows[] = {
    {"all", .meaning = "everything, and every spec in experiments/: what holds without a choice",
     .kind = OPTION_FLAG, .offset = offsetof(struct options, all)},
    {"loss", "NAME", "a loss, with every option; a new file in engine/loss/ too", OPTION_TEXT,
     offsetof(struct options, loss), .offer = OFFER_NAMES, .list = "losses", .once = true},
    {"activation", "NAME", "an activation, with every option", OPTION_TEXT,
     offsetof(struct options, activation), .offer = OFFER_NAMES, .list = "activations",
     .once = true},
    {"optimizer", "NAME", "an optimizer, with every option, against its second formula",
     OPTION_TEXT, offsetof(struct options, optimizer), .offer = OFFER_NAMES, .list = "optimizers",
     .once = true},
    {"spec", "SPEC", "the networks of a spec of yours; needs no data", OPTION_LIST,
     offsetof(struct options, specs), .offer = OFFER_SPEC},
    {"out", "DIR",
     "write gradcheck.csv, sweep.csv, kinks.csv, ulps.csv, injected.csv, coverage.csv and "
     "manifest.json there, and report/report.md with figures",
     OPTION_TEXT, offsetof(struct options, out), .offer = OFFER_FOLDER},
    {"inject", "FAULT",
     "put a fault into every gradient: all must be refused (missing factor 2, wrong sign, "
     "transposed weight, swapped bias, one wrong element, stale buffer, off-by-one batch, all "
     "zero)",
     OPTION_OWN, offsetof(struct options, fault), .read = read_fault},
    {"trials", "N", "random networks to put every fault into", OPTION_OWN, 0,
     .absent = "100 with --all, else none", .read = read_trials},
    {"seed", "N", "of points, directions and trials", OPTION_NUMBER, offsetof(struct options, seed),
     .fallback = "1", .maximum = UINT32_MAX},
    {"jobs", "N", "threads; no number depends on it", OPTION_NUMBER, offsetof(struct options, jobs),
     .absent = "one for each processor", .minimum = 1, .maximum = JOBS_MOST},
    {"isa", "NAME", "the compiled copies to check: see `lossgrid list isas`", OPTION_TEXT,
     offsetof(struct options, isa), .absent = "all that run here", .environment = "LOSSGRID_ISA",
     .offer = OFFER_NAMES, .list = "isas"},
    {"quiet", .meaning = "no progress", .kind = OPTION_FLAG,
     .offset = offsetof(struct options, quiet)},
    {.name = NULL},
};

const struct command gradcheck_command = {
    .name = "gradcheck",
    .summary = "whether gradients are those of the values, with error bars",
    .about =
        "Each derivative is compared with differences of the value alone, extrapolated, in long "
        "double, and carries an error bar of its own. Kinks are found and the gradient there must "
        "lie between the one-sided derivatives. Losses and activations are checked with every "
        "option, in every entry; networks in some entries and in random directions through all of "
        "them; f32 against f64 and f64 against long double in units of the last place.\n\n"
        "What training does is held against plain backpropagation, entry by entry, each by its own "
        "error bar: with the spec's batch and its last one, on both sides of what products are "
        "chosen by, streamed and collected, in every compiled copy; the paths that were run, and "
        "those that were not, are listed, and faults are put into gradients of each. Batches of "
        "one are held against whole ones; optimizers against long double. Faults are injected into "
        "random networks to see that they are found. Exit code 0 only if all is as it should be, "
        "else 1.",
    .example = "lossgrid gradcheck --loss huber --out results/gradcheck-huber\n",
    .options = option_rows,
    .run = run,
};
