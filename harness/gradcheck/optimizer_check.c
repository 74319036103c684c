#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/formula_check.h"
#include "harness/gradcheck/optimizer_case.h"
#include "harness/gradcheck/optimizer_fault.h"
#include "harness/gradcheck/optimizer_training.h"
#include "harness/gradcheck/other_checks.h"
#include "harness/gradcheck/search_check.h"

/* ---- Options ------------------------------------------------------------- */

/* Set what "a=1;b=word" says. Returns false where the optimizer has no such option or word. */
static bool set_options(const struct lg_info *info, const char *text, struct lg_options *options)
{
    *options = lg_options_default(info);
    while (*text != '\0') {
        char name[64], value[64], *end;
        int used = 0;
        if (sscanf(text, "%63[^=]=%63[^;]%n", name, value, &used) != 2)
            return false;
        const int i = lg_option_find(info, name);
        if (i < 0)
            return false;
        const char *const *choices = info->options[i].choices;
        size_t word = 0;
        while (choices != NULL && choices[word] != NULL && strcmp(choices[word], value) != 0)
            word++;
        const bool is_true = strcmp(value, "true") == 0;
        options->value[i] = choices != NULL                          ? (double)word
                            : is_true || strcmp(value, "false") == 0 ? is_true
                                                                     : strtod(value, &end);
        if (choices != NULL && choices[word] == NULL)
            return false;
        text += used + (text[used] == ';');
    }
    return true;
}

/* ---- What the engine makes of a case ------------------------------------- */

struct trajectory {
    size_t size;       /* of a block */
    double *w;         /* (steps + 1, rows, columns); owned, the rest within it */
    double *evaluated; /* (steps, rows, columns) */
};

