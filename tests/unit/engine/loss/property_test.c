#include "registry.h"

#include <math.h>

#include "engine/net/net.h"
#include "tests/unit/options.h"
#include "tests/unit/template.h"

#define ONE(name) +1
enum { LOSSES = 0 LG_LOSSES(ONE), BATCH = 3, FEATURES = 21, STRIDE = 24, TRIALS = 40 };

/* Rows of predictions and targets; what lies between the rows is NaN. */
struct sample {
    real y[BATCH * STRIDE], t[BATCH * STRIDE];
};

static struct sample random_sample(struct lg_pcg *pcg)
{
    struct sample s;
    for (size_t i = 0; i < (size_t)BATCH * STRIDE; i++) {
        const bool inside = i % STRIDE < FEATURES;
        s.y[i] = inside ? (real)(lg_pcg_uniform(pcg) * 6 - 3) : (real)__builtin_nan("");
        s.t[i] = inside ? (real)lg_pcg_uniform(pcg) : (real)__builtin_nan("");
    }
    return s;
}

static struct loss_batch batch_of(const struct sample *s, size_t batch, size_t features)
{
    return (struct loss_batch){.prediction = {s->y},
                               .target = s->t,
                               .batch = batch,
                               .features = features,
                               .stride = STRIDE,
                               .target_stride = STRIDE};
}

/* The loss of a batch from its samples' values. */
static double batch_loss(const struct loss *loss, const struct lg_options *options,
                         const struct loss_batch *at)
{
    double values[BATCH], sum = 0;
    loss->value(options, at, values);
    for (size_t b = 0; b < at->batch; b++)
        sum += values[b];
    return options->value[LOSS_REDUCTION] == LOSS_MEAN ? sum / (double)at->batch : sum;
}

/* A central difference errs by h^2 f'''/6, which these losses do not have away from
 * their kinks, and by rounding: 2^-53 of the whole loss over h. A point within h of
 * a kink is not to be expected among a few thousand. */
static void check_gradient(const struct loss *loss, const struct lg_options *options,
                           struct sample *s, size_t batch)
{
    const double h = 1e-6;
    const struct loss_batch at = batch_of(s, batch, FEATURES);
    real gradient[BATCH * STRIDE];
    loss->gradient(options, &at, (real *[]){gradient, NULL, NULL});
    const double allowed = 8 * 0x1p-53 * batch_loss(loss, options, &at) / h;
    double moved = 0;
    for (size_t i = 0; i < batch * STRIDE; i++) {
        if (i % STRIDE >= FEATURES)
            continue;
        const real kept = s->y[i], up = kept + (real)h, down = kept - (real)h;
        s->y[i] = up;
        const double above = batch_loss(loss, options, &at);
        s->y[i] = down;
        const double below = batch_loss(loss, options, &at);
        s->y[i] = kept;
        const double slope = (above - below) / (double)(up - down);
        cr_expect(fabs(slope - (double)gradient[i]) <= allowed + 1e-6 * fabs(slope),
                  "%s, batch %zu: gradient %zu is %g, the value's slope %g", loss->info.name, batch,
                  i, (double)gradient[i], slope);
        moved += fabs(slope);
    }
    cr_expect_gt(moved, 0);
}

TEMPLATE_TEST(loss_property, gradient_is_the_slope_of_the_value)
{
    if (LG_PRECISION == 32)
        cr_skip_test("a float is too short for a difference quotient; golden values cover f32");
    struct lg_pcg pcg = lg_pcg_seed(31, 1);
    for (size_t l = 0; l < LOSSES; l++)
        for (size_t trial = 0; trial < TRIALS; trial++) {
            const struct loss *loss = registry_loss(l);
            const struct lg_options options = random_options(&pcg, &loss->info);
            struct sample s = random_sample(&pcg);
            check_gradient(loss, &options, &s, 1 + trial % BATCH);
        }
}

