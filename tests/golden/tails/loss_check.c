#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/golden/tails/check.h"

/* Enough for the sum of the largest and the smallest square of a double. */
enum { BITS = 2800, FEATURES_MAX = 12, BATCH_MAX = 3, CELLS = FEATURES_MAX * BATCH_MAX };

struct trial {
    const struct lg_backend *backend;
    const struct loss_reference *is;
    const struct lg_info *info;
    const struct lg_loss_shape *shape;
    struct lg_choice choice;
    struct lg_loss_data data;
    size_t target_features;
    double input[INPUTS_MAX][CELLS], gradient[INPUTS_MAX][CELLS], target[CELLS];
    double weights[FEATURES_MAX], pos_weights[FEATURES_MAX];
    long double value;
};

/* ---- The engine's ------------------------------------------------------------ */

static void evaluate(struct trial *t)
{
    struct lg_arena arena = {0};
    double *const gradient[] = {t->gradient[0], t->gradient[1], t->gradient[2]};
    t->backend->evaluate_loss(&arena, &t->choice, &t->data, gradient);
    const enum lg_status status = lg_arena_create(&arena, arena.used_bytes, NULL);
    assert(status == LG_OK);
    (void)status;
    t->value = t->backend->evaluate_loss(&arena, &t->choice, &t->data, gradient);
    lg_arena_destroy(&arena);
}

/* ---- Points ------------------------------------------------------------------ */

static double draw_target(const struct trial *t, size_t i)
{
    const enum lg_precision precision = t->backend->precision;
    switch (t->shape->target) {
    case LG_TARGET_NOT_NEGATIVE:
        return draw() < 0.5 ? (double)draw_below(20) : fabs(draw_number(precision));
    case LG_TARGET_UNIT:
        return draw() < 0.6 ? (double)draw_below(2) : draw_unit(precision);
    case LG_TARGET_SIGNS:
    case LG_TARGET_PAIR:
        return draw() < 0.5 ? -1 : 1;
    case LG_TARGET_CLASS:
        return (double)draw_below(t->data.features);
    case LG_TARGET_CLASSES: /* one or two of them, the first places */
        return i == 0 ? (double)draw_below(t->data.features) : -1;
    default:
        return draw() < 0.3 ? fabs(draw_number(precision)) : draw_number(precision);
    }
}

static void draw_targets(struct trial *t)
{
    const size_t columns = t->target_features;
    for (size_t k = 0; k < t->data.batch * columns; k++)
        t->target[k] = draw_target(t, k % columns);
}

/* Rows of one sample: all of a scale, wherever in the range it lies; the second and third
 * input often near the first. */
static void draw_row(struct trial *t, size_t b)
{
    const enum lg_precision precision = t->backend->precision;
    const double least = precision == LG_F32 ? -140 : -1060,
                 span = precision == LG_F32 ? 260 : 2070;
    const double scale = draw() < 0.6 ? exp2(12 * draw() - 6) : exp2(least + span * draw());
    const double apart = draw() < 0.5 ? 2 : exp2(-50 * draw());
    for (size_t i = 0; i < t->data.features; i++) {
        const size_t at = b * t->data.features + i;
        t->input[0][at] = rounded_to(precision, scale * (2 * draw() - 1));
        for (size_t p = 1; p < t->shape->inputs; p++)
            t->input[p][at] =
                rounded_to(precision, apart > 1 ? scale * (2 * draw() - 1)
                                                : t->input[0][at] * (1 + apart * (2 * draw() - 1)));
    }
}

static void draw_entry(struct trial *t, size_t at)
{
    const enum lg_precision precision = t->backend->precision;
    for (size_t p = 0; p < t->shape->inputs; p++) {
        double x = draw_number(precision);
        if (t->shape->maximum == 1)
            x = draw_unit(precision);
        else if (p == 0 && t->target_features == t->data.features && draw() < 0.3)
            x = t->target[at] * (1 + exp2(-55 * draw()));
        else if (p == 1 && draw() < 0.3)
            x = t->input[0][at] * (1 + exp2(-55 * draw()));
        if ((t->is->positive >> p) & 1)
            x = fabs(x);
        t->input[p][at] = rounded_to(precision, isfinite(x) ? x : 1);
    }
}

static void draw_inputs(struct trial *t)
{
    for (size_t b = 0; b < t->data.batch; b++) {
        if (t->is->is_row)
            draw_row(t, b);
        for (size_t i = 0; !t->is->is_row && i < t->data.features; i++)
            draw_entry(t, b * t->data.features + i);
    }
}

