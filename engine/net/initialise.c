/* A network before its first step: weights drawn, layers first to last, and the
 * optimizer's state as it begins. */
#include <string.h>

#include "engine/net/net.h"

static real initial_state(const struct lg_net *net, size_t slot)
{
    const struct optimizer *optimizer = net->optimizer;
    return optimizer->initial_state ? optimizer->initial_state(&net->config.optimizer.options, slot)
                                    : 0;
}

static void reset_state(struct lg_net *net, struct parameters *p, size_t rows,
                        const struct layer *layer)
{
    for (size_t slot = 0; slot < net->slots; slot++) {
        const real start = initial_state(net, slot);
        for (size_t row = 0; row < rows; row++)
            for (size_t o = 0; o < layer->outputs; o++)
                p->state[slot][row * layer->stride + o] = start;
    }
}

static bool row_has_moved(const struct lg_net *net, const struct layer *layer, size_t row)
{
    for (size_t slot = 0; slot < net->slots; slot++) {
        const real start = initial_state(net, slot);
        for (size_t o = 0; o < layer->outputs; o++) {
            const real *now = &layer->weight.state[slot][row * layer->stride + o];
            if (memcmp(now, &start, sizeof start) != 0) /* NOLINT: as bits, -0 is not 0 */
                return true;
        }
    }
    return false;
}

void net_find_moved(struct lg_net *net)
{
    for (size_t l = 0; l < net->config.layer_count; l++)
        for (size_t i = 0; i < net->layers[l].inputs; i++)
            net->layers[l].moved[i] = row_has_moved(net, &net->layers[l], i);
}

void net_initialise(struct lg_net *net, const struct lg_initialisation *how)
{
    const struct initialisation *method = registry_initialisation(how->method);
    struct draws draws = {.torch7 = how->rng == LG_RNG_TORCH7};
    if (draws.torch7)
        lg_mt19937_seed(&draws.mt, (uint32_t)how->seed);
    else
        draws.pcg = lg_pcg_stream(how->seed, LG_PURPOSE_INITIALISE, how->draw);
    /* One MT19937 stream serves all networks of a Torch7 script: draw the earlier
     * ones too. PCG has a stream for each. */
    const uint64_t networks = draws.torch7 ? how->draw : 1;
    for (uint64_t network = 0; network < networks; network++)
        for (size_t l = 0; l < net->config.layer_count; l++) {
            struct layer *layer = &net->layers[l];
            const struct drawn to = {layer->inputs, layer->outputs, layer->stride, layer->weight.w,
                                     layer->bias.w};
            method->draw(&how->options, &draws, &to);
        }
    for (size_t l = 0; l < net->config.layer_count; l++) {
        struct layer *layer = &net->layers[l];
        reset_state(net, &layer->weight, layer->inputs, layer);
        reset_state(net, &layer->bias, 1, layer);
        struct parameters *parts[] = {&layer->weight, &layer->bias};
        for (size_t part = 0; part < 2; part++)
            if (parts[part]->block_reals > 0)
                memset(parts[part]->block_state, 0, parts[part]->block_reals * sizeof(real));
    }
    if (net->problem_reals > 0)
        memset(net->problem_state, 0, net->problem_reals * sizeof(real));
    net_find_moved(net);
    net->steps = 0;
    net->has_diverged = false;
    memset(net->scalars, 0, sizeof net->scalars);
}
