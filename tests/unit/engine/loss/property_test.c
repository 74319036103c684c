#include "registry.h"

#include "engine/net/net.h"
#include "tests/golden/loss_inputs.h"
#include "tests/unit/options.h"
#include "tests/unit/template.h"
#include "tests/unit/tolerance.h"

#define ONE(name) +1
enum { LOSSES = 0 LG_LOSSES(ONE), BATCH = 3, FEATURES = 21, STRIDE = 24, TRIALS = 40 };
enum { INPUTS_MAX = LG_LOSS_INPUTS_MAX };

/* Rows of predictions and targets; what lies between the rows is NaN. */
struct sample {
    real y[INPUTS_MAX][BATCH * STRIDE], t[BATCH * STRIDE];
};

static struct loss_batch batch_of(const struct loss *loss, const struct sample *s, size_t batch,
                                  size_t features)
{
    return (struct loss_batch){.prediction = {s->y[0], s->y[1], s->y[2]},
                               .target = loss->shape.target == LG_TARGET_NONE ? NULL : s->t,
                               .batch = batch,
                               .features = features,
                               .stride = STRIDE,
                               .target_stride = STRIDE};
}

/* The same batch from sample b and feature i on. */
static struct loss_batch part_of(struct loss_batch at, size_t b, size_t i)
{
    for (size_t p = 0; p < INPUTS_MAX; p++)
        at.prediction[p] += b * STRIDE + i;
    if (at.target)
        at.target += b * STRIDE + i;
    return at;
}

static real wild_real(struct lg_pcg *pcg)
{
    return (real)(lg_pcg_uniform(pcg) * 6 - 3);
}

/* Predictions and targets that the loss's shape allows. */
static struct sample any_sample(struct lg_pcg *pcg, const struct loss *loss, size_t features)
{
    struct sample s;
    real *const cells = s.y[0];
    for (size_t i = 0; i < sizeof s / sizeof *cells; i++)
        cells[i] = (real)__builtin_nan("");
    for (size_t b = 0; b < BATCH; b++) {
        real wild[FEATURES];
        for (size_t i = 0; i < features; i++) {
            for (size_t p = 0; p < loss->shape.inputs; p++)
                s.y[p][b * STRIDE + i] = loss_input_prediction(loss, pcg, wild_real(pcg));
            wild[i] = wild_real(pcg);
        }
        loss_input_target(loss, pcg, features, wild, s.t + b * STRIDE);
    }
    return s;
}

static bool is_finite_at(const struct loss *loss, const struct lg_options *options,
                         const struct loss_batch *at)
{
    return isfinite(loss_of_batch(loss, options, at));
}

static void make_positive(struct sample *s, bool targets_too)
{
    for (size_t i = 0; i < (size_t)BATCH * STRIDE; i++) {
        for (size_t p = 0; p < INPUTS_MAX; p++)
            s->y[p][i] = real_abs(s->y[p][i]) + (real)0.0625;
        if (targets_too)
            s->t[i] = real_abs(s->t[i]);
    }
}

/* Options with which the loss of a batch is finite. With some a loss has a logarithm
 * of a prediction or a target: then both become positive. With some every sample
 * counts nothing: other options are drawn. An `eps` guards an edge, where gradients
 * follow a framework and not the slope (golden values have those points). */
static struct sample random_sample(struct lg_pcg *pcg, const struct loss *loss, size_t batch,
                                   size_t features, struct lg_options *options)
{
    struct sample s;
    bool is_finite = false;
    for (int attempt = 0; attempt < 100 && !is_finite; attempt++) {
        *options = random_options(pcg, &loss->info);
        const int eps = lg_option_find(&loss->info, "eps");
        if (eps >= 0)
            options->value[eps] = loss->info.options[eps].default_value;
        s = any_sample(pcg, loss, features);
        const struct loss_batch at = batch_of(loss, &s, batch, features);
        is_finite = is_finite_at(loss, options, &at);
        if (!is_finite)
            make_positive(&s, loss->shape.target == LG_TARGET_VALUES);
        is_finite = is_finite || is_finite_at(loss, options, &at);
    }
    cr_assert(is_finite, "%s is never finite", loss->info.name);
    return s;
}

