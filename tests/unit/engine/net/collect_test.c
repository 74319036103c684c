#include <math.h>

#include "engine/net/net.h"

#include "tests/unit/engine/net/example.h"

enum { BATCHES = 4, STEPS = 15 };
static const size_t batches[BATCHES] = {1, 3, 8, 20};

/* Parameters after some steps. */
static void train(const struct lg_net_config *config, double *parameters)
{
    struct example e = example_create(config);
    const struct lg_pass pass = {
        .images = &e.images, .count = EXAMPLE_SAMPLES, .capture = SIZE_MAX};
    struct lg_sums sums = {0};
    for (int epoch = 0; epoch < 3; epoch++)
        cr_assert_gt(net_train(e.net, &pass, &sums), 0);
    net_parameters(e.net, parameters);
    example_destroy(&e);
}

/* A gradient that is collected in memory is the one that streams. */
TEMPLATE_TEST(collect, a_clip_that_never_clips_changes_no_bit)
{
    static const char *const optimizers[][2] = {{"sgd", "lr=0.1"},
                                                {"sgd", "lr=0.1;momentum=0.9"},
                                                {"adagrad", "lr=0.1"},
                                                {"adam", "lr=0.01"}};
    double streamed[EXAMPLE_PARAMETERS], collected[EXAMPLE_PARAMETERS];
    for (size_t b = 0; b < BATCHES; b++)
        for (size_t o = 0; o < 4; o++) {
            struct lg_net_config config = example_config(b % 2 ? "tanh" : "relu", batches[b]);
            config.optimizer = example_optimizer(optimizers[o][0], optimizers[o][1]);
            train(&config, streamed);
            config.clip_value = 1e30;
            train(&config, collected);
            cr_expect(memcmp(streamed, collected, sizeof streamed) == 0, "%s %s, batch %zu",
                      optimizers[o][0], optimizers[o][1], batches[b]);
        }
}

/* A hidden layer so wide, and so often dead, that an update walks some of its columns alone:
 * 9-160-9 on images of one pixel each, where pixel i wakes units 16 i to 16 i + 15. Each column
 * is woken by one sample, so that one left out shows, wherever in the batch it is. */
enum { PIXELS = 9, UNITS = 160, SPARSE_PARAMETERS = (PIXELS + 1) * UNITS + (UNITS + 1) * PIXELS };

static struct example woken_by_pixels(size_t batch, double clip_value, const size_t *pixels)
{
    struct lg_net_config config = example_config("relu", batch);
    config.inputs = PIXELS;
    config.layer_count = 2;
    config.layers[0].outputs = UNITS;
    config.layers[1].outputs = PIXELS;
    config.clip_value = clip_value;
    struct example e = example_create(&config);
    free(e.images.pixels);
    e.images.rows = e.images.columns = 3;
    e.images.count = batch;
    e.images.pixels = calloc(batch, PIXELS);
    cr_assert_not_null(e.images.pixels);
    for (size_t b = 0; b < batch; b++)
        e.images.pixels[b * PIXELS + pixels[b]] = (uint8_t)(100 + b);
    double w[SPARSE_PARAMETERS];
    cr_assert_eq(net_parameter_count(e.net), SPARSE_PARAMETERS);
    for (size_t i = 0; i < SPARSE_PARAMETERS; i++)
        w[i] = i < PIXELS * UNITS ? i / PIXELS / 16 == i % PIXELS ? 1 : -1 : 0.03125;
    for (size_t i = PIXELS * UNITS; i < (PIXELS + 1) * UNITS; i++)
        w[i] = 0; /* biases of the hidden layer */
    net_set_parameters(e.net, w);
    return e;
}

TEMPLATE_TEST(collect, columns_that_one_sample_wakes_are_updated)
{
    static const size_t walked[] = {0, 8, 4}, packed[] = {0, 0, 8, 0, 0, 8, 8, 0, 0, 0, 8, 4};
    for (size_t last = 0; last < 2; last++) {
        const size_t batch = last ? 12 : 3, *pixels = last ? packed : walked;
        double before[SPARSE_PARAMETERS], after[2][SPARSE_PARAMETERS];
        for (size_t collected = 0; collected < 2; collected++) {
            struct example e = woken_by_pixels(batch, collected ? 1e30 : 0, pixels);
            uint64_t paths = 0;
            net_watch_paths(e.net, &paths);
            net_parameters(e.net, before);
            cr_assert_eq(example_train(&e, 0, batch), 1);
            net_parameters(e.net, after[collected]);
            cr_expect(paths & LG_PATH_BIT(LG_PATH_RUNS), "batch %zu: no runs of columns", batch);
            example_destroy(&e);
        }
        for (size_t i = 0; i < SPARSE_PARAMETERS; i++)
            cr_expect(after[0][i] == after[1][i],
                      "batch %zu, parameter %zu: %g streamed, %g collected", batch, i, after[0][i],
                      after[1][i]);
        /* Both walk in runs, so their agreement is not enough: what moved must be known. */
        for (size_t i = 0; i < (PIXELS + 1) * UNITS; i++) {
            const bool is_bias = i >= PIXELS * UNITS;
            const size_t unit = is_bias ? i - PIXELS * UNITS : i / PIXELS, pixel = unit / 16;
            const bool woken =
                (pixel == 0 || pixel == 4 || pixel == 8) && (is_bias || i % PIXELS == pixel);
            cr_expect_eq(after[0][i] != before[i], woken, "batch %zu, %s of unit %zu: %g, was %g",
                         batch, is_bias ? "bias" : "a weight", unit, after[0][i], before[i]);
        }
    }
}

