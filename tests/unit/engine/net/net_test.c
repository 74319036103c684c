#include <math.h>

#include "engine/base/mt19937.h"
#include "tests/unit/engine/net/example.h"

/* Optimizers in forms that keep every kind of state. */
static const char *const kept_states[][2] = {
    {"sgd", "lr=0.1"},
    {"sgd", "lr=0.1;momentum=0.9;nesterov=true;lr_decay=0.01"},
    {"adagrad", "lr=0.1;lr_decay=0.01"},
    {"adam", "lr=0.05"},
};
enum { KEPT_STATES = sizeof kept_states / sizeof *kept_states };

TEMPLATE_TEST(net, a_restored_checkpoint_goes_on_with_the_same_bits)
{
    for (size_t i = 0; i < KEPT_STATES; i++) {
        struct lg_net_config config = example_config("tanh", 3);
        config.optimizer = example_optimizer(kept_states[i][0], kept_states[i][1]);
        struct example whole = example_create(&config), resumed = example_create(&config);
        cr_assert_eq(example_train(&whole, 0, 21), 7);
        void *saved = malloc(net_checkpoint_bytes(whole.net));
        cr_assert_not_null(saved);
        net_save(whole.net, saved);
        const struct fingerprint middle = fingerprint_of(whole.net);
        cr_assert_eq(example_train(&whole, 21, 26), 9);

        example_initialise(resumed.net, 2); /* a net with another past */
        cr_assert_eq(example_train(&resumed, 30, 10), 4);
        net_restore(resumed.net, saved);
        cr_expect(same_fingerprint(fingerprint_of(resumed.net), middle), "%s", kept_states[i][1]);
        cr_assert_eq(example_train(&resumed, 21, 26), 9);
        cr_expect(same_fingerprint(fingerprint_of(resumed.net), fingerprint_of(whole.net)), "%s %s",
                  kept_states[i][0], kept_states[i][1]);
        cr_expect(!same_fingerprint(fingerprint_of(whole.net), middle), "nothing was trained");
        free(saved);
        example_destroy(&whole);
        example_destroy(&resumed);
    }
}

TEMPLATE_TEST(net, no_order_is_the_order_of_the_file)
{
    const struct lg_net_config config = example_config("sigmoid", 5);
    struct example plain = example_create(&config), ordered = example_create(&config);
    uint32_t order[EXAMPLE_SAMPLES];
    struct lg_pass pass = {
        .images = &ordered.images, .order = order, .first = 2, .count = 51, .capture = SIZE_MAX};
    struct lg_sums sums = {0};
    for (uint32_t i = 0; i < EXAMPLE_SAMPLES; i++)
        order[i] = i;
    cr_assert_eq(example_train(&plain, 2, 51), 11);
    cr_assert_eq(net_train(ordered.net, &pass, &sums), 11);
    cr_expect(same_fingerprint(fingerprint_of(plain.net), fingerprint_of(ordered.net)));

    example_initialise(ordered.net, 1);
    order[2] = 40;
    order[40] = 2;
    net_train(ordered.net, &pass, &sums);
    cr_expect(!same_fingerprint(fingerprint_of(plain.net), fingerprint_of(ordered.net)),
              "two samples changed places and nothing else");
    example_destroy(&plain);
    example_destroy(&ordered);
}

TEMPLATE_TEST(net, evaluation_changes_nothing)
{
    struct lg_net_config config = example_config("relu", 4);
    config.optimizer = example_optimizer("adam", "");
    const char *why;
    for (size_t m = 0; m < LOSSES && config.metric_count < LG_METRICS_MAX; m++)
        if (registry_loss(m)->shape.inputs == 1 &&
            lg_task_takes(LG_TASK_RECONSTRUCT, &registry_loss(m)->shape, &why))
            config.metrics[config.metric_count++] = m;
    size_t mse = 0;
    while (config.metrics[mse] != config.loss.index)
        mse++;
    struct example with = example_create(&config), without = example_create(&config);
    const struct lg_pass pass = {
        .images = &with.images, .first = 0, .count = EXAMPLE_SAMPLES, .capture = SIZE_MAX};
    struct lg_sums sums = {0};
    example_train(&with, 0, 30);
    const struct fingerprint before = fingerprint_of(with.net);
    net_evaluate(with.net, &pass, &sums);
    cr_expect(same_fingerprint(fingerprint_of(with.net), before));
    cr_expect(sums.samples == EXAMPLE_SAMPLES && sums.loss > 0);
    cr_expect(sums.metrics[mse] == sums.loss);
    example_train(&with, 30, 30);
    example_train(&without, 0, 30);
    example_train(&without, 30, 30);
    cr_expect(same_fingerprint(fingerprint_of(with.net), fingerprint_of(without.net)));
    example_destroy(&with);
    example_destroy(&without);
}