/* (f(x + h) - f(x - h)) / 2h at prediction x of the batch. */
static double slope_of(const struct loss *loss, const struct lg_options *options,
                       const struct loss_batch *at, real *x, double h)
{
    const real kept = *x, up = kept + (real)h, down = kept - (real)h;
    *x = up;
    const double above = loss_of_batch(loss, options, at);
    *x = down;
    const double below = loss_of_batch(loss, options, at);
    *x = kept;
    return (above - below) / (double)(up - down);
}

/* A central difference errs by about h^2 f'''/6, a third of what it changes by at 2h,
 * and by rounding: 2^-53 of the samples' losses, and of what cancels in them, over h.
 * Within 2h of a kink it says nothing, and changes by as much. Returns the sum of all
 * slopes' magnitudes. */
static double check_gradient(const struct loss *loss, const struct lg_options *options,
                             struct sample *s, size_t batch)
{
    const double h = 1e-6;
    const struct loss_batch at = batch_of(loss, s, batch, FEATURES);
    real gradient[INPUTS_MAX][BATCH * STRIDE];
    loss->gradient(options, &at, (real *[]){gradient[0], gradient[1], gradient[2]});
    const double rounding = 8 * 0x1p-53 * (fabs(loss_of_batch(loss, options, &at)) + 4) / h;
    double moved = 0;
    for (size_t p = 0; p < loss->shape.inputs; p++)
        for (size_t i = 0; i < batch * STRIDE; i++) {
            if (i % STRIDE >= FEATURES)
                continue;
            const double slope = slope_of(loss, options, &at, &s->y[p][i], h);
            const double wider = slope_of(loss, options, &at, &s->y[p][i], 2 * h);
            const double g = (double)gradient[p][i];
            cr_expect(fabs(slope - g) <= rounding + fabs(wider - slope) + 1e-6 * fabs(slope),
                      "%s, batch %zu: gradient %zu by input %zu is %g, the value's slope %g",
                      loss->info.name, batch, i, p, g, slope);
            moved += fabs(slope);
        }
    return moved;
}

TEMPLATE_TEST(loss_property, gradient_is_the_slope_of_the_value)
{
    if (LG_PRECISION == 32)
        cr_skip_test("a float is too short for a difference quotient; golden values cover f32");
    struct lg_pcg pcg = lg_pcg_seed(31, 1);
    for (size_t l = 0; l < LOSSES; l++) {
        const struct loss *loss = registry_loss(l);
        double moved = 0;
        for (size_t trial = 0; trial < TRIALS; trial++) {
            struct lg_options options;
            const size_t batch = 1 + trial % BATCH;
            struct sample s = random_sample(&pcg, loss, batch, FEATURES, &options);
            moved += check_gradient(loss, &options, &s, batch);
        }
        cr_expect_gt(moved, 0, "%s", loss->info.name);
    }
}

static bool close_to(double a, double b, double roundings)
{
    return fabs(a - b) <= roundings * (LG_PRECISION == 32 ? 0x1p-24 : 0x1p-53) * fabs(b);
}

/* How many terms a mean of the batch is over: features and samples, or samples alone,
 * each as much as it weighs. `sum` is that many times `mean`. */
static double mean_count(const struct loss *loss, const struct lg_options *options,
                         const struct loss_batch *at)
{
    struct lg_options mean = *options, sum = *options;
    mean.value[LOSS_REDUCTION] = LOSS_MEAN;
    sum.value[LOSS_REDUCTION] = LOSS_SUM;
    const double weight = loss_total_weight(loss, options, at);
    const double all = weight * (double)at->features;
    const double value = loss_of_batch(loss, &mean, at), total = loss_of_batch(loss, &sum, at);
    const double count = close_to(value * all, total, 16) ? all : weight;
    cr_expect(close_to(value * count, total, 16), "%s: mean %g, sum %g", loss->info.name, value,
              total);
    return count;
}

