#include "registry.h"

#include <assert.h>

#include "engine/net/net.h"

/* One declaration and one table entry per file name. */
#define DECLARE_LOSS(name)       extern const struct loss LG_SYMBOL(loss_##name);
#define DECLARE_OPTIMIZER(name)  extern const struct optimizer LG_SYMBOL(optimizer_##name);
#define DECLARE_ACTIVATION(name) extern const struct activation LG_SYMBOL(activation_##name);
#define DECLARE_INITIALISATION(name)                                                               \
    extern const struct initialisation LG_SYMBOL(initialisation_##name);
#define DECLARE_SCHEDULE(name) extern const struct schedule LG_SYMBOL(schedule_##name);
LG_LOSSES(DECLARE_LOSS)
LG_OPTIMIZERS(DECLARE_OPTIMIZER)
LG_ACTIVATIONS(DECLARE_ACTIVATION)
LG_INITIALISATIONS(DECLARE_INITIALISATION)
LG_SCHEDULES(DECLARE_SCHEDULE)

#define LOSS_ENTRY(name)           &LG_SYMBOL(loss_##name),
#define OPTIMIZER_ENTRY(name)      &LG_SYMBOL(optimizer_##name),
#define ACTIVATION_ENTRY(name)     &LG_SYMBOL(activation_##name),
#define INITIALISATION_ENTRY(name) &LG_SYMBOL(initialisation_##name),
#define SCHEDULE_ENTRY(name)       &LG_SYMBOL(schedule_##name),
static const struct loss *const losses[] = {LG_LOSSES(LOSS_ENTRY)};
static const struct optimizer *const optimizers[] = {LG_OPTIMIZERS(OPTIMIZER_ENTRY)};
static const struct activation *const activations[] = {LG_ACTIVATIONS(ACTIVATION_ENTRY)};
static const struct initialisation *const initialisations[] = {
    LG_INITIALISATIONS(INITIALISATION_ENTRY)};
static const struct schedule *const schedules[] = {LG_SCHEDULES(SCHEDULE_ENTRY)};

const struct loss *registry_loss(size_t index)
{
    assert(index < sizeof losses / sizeof *losses);
    return losses[index];
}

const struct optimizer *registry_optimizer(size_t index)
{
    assert(index < sizeof optimizers / sizeof *optimizers);
    return optimizers[index];
}

const struct activation *registry_activation(size_t index)
{
    assert(index < sizeof activations / sizeof *activations);
    return activations[index];
}

const struct initialisation *registry_initialisation(size_t index)
{
    assert(index < sizeof initialisations / sizeof *initialisations);
    return initialisations[index];
}

const struct schedule *registry_schedule(size_t index)
{
    assert(index < sizeof schedules / sizeof *schedules);
    return schedules[index];
}
