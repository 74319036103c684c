#include "harness/eval/eval_command.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/eval/eval.h"
#include "harness/spec/choice.h"
#include "harness/spec/override.h"
#include "harness/support/output.h"

/* ---- Options ------------------------------------------------------------- */

enum kind { LOSS, ACTIVATION, OPTIMIZER };
static const char *const kind_names[] = {"loss", "activation", "optimizer", NULL};

enum option_name {
    PREDICTION = 1,
    PREDICTION2,
    PREDICTION3,
    TARGET,
    GRADIENT,
    GRADIENT2,
    GRADIENT3,
    INPUT,
    UPSTREAM,
    PARAMETERS,
    GRADIENTS,
    SHAPE,
    SET,
    PRECISION,
    ISA,
    OPTION_NAMES
};

static const struct option long_options[] = {
    {"prediction", required_argument, NULL, PREDICTION},
    {"prediction2", required_argument, NULL, PREDICTION2},
    {"prediction3", required_argument, NULL, PREDICTION3},
    {"target", required_argument, NULL, TARGET},
    {"gradient", required_argument, NULL, GRADIENT},
    {"gradient2", required_argument, NULL, GRADIENT2},
    {"gradient3", required_argument, NULL, GRADIENT3},
    {"input", required_argument, NULL, INPUT},
    {"upstream", required_argument, NULL, UPSTREAM},
    {"parameters", required_argument, NULL, PARAMETERS},
    {"gradients", required_argument, NULL, GRADIENTS},
    {"shape", required_argument, NULL, SHAPE},
    {"set", required_argument, NULL, SET},
    {"precision", required_argument, NULL, PRECISION},
    {"isa", required_argument, NULL, ISA},
    {NULL, 0, NULL, 0},
};

/* Which of them a kind knows, beside --set, --precision and --isa. */
static bool takes(enum kind kind, int option)
{
    if (kind == LOSS)
        return option <= GRADIENT3;
    if (kind == ACTIVATION)
        return option == INPUT || option == UPSTREAM || option == GRADIENT;
    return option == PARAMETERS || option == GRADIENTS || option == SHAPE;
}

/* Which are files that are read. */
static bool is_input(int option)
{
    return option <= TARGET || (option >= INPUT && option <= GRADIENTS);
}

struct line {
    const char *value[OPTION_NAMES]; /* as given last; NULL: not given */
    const char **sets;               /* (set_count) */
    size_t set_count;
};

static enum lg_status read_line(int argc, char **argv, struct line *line, struct lg_error *error)
{
    enum lg_status status = LG_OK;
    const char *isa = getenv("LOSSGRID_ISA");
    line->value[ISA] = isa != NULL && isa[0] != '\0' ? isa : NULL;
    for (int option = 0; status == LG_OK && option >= 0;) {
        status = command_next_option(argc, argv, long_options, &option, error);
        if (status != LG_OK || option < 0)
            continue;
        if (option == SET)
            line->sets[line->set_count++] = optarg;
        else
            line->value[option] = optarg;
    }
    if (status != LG_OK)
        return status;
    return command_operands(argc, argv, 2, 2, "loss, activation or optimizer, or its name,", error);
}

/* Only what the kind takes, and standard input once. */
static enum lg_status check_line(const struct line *line, enum kind kind, struct lg_error *error)
{
    int standard = 0;
    for (int i = 0; long_options[i].name != NULL; i++) {
        const int option = long_options[i].val;
        const char *value = line->value[option];
        if (option >= SET || value == NULL)
            continue;
        if (!takes(kind, option))
            return lg_fail(error, LG_USAGE, "--%s is not for 'eval %s'; see 'lossgrid help eval'",
                           long_options[i].name, kind_names[kind]);
        standard += is_input(option) && strcmp(value, "-") == 0;
    }
    if (standard > 1)
        return lg_fail(error, LG_USAGE, "standard input ('-') can be read for one option only");
    return LG_OK;
}

/* ---- What is evaluated --------------------------------------------------- */

/* The entry called name with its --set options, by the code that reads specs. */
static enum lg_status read_choice(struct pool *pool, const struct line *line,
                                  const struct registry *registry, const char *name,
                                  struct lg_choice *choice, struct lg_error *error)
{
    const struct source source = {.name = "", .code = LG_USAGE};
    const struct node named = {.kind = NODE_SCALAR, .source = &source, .plain = true, .text = name};
    const struct node *root = &named;
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < line->set_count; i++) {
        status = override_apply(pool, line->sets[i], &root, error);
        const struct node *now = root->kind == NODE_MAPPING ? node_get(root, "name") : root;
        if (status == LG_OK && now != &named)
            status =
                lg_fail(error, LG_USAGE, "--set %.200s: 'name' is not an option", line->sets[i]);
    }
    return status == LG_OK ? choice_read(pool, registry, root, "", choice, error) : status;
}