TEMPLATE_TEST(loss_property, a_sum_is_its_mean_times_the_count)
{
    struct lg_pcg pcg = lg_pcg_seed(32, 1);
    for (size_t l = 0; l < LOSSES; l++)
        for (size_t trial = 0; trial < TRIALS; trial++) {
            const struct loss *loss = registry_loss(l);
            const size_t features = 2 + trial % (FEATURES - 1);
            struct lg_options mean, sum;
            const struct sample s = random_sample(&pcg, loss, BATCH, features, &mean);
            const struct loss_batch at = batch_of(loss, &s, BATCH, features);
            mean.value[LOSS_REDUCTION] = LOSS_MEAN;
            sum = mean;
            sum.value[LOSS_REDUCTION] = LOSS_SUM;
            const double count = mean_count(loss, &mean, &at);
            real gradient[2][INPUTS_MAX][BATCH * STRIDE];
            loss->gradient(&mean, &at, (real *[]){gradient[0][0], gradient[0][1], gradient[0][2]});
            loss->gradient(&sum, &at, (real *[]){gradient[1][0], gradient[1][1], gradient[1][2]});
            for (size_t p = 0; p < loss->shape.inputs; p++)
                for (size_t i = 0; i < (size_t)BATCH * STRIDE; i++) {
                    const double expected = (double)gradient[1][p][i] / count;
                    cr_expect(i % STRIDE >= features ||
                                  is_near((double)gradient[0][p][i], expected, fabs(expected), 6),
                              "%s gradient %zu by input %zu", loss->info.name, i, p);
                }
        }
}

/* True if a sample's loss is the mean of one term an entry. */
static bool is_elementwise(const struct loss *loss, struct lg_pcg *pcg)
{
    struct lg_options options;
    const struct sample s = random_sample(pcg, loss, BATCH, FEATURES, &options);
    const struct loss_batch at = batch_of(loss, &s, BATCH, FEATURES);
    const size_t width = loss_target_width(loss, FEATURES);
    return loss->shape.target != LG_TARGET_CLASSES && (width == 0 || width == FEATURES) &&
           mean_count(loss, &options, &at) == BATCH * FEATURES;
}

/* With `sum` an entry's derivative knows nothing of the other entries. */
TEMPLATE_TEST(loss_property, position_and_length_change_no_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(33, 1);
    size_t elementwise = 0;
    for (size_t l = 0; l < LOSSES; l++) {
        const struct loss *loss = registry_loss(l);
        if (!is_elementwise(loss, &pcg))
            continue;
        elementwise++;
        for (size_t length = 1; length <= FEATURES; length++) {
            struct lg_options options;
            const struct sample s = random_sample(&pcg, loss, 1, FEATURES, &options);
            const struct loss_batch at = batch_of(loss, &s, 1, FEATURES);
            options.value[LOSS_REDUCTION] = LOSS_SUM;
            real whole[INPUTS_MAX][STRIDE], pieces[INPUTS_MAX][STRIDE];
            loss->gradient(&options, &at, (real *[]){whole[0], whole[1], whole[2]});
            for (size_t first = 0; first < FEATURES; first += length) {
                const size_t left = FEATURES - first;
                struct loss_batch piece = part_of(at, 0, first);
                piece.features = left < length ? left : length;
                loss->gradient(&options, &piece,
                               (real *[]){pieces[0] + first, pieces[1] + first, pieces[2] + first});
            }
            for (size_t p = 0; p < loss->shape.inputs; p++)
                cr_expect(memcmp(whole[p], pieces[p], FEATURES * sizeof *whole[p]) == 0,
                          "%s in pieces of %zu", loss->info.name, length);
        }
    }
    cr_expect_geq(elementwise, 15);
}

TEMPLATE_TEST(loss_property, a_sample_does_not_know_its_neighbours)
{
    struct lg_pcg pcg = lg_pcg_seed(34, 1);
    for (size_t l = 0; l < LOSSES; l++) {
        const struct loss *loss = registry_loss(l);
        const struct lg_options options = lg_options_default(&loss->info);
        const struct sample s = any_sample(&pcg, loss, FEATURES);
        const struct loss_batch all = batch_of(loss, &s, BATCH, FEATURES);
        double together[BATCH], alone;
        loss->value(&options, &all, together);
        for (size_t b = 0; b < BATCH; b++) {
            struct loss_batch one = part_of(all, b, 0);
            one.batch = 1;
            loss->value(&options, &one, &alone);
            cr_expect(memcmp(&alone, &together[b], sizeof alone) == 0, "%s sample %zu",
                      loss->info.name, b);
        }
    }
}
