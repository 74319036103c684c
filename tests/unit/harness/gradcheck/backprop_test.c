#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/backprop.h"
#include "harness/gradcheck/training_check.h"
#include "harness/spec/registry.h"

static size_t at(const char *kind, size_t count, const struct lg_info *(*info)(size_t),
                 const char *name)
{
    size_t index = 0;
    cr_assert(registry_lookup(kind, count, info, name, &index, NULL) == LG_OK);
    return index;
}

static struct lg_net_config make(const char *loss, size_t inputs, size_t hidden, size_t outputs,
                                 size_t batch)
{
    const struct lg_backend *b = lg_backend_reference();
    const size_t relu = at("activation", b->activation_count, b->activation, "relu");
    const size_t identity = at("activation", b->activation_count, b->activation, "identity");
    struct lg_net_config config = {.inputs = inputs, .batch = batch, .task = LG_TASK_CLASSIFY};
    config.layers[0] =
        (struct lg_layer_config){hidden, {relu, lg_options_default(b->activation(relu))}};
    config.layers[1] =
        (struct lg_layer_config){outputs, {identity, lg_options_default(b->activation(identity))}};
    config.layer_count = 2;
    config.classes = outputs;
    config.loss.index = at("loss", b->loss_count, b->loss, loss);
    config.loss.options = lg_options_default(b->loss(config.loss.index));
    return config;
}

/* By hand: y = v relu(w x), loss (y - 1)^2 of one sample of class 1 of one output. */
Test(backprop, equals_the_chain_rule_by_hand)
{
    const struct lg_net_config config = make("mse", 1, 1, 1, 1);
    const double w = 0.5, v = 0.75, parameters[] = {w, 0.25, v, -0.5};
    uint8_t pixel = 51, label = 1; /* x = 0.2 */
    const struct lg_images images = {
        .count = 1, .rows = 1, .columns = 1, .pixels = &pixel, .labels = &label};
    const struct lg_pass pass = {.images = &images, .count = 1, .capture = SIZE_MAX};
    struct backprop result;
    cr_assert(backprop_measure(&config, parameters, &pass, &result, NULL) == LG_OK);
    const double h = w * 0.2 + 0.25, e = 2 * (v * h - 0.5 - 1);
    const double right[] = {e * v * 0.2, e * v, e * h, e};
    cr_assert_eq(result.parameters, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_expect(fabs((double)result.gradient[i] - right[i]) < 1e-15, "%zu: %Lg, not %g", i,
                  result.gradient[i], right[i]);
        cr_expect(result.rounding[i] > 0 && result.rounding[i] < 100 * fabs(right[i]));
    }
    backprop_free(&result);
}

/* A whole check of a network that takes the packed paths. */
static struct result check(const struct fault *fault, const char *loss, size_t batch)
{
    struct copies copies;
    struct result result;
    struct network_request network = {.kind = "network", .name = "n", .options = "", .seed = 3};
    cr_assert(copies_select(NULL, &copies, NULL) == LG_OK);
    const struct lg_backend *b = copies.backend[COPY_F64];
    network.config = make(loss, 40, 37, 10, batch);
    network.how.method =
        at("initialisation", b->initialisation_count, b->initialisation, "xavier_uniform");
    network.how.seed = network.how.draw = 1;
    network.how.options = lg_options_default(b->initialisation(network.how.method));
    const struct training_request request = {
        .network = &network, .last = batch / 2 + 1, .is_thorough = true};
    result_begin(&result, "training", "n", "");
    cr_assert(training_check(&copies, &request, 1, fault, &result, NULL) == LG_OK);
    return result;
}

Test(training_check, what_training_does_passes_on_every_path_it_takes)
{
    struct result result = check(NULL, "cross_entropy", 19);
    cr_expect_eq(result.failed, 0, "%s", result.message);
    cr_expect(result.checked > 100000);
    static const enum lg_path taken[] = {
        LG_PATH_FORWARD_PACKED, LG_PATH_FORWARD_WALKED, LG_PATH_PACKED,    LG_PATH_WALK_CHUNKS,
        LG_PATH_OUTER_CHUNKS,   LG_PATH_STREAMED,       LG_PATH_COLLECTED, LG_PATH_STEP_BLOCKS,
        LG_PATH_STEP_VECTOR,    LG_PATH_GEMM_PANELS,
    };
    uint64_t any = 0;
    for (size_t i = 0; i < COVERAGE_COPIES_MAX; i++)
        any |= result.coverage.paths[i];
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        cr_expect(any & LG_PATH_BIT(taken[i]), "%s was not run", lg_path_names[taken[i]]);
    cr_expect(!coverage_has_unseen(&result.coverage));
    result_free(&result);
}

Test(training_check, every_injected_fault_is_seen_on_every_path)
{
    for (size_t i = 0; i < fault_count(); i++) {
        struct result result = check(&faults[i], "mse", 9);
        cr_expect_eq(result.failed, 1, "%s was not seen everywhere", faults[i].name);
        cr_expect(result.coverage.put[LG_PATH_PACKED] > 0);
        cr_expect(!coverage_has_unseen(&result.coverage));
        result_free(&result);
    }
}
