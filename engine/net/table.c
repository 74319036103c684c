/* This compiled copy's row of the backend table. */
#include "registry.h"

#include "engine/kernel/peak.h"
#include "engine/math/math.h"
#include "engine/net/evaluate.h"
#include "engine/net/net.h"
#include "engine/net/products.h"

#define ONE(name)     +1
#define backend_table LG_SYMBOL(backend)
extern const struct lg_backend backend_table;

static const struct lg_info *loss_info(size_t index)
{
    return &registry_loss(index)->info;
}

static const struct lg_info *optimizer_info(size_t index)
{
    return &registry_optimizer(index)->info;
}

static const struct lg_info *activation_info(size_t index)
{
    return &registry_activation(index)->info;
}

static const struct lg_info *initialisation_info(size_t index)
{
    return &registry_initialisation(index)->info;
}

static const struct lg_info *schedule_info(size_t index)
{
    return &registry_schedule(index)->info;
}

static const struct lg_loss_shape *loss_shape(size_t index)
{
    return &registry_loss(index)->shape;
}

static const struct lg_loss_measure *loss_measure(size_t index)
{
    return &registry_loss(index)->measure;
}

static enum lg_rows activation_rows(size_t index)
{
    return registry_activation(index)->rows;
}

static void activation_range(size_t index, double *minimum, double *maximum)
{
    *minimum = registry_activation(index)->minimum;
    *maximum = registry_activation(index)->maximum;
}

static bool optimizer_searches(size_t index)
{
    return registry_optimizer(index)->minimise != NULL;
}

static bool optimizer_full_batch(size_t index)
{
    return registry_optimizer(index)->full_batch;
}

static bool optimizer_replays(size_t index)
{
    return registry_optimizer(index)->minimise == NULL;
}

static bool schedule_needs_end(size_t index)
{
    return registry_schedule(index)->needs_end;
}

static double power(double x, double p)
{
    return (double)math_pow(x, p);
}

const struct lg_backend backend_table = {
    .isa = LG_STRING(LG_ISA),
    .precision = (enum lg_precision)LG_PRECISION,
    .loss_count = 0 LG_LOSSES(ONE),
    .optimizer_count = 0 LG_OPTIMIZERS(ONE),
    .activation_count = 0 LG_ACTIVATIONS(ONE),
    .initialisation_count = 0 LG_INITIALISATIONS(ONE),
    .loss = loss_info,
    .optimizer = optimizer_info,
    .activation = activation_info,
    .initialisation = initialisation_info,
    .schedule_count = 0 LG_SCHEDULES(ONE),
    .schedule = schedule_info,
    .schedule_needs_end = schedule_needs_end,
    .loss_shape = loss_shape,
    .loss_measure = loss_measure,
    .activation_range = activation_range,
    .activation_rows = activation_rows,
    .optimizer_searches = optimizer_searches,
    .optimizer_full_batch = optimizer_full_batch,
    .optimizer_replays = optimizer_replays,
    .power = power,
    .evaluate_loss = net_evaluate_loss,
    .evaluate_activation = net_evaluate_activation,
    .evaluate_optimizer = net_evaluate_optimizer,
    .create = net_create,
    .initialise = net_initialise,
    .train = net_train,
    .set_probe = net_set_probe,
    .watch_paths = net_watch_paths,
    .packed_batch = PACKED_BATCH,
    .evaluate = net_evaluate,
    .batch_loss = net_batch_loss,
    .diverged = net_diverged,
    .captured_bytes = net_captured_bytes,
    .parameter_count = net_parameter_count,
    .parameters = net_parameters,
    .set_parameters = net_set_parameters,
    .weights_digest = net_weights_digest,
    .state_digest = net_state_digest,
    .state_is_finite = net_state_is_finite,
    .checkpoint_bytes = net_checkpoint_bytes,
    .save = net_save,
    .restore = net_restore,
    .peak = {.block = PEAK_BLOCK,
             .fmas = peak_fmas,
             .fma_is_soft = peak_fma_is_soft,
             .fma = peak_fma,
             .fill = peak_fill,
             .read = peak_read,
             .copy = peak_copy,
             .triad = peak_triad,
             .divisions = peak_divisions,
             .square_roots = peak_square_roots},
};