static bool close_to(double a, double b, double roundings)
{
    return fabs(a - b) <= roundings * (LG_PRECISION == 32 ? 0x1p-24 : 0x1p-53) * fabs(b);
}

TEMPLATE_TEST(loss_property, a_sum_is_its_mean_times_the_count)
{
    struct lg_pcg pcg = lg_pcg_seed(32, 1);
    for (size_t l = 0; l < LOSSES; l++)
        for (size_t trial = 0; trial < TRIALS; trial++) {
            const struct loss *loss = registry_loss(l);
            struct lg_options mean = random_options(&pcg, &loss->info), sum;
            mean.value[LOSS_REDUCTION] = LOSS_MEAN;
            sum = mean;
            sum.value[LOSS_REDUCTION] = LOSS_SUM;
            const struct sample s = random_sample(&pcg);
            const size_t features = 1 + trial % FEATURES;
            const struct loss_batch at = batch_of(&s, BATCH, features);
            double value[2][BATCH];
            real gradient[2][BATCH * STRIDE];
            loss->value(&mean, &at, value[0]);
            loss->value(&sum, &at, value[1]);
            loss->gradient(&mean, &at, (real *[]){gradient[0], NULL, NULL});
            loss->gradient(&sum, &at, (real *[]){gradient[1], NULL, NULL});
            for (size_t b = 0; b < BATCH; b++) {
                cr_expect(close_to(value[0][b] * (double)features, value[1][b], 4), "%s",
                          loss->info.name);
                for (size_t i = b * STRIDE; i < b * STRIDE + features; i++)
                    cr_expect(close_to((double)gradient[0][i] * (double)(features * BATCH),
                                       (double)gradient[1][i], 4),
                              "%s gradient %zu", loss->info.name, i);
            }
        }
}

/* With `sum` an entry's derivative knows nothing of the other entries. */
TEMPLATE_TEST(loss_property, position_and_length_change_no_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(33, 1);
    for (size_t l = 0; l < LOSSES; l++)
        for (size_t length = 1; length <= FEATURES; length++) {
            const struct loss *loss = registry_loss(l);
            struct lg_options options = random_options(&pcg, &loss->info);
            options.value[LOSS_REDUCTION] = LOSS_SUM;
            const struct sample s = random_sample(&pcg);
            const struct loss_batch at = batch_of(&s, 1, FEATURES);
            real whole[STRIDE], pieces[STRIDE];
            loss->gradient(&options, &at, (real *[]){whole, NULL, NULL});
            for (size_t first = 0; first < FEATURES; first += length) {
                const size_t left = FEATURES - first, n = left < length ? left : length;
                struct loss_batch piece = batch_of(&s, 1, n);
                piece.prediction[0] += first;
                piece.target += first;
                loss->gradient(&options, &piece, (real *[]){pieces + first, NULL, NULL});
            }
            cr_expect(memcmp(whole, pieces, FEATURES * sizeof *whole) == 0, "%s in pieces of %zu",
                      loss->info.name, length);
        }
}

TEMPLATE_TEST(loss_property, a_sample_does_not_know_its_neighbours)
{
    struct lg_pcg pcg = lg_pcg_seed(34, 1);
    for (size_t l = 0; l < LOSSES; l++) {
        const struct loss *loss = registry_loss(l);
        const struct lg_options options = lg_options_default(&loss->info);
        const struct sample s = random_sample(&pcg);
        const struct loss_batch all = batch_of(&s, BATCH, FEATURES);
        double together[BATCH], alone;
        loss->value(&options, &all, together);
        for (size_t b = 0; b < BATCH; b++) {
            struct loss_batch one = batch_of(&s, 1, FEATURES);
            one.prediction[0] += b * STRIDE;
            one.target += b * STRIDE;
            loss->value(&options, &one, &alone);
            cr_expect(memcmp(&alone, &together[b], sizeof alone) == 0, "%s sample %zu",
                      loss->info.name, b);
        }
    }
}