TEMPLATE_TEST(net, reported_losses_do_not_depend_on_the_batch)
{
    struct lg_sums sums[2] = {{0}, {0}};
    for (size_t i = 0; i < 2; i++) {
        const struct lg_net_config config = example_config("sigmoid", i ? 7 : 1);
        struct example e = example_create(&config);
        const struct lg_pass pass = {
            .images = &e.images, .first = 0, .count = EXAMPLE_SAMPLES, .capture = SIZE_MAX};
        net_evaluate(e.net, &pass, &sums[i]);
        example_destroy(&e);
    }
    cr_assert(sums[0].loss == sums[1].loss && sums[0].loss > 0);
}

/* Bytes of a made-up output: 11 values, the rest 0. */
TEMPLATE_TEST(net, captured_bytes_truncate_and_clamp)
{
    const struct lg_net_config config = example_config("identity", 1);
    struct example e = example_create(&config);
    const double below_one = 1 - (LG_PRECISION == 32 ? 0x1p-24 : 0x1p-53);
    const double outputs[] = {-1,
                              -0.0,
                              0,
                              0.25,
                              0.5,
                              0.75,
                              1,
                              below_one,
                              1.5,
                              __builtin_inf(),
                              -__builtin_inf(),
                              __builtin_nan(""),
                              -__builtin_nan("")};
    const uint8_t expected[EXAMPLE_FEATURES] = {0, 0, 0, 63, 127, 191, 255, 254, 255, 255, 0, 0, 0};
    uint8_t bytes[EXAMPLE_FEATURES];
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        e.net->captured[i] = (real)outputs[i];
    net_captured_bytes(e.net, bytes);
    for (size_t i = 0; i < EXAMPLE_FEATURES; i++)
        cr_expect_eq(bytes[i], expected[i], "entry %zu is %u, expected %u", i, bytes[i],
                     expected[i]);
    example_destroy(&e);
}

TEMPLATE_TEST(net, capture_takes_its_sample_before_the_update)
{
    const struct lg_net_config config = example_config("sigmoid", 2);
    struct example e = example_create(&config), other = example_create(&config);
    const struct lg_pass pass = {
        .images = &e.images, .first = 0, .count = EXAMPLE_SAMPLES, .capture = 7};
    struct lg_sums sums = {0};
    uint8_t captured[EXAMPLE_FEATURES], expected[EXAMPLE_FEATURES], later[EXAMPLE_FEATURES];
    net_train(e.net, &pass, &sums);
    net_captured_bytes(e.net, captured);

    /* Samples 6 and 7 are the fourth step. */
    example_train(&other, 0, 6);
    const struct lg_pass seven = {
        .images = &other.images, .first = 7, .count = 1, .capture = SIZE_MAX};
    net_evaluate(other.net, &seven, &sums);
    memcpy(other.net->captured, other.net->layers[2].h, EXAMPLE_FEATURES * sizeof(real));
    net_captured_bytes(other.net, expected);
    cr_expect(memcmp(captured, expected, sizeof captured) == 0);

    net_evaluate(e.net, &seven, &sums);
    memcpy(e.net->captured, e.net->layers[2].h, EXAMPLE_FEATURES * sizeof(real));
    net_captured_bytes(e.net, later);
    cr_expect(memcmp(later, expected, sizeof later) != 0, "training moved no output by a grey");
    example_destroy(&e);
    example_destroy(&other);
}

/* The digest of doubles as little-endian reals. */
static void digest_of(const double *values, size_t count, char hex[LG_DIGEST_HEX])
{
    unsigned char bytes[EXAMPLE_PARAMETERS * sizeof(real)];
    for (size_t i = 0; i < count; i++) {
        const real value = (real)values[i];
        real_bits bits;
        memcpy(&bits, &value, sizeof bits);
        for (size_t byte = 0; byte < sizeof bits; byte++)
            bytes[i * sizeof bits + byte] = (unsigned char)(bits >> (8 * byte));
    }
    lg_digest_bytes(bytes, count * sizeof(real), hex);
}

