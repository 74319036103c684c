/* Initial weights: how wide they are drawn, and from which generator.
 *
 * Every network draws in Torch7's order: layers first to last, each its weight
 * (outputs, inputs) row by row and then its bias. */
#include <assert.h>
#include <string.h>

#include "engine/base/mt19937.h"
#include "engine/base/pcg.h"
#include "engine/net/net.h"

/* Half-widths of the uniform distributions of a layer's weight and bias. */
struct bounds {
    double weight, bias;
};

struct initialisation {
    struct lg_info info;
    struct bounds (*bounds)(double inputs, double outputs);
};

static struct bounds torch7_uniform(double inputs, double outputs)
{
    (void)outputs;
    const double bound = 1 / __builtin_sqrt(inputs);
    return (struct bounds){bound, bound};
}

static struct bounds xavier_uniform(double inputs, double outputs)
{
    return (struct bounds){__builtin_sqrt(6 / (inputs + outputs)), 0};
}

static struct bounds he_uniform(double inputs, double outputs)
{
    (void)outputs;
    return (struct bounds){__builtin_sqrt(6 / inputs), 0};
}

static struct bounds zeros(double inputs, double outputs)
{
    (void)inputs;
    (void)outputs;
    return (struct bounds){0, 0};
}

static const struct initialisation initialisations[] = {
    {{.name = "he_uniform",
      .summary = "weights uniform, bias 0; for rectified units",
      .formula = "w ~ U(-a, a), a = sqrt(6 / inputs)",
      .source = "K. He et al., 2015, section 2.2, arXiv:1502.01852"},
     he_uniform},
    {{.name = "torch7_uniform",
      .summary = "weights and bias uniform, as Torch7's and PyTorch's linear layers",
      .formula = "w, b ~ U(-a, a), a = 1 / sqrt(inputs)",
      .source = "Y. LeCun et al., Efficient BackProp, 1998, section 4.6; torch/nn Linear:reset"},
     torch7_uniform},
    {{.name = "xavier_uniform",
      .summary = "weights uniform, bias 0; keeps variance forward and backward",
      .formula = "w ~ U(-a, a), a = sqrt(6 / (inputs + outputs))",
      .source = "X. Glorot, Y. Bengio, AISTATS 2010, equation 16"},
     xavier_uniform},
    {{.name = "zeros",
      .summary = "everything 0, for tests and linear models",
      .formula = "w = b = 0",
      .source = "none"},
     zeros},
};

_Static_assert(sizeof initialisations / sizeof *initialisations == INITIALISATIONS,
               "net.h counts the rows of this table");

const struct lg_info *initialisation_info(size_t index)
{
    assert(index < INITIALISATIONS);
    return &initialisations[index].info;
}

/* Either generator, behind one draw. */
struct source {
    enum lg_rng rng;
    struct lg_pcg pcg;
    struct lg_mt19937 mt;
};

static double uniform(struct source *source, double low, double high)
{
    if (source->rng == LG_RNG_TORCH7)
        return lg_mt19937_uniform(&source->mt, low, high);
    return low + (high - low) * lg_pcg_uniform(&source->pcg);
}

static void draw_layer(struct layer *layer, struct source *source, struct bounds bounds)
{
    for (size_t o = 0; o < layer->outputs; o++)
        for (size_t i = 0; i < layer->inputs; i++)
            layer->weight.w[i * layer->stride + o] =
                (real)uniform(source, -bounds.weight, bounds.weight);
    for (size_t o = 0; o < layer->outputs; o++)
        layer->bias.w[o] = (real)uniform(source, -bounds.bias, bounds.bias);
}

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
        for (size_t o = 0; o < layer->outputs; o++)
            if (memcmp(&layer->weight.state[slot][row * layer->stride + o], &start, sizeof start))
                return true;
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
    struct source source = {.rng = how->rng};
    if (how->rng == LG_RNG_TORCH7)
        lg_mt19937_seed(&source.mt, (uint32_t)how->seed);
    else
        source.pcg = lg_pcg_stream(how->seed, LG_PURPOSE_INITIALISE, how->draw);
    /* One MT19937 stream serves all networks of a Torch7 script: draw the earlier
     * ones too. PCG has a stream for each. */
    const uint64_t draws = how->rng == LG_RNG_TORCH7 ? how->draw : 1;
    for (uint64_t draw = 0; draw < draws; draw++)
        for (size_t l = 0; l < net->config.layer_count; l++) {
            struct layer *layer = &net->layers[l];
            draw_layer(
                layer, &source,
                initialisations[how->method].bounds((double)layer->inputs, (double)layer->outputs));
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
