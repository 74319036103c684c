/* Options at the ends of what is accepted, gradients of all magnitudes: a step is as long as
 * in long double, whose range has no end here, or is seen to have left the range. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lossgrid/backend.h"
#include "tests/unit/options.h"

enum { ROWS = 2, COLUMNS = 3, STEPS = 3, CELLS = ROWS * COLUMNS, CHOSEN_MAX = 16 };

static const struct lg_backend *copy_of(enum lg_precision precision)
{
    size_t count = 0;
    const struct lg_backend *const *all = lg_backends(&count), *best = NULL;
    for (size_t i = 0; i < count && best == NULL; i++)
        if (all[i]->precision == precision && lg_isa_runs_here(all[i]->isa))
            best = all[i];
    return best;
}

/* Values of an option that the precision takes: its ends, numbers next to 0 and 1, and some of
 * each magnitude. Returns how many. */
static size_t choose(const struct lg_option *option, enum lg_precision precision,
                     double chosen[CHOSEN_MAX])
{
    const bool single = precision == LG_F32;
    const double tried[] = {option->default_value,
                            option->minimum,
                            option->maximum,
                            single ? (double)FLT_MIN : DBL_MIN,
                            single ? 0x1p-63 : 0x1p-511,
                            1 - (single ? (double)FLT_EPSILON : DBL_EPSILON) / 2,
                            1 + (double)FLT_EPSILON,
                            1e-10,
                            1e-5,
                            1,
                            1e10};
    size_t count = 0;
    for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
        struct lg_gap gap;
        const bool is_number = option->kind == LG_OPTION_REAL || is_whole(tried[i]);
        if (is_number && option_allows(option, tried[i]) &&
            !lg_option_gap(option, precision, tried[i], &gap))
            chosen[count++] = tried[i];
    }
    return count;
}

/* A step's gradients: `size` in all entries but one, which is 0. */
static void replay(const struct lg_backend *backend, const struct lg_choice *choice, double size,
                   bool is_bias, double after[STEPS * CELLS])
{
    static const double shares[CELLS] = {1, -0.5, 0, 0.25, -1, 0.75};
    static const double parameters[CELLS] = {0.5, 0, -0.25, 1, -2, 0.125};
    double gradients[STEPS * CELLS];
    const size_t cells = is_bias ? COLUMNS : CELLS;
    for (size_t s = 0; s < STEPS; s++)
        for (size_t i = 0; i < cells; i++)
            gradients[s * cells + i] =
                backend->precision == LG_F32 ? (double)(float)(size * shares[i]) : size * shares[i];
    const struct lg_replay_data data = {.steps = STEPS,
                                        .rows = is_bias ? 1 : ROWS,
                                        .columns = COLUMNS,
                                        .is_bias = is_bias,
                                        .parameters = parameters,
                                        .gradients = gradients};
    struct lg_arena arena = {0};
    backend->evaluate_optimizer(&arena, choice, &data, after);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    backend->evaluate_optimizer(&arena, choice, &data, after);
    lg_arena_destroy(&arena);
}

/* The reference has a range of its own: what 0 means is the precision's here too. */
static struct lg_choice of_precision(const struct lg_backend *backend,
                                     const struct lg_choice *choice)
{
    const struct lg_info *info = backend->optimizer(choice->index);
    const bool single = backend->precision == LG_F32;
    struct lg_choice exact = *choice;
    for (size_t o = 0; o < info->option_count; o++) {
        double *value = &exact.options.value[o];
        const char *name = info->options[o].name;
        if (*value == 0 && info->options[o].beside_root)
            *value = single ? 0x1p-63 : 0x1p-511;
        else if (*value == 0 && strcmp(info->name, "adamax") == 0 && strcmp(name, "eps") == 0)
            *value = single ? (double)FLT_MIN : DBL_MIN;
        else if (*value > 0 && strcmp(name, "eps1") == 0)
            *value = fmax(*value, single ? 0x1p-63 : 0x1p-511);
        else if (*value == 0 && strcmp(name, "eps1") == 0) {
            const int form = lg_option_find(info, "form");
            *value = choice->options.value[form] != 0 ? 1e-30
                     : single                         ? (double)FLT_EPSILON
                                                      : DBL_EPSILON;
        }
    }
    return exact;
}

/* The largest that a quantity of the formula can be, roughly: the gradient with coupled
 * decay, squared, or times the largest option. Where that is beyond the numbers the state or
 * the parameters may be, and training has diverged, which must be seen. */
static bool may_diverge(const struct lg_backend *backend, const struct lg_choice *choice,
                        double size, double largest, double most)
{
    const struct lg_info *info = backend->optimizer(choice->index);
    double factor = 1, decay = 0;
    for (size_t o = 0; o < info->option_count; o++) {
        if (info->options[o].kind != LG_OPTION_REAL)
            continue;
        factor = fmax(factor, choice->options.value[o]);
        if (strcmp(info->options[o].name, "weight_decay") == 0)
            decay = choice->options.value[o];
    }
    const double gradient = size + 2 * decay * largest;
    return gradient > sqrt(most) / 4 || gradient > most / factor / 64;
}