TEMPLATE_TEST(net, weights_digest_is_that_of_the_parameters)
{
    const struct lg_net_config config = example_config("tanh", 1);
    struct example e = example_create(&config);
    double values[EXAMPLE_PARAMETERS];
    char expected[LG_DIGEST_HEX], got[LG_DIGEST_HEX];
    example_train(&e, 0, 5);
    net_parameters(e.net, values);
    digest_of(values, EXAMPLE_PARAMETERS, expected);
    net_weights_digest(e.net, got);
    cr_expect_str_eq(got, expected);

    values[3] = -__builtin_nan("123");
    net_set_parameters(e.net, values);
    net_weights_digest(e.net, got);
    values[3] = __builtin_nan("");
    digest_of(values, EXAMPLE_PARAMETERS, expected);
    cr_expect_str_eq(got, expected, "a NaN's sign and payload reach the digest");
    example_destroy(&e);
}

TEMPLATE_TEST(net, parameters_are_read_back_in_torchs_order)
{
    const struct lg_net_config config = example_config("tanh", 1);
    struct example e = example_create(&config);
    double values[EXAMPLE_PARAMETERS], back[EXAMPLE_PARAMETERS];
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
        values[i] = (double)i;
    net_set_parameters(e.net, values);
    net_parameters(e.net, back);
    cr_assert(memcmp(values, back, sizeof values) == 0);
    /* (outputs, inputs): output 2's weight for input 3, then the five biases. */
    const struct layer *first = &e.net->layers[0];
    cr_expect((double)first->weight.w[3 * first->stride + 2] == 2 * 16 + 3);
    cr_expect((double)first->bias.w[4] == 16 * 5 + 4);
    example_destroy(&e);
}

/* Torch7 seeds once, and each script's networks draw one after the other. */
TEMPLATE_TEST(net, torch7_draws_its_third_network_third)
{
    static const size_t shape[3][2] = {{16, 5}, {5, 7}, {7, 16}};
    const struct lg_net_config config = example_config("relu", 1);
    struct example e = example_create(&config);
    size_t method = 0;
    while (strcmp(registry_initialisation(method)->info.name, "torch7_uniform") != 0)
        method++;
    const struct lg_initialisation how = {
        .method = method, .rng = LG_RNG_TORCH7, .seed = 11, .draw = 3};
    net_initialise(e.net, &how);
    double got[EXAMPLE_PARAMETERS];
    net_parameters(e.net, got);

    struct lg_mt19937 mt;
    lg_mt19937_seed(&mt, 11);
    for (int draw = 1; draw <= 3; draw++)
        for (size_t l = 0, at = 0; l < 3; l++)
            for (size_t i = 0; i < (shape[l][0] + 1) * shape[l][1]; i++, at++) {
                const double bound = 1 / sqrt((double)shape[l][0]);
                const real drawn = (real)lg_mt19937_uniform(&mt, -bound, bound);
                cr_assert(draw < 3 || got[at] == (double)drawn, "parameter %zu: %g, expected %g",
                          at, got[at], (double)drawn);
            }
    example_destroy(&e);
}

TEMPLATE_TEST(net, the_plan_measures_what_it_takes)
{
    struct lg_net_config config = example_config("sigmoid", 6);
    for (size_t i = 0; i < KEPT_STATES; i++) {
        config.optimizer = example_optimizer(kept_states[i][0], kept_states[i][1]);
        struct lg_arena measuring = {0}, arena;
        cr_assert_null(net_create(&measuring, &config));
        cr_assert(lg_arena_create(&arena, 2 * measuring.used_bytes, NULL) == LG_OK);
        struct lg_images images = synthetic_images(3, EXAMPLE_SAMPLES, EXAMPLE_SIDE, EXAMPLE_SIDE);
        const struct lg_pass pass = {
            .images = &images, .first = 0, .count = EXAMPLE_SAMPLES, .capture = SIZE_MAX};
        struct lg_sums sums = {0};
        struct lg_net *first = net_create(&arena, &config);
        cr_expect_eq(arena.used_bytes, measuring.used_bytes);
        struct lg_net *second = net_create(&arena, &config);
        cr_expect_eq(arena.used_bytes, 2 * measuring.used_bytes);
        example_initialise(first, 1);
        example_initialise(second, 1);
        for (int epoch = 0; epoch < 2; epoch++) { /* side by side, in one arena */
            net_train(first, &pass, &sums);
            net_train(second, &pass, &sums);
        }
        cr_expect(same_fingerprint(fingerprint_of(first), fingerprint_of(second)));
        lg_arena_destroy(&arena);
        free(images.pixels);
    }
}
