#include "registry.h"

#include <assert.h>

#include "engine/net/net.h"

/* One declaration and one table entry per file name. */
#define DECLARE_LOSS(name)       extern const struct loss LG_SYMBOL(loss_##name);
#define DECLARE_OPTIMIZER(name)  extern const struct optimizer LG_SYMBOL(optimizer_##name);
#define DECLARE_ACTIVATION(name) extern const struct activation LG_SYMBOL(activation_##name);
LG_LOSSES(DECLARE_LOSS)
LG_OPTIMIZERS(DECLARE_OPTIMIZER)
LG_ACTIVATIONS(DECLARE_ACTIVATION)

#define LOSS_ENTRY(name)       &LG_SYMBOL(loss_##name),
#define OPTIMIZER_ENTRY(name)  &LG_SYMBOL(optimizer_##name),
#define ACTIVATION_ENTRY(name) &LG_SYMBOL(activation_##name),
static const struct loss *const losses[] = {LG_LOSSES(LOSS_ENTRY)};
static const struct optimizer *const optimizers[] = {LG_OPTIMIZERS(OPTIMIZER_ENTRY)};
static const struct activation *const activations[] = {LG_ACTIVATIONS(ACTIVATION_ENTRY)};

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