/* One plain step of rate 1 moves the parameters by the clipped gradient. */
static void first_step(double clip_value, double clip_norm, double l1, double *moved,
                       double *before)
{
    struct lg_net_config config = example_config("tanh", EXAMPLE_SAMPLES);
    double after[EXAMPLE_PARAMETERS];
    config.optimizer = example_optimizer("sgd", "lr=1");
    config.clip_value = clip_value;
    config.clip_norm = clip_norm;
    config.l1 = l1;
    struct example e = example_create(&config);
    const struct lg_pass pass = {
        .images = &e.images, .count = EXAMPLE_SAMPLES, .capture = SIZE_MAX};
    struct lg_sums sums = {0};
    net_parameters(e.net, before);
    cr_assert_eq(net_train(e.net, &pass, &sums), 1);
    net_parameters(e.net, after);
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
        moved[i] = before[i] - after[i];
    example_destroy(&e);
}

static double norm(const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
        sum += x[i] * x[i];
    return __builtin_sqrt(sum);
}

TEMPLATE_TEST(collect, clipping_and_the_penalty_are_what_they_say)
{
    const double allowed = LG_PRECISION == 32 ? 1e-6 : 1e-14;
    double plain[EXAMPLE_PARAMETERS], moved[EXAMPLE_PARAMETERS], w[EXAMPLE_PARAMETERS];
    first_step(0, 0, 0, plain, w);
    double most = 0;
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
        most = fmax(most, fabs(plain[i]));
    const double limit = most / 2, half = norm(plain) / 2;
    size_t clipped = 0;
    first_step(limit, 0, 0, moved, w);
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++) {
        const double expected = fmax(-limit, fmin(limit, plain[i]));
        cr_expect(fabs(moved[i] - expected) <= allowed, "clip_value, parameter %zu", i);
        clipped += fabs(plain[i]) > limit;
    }
    cr_expect(clipped > 0 && clipped < EXAMPLE_PARAMETERS / 2);
    first_step(0, half, 0, moved, w);
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
        cr_expect(fabs(moved[i] - plain[i] * half / (2 * half + 1e-6)) <= allowed,
                  "clip_norm, parameter %zu", i);
    first_step(0, 0, 0.125, moved, w);
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
        cr_expect(fabs(moved[i] - plain[i] -
                       (w[i] > 0   ? 0.125
                        : w[i] < 0 ? -0.125
                                   : 0)) <= allowed,
                  "l1, parameter %zu", i);
}

/* The gradient of a sum of losses is the sum of theirs. */
TEMPLATE_TEST(terms, a_sum_of_losses_has_the_sum_of_gradients)
{
    double w[EXAMPLE_PARAMETERS], moved[3][EXAMPLE_PARAMETERS];
    for (size_t run = 0; run < 3; run++) {
        double after[EXAMPLE_PARAMETERS];
        struct lg_net_config config = example_config("tanh", EXAMPLE_SAMPLES);
        config.optimizer = example_optimizer("sgd", "lr=1");
        if (run == 1)
            config.loss = example_loss("log_cosh", "");
        if (run == 2) {
            config.term_count = 1;
            config.terms[0] = (struct lg_term){example_loss("log_cosh", ""), 0.25};
        }
        struct example e = example_create(&config);
        const struct lg_pass pass = {
            .images = &e.images, .count = EXAMPLE_SAMPLES, .capture = SIZE_MAX};
        struct lg_sums sums = {0};
        net_parameters(e.net, w);
        cr_assert_eq(net_train(e.net, &pass, &sums), 1);
        net_parameters(e.net, after);
        for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
            moved[run][i] = w[i] - after[i];
        example_destroy(&e);
    }
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
        cr_expect(fabs(moved[2][i] - moved[0][i] - 0.25 * moved[1][i]) <=
                      (LG_PRECISION == 32 ? 1e-6 : 1e-14),
                  "parameter %zu", i);
}
