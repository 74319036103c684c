#include "engine/net/evaluate.h"

#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/template.h"

enum { BATCH = 3, FEATURES = 5, CELLS = BATCH * FEATURES, STEPS = 3 };

#define ONE(name) +1
enum {
    LOSSES = 0 LG_LOSSES(ONE),
    ACTIVATIONS = 0 LG_ACTIVATIONS(ONE),
    OPTIMIZERS = 0 LG_OPTIMIZERS(ONE),
};

static void random_units(struct lg_pcg *pcg, double *values, real *reals, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = lg_pcg_uniform(pcg);
        reals[i] = (real)values[i];
    }
}

/* 1 is sound for every kind that is not of classes. */
static double target_at(enum lg_target target, size_t i)
{
    if (target == LG_TARGET_CLASSES)
        return i % FEATURES == 0 ? 2 : -1;
    return target == LG_TARGET_CLASS ? (double)(i % FEATURES) : 1;
}

struct example {
    double prediction[LG_LOSS_INPUTS_MAX][CELLS], target[CELLS];
    real prediction_reals[LG_LOSS_INPUTS_MAX][CELLS], target_reals[CELLS];
    struct lg_loss_data data;
    struct loss_batch at;
};

static void fill(struct example *example, const struct lg_loss_shape *shape, struct lg_pcg *pcg)
{
    const bool has_target = shape->target != LG_TARGET_NONE;
    const bool one = shape->target == LG_TARGET_CLASS || shape->target == LG_TARGET_PAIR;
    const size_t width = one ? 1 : FEATURES;
    example->data = (struct lg_loss_data){.batch = BATCH,
                                          .features = FEATURES,
                                          .target_features = width,
                                          .target = has_target ? example->target : NULL};
    example->at = (struct loss_batch){.batch = BATCH,
                                      .features = FEATURES,
                                      .stride = FEATURES,
                                      .target = has_target ? example->target_reals : NULL,
                                      .target_stride = has_target ? width : 0};
    for (size_t i = 0; i < shape->inputs; i++) {
        random_units(pcg, example->prediction[i], example->prediction_reals[i], CELLS);
        example->data.prediction[i] = example->prediction[i];
        example->at.prediction[i] = example->prediction_reals[i];
    }
    for (size_t i = 0; i < BATCH * width; i++) {
        example->target[i] = target_at(shape->target, i);
        example->target_reals[i] = (real)example->target[i];
    }
}

/* The value and gradients on an arena of exactly the size that measuring found. */
static void check_loss(size_t index, double reduction)
{
    struct lg_pcg pcg = lg_pcg_seed(index, 7);
    static struct example example;
    const struct loss *loss = registry_loss(index);
    struct lg_choice choice = {index, lg_options_default(&loss->info)};
    choice.options.value[LOSS_REDUCTION] = reduction;
    fill(&example, &loss->shape, &pcg);

    double got[LG_LOSS_INPUTS_MAX][CELLS];
    double *const gradient[] = {got[0], got[1], got[2]};
    struct lg_arena arena = {0};
    net_evaluate_loss(&arena, &choice, &example.data, gradient);
    const size_t measured = arena.used_bytes;
    cr_assert_eq(lg_arena_create(&arena, measured, NULL), LG_OK);
    const double value = (double)net_evaluate_loss(&arena, &choice, &example.data, gradient);
    cr_expect_eq(arena.used_bytes, measured);
    lg_arena_destroy(&arena);

    real slope[LG_LOSS_INPUTS_MAX][CELLS];
    double values[BATCH], weights[BATCH] = {1, 1, 1};
    loss->value(&choice.options, &example.at, values);
    loss->gradient(&choice.options, &example.at, (real *[]){slope[0], slope[1], slope[2]});
    if (loss->weights)
        loss->weights(&choice.options, &example.at, weights);
    const double divisor = reduction == LOSS_SUM ? 1 : weights[0] + weights[1] + weights[2];
    cr_expect_eq(value, (values[0] + values[1] + values[2]) / divisor, "%s", loss->info.name);
    for (size_t i = 0; i < loss->shape.inputs; i++)
        for (size_t j = 0; j < CELLS; j++)
            cr_expect_eq(got[i][j], (double)slope[i][j], "%s", loss->info.name);
}