static enum lg_status prepare(struct pool *pool, const struct line *line, enum kind kind,
                              const char *name, struct eval *eval, struct lg_error *error)
{
    static const char *const precisions[] = {"f32", "f64", NULL};
    size_t precision = 1;
    struct registries registries;
    enum lg_status status = LG_OK;
    if (line->value[PRECISION] != NULL)
        status = command_word("precision", line->value[PRECISION], precisions, &precision, error);
    if (status == LG_OK)
        status = lg_backend_select(precision == 0 ? LG_F32 : LG_F64, line->value[ISA],
                                   &eval->backend, error);
    if (status == LG_OK)
        status = registries_collect(pool, eval->backend, &registries, error);
    if (status != LG_OK)
        return status;
    const struct registry *const kinds[] = {&registries.loss, &registries.activation,
                                            &registries.optimizer};
    status = read_choice(pool, line, kinds[kind], name, &eval->choice, error);
    if (status == LG_OK)
        eval->info = kinds[kind]->info(eval->choice.index);
    for (size_t i = 0; i < LG_LOSS_INPUTS_MAX; i++) {
        eval->prediction[i] = line->value[PREDICTION + i];
        eval->gradient[i] = line->value[GRADIENT + i];
    }
    eval->target = line->value[TARGET];
    eval->input = line->value[INPUT];
    eval->upstream = line->value[UPSTREAM];
    eval->parameters = line->value[PARAMETERS];
    eval->gradients = line->value[GRADIENTS];
    eval->shape = line->value[SHAPE];
    return status;
}

/* ---- The command --------------------------------------------------------- */

static enum lg_status run_line(int argc, char **argv, struct line *line, struct lg_error *error)
{
    static enum lg_status (*const evaluate[])(const struct eval *, struct text *,
                                              struct lg_error *) = {eval_loss, eval_activation,
                                                                    eval_optimizer};
    struct pool pool = {0};
    struct eval eval = {0};
    struct text out = {0};
    size_t kind = 0;
    enum lg_status status = read_line(argc, argv, line, error);
    if (status == LG_OK)
        status = command_word("kind", argv[optind], kind_names, &kind, error);
    if (status == LG_OK)
        status = check_line(line, (enum kind)kind, error);
    if (status == LG_OK)
        status = prepare(&pool, line, (enum kind)kind, argv[optind + 1], &eval, error);
    if (status == LG_OK)
        status = evaluate[kind](&eval, &out, error);
    if (status == LG_OK)
        status = text_check(&out, error);
    if (status == LG_OK)
        status = output_text(&out, error);
    text_free(&out);
    pool_free(&pool);
    return status;
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct line line = {.sets = calloc((size_t)argc, sizeof *line.sets)};
    if (line.sets == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    enum lg_status status = run_line(argc, argv, &line, error);
    free(line.sets);
    return status;
}

const struct command eval_command = {
    .name = "eval",
    .synopsis =
        "loss NAME --prediction P.csv [--prediction2 Q.csv [--prediction3 R.csv]]\n"
        "                          [--target T.csv] [--gradient G.csv [--gradient2 G.csv ...]]\n"
        "       lossgrid eval activation NAME --input X.csv [--upstream D.csv [--gradient G.csv]]\n"
        "       lossgrid eval optimizer NAME --parameters W.csv --gradients G.csv\n"
        "                          [--shape ROWSxCOLUMNS]\n"
        "       each: [--set KEY=VALUE]... [--precision f32|f64] [--isa NAME]",
    .summary = "one loss, activation or optimizer on numbers of yours",
    .help =
        "Files are CSV without a header, finite numbers only; '-' reads standard input. A row\n"
        "is a sample, for an optimizer a step. Numbers are printed with 17 significant digits,\n"
        "or 9 for f32. `lossgrid list losses --format=markdown` says what each compares.\n"
        "\n"
        "A loss prints its value of the batch; --gradient, --gradient2 and --gradient3 name the\n"
        "files for its derivatives by each prediction. Targets: a number for each prediction;\n"
        "classes count from 0, one a row, or for several labels as many a row as there are\n"
        "predictions, filled with -1; binary targets and pairs are 1 or -1, pairs one a row. A\n"
        "triplet is anchor, positive and negative in the three predictions.\n"
        "An activation prints its outputs. With the derivatives by them (--upstream) it writes\n"
        "those by its inputs to --gradient, or prints them after the outputs.\n"
        "An optimizer prints the parameters after each step, given one row of them and the\n"
        "gradient of each step. Where it treats weights and biases differently, parameters are\n"
        "a bias, or with --shape a weight of that many inputs (rows) and outputs (columns), row\n"
        "by row in one line.\n"
        "\n"
        "  --set KEY=VALUE       an option: a number, a word, or a list such as [0.5,1,2]\n"
        "  --precision f32|f64   (default: f64)\n"
        "  --isa NAME            the compiled copy of the engine: see `lossgrid list isas`\n"
        "\n"
        "Example:\n"
        "  lossgrid eval loss smooth_l1 --prediction p.csv --target t.csv --set beta=0.5\n",
    .run = run,
};