static enum lg_status replay(const struct lg_backend *backend, const struct lg_choice *optimizer,
                             const struct optimizer_case *own, const double *gradients,
                             struct trajectory *to, struct lg_error *error)
{
    to->size = own->rows * own->columns;
    to->w = malloc((2 * own->steps + 1) * to->size * sizeof *to->w);
    if (to->w == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for an optimizer's steps");
    to->evaluated = to->w + (own->steps + 1) * to->size;
    memcpy(to->w, own->start, to->size * sizeof *to->w);
    const struct lg_replay_data data = {.steps = own->steps,
                                        .rows = own->rows,
                                        .columns = own->columns,
                                        .is_bias = own->is_bias,
                                        .parameters = own->start,
                                        .gradients = gradients,
                                        .evaluated = to->evaluated};
    struct lg_arena arena = {0};
    backend->evaluate_optimizer(&arena, optimizer, &data, to->w + to->size);
    enum lg_status status = lg_arena_create(&arena, arena.used_bytes, error);
    if (status == LG_OK)
        backend->evaluate_optimizer(&arena, optimizer, &data, to->w + to->size);
    lg_arena_destroy(&arena);
    return status;
}

/* ---- Against the formula ------------------------------------------------- */

/* The subject being checked. */
struct subject_of {
    const struct lg_backend *backend;
    const struct lg_choice *optimizer;
    const struct formula *formula;
    const char *options; /* of a variant of the formula's own; "": none */
    struct result *result;
};

static const char *precision_of(const struct lg_backend *backend)
{
    return backend->precision == LG_F32 ? "f32" : "f64";
}

static void report(const struct subject_of *of, const char *name, size_t size,
                   const struct formula_verdict *v)
{
    struct judgement judgement = {.checked = v->checked - v->undecided,
                                  .skipped = v->undecided,
                                  .reason = v->undecided > 0
                                                ? "rounding decides: the bound of a divisor "
                                                  "reaches 0, or a search is at the minimum"
                                                : "",
                                  .worst = v->checked > v->undecided ? v->entry : SIZE_MAX,
                                  .wrong = SIZE_MAX,
                                  .analytic = (double)v->engine,
                                  .numeric = (double)v->formula,
                                  .error_bar = (double)v->bound};
    const long double own = bounded_abs(v->formula), apart = bounded_abs(v->engine - v->formula);
    char block[160], worst[64];
    judgement.relative_error = (double)(own > 0 ? apart / own : apart);
    snprintf(block, sizeof block, "%s, %s%s%s", name, precision_of(of->backend),
             of->options[0] != '\0' ? ": " : "", of->options);
    snprintf(worst, sizeof worst, "step %zu [%zu]%s", v->step, v->entry,
             v->evaluated ? " evaluated" : "");
    if (v->wrong > 0)
        judgement.verdict = OUTCOME_FAIL;
    else if (v->undecided == v->checked)
        judgement.verdict = OUTCOME_SKIPPED;
    else if (v->moved == 0)
        judgement.verdict = OUTCOME_DEAD;
    if (v->broken != NULL)
        snprintf(judgement.message, sizeof judgement.message, "%s: step %zu: not so: %s (%s)",
                 block, v->broken_step + 1, v->broken, of->formula->source);
    else if (v->wrong > 0)
        snprintf(judgement.message, sizeof judgement.message,
                 "%s: %s: the engine says %.17g, the second formula %.17Lg +- %.2Lg; %zu of %zu "
                 "entries are wrong (%s)",
                 block, worst, judgement.analytic, v->formula, v->bound, v->wrong, v->checked,
                 of->formula->source);
    result_add(of->result, &(struct result_row){.block = block,
                                                .size = size,
                                                .worst = worst,
                                                .method = "formula",
                                                .judgement = &judgement});
}

static enum lg_status judge(const struct subject_of *of, const struct optimizer_case *own,
                            const struct trajectory *steps, struct formula_verdict *verdict,
                            struct lg_error *error)
{
    const size_t count = own->steps * steps->size;
    struct bounded *g = malloc(count * sizeof *g);
    struct formula_run run = {
        .info = of->backend->optimizer(of->optimizer->index),
        .options = &of->optimizer->options,
        .steps = own->steps,
        .rows = own->rows,
        .columns = own->columns,
        .is_bias = own->is_bias,
        .unit = of->backend->precision == LG_F32 ? 0x1p-24L : 0x1p-53L,
        .w = steps->w,
        .g = g,
    };
    if (g == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for gradients");
    enum lg_status status = formula_run_place(&run, error);
    for (size_t i = 0; i < count; i++)
        g[i] = known(own->gradients[i], run.unit);
    const size_t checks = own->check_count > 0 ? own->check_count : own->steps;
    for (size_t c = 0; c < checks && status == LG_OK; c++)
        formula_judge(of->formula, &run, own->check_count > 0 ? own->check[c] : c + 1,
                      steps->evaluated, verdict);
    formula_run_free(&run);
    free(g);
    return status;
}

/* Every other copy of the precision that this machine runs has the same bits. */
static enum lg_status compare_copies(const struct subject_of *of, const struct optimizer_case *own,
                                     const struct trajectory *steps, struct lg_error *error)
{
    size_t count;
    const struct lg_backend *const *all = lg_backends(&count);
    enum lg_status status = LG_OK;
    for (size_t b = 0; b < count && status == LG_OK; b++) {
        struct trajectory other = {.w = NULL};
        if (all[b] == of->backend || all[b]->precision != of->backend->precision ||
            !lg_isa_runs_here(all[b]->isa))
            continue;
        status = replay(all[b], of->optimizer, own, own->gradients, &other, error);
        const size_t numbers = (2 * own->steps + 1) * steps->size;
        struct judgement judgement = {
            .checked = numbers, .reason = "", .worst = SIZE_MAX, .wrong = SIZE_MAX};
        if (status == LG_OK && memcmp(other.w, steps->w, numbers * sizeof *other.w) != 0) {
            judgement.verdict = OUTCOME_FAIL;
            snprintf(judgement.message, sizeof judgement.message,
                     "%s, %s: the copies %s and %s differ", own->name, precision_of(of->backend),
                     of->backend->isa, all[b]->isa);
            result_add(of->result, &(struct result_row){.block = own->name,
                                                        .size = steps->size,
                                                        .worst = "",
                                                        .method = "copies",
                                                        .judgement = &judgement});
        }
        free(other.w);
    }
    return status;
}

static enum lg_status check_case(const struct subject_of *of, size_t index, uint64_t seed,
                                 struct lg_error *error)
{
    struct optimizer_case own;
    struct trajectory steps = {.w = NULL};
    struct formula_verdict verdict = {.checked = 0};
    enum lg_status status =
        optimizer_case_draw(index, of->formula->block != NULL, seed, &own, error);
    if (status == LG_OK)
        status = replay(of->backend, of->optimizer, &own, own.gradients, &steps, error);
    if (status == LG_OK)
        status = judge(of, &own, &steps, &verdict, error);
    if (status == LG_OK)
        report(of, own.name, own.rows * own.columns, &verdict);
    if (status == LG_OK)
        status = compare_copies(of, &own, &steps, error);
    free(steps.w);
    optimizer_case_free(&own);
    return status;
}

/* True if a fault is more than rounding: steps of Muon have one length whatever the
 * gradient's. */
static bool differs(const struct trajectory *right, const struct trajectory *wrong, size_t steps)
{
    double most = 0, apart = 0;
    for (size_t i = 0; i < (steps + 1) * right->size; i++) {
        const double own = right->w[i] < 0 ? -right->w[i] : right->w[i];
        const double off = right->w[i] - wrong->w[i];
        most = own > most ? own : most;
        apart = off > apart ? off : -off > apart ? -off : apart;
    }
    return apart > 1e-6 * most;
}

/* The optimizer gets gradients with a fault, the formula those without: it must not agree. */
static enum lg_status check_fault(const struct subject_of *of, size_t index, const char *fault,
                                  uint64_t seed, struct lg_error *error)
{
    struct optimizer_case own;
    struct trajectory right = {.w = NULL}, wrong = {.w = NULL};
    struct formula_verdict verdict = {.checked = 0};
    double *gradients = NULL;
    bool is_injected = false;
    enum lg_status status =
        optimizer_case_draw(index, of->formula->block != NULL, seed, &own, error);
    const size_t count = own.steps * own.rows * own.columns;
    if (status == LG_OK && (gradients = malloc(count * sizeof *gradients)) == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory for gradients");
    if (status == LG_OK && optimizer_inject(fault, &own, gradients)) {
        status = replay(of->backend, of->optimizer, &own, own.gradients, &right, error);
        if (status == LG_OK)
            status = replay(of->backend, of->optimizer, &own, gradients, &wrong, error);
        is_injected = status == LG_OK && differs(&right, &wrong, own.steps);
    }
    if (is_injected)
        status = judge(of, &own, &wrong, &verdict, error);
    if (status == LG_OK && is_injected)
        report(of, own.name, own.rows * own.columns, &verdict);
    else if (status == LG_OK)
        result_skip(of->result, own.name, "the fault changes no step of this optimizer");
    free(right.w);
    free(wrong.w);
    free(gradients);
    optimizer_case_free(&own);
    return status;
}

static enum lg_status check_search(const struct subject_of *of, size_t shape, uint64_t seed,
                                   struct lg_error *error)
{
    struct formula_verdict verdict = {.checked = 0};
    const enum lg_status status =
        search_check(of->backend, of->optimizer, of->formula, shape, seed, &verdict, error);
    if (status == LG_OK)
        report(of, search_shapes[shape], SEARCH_SIZE, &verdict);
    return status;
}

static enum lg_status check_training(const struct subject_of *of, size_t way, uint64_t seed,
                                     struct lg_error *error)
{
    struct formula_verdict verdict = {.checked = 0};
    const enum lg_status status = optimizer_training_check(of->backend, of->optimizer, of->formula,
                                                           way, seed, &verdict, error);
    if (status == LG_OK)
        report(of, optimizer_training_name(way), 0, &verdict);
    return status;
}

static enum lg_status check_options(const struct copies *copies, const struct lg_choice *optimizer,
                                    const struct formula *formula, const char *options,
                                    bool trains_blocks, uint64_t seed, struct result *result,
                                    struct lg_error *error)
{
    static const enum copy precisions[] = {COPY_F64, COPY_F32};
    enum lg_status status = LG_OK;
    for (size_t p = 0; p < 2; p++) {
        const struct subject_of of = {copies->backend[precisions[p]], optimizer, formula, options,
                                      result};
        const size_t cases = formula->searched == NULL ? optimizer_case_count() : 0;
        const size_t searches = formula->searched != NULL ? search_shape_count() : 0;
        for (size_t c = 0; c < cases && status == LG_OK; c++)
            if (optimizer_case_is_for(c, formula->block != NULL))
                status = check_case(&of, c, seed, error);
        const bool trains = formula->after != NULL || (formula->block != NULL && trains_blocks);
        const size_t arity = trains ? optimizer_training_count() : 0;
        for (size_t way = 0; way < arity && status == LG_OK; way++)
            status = check_training(&of, way, seed, error);
        for (size_t shape = 0; shape < searches && status == LG_OK; shape++)
            status = check_search(&of, shape, seed, error);
    }
    return status;
}

static void fail(struct result *result, const char *message)
{
    struct judgement judgement = {
        .verdict = OUTCOME_FAIL, .reason = "", .worst = SIZE_MAX, .wrong = SIZE_MAX};
    snprintf(judgement.message, sizeof judgement.message, "%s", message);
    result_add(result, &(struct result_row){.block = "parameters",
                                            .worst = "",
                                            .method = "formula",
                                            .judgement = &judgement});
}

enum lg_status optimizer_check(const struct copies *copies, const struct lg_choice *optimizer,
                               uint64_t seed, const char *fault, struct result *result,
                               struct lg_error *error)
{
    const struct lg_backend *backend = copies->backend[COPY_F64];
    const struct lg_info *info = backend->optimizer(optimizer->index);
    const struct formula *formula = formula_find(info->name);
    if (formula == NULL) {
        fail(result, "no second formula: not checked (harness/gradcheck/formula has no file of "
                     "its name)");
        return LG_OK;
    }
    if (fault != NULL && formula->searched != NULL) {
        result_skip(result, "parameters", "a batch method asks for its gradients itself");
        return LG_OK;
    }
    if (fault != NULL)
        return check_fault(&(struct subject_of){backend, optimizer, formula, "", result}, 0, fault,
                           seed, error);
    const struct lg_options defaults = lg_options_default(info);
    const bool is_default = /* NOLINTNEXTLINE: values as bits */
        memcmp(&defaults, &optimizer->options, sizeof defaults) == 0;
    enum lg_status status =
        check_options(copies, optimizer, formula, "", is_default, seed, result, error);
    const char *const *own = formula->variants;
    for (; is_default && own != NULL && *own != NULL && status == LG_OK; own++) {
        struct lg_choice choice = {.index = optimizer->index};
        if (set_options(info, *own, &choice.options))
            status = check_options(copies, &choice, formula, *own, true, seed, result, error);
        else
            fail(result, *own);
    }
    return status;
}