TEMPLATE_TEST(evaluate, every_loss_is_what_its_file_says)
{
    for (size_t index = 0; index < LOSSES; index++) {
        check_loss(index, LOSS_MEAN);
        check_loss(index, LOSS_SUM);
    }
}

TEMPLATE_TEST(evaluate, every_activation_is_what_its_file_says)
{
    struct lg_pcg pcg = lg_pcg_seed(1, 2);
    double z[CELLS], upstream[CELLS], h[CELLS], dz[CELLS];
    real z_reals[CELLS], upstream_reals[CELLS], expected[FEATURES], slope[FEATURES];
    random_units(&pcg, z, z_reals, CELLS);
    random_units(&pcg, upstream, upstream_reals, CELLS);
    for (size_t index = 0; index < ACTIVATIONS; index++) {
        const struct activation *activation = registry_activation(index);
        const struct lg_choice choice = {index, lg_options_default(&activation->info)};
        struct lg_arena arena = {0};
        net_evaluate_activation(&arena, &choice, BATCH, FEATURES, z, upstream, h, dz);
        cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
        net_evaluate_activation(&arena, &choice, BATCH, FEATURES, z, upstream, h, dz);
        lg_arena_destroy(&arena);
        for (size_t i = 0; i < CELLS; i++) {
            const size_t row = i / FEATURES * FEATURES;
            activation->forward(&choice.options, FEATURES, z_reals + row, expected);
            activation->backward(&choice.options, FEATURES, z_reals + row, expected,
                                 upstream_reals + row, slope);
            cr_expect_eq(h[i], (double)expected[i - row], "%s", activation->info.name);
            cr_expect_eq(dz[i], (double)slope[i - row], "%s", activation->info.name);
        }
    }
}

/* The parameters after all steps, by its own update(), as one vector. */
static void step_by_hand(const struct optimizer *optimizer, const struct lg_options *options,
                         real *w, const real *gradients)
{
    real slots[OPTIMIZER_SLOTS_MAX][CELLS] = {{0}}, *state[OPTIMIZER_SLOTS_MAX];
    double scalars[OPTIMIZER_SCALARS_MAX] = {0};
    for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++) {
        state[slot] = slots[slot];
        for (size_t i = 0; i < CELLS && optimizer->initial_state; i++)
            if (slot < optimizer->slots(options))
                slots[slot][i] = optimizer->initial_state(options, slot);
    }
    for (size_t step = 0; step < STEPS; step++) {
        struct optimizer_step now;
        optimizer_begin(optimizer, options, step + 1, scalars, &now);
        optimizer->update(&now, CELLS, w, (struct gradient){1, gradients + step * CELLS}, state);
    }
}

TEMPLATE_TEST(evaluate, every_elementwise_optimizer_is_what_its_file_says)
{
    struct lg_pcg pcg = lg_pcg_seed(3, 4);
    double start[CELLS], gradients[STEPS * CELLS], after[STEPS * CELLS];
    real w[CELLS], gradient_reals[STEPS * CELLS];
    random_units(&pcg, gradients, gradient_reals, STEPS * CELLS);
    for (size_t index = 0; index < OPTIMIZERS; index++) {
        const struct optimizer *optimizer = registry_optimizer(index);
        const struct lg_choice choice = {index, lg_options_default(&optimizer->info)};
        if (!optimizer->update)
            continue;
        random_units(&pcg, start, w, CELLS);
        const struct lg_replay_data data = {.steps = STEPS,
                                            .rows = BATCH,
                                            .columns = FEATURES,
                                            .parameters = start,
                                            .gradients = gradients};
        struct lg_arena arena = {0};
        net_evaluate_optimizer(&arena, &choice, &data, after);
        cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
        net_evaluate_optimizer(&arena, &choice, &data, after);
        lg_arena_destroy(&arena);
        step_by_hand(optimizer, &choice.options, w, gradient_reals);
        for (size_t i = 0; i < CELLS; i++)
            cr_expect_eq(after[(STEPS - 1) * CELLS + i], (double)w[i], "%s", optimizer->info.name);
    }
}
