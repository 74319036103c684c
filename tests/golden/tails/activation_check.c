#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/golden/tails/check.h"

enum { BITS = 512, ROW_MAX = 40, CELLS = 64 };

struct trial {
    const struct lg_backend *backend;
    struct lg_choice choice;
    const struct lg_info *info;
    size_t n;
    double z[CELLS], dh[CELLS], h[CELLS], dz[CELLS];
};

static void evaluate(struct trial *t, size_t batch)
{
    struct lg_arena arena = {0};
    const size_t features = t->n;
    t->backend->evaluate_activation(&arena, &t->choice, batch, features, t->z, t->dh, t->h, t->dz);
    const enum lg_status status = lg_arena_create(&arena, arena.used_bytes, NULL);
    assert(status == LG_OK);
    (void)status;
    t->backend->evaluate_activation(&arena, &t->choice, batch, features, t->z, t->dh, t->h, t->dz);
    lg_arena_destroy(&arena);
}

static double draw_upstream(enum lg_precision precision)
{
    if (draw() < 0.5)
        return 1;
    return rounded_to(precision, (draw() < 0.5 ? -1 : 1) * exp2(40 * draw() - 20));
}

static void say(const struct trial *t, struct worst *worst, size_t i)
{
    char options[256];
    print_options(t->info, &t->choice.options, options, sizeof options);
    snprintf(worst->where, sizeof worst->where, "z=%.17g dh=%.17g%s", t->z[i], t->dh[i], options);
}

static void judge(const struct trial *t, struct worst *worst, size_t i, double got, num exact,
                  num size)
{
    if (worst_add(worst, ulps_between(t->backend->precision, got, exact, size)))
        say(t, worst, i);
}

static void check_elements(struct trial *t, const struct activation_reference *is,
                           struct worst worst[QUANTITIES])
{
    const enum lg_precision precision = t->backend->precision;
    t->n = CELLS;
    for (size_t i = 0; i < CELLS; i++) {
        t->z[i] = draw_number(precision);
        t->dh[i] = draw_upstream(precision);
    }
    evaluate(t, 1);
    for (size_t i = 0; i < CELLS; i++) {
        numbers_reset();
        const num h = is->value(t->choice.options.value, of(t->z[i]));
        judge(t, &worst[VALUE], i, t->h[i], h, mag(h));
        const num dz = mul(is->slope(t->choice.options.value, of(t->z[i])), of(t->dh[i]));
        judge(t, &worst[GRADIENT], i, t->dz[i], dz, mag(dz));
    }
}

/* Rows of every length whose numbers lie as far apart as it may be. */
static void draw_row(struct trial *t)
{
    const enum lg_precision precision = t->backend->precision;
    static const size_t lengths[] = {1, 2, 2, 3, 5, 10, 17, ROW_MAX};
    t->n = lengths[draw_below(sizeof lengths / sizeof *lengths)];
    const double spread = exp2(42 * draw() - 32), base = draw() < 0.5 ? 0 : 100 * draw() - 50;
    const int upstream = (int)draw_below(3);
    for (size_t i = 0; i < t->n; i++) {
        t->z[i] = rounded_to(precision, base + spread * (2 * draw() - 1));
        t->dh[i] = upstream == 0 ? 0 : draw_upstream(precision);
        if (upstream == 1)
            t->dh[i] = rounded_to(precision, draw() - 0.5);
    }
    if (draw() < 0.3 && t->n > 1) /* one that all but decides, to any degree */
        t->z[draw_below(t->n)] = rounded_to(precision, base + spread + 750 * draw());
    if (upstream == 0)
        t->dh[draw_below(t->n)] = -1;
}

/* What the least normal number makes of the largest dh. */
static num least_of_row(const struct trial *t)
{
    double largest = 0;
    for (size_t j = 0; j < t->n; j++)
        largest = fmax(largest, fabs(t->dh[j]));
    return t->backend->precision == LG_F64 ? mul(of(largest), of(0x1p-1022)) : of(0);
}

static void check_row(struct trial *t, const struct activation_reference *is,
                      struct worst worst[QUANTITIES])
{
    draw_row(t);
    evaluate(t, 1);
    for (size_t k = 0; k < 2; k++) {
        numbers_reset();
        struct terms terms = {0};
        num z[ROW_MAX], dh[ROW_MAX], size;
        for (size_t j = 0; j < t->n; j++) {
            z[j] = of(t->z[j]);
            dh[j] = of(t->dh[j]);
        }
        size_t i = draw_below(t->n);
        for (size_t j = 0; k == 0 && j < t->n; j++) /* once the largest */
            i = t->z[j] > t->z[i] ? j : i;
        is->row_value(t->n, z, i, &terms);
        num exact = terms_sum(&terms, &size);
        judge(t, &worst[VALUE], i, t->h[i], exact, size);
        terms.count = 0;
        is->row_slope(t->n, z, dh, i, &terms);
        exact = terms_sum(&terms, &size);
        size = larger(size, least_of_row(t)); /* a share below it is subnormal */
        judge(t, &worst[GRADIENT], i, t->dz[i], exact, size);
    }
}

void check_activation(const struct lg_backend *backend, const struct activation_reference *is,
                      size_t trials, struct worst worst[QUANTITIES])
{
    static struct trial t;
    t = (struct trial){.backend = backend};
    while (strcmp(backend->activation(t.choice.index)->name, is->name) != 0)
        t.choice.index++;
    t.info = backend->activation(t.choice.index);
    numbers_precision(BITS);
    for (size_t done = 0; done < trials; done += is->row_value ? 2 : CELLS) {
        draw_options(t.info, 0, &t.choice.options);
        if (is->row_value)
            check_row(&t, is, worst);
        else
            check_elements(&t, is, worst);
    }
}
