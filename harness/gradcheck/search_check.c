/* Batch methods on losses whose every evaluation is written down, for their second
 * formulas. */
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/formula/search.h"
#include "harness/gradcheck/points.h"
#include "harness/gradcheck/search_check.h"

enum { SIZE = SEARCH_SIZE, STEPS = 4, EVALUATIONS_MAX = 4096 };

enum { SHAPES = 3 };
const char *const search_shapes[] = {"quadratic", "stiff quadratic", "quartic", NULL};

/* A loss, and what was asked of it. */
struct recorder {
    size_t shape;
    bool is_f32;
    double w[EVALUATIONS_MAX * SIZE], gradient[EVALUATIONS_MAX * SIZE], loss[EVALUATIONS_MAX];
    double before[(STEPS + 1) * SIZE];
    size_t count;
};

/* sum of k_i w_i^2 / 2 - w_i + w_i w_(i+1) / 4, and of the quartic w_i^4 / 4 too. */
static long double value(void *context, const double *w, double *gradient)
{
    struct recorder *r = context;
    long double loss = 0;
    for (size_t i = 0; i < SIZE; i++) {
        const long double stiff =
            r->shape == 1 ? (long double)((i + 1) * (i + 1) * (i + 1)) : 2 + i;
        const long double x = w[i], next = i + 1 < SIZE ? w[i + 1] : 0, last = i > 0 ? w[i - 1] : 0;
        const long double quartic = r->shape == 2 ? x * x * x : 0;
        const long double slope = stiff * x - 1 + (next + last) / 4 + quartic;
        loss += stiff * x * x / 2 - x + x * next / 4 + quartic * x / 4;
        gradient[i] = r->is_f32 ? (double)(float)slope : (double)slope;
    }
    if (r->count < EVALUATIONS_MAX) {
        memcpy(r->w + r->count * SIZE, w, SIZE * sizeof *w);
        memcpy(r->gradient + r->count * SIZE, gradient, SIZE * sizeof *gradient);
        r->loss[r->count] = (double)loss;
    }
    r->count++;
    return (long double)(double)loss;
}

size_t search_shape_count(void)
{
    return SHAPES;
}

/* Steps are made one after the other by replaying 1, 2, ... of them: the longer replay asks
 * what the shorter did, and so where each step begins is where the shorter one ended. */
static enum lg_status record(const struct lg_backend *backend, const struct lg_choice *optimizer,
                             struct recorder *r, size_t first[STEPS + 1], double *after,
                             struct lg_error *error)
{
    struct lg_arena arena = {0};
    struct lg_replay_data data = {.steps = STEPS,
                                  .rows = 1,
                                  .columns = SIZE,
                                  .parameters = r->before,
                                  .loss = value,
                                  .context = r};
    backend->evaluate_optimizer(&arena, optimizer, &data, after);
    enum lg_status status = lg_arena_create(&arena, arena.used_bytes, error);
    first[0] = 0;
    for (size_t steps = 1; steps <= STEPS && status == LG_OK; steps++) {
        const size_t used = arena.used_bytes;
        data.steps = steps;
        r->count = 0;
        backend->evaluate_optimizer(&arena, optimizer, &data, after);
        arena.used_bytes = used;
        first[steps] = r->count;
    }
    lg_arena_destroy(&arena);
    if (status == LG_OK && r->count > EVALUATIONS_MAX)
        status = lg_fail(error, LG_FAILED, "more than %d evaluations", (int)EVALUATIONS_MAX);
    return status;
}

enum lg_status search_check(const struct lg_backend *backend, const struct lg_choice *optimizer,
                            const struct formula *formula, size_t shape, uint64_t seed,
                            struct formula_verdict *verdict, struct lg_error *error)
{
    struct recorder *r = calloc(1, sizeof *r);
    double after[STEPS * SIZE];
    size_t first[STEPS + 1];
    if (r == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a search");
    struct lg_pcg pcg = lg_pcg_seed(seed, 60 + shape);
    r->shape = shape;
    r->is_f32 = backend->precision == LG_F32;
    for (size_t i = 0; i < SIZE; i++)
        r->before[i] = points_draw(&pcg, -1, 1);
    enum lg_status status = record(backend, optimizer, r, first, after, error);
    const struct formula_search search = {
        .run = {.info = backend->optimizer(optimizer->index),
                .options = &optimizer->options,
                .steps = STEPS,
                .unit = r->is_f32 ? 0x1p-24L : 0x1p-53L},
        .n = SIZE,
        .count = r->count,
        .w = r->w,
        .gradient = r->gradient,
        .loss = r->loss,
        .first = first,
        .after = after,
    };
    if (status == LG_OK)
        formula->searched(&search, verdict);
    free(r);
    return status;
}