/* Where a rounding is as large as the step, and finite is all that can be asked. */
static bool is_fickle(const struct lg_backend *backend, const struct lg_choice *choice)
{
    const struct lg_info *info = backend->optimizer(choice->index);
    if (strcmp(info->name, "shampoo") == 0) /* roots of a matrix of rank 1 */
        return true;
    if (strcmp(info->name, "yogi") == 0) { /* the sign of v - g^2, with v = (1 - beta2) g^2 */
        const double beta2 = choice->options.value[lg_option_find(info, "beta2")];
        return beta2 > 0 && beta2 < (double)FLT_EPSILON;
    }
    if (strcmp(info->name, "adabelief") == 0) /* eps 0 is 0 inside the square, not beside it */
        return choice->options.value[lg_option_find(info, "eps")] == 0;
    return false;
}

static bool check(const struct lg_backend *backend, const struct lg_choice *choice, double size,
                  bool is_bias, size_t *failures)
{
    const struct lg_backend *accumulator = lg_backend_reference();
    const double most = backend->precision == LG_F32 ? (double)FLT_MAX : DBL_MAX;
    const double unit = backend->precision == LG_F32 ? (double)FLT_EPSILON : DBL_EPSILON;
    double expected[STEPS * CELLS], got[STEPS * CELLS];
    const struct lg_choice exact = of_precision(backend, choice);
    const double least = backend->precision == LG_F32 ? (double)FLT_MIN : DBL_MIN;
    replay(accumulator, &exact, size, is_bias, expected);
    replay(backend, choice, size, is_bias, got);
    double largest = 2; /* parameter so far */
    const size_t cells = STEPS * (is_bias ? COLUMNS : CELLS);
    for (size_t i = 0; i < cells; i++) {
        if (!(fabs(expected[i]) < most / 8))
            return true;
        if (!isfinite(got[i]) && may_diverge(backend, choice, size, largest, most))
            return true;
        largest = fmax(largest, fabs(expected[i]));
        if (isfinite(got[i]) && ((size > 0 && size < 100 * least) || is_fickle(backend, choice)))
            continue; /* shares of such gradients are 0: their signs and ratios are lost */
        const double off = fabs(got[i] - expected[i]);
        if (!(off <= 0.01 * fabs(expected[i]) + 100 * unit * largest + size * unit)) {
            if ((*failures)++ < 400)
                fprintf(stderr, "RANGE %d %s size %g bias %d: cell %zu is %.9g, expected %.9g\n",
                        (int)backend->precision, backend->optimizer(choice->index)->name, size,
                        is_bias, i, got[i], expected[i]);
            return false;
        }
    }
    return true;
}

static void check_optimizer(const struct lg_backend *backend, size_t index, size_t *tried)
{
    static const double f32_sizes[] = {0, 1e-45, 1e-38, 1e-25, 1e-18, 1, 1e17, 1e19, 1e30, 3e38};
    static const double f64_sizes[] = {0,     5e-324, 1e-300, 1e-170, 1e-150, 1,
                                       1e150, 1e154,  1e155,  1e200,  1.7e308};
    const double *sizes = backend->precision == LG_F32 ? f32_sizes : f64_sizes;
    const size_t count = backend->precision == LG_F32 ? sizeof f32_sizes / sizeof *f32_sizes
                                                      : sizeof f64_sizes / sizeof *f64_sizes;
    const struct lg_info *info = backend->optimizer(index);
    size_t failures = 0;
    for (size_t o = 0; o < info->option_count; o++) {
        double chosen[CHOSEN_MAX];
        const size_t values = choose(&info->options[o], backend->precision, chosen);
        for (size_t v = 0; v < values; v++) {
            struct lg_choice choice = {index, lg_options_default(info)};
            choice.options.value[o] = chosen[v];
            for (size_t s = 0; s < count * 2; s++, (*tried)++)
                cr_expect(check(backend, &choice, sizes[s / 2], s % 2, &failures),
                          "%s in f%d, %s = %.17g, gradients of %g", info->name,
                          (int)backend->precision, info->options[o].name, chosen[v], sizes[s / 2]);
        }
    }
}

Test(range, every_option_at_its_ends_with_gradients_of_every_size)
{
    static const enum lg_precision precisions[] = {LG_F32, LG_F64};
    size_t tried = 0;
    for (size_t p = 0; p < 2; p++) {
        const struct lg_backend *backend = copy_of(precisions[p]);
        for (size_t index = 0; index < backend->optimizer_count; index++)
            if (backend->optimizer_replays(index))
                check_optimizer(backend, index, &tried);
    }
    cr_assert_gt(tried, 5000);
}