static void take_weights(struct trial *t)
{
    for (size_t i = 0; i < t->data.features; i++)
        t->weights[i] = t->pos_weights[i] = 1;
    for (size_t k = 0; k < t->info->option_count; k++) {
        size_t count = 0;
        if (t->info->options[k].kind != LG_OPTION_LIST)
            continue;
        const double *list = lg_options_list(&t->choice.options, k, &count);
        double *to = strcmp(t->info->options[k].name, "weights") == 0 ? t->weights : t->pos_weights;
        memcpy(to, list, count * sizeof *list);
    }
}

static void draw_trial(struct trial *t)
{
    const bool one = t->shape->target == LG_TARGET_CLASS || t->shape->target == LG_TARGET_PAIR;
    const bool is_plain = draw() < 0.7;
    t->data.features = t->is->is_row ? 1 + draw_below(FEATURES_MAX)
                       : is_plain    ? 1
                                     : 1 + draw_below(FEATURES_MAX);
    if (t->shape->target == LG_TARGET_CLASS && t->data.features == 1)
        t->data.features = 2;
    t->data.batch = is_plain ? 1 : 1 + draw_below(BATCH_MAX);
    t->target_features = t->data.target_features = one ? 1 : t->data.features;
    t->data.target = t->shape->target == LG_TARGET_NONE ? NULL : t->target;
    draw_options(t->info, t->data.features, &t->choice.options);
    take_weights(t);
    draw_targets(t);
    for (size_t k = 0; t->is->takes_logarithm && t->choice.options.value[1] == 0 && k < CELLS; k++)
        t->target[k] = fabs(t->target[k]); /* of probabilities */
    draw_inputs(t);
}

/* ---- The reference's --------------------------------------------------------- */

struct numbers {
    struct sample sample;
    num input[INPUTS_MAX][FEATURES_MAX], target[FEATURES_MAX];
};

static void load(struct numbers *to, const struct trial *t, size_t b)
{
    const size_t n = t->data.features;
    to->sample = (struct sample){.option = t->choice.options.value,
                                 .features = n,
                                 .target = to->target,
                                 .weights = t->weights,
                                 .pos_weights = t->pos_weights};
    for (size_t p = 0; p < t->shape->inputs; p++) {
        to->sample.input[p] = to->input[p];
        for (size_t i = 0; i < n; i++)
            to->input[p][i] = of(t->input[p][b * n + i]);
    }
    for (size_t i = 0; i < t->target_features; i++)
        to->target[i] = of(t->target[b * t->target_features + i]);
}

static num divisor_of(const struct trial *t)
{
    const double features = (double)t->data.features, batch = (double)t->data.batch;
    const double reduction = t->choice.options.value[0];
    if (t->is->divides_always)
        return of(reduction == 0 ? features * batch : features);
    if (reduction == 1)
        return of(1);
    if (t->is->divisor == BY_BATCH || reduction == 2)
        return of(batch);
    if (t->is->divisor == BY_FEATURES_AND_BATCH)
        return of(features * batch);
    num sum = of(0);
    for (size_t b = 0; b < t->data.batch; b++)
        sum = add(sum, of(t->weights[(size_t)t->target[b]]));
    return sum;
}

/* *size: of the sum before it is divided where that leaves the range, which none can mend. */
static num scaled_sum(const struct trial *t, const struct terms *terms, num *size)
{
    const num divisor = divisor_of(t), sum = terms_sum(terms, size);
    if (mpfr_cmp_d(*size, t->backend->precision == LG_F32 ? (double)FLT_MAX : DBL_MAX) <= 0)
        *size = quo(*size, divisor);
    return quo(sum, divisor);
}

static num exact_value(const struct trial *t, num *size)
{
    struct terms all = {0};
    for (size_t b = 0; b < t->data.batch; b++) {
        struct numbers numbers;
        load(&numbers, t, b);
        for (size_t i = 0; i < (t->is->is_row ? 1 : t->data.features); i++) {
            struct terms one = {0};
            t->is->terms(&numbers.sample, i, &one);
            all.is_undecided |= one.is_undecided;
            for (size_t k = 0; k < one.count; k++)
                term_add(&all, one.term[k]);
        }
    }
    const num sum = scaled_sum(t, &all, size);
    if (all.is_undecided)
        *size = quo(of(0), of(0)); /* no number: skipped */
    return sum;
}

