/* Initial weights are independent draws of one distribution: sums over many seeds.
 *
 * Each statistic is a sum of terms whose mean is 0 if they are, over the root of the sum of
 * their squares, and so all but normal with deviation 1. Beyond 5 it would be once in 1.7
 * million; all those here together, once in 10,000 choices of the seeds. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lossgrid/backend.h"
#include "lossgrid/pcg.h"

enum { SEEDS = 3000, WEIGHTS_MAX = 231, LAGS = 4, BEYOND = 5 };

/* A sum of terms of mean 0. */
struct statistic {
    double sum, squares;
};

static void add(struct statistic *statistic, double term)
{
    statistic->sum += term;
    statistic->squares += term * term;
}

static double value(const struct statistic *statistic)
{
    return statistic->sum / sqrt(statistic->squares);
}

static size_t find(size_t count, const struct lg_info *(*info)(size_t), const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(info(i)->name, name) != 0)
        i++;
    cr_assert_lt(i, count, "%s", name);
    return i;
}

/* A network of two layers of equal numbers of weights: inputs -> outputs -> inputs. */
static struct lg_net_config config_of(const struct lg_backend *b, size_t inputs, size_t outputs)
{
    const size_t identity = find(b->activation_count, b->activation, "identity");
    const size_t mse = find(b->loss_count, b->loss, "mse");
    const size_t sgd = find(b->optimizer_count, b->optimizer, "sgd");
    return (struct lg_net_config){
        .inputs = inputs,
        .layer_count = 2,
        .layers = {{outputs, {.index = identity}}, {inputs, {.index = identity}}},
        .batch = 1,
        .task = LG_TASK_RECONSTRUCT,
        .loss = {mse, lg_options_default(b->loss(mse))},
        .optimizer = {sgd, lg_options_default(b->optimizer(sgd))},
    };
}

struct sums {
    struct statistic lag[LAGS];    /* x[i] x[i + lag], in the order of drawing */
    struct statistic mean, spread; /* x, x^2 - 1 */
    struct statistic next_seed;    /* x[i] of one seed and the next */
    struct statistic next_layer;   /* x[i] of one layer and the next */
};

/* The deviation of an entry: of a layer's own formula, or of a vector of unit length. */
static double deviation_of(const char *method, size_t inputs, size_t outputs)
{
    const double in = (double)inputs, out = (double)outputs;
    if (strcmp(method, "orthogonal") == 0)
        return 1 / sqrt(inputs > outputs ? in : out);
    if (strcmp(method, "torch7_uniform") == 0)
        return 1 / sqrt(3 * in);
    if (strncmp(method, "he_", 3) == 0)
        return sqrt(2 / in);
    if (strncmp(method, "xavier_", 7) == 0)
        return sqrt(2 / (in + out));
    cr_assert_fail("no standard deviation of %s", method);
    return 0;
}

static struct sums sums_of(const struct lg_backend *b, const char *method, enum lg_rng rng,
                           size_t inputs, size_t outputs)
{
    const struct lg_net_config config = config_of(b, inputs, outputs);
    const size_t index = find(b->initialisation_count, b->initialisation, method);
    const size_t n = inputs * outputs, second = n + outputs;
    static double values[2 * WEIGHTS_MAX + 2 * WEIGHTS_MAX], last[WEIGHTS_MAX];
    struct sums sums = {0};
    struct lg_arena arena = {0};
    cr_assert_null(b->create(&arena, &config));
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    struct lg_net *net = b->create(&arena, &config);
    cr_assert_leq(b->parameter_count(net), sizeof values / sizeof *values);
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        const struct lg_initialisation how = {index, rng, seed, 1,
                                              lg_options_default(b->initialisation(index))};
        b->initialise(net, &how);
        b->parameters(net, values);
        for (size_t i = 0; i < n; i++) {
            values[i] /= deviation_of(method, inputs, outputs);
            values[second + i] /= deviation_of(method, outputs, inputs);
        }
        for (size_t i = 0; i < n; i++) {
            for (size_t lag = 1; lag <= LAGS && i + lag < n; lag++)
                add(&sums.lag[lag - 1], values[i] * values[i + lag]);
            add(&sums.mean, values[i]);
            add(&sums.spread, values[i] * values[i] - 1);
            add(&sums.next_layer, values[i] * values[second + i]);
            if (seed > 1)
                add(&sums.next_seed, values[i] * last[i]);
        }
        memcpy(last, values, n * sizeof *last);
    }
    lg_arena_destroy(&arena);
    return sums;
}

static void expect_chance(const char *method, const char *what, const struct statistic *statistic)
{
    cr_expect(fabs(value(statistic)) < BEYOND, "%s: %s is %g deviations from its mean", method,
              what, value(statistic));
}

Test(draws, of_every_initialisation_are_independent)
{
    const struct lg_backend *backend = NULL;
    cr_assert_eq(lg_backend_select(LG_F64, "generic", &backend, NULL), LG_OK);
    for (size_t m = 0; m < backend->initialisation_count; m++) {
        const char *method = backend->initialisation(m)->name;
        if (strcmp(method, "zeros") == 0)
            continue;
        for (int rng = LG_RNG_PCG; rng <= (int)LG_RNG_TORCH7; rng++)
            for (int small = 0; small < 2; small++) {
                const struct sums sums =
                    sums_of(backend, method, (enum lg_rng)rng, small ? 8 : 33, small ? 4 : 7);
                for (size_t lag = 0; lag < LAGS; lag++)
                    expect_chance(method, "a product of neighbours", &sums.lag[lag]);
                expect_chance(method, "the mean", &sums.mean);
                expect_chance(method, "the product with the next seed", &sums.next_seed);
                expect_chance(method, "the product with the next layer", &sums.next_layer);
                if (strcmp(method, "orthogonal") != 0) /* there the squares' sum is fixed */
                    expect_chance(method, "the variance", &sums.spread);
            }
    }
}

/* The test sees what it is for: each second number drawn again. */
Test(draws, a_number_that_comes_twice_is_seen)
{
    struct statistic lag = {0};
    struct lg_pcg pcg = lg_pcg_seed(5, 5);
    double x = 0;
    for (int i = 0; i < 32 * 1000; i++) {
        const double before = x;
        if (i % 20 != 0) /* one in 20 */
            x = lg_pcg_uniform(&pcg) - 0.5;
        add(&lag, x * before);
    }
    cr_expect_gt(value(&lag), BEYOND);
}
