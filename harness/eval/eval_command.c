#include "harness/eval/eval_command.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/eval/eval.h"
#include "harness/spec/choice.h"
#include "harness/spec/override.h"
#include "harness/support/output.h"

enum form { LOSS, ACTIVATION, OPTIMIZER };
static const struct form_row forms[] = {
    [LOSS] = {"loss", "losses"},
    [ACTIVATION] = {"activation", "activations"},
    [OPTIMIZER] = {"optimizer", "optimizers"},
    {NULL, NULL},
};
enum { FOR_LOSS = 1 << LOSS, FOR_ACTIVATION = 1 << ACTIVATION, FOR_OPTIMIZER = 1 << OPTIMIZER };

/* The inputs given; the members of eval of which one may be standard input are files. */
struct request {
    struct eval eval;
    struct option_list sets;
    const char *isa; /* or NULL */
    size_t precision;
};
enum { PRECISION_F32, PRECISION_F64 };
static const char *const precisions[] = {"f32", "f64", NULL};

/* Standard input once. */
static enum lg_status check_inputs(const struct eval *eval, struct lg_error *error)
{
    const char *const inputs[] = {eval->prediction[0], eval->prediction[1], eval->prediction[2],
                                  eval->target,        eval->input,         eval->upstream,
                                  eval->parameters,    eval->gradients};
    int standard = 0;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        standard += inputs[i] != NULL && strcmp(inputs[i], "-") == 0;
    if (standard > 1)
        return lg_fail(error, LG_USAGE, "standard input ('-') can be read for one option only");
    return LG_OK;
}

/* ---- What is evaluated --------------------------------------------------- */

/* The entry called name with its --set options, by the code that reads specs. */
static enum lg_status read_choice(struct pool *pool, const struct option_list *sets,
                                  const struct registry *registry, const char *name,
                                  struct lg_choice *choice, struct lg_error *error)
{
    const struct source source = {.name = "", .code = LG_USAGE};
    const struct node named = {.kind = NODE_SCALAR, .source = &source, .plain = true, .text = name};
    const struct node *root = &named;
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < sets->count; i++) {
        status = override_apply(pool, sets->values[i], &root, error);
        const struct node *now = root->kind == NODE_MAPPING ? node_get(root, "name") : root;
        if (status == LG_OK && now != &named)
            status =
                lg_fail(error, LG_USAGE, "--set %.200s: 'name' is not an option", sets->values[i]);
    }
    return status == LG_OK ? choice_read(pool, registry, root, "", choice, error) : status;
}

static enum lg_status prepare(struct pool *pool, struct request *request, size_t form,
                              const char *name, struct lg_error *error)
{
    struct registries registries = {0};
    struct eval *eval = &request->eval;
    enum lg_status status = lg_backend_select(request->precision == PRECISION_F32 ? LG_F32 : LG_F64,
                                              request->isa, &eval->backend, error);
    if (status == LG_OK)
        status = registries_collect(pool, eval->backend, &registries, error);
    if (status != LG_OK)
        return status;
    const struct registry *const kinds[] = {[LOSS] = &registries.loss,
                                            [ACTIVATION] = &registries.activation,
                                            [OPTIMIZER] = &registries.optimizer};
    assert(form < sizeof kinds / sizeof *kinds); /* command_read() knows no other form */
    status = read_choice(pool, &request->sets, kinds[form], name, &eval->choice, error);
    if (status == LG_OK)
        eval->info = kinds[form]->info(eval->choice.index);
    return status;
}

/* ---- The command --------------------------------------------------------- */

static enum lg_status evaluate(struct request *request, char **operands, struct lg_error *error)
{
    static enum lg_status (*const evaluations[])(const struct eval *, struct text *,
                                                 struct lg_error *) = {
        [LOSS] = eval_loss, [ACTIVATION] = eval_activation, [OPTIMIZER] = eval_optimizer};
    struct pool pool = {0};
    struct text out = {0};
    size_t form = LOSS;
    while (strcmp(forms[form].name, operands[0]) != 0)
        form++;
    enum lg_status status = check_inputs(&request->eval, error);
    if (status == LG_OK)
        status = prepare(&pool, request, form, operands[1], error);
    if (status == LG_OK)
        status = evaluations[form](&request->eval, &out, error);
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
    struct request request = {.isa = NULL};
    struct operands operands;
    enum lg_status status = command_read(&eval_command, argc, argv, &request, &operands, error);
    if (status == LG_OK)
        status = evaluate(&request, operands.list, error);
    option_list_free(&request.sets);
    return status;
}