/* Terms at input[p][i] + step. */
static struct terms terms_at(const struct trial *t, struct numbers *numbers, size_t p, size_t i,
                             num step)
{
    struct terms terms = {0};
    const num was = numbers->input[p][i];
    numbers->input[p][i] = add(was, step);
    t->is->terms(&numbers->sample, t->is->is_row ? 0 : i, &terms);
    numbers->input[p][i] = was;
    return terms;
}

/* Each term's slope by a central difference, so small a step in so many digits that it is
 * exact. False at a kink: the slopes on both sides differ, or the terms do. */
static bool slopes_of(const struct trial *t, struct numbers *numbers, size_t p, size_t i,
                      struct terms *slopes)
{
    mpfr_ptr step = fresh();
    mpfr_abs(step, numbers->input[p][i], MPFR_RNDN);
    if (mpfr_zero_p(step))
        mpfr_set_d(step, 0x1p-1000, MPFR_RNDN);
    mpfr_div_2ui(step, step, 200, MPFR_RNDN);
    const struct terms at = terms_at(t, numbers, p, i, of(0));
    const struct terms up = terms_at(t, numbers, p, i, step);
    const struct terms down = terms_at(t, numbers, p, i, neg(step));
    if (up.count != at.count || down.count != at.count || at.is_undecided)
        return false;
    for (size_t k = 0; k < at.count; k++) {
        const num above = sub(up.term[k], at.term[k]), below = sub(at.term[k], down.term[k]);
        const num both = add(mag(above), mag(below));
        mpfr_ptr much = fresh();
        mpfr_div_2ui(much, both, 100, MPFR_RNDN);
        if (less(much, mag(sub(above, below))))
            return false;
        term_add(slopes, quo(add(above, below), mul(of(2), step)));
    }
    return true;
}

/* ---- Errors ------------------------------------------------------------------ */

static void say(const struct trial *t, struct worst *worst, size_t b, size_t i)
{
    const size_t n = t->data.features;
    char options[256];
    int used = 0;
    print_options(t->info, &t->choice.options, options, sizeof options);
    for (size_t p = 0; p < t->shape->inputs; p++)
        used += snprintf(worst->where + used, sizeof worst->where - (size_t)used, "y%zu=%.17g ",
                         p + 1, t->input[p][b * n + i]);
    snprintf(worst->where + used, sizeof worst->where - (size_t)used,
             "t=%.17g of %zu features, %zu samples, weight %g%s",
             t->target[b * t->target_features + (t->target_features > 1 ? i : 0)], n, t->data.batch,
             t->weights[i], options);
}

static void check_value(const struct trial *t, struct worst *worst)
{
    num size;
    numbers_reset();
    const num exact = exact_value(t, &size);
    if (worst_add(worst, ulps_between(t->backend->precision, (double)t->value, exact, size)))
        say(t, worst, 0, 0);
}

static void check_gradient(const struct trial *t, struct worst *worst)
{
    const size_t p = draw_below(t->shape->inputs), b = draw_below(t->data.batch);
    const size_t i = draw_below(t->data.features);
    struct terms slopes = {0};
    struct numbers numbers;
    numbers_reset();
    load(&numbers, t, b);
    const bool own = t->is->slope && t->is->slope(&numbers.sample, p, i, &slopes);
    if (!own && !slopes_of(t, &numbers, p, i, &slopes)) {
        worst_add(worst, -1);
        return;
    }
    num size;
    const num exact = scaled_sum(t, &slopes, &size);
    const double got = t->gradient[p][b * t->data.features + i];
    if (worst_add(worst, ulps_between(t->backend->precision, got, exact, size)))
        say(t, worst, b, i);
}

void check_loss(const struct lg_backend *backend, const struct loss_reference *is, size_t trials,
                struct worst worst[QUANTITIES])
{
    static struct trial t;
    t = (struct trial){.backend = backend, .is = is};
    while (strcmp(backend->loss(t.choice.index)->name, is->name) != 0)
        t.choice.index++;
    t.info = backend->loss(t.choice.index);
    t.shape = backend->loss_shape(t.choice.index);
    for (size_t p = 0; p < INPUTS_MAX; p++)
        t.data.prediction[p] = t.input[p];
    numbers_precision(BITS);
    for (size_t done = 0; done < trials; done++) {
        draw_trial(&t);
        evaluate(&t);
        check_value(&t, &worst[VALUE]);
        check_gradient(&t, &worst[GRADIENT]);
    }
}
