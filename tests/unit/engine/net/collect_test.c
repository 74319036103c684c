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
