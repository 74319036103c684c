#include "tests/unit/engine/net/example.h"

/* A rate with which pre-activations leave all bounds within a few steps, before a
 * parameter does. */
static struct lg_net_config exploding(size_t batch)
{
    struct lg_net_config config = example_config("identity", batch);
    config.optimizer = example_optimizer("sgd", "lr=1e30");
    return config;
}

/* The steps before divergence, found by training step after step. */
static size_t steps_until_divergence(const struct lg_net_config *config)
{
    struct example e = example_create(config);
    size_t steps = 0;
    uint64_t step;
    while (steps < 30 && example_train(&e, steps * config->batch, config->batch) == 1) {
        double w[EXAMPLE_PARAMETERS];
        cr_assert(!net_diverged(e.net, &step) && step == ++steps);
        net_parameters(e.net, w);
        for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
            cr_assert(w[i] - w[i] == 0, "parameter %zu is %g after step %zu", i, w[i], steps);
    }
    example_destroy(&e);
    return steps;
}

TEMPLATE_TEST(net_divergence, is_recorded_with_its_step)
{
    for (size_t batch = 1; batch <= 2; batch++) {
        const struct lg_net_config config = exploding(batch);
        const size_t good = steps_until_divergence(&config);
        struct example e = example_create(&config);
        uint64_t step;
        cr_assert(good > 0 && good < 20, "%zu steps", good);
        cr_expect_eq(example_train(&e, 0, EXAMPLE_SAMPLES), good);
        cr_expect(net_diverged(e.net, &step) && step == good + 1, "step %zu, expected %zu",
                  (size_t)step, good + 1);
        example_destroy(&e);
    }
}

/* A parameter that the last update made infinite has met no forward pass yet. */
TEMPLATE_TEST(net_divergence, is_found_at_the_end_of_a_call)
{
    const struct lg_net_config config = exploding(1);
    struct example e = example_create(&config);
    double w[EXAMPLE_PARAMETERS];
    uint64_t step;
    net_parameters(e.net, w);
    w[EXAMPLE_PARAMETERS - 1] = LG_PRECISION == 32 ? 1e20 : 1e300; /* times lr: too much */
    net_set_parameters(e.net, w);
    cr_expect_eq(example_train(&e, 0, 1), 0);
    cr_expect(net_diverged(e.net, &step) && step == 1);
    example_destroy(&e);
}

TEMPLATE_TEST(net_divergence, training_on_does_nothing)
{
    const struct lg_net_config config = exploding(1);
    struct example e = example_create(&config);
    example_train(&e, 0, EXAMPLE_SAMPLES);
    const struct fingerprint before = fingerprint_of(e.net);
    const struct lg_pass pass = {
        .images = &e.images, .first = 0, .count = EXAMPLE_SAMPLES, .capture = SIZE_MAX};
    struct lg_sums sums = {0};
    uint64_t step, again;
    cr_assert(net_diverged(e.net, &step));
    cr_expect_eq(net_train(e.net, &pass, &sums), 0);
    cr_expect(sums.samples == 0 && sums.loss == 0);
    cr_expect(net_diverged(e.net, &again) && again == step);
    cr_expect(same_fingerprint(fingerprint_of(e.net), before));
    net_evaluate(e.net, &pass, &sums); /* must not crash */

    struct example other = example_create(&config);
    void *saved = malloc(net_checkpoint_bytes(e.net));
    cr_assert_not_null(saved);
    net_save(e.net, saved);
    net_restore(other.net, saved);
    cr_expect(net_diverged(other.net, &again) && again == step, "a checkpoint forgets it");
    free(saved);
    example_destroy(&e);
    example_destroy(&other);
}

TEMPLATE_TEST(net_divergence, initialising_starts_afresh)
{
    struct lg_net_config config = exploding(1);
    struct example e = example_create(&config), fresh = example_create(&config);
    uint64_t step;
    example_train(&e, 0, EXAMPLE_SAMPLES);
    cr_assert(net_diverged(e.net, &step));
    example_initialise(e.net, 1);
    cr_expect(!net_diverged(e.net, &step) && step == 0);
    cr_expect_eq(example_train(&e, 0, 1), 1);
    cr_expect_eq(example_train(&fresh, 0, 1), 1);
    cr_expect(same_fingerprint(fingerprint_of(e.net), fingerprint_of(fresh.net)));
    example_destroy(&e);
    example_destroy(&fresh);
}

/* Each place where a value can stop being finite: weight, bias, of each layer. */
TEMPLATE_TEST(net_divergence, no_parameter_escapes)
{
    const double bad[] = {__builtin_nan(""), __builtin_inf(), -__builtin_inf()};
    const struct lg_net_config config = example_config("relu", 1);
    struct example e = example_create(&config);
    double w[EXAMPLE_PARAMETERS];
    e.images.pixels[0] = 9; /* sample 0, every input in use */
    for (size_t i = 0; i < EXAMPLE_FEATURES; i++)
        e.images.pixels[i] |= 1;
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++) {
        uint64_t step;
        example_initialise(e.net, 1);
        net_parameters(e.net, w);
        for (size_t j = 0; j < EXAMPLE_PARAMETERS; j++)
            w[j] = w[j] < 0 ? -w[j] : w[j]; /* every unit alive */
        w[i] = bad[i % 3];
        net_set_parameters(e.net, w);
        cr_expect_eq(example_train(&e, 0, 1), 0, "parameter %zu was %g", i, bad[i % 3]);
        cr_expect(net_diverged(e.net, &step) && step == 1);
    }
    example_destroy(&e);
}