/* A file of numbers for some of the forms. */
#define NUMBERS(name, value, member, forms, needed, meaning)                                       \
    {                                                                                              \
        name, value, meaning, OPTION_TEXT, offsetof(struct request, eval.member), NULL, NULL,      \
            NULL, 0, 0, NULL, NULL, OFFER_FILE, NULL, forms, needed, false                         \
    }

static const struct option_row options[] = {
    NUMBERS("prediction", "P.csv", prediction[0], FOR_LOSS, FOR_LOSS,
            "what the loss compares with the target; of a pair or triplet the first"),
    NUMBERS("prediction2", "Q.csv", prediction[1], FOR_LOSS, 0,
            "the second of a pair, the positive of a triplet"),
    NUMBERS("prediction3", "R.csv", prediction[2], FOR_LOSS, 0, "the negative of a triplet"),
    NUMBERS("target", "T.csv", target, FOR_LOSS, 0, "what should have been predicted"),
    NUMBERS("gradient", "G.csv", gradient[0], FOR_LOSS | FOR_ACTIVATION, 0,
            "where to write the derivatives by the prediction, or by the input"),
    NUMBERS("gradient2", "G.csv", gradient[1], FOR_LOSS, 0,
            "where to write those by the second prediction"),
    NUMBERS("gradient3", "G.csv", gradient[2], FOR_LOSS, 0,
            "where to write those by the third prediction"),
    NUMBERS("input", "X.csv", input, FOR_ACTIVATION, FOR_ACTIVATION, "inputs of an activation"),
    NUMBERS("upstream", "D.csv", upstream, FOR_ACTIVATION, 0,
            "derivatives by the outputs of an activation"),
    NUMBERS("parameters", "W.csv", parameters, FOR_OPTIMIZER, FOR_OPTIMIZER,
            "one row: the parameters before the first step"),
    NUMBERS("gradients", "G.csv", gradients, FOR_OPTIMIZER, FOR_OPTIMIZER,
            "the gradient of each step, a row each"),
    {"shape", "ROWSxCOLUMNS", "the parameters are a weight of that shape; without it a bias",
     OPTION_TEXT, offsetof(struct request, eval.shape), .forms = FOR_OPTIMIZER},
    {"set", "KEY=VALUE", "an option of it: a number, a word, or a list such as [0.5,1,2]",
     OPTION_LIST, offsetof(struct request, sets), .offer = OFFER_NOTHING},
    {"precision", .meaning = "of the arithmetic", .kind = OPTION_WORD,
     .offset = offsetof(struct request, precision), .words = precisions, .fallback = "f64"},
    {"isa", "NAME", "the compiled copy of the engine", OPTION_TEXT, offsetof(struct request, isa),
     .absent = "the best this processor has", .environment = "LOSSGRID_ISA", .offer = OFFER_NAMES,
     .list = "isas"},
    {.name = NULL},
};

static const struct operand_row operands[] = {
    {"KIND", "kind", NULL, 1, 1, OFFER_NOTHING, NULL},
    {"NAME", "the name of a loss, an activation or an optimizer", NULL, 1, 1, OFFER_NOTHING, NULL},
    {.name = NULL},
};

const struct command eval_command = {
    .name = "eval",
    .summary = "one loss, activation or optimizer on numbers of yours",
    .about =
        "Files are CSV without a header, finite numbers only; '-' reads standard input. A row is a "
        "sample, for an optimizer a step. Numbers are printed with 17 significant digits, or 9 for "
        "f32. `lossgrid list losses --format=markdown` says what each compares.\n\n"
        "A loss prints its value of the batch. Targets: a number for each prediction; classes "
        "count from 0, one a row, or for several labels as many a row as there are predictions, "
        "filled with -1; binary targets and pairs are 1 or -1, pairs one a row. A triplet is "
        "anchor, positive and negative in the three predictions.\n\n"
        "An activation prints its outputs. With the derivatives by them (--upstream) it writes "
        "those by its inputs to --gradient, or prints them after the outputs.\n\n"
        "An optimizer prints the parameters after each step. Where it treats weights and biases "
        "differently, parameters are a bias, or with --shape a weight of that many inputs (rows) "
        "and outputs (columns), row by row in one line.",
    .example = "lossgrid eval loss smooth_l1 --prediction p.csv --target t.csv --set beta=0.5\n",
    .options = options,
    .operands = operands,
    .forms = forms,
    .run = run,
};
