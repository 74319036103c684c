#include "harness/gradcheck/clamp_check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/gradcheck/derivative.h"

static const struct clamp clamps[] = {{"gaussian_nll", "eps", 1}};

const struct clamp *clamp_of(const char *loss)
{
    for (size_t i = 0; i < sizeof clamps / sizeof *clamps; i++)
        if (strcmp(clamps[i].loss, loss) == 0)
            return &clamps[i];
    return NULL;
}

/* Where the clamped entries stand, by the option: below it, at it, above it. */
static const double places[] = {0.0625, 0.5, 0.999, 1, 1.5, 4};
enum { PLACES = sizeof places / sizeof *places, BATCH = 1, STEPS = 15 };

struct point {
    const struct copies *copies;
    const struct lg_choice *loss;
    const struct clamp *clamp;
    struct lg_arena arena[COPIES];
    double x[LG_LOSS_INPUTS_MAX][PLACES], target[PLACES], slope[LG_LOSS_INPUTS_MAX][PLACES];
    size_t inputs, moved_input, moved; /* the entry that a line moves */
    double from;
};

static long double evaluate(struct point *p, enum copy copy, bool slope)
{
    struct lg_loss_data data = {
        .batch = BATCH, .features = PLACES, .target_features = PLACES, .target = p->target};
    double *gradient[LG_LOSS_INPUTS_MAX] = {NULL};
    struct lg_arena arena = p->arena[copy];
    arena.used_bytes = 0;
    for (size_t i = 0; i < p->inputs; i++) {
        data.prediction[i] = p->x[i];
        gradient[i] = slope ? p->slope[i] : NULL;
    }
    return p->copies->backend[copy]->evaluate_loss(&arena, p->loss, &data, gradient);
}

static long double along(void *context, double t)
{
    struct point *p = context;
    double *x = &p->x[p->moved_input][p->moved];
    const double own = *x;
    *x = p->from + t;
    const long double value = evaluate(p, COPY_REFERENCE, false);
    *x = own;
    return value;
}

/* The derivative from above by an entry; a clamped one is moved from where it counts. */
static struct estimate slope_above(struct point *p, size_t input, size_t entry, double least)
{
    struct derivative d;
    const struct line line = {along, p};
    p->moved_input = input;
    p->moved = entry;
    p->from = p->x[input][entry];
    if (input == p->clamp->input && p->from < least)
        p->from = least;
    double step = 0x1p-5;
    while (input == p->clamp->input && step > least / 16)
        step /= 2;
    derivative_measure(&line, step, STEPS, derivative_noise(&line, LDBL_EPSILON / 2, false), &d);
    return input == p->clamp->input && p->from <= least ? d.right : d.best;
}

static void judge(struct point *p, enum copy copy, double least, struct result *result)
{
    static const char *const names[COPIES] = {"f32", "f64", "long double"};
    const double unit = copy == COPY_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    struct judgement j = {.reason = "", .worst = 0, .wrong = SIZE_MAX};
    char block[48], worst[48] = "";
    snprintf(block, sizeof block, "about %s, %s", p->clamp->option, names[copy]);
    evaluate(p, copy, true);
    for (size_t input = 0; input < p->inputs; input++)
        for (size_t i = 0; i < PLACES; i++) {
            const struct estimate right = slope_above(p, input, i, least);
            const double got = p->slope[input][i];
            const long double error = fabsl((long double)got - right.value);
            const long double allowed =
                4 * right.error + (long double)(64 * unit) * fabsl(right.value);
            const double relative = (double)(error / fabsl(right.value));
            j.checked++;
            if (!(relative <= j.relative_error) || j.checked == 1) {
                j.relative_error = relative;
                j.analytic = got;
                j.numeric = (double)right.value;
                j.error_bar = (double)right.error;
                snprintf(worst, sizeof worst, "prediction %zu [%zu]", input + 1, i);
            }
            if (!(error <= allowed) && j.verdict != OUTCOME_FAIL) {
                j.verdict = OUTCOME_FAIL;
                snprintf(j.message, sizeof j.message,
                         "%s: prediction %zu where prediction %zu is %g of %s: the gradient says "
                         "%.10g, differences from above %.10Lg +- %.2Lg",
                         block, input + 1, p->clamp->input + 1, places[i], p->clamp->option, got,
                         right.value, right.error);
            }
        }
    struct ulps ulps = {{0}, 0};
    if (copy == COPY_F32) /* its errors are in its own units */
        ulps_note(&ulps, j.analytic, j.numeric, fabs(j.numeric), FLT_MANT_DIG);
    if (copy == COPY_F32 && j.verdict != OUTCOME_FAIL)
        j.worst = SIZE_MAX;
    result_add(result, &(struct result_row){.block = block,
                                            .size = p->inputs * PLACES,
                                            .worst = worst,
                                            .method = "from above",
                                            .judgement = &j,
                                            .f32 = copy == COPY_F32 ? &ulps : NULL});
}

enum lg_status clamp_check(const struct copies *copies, const struct lg_choice *loss,
                           struct result *result, struct lg_error *error)
{
    const struct lg_backend *b = copies->backend[COPY_F64];
    const struct lg_info *info = b->loss(loss->index);
    struct point p = {.copies = copies, .loss = loss, .clamp = clamp_of(info->name)};
    if (p.clamp == NULL)
        return LG_OK;
    const int option = lg_option_find(info, p.clamp->option);
    if (option < 0)
        return lg_fail(error, LG_FAILED, "%s has no option '%s'", info->name, p.clamp->option);
    const double least = loss->options.value[option];
    p.inputs = b->loss_shape(loss->index)->inputs;
    for (size_t i = 0; i < PLACES; i++) {
        for (size_t input = 0; input < p.inputs; input++)
            p.x[input][i] = 0.25 + 0.125 * (double)i;
        p.x[p.clamp->input][i] = (double)(float)(places[i] * least);
        p.target[i] = i % 2 ? 1 : -0.5;
    }
    enum lg_status status = LG_OK;
    for (int copy = 0; copy < COPIES && status == LG_OK; copy++) {
        struct lg_arena measured = {0};
        double *none[LG_LOSS_INPUTS_MAX] = {NULL};
        const struct lg_loss_data data = {
            .batch = BATCH, .features = PLACES, .target_features = PLACES, .target = p.target};
        copies->backend[copy]->evaluate_loss(&measured, loss, &data, none);
        status = lg_arena_create(&p.arena[copy], measured.used_bytes, error);
    }
    for (enum copy copy = COPY_F32; copy <= COPY_F64 && status == LG_OK; copy++)
        judge(&p, copy, least, result);
    for (int copy = 0; copy < COPIES; copy++)
        lg_arena_destroy(&p.arena[copy]);
    return status;
}
