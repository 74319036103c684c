/* Parameters and state as other programs see them: doubles, digests, checkpoints. */
#include <string.h>

#include "engine/net/net.h"

/* A layer's values in Torch's order: weight (outputs, inputs), then bias. */
static real *weight_at(const struct layer *layer, real *matrix, size_t o, size_t i)
{
    return matrix + i * layer->stride + o;
}

size_t net_parameter_count(const struct lg_net *net)
{
    size_t count = 0;
    for (size_t l = 0; l < net->config.layer_count; l++)
        count += (net->layers[l].inputs + 1) * net->layers[l].outputs;
    return count;
}

void net_parameters(const struct lg_net *net, double *values)
{
    for (size_t l = 0; l < net->config.layer_count; l++) {
        const struct layer *layer = &net->layers[l];
        for (size_t o = 0; o < layer->outputs; o++)
            for (size_t i = 0; i < layer->inputs; i++)
                *values++ = (double)*weight_at(layer, layer->weight.w, o, i);
        for (size_t o = 0; o < layer->outputs; o++)
            *values++ = (double)layer->bias.w[o];
    }
}

/* A square of a weight: it is turned on its way, and squares stay in L1. */
enum { SQUARE = 16 };

static void set_square(struct layer *layer, const double *values, size_t first_o, size_t first_i)
{
    const size_t end_o = first_o + SQUARE < layer->outputs ? first_o + SQUARE : layer->outputs;
    const size_t end_i = first_i + SQUARE < layer->inputs ? first_i + SQUARE : layer->inputs;
    for (size_t i = first_i; i < end_i; i++)
        for (size_t o = first_o; o < end_o; o++)
            *weight_at(layer, layer->weight.w, o, i) = (real)values[o * layer->inputs + i];
}

void net_set_parameters(struct lg_net *net, const double *values)
{
    for (size_t l = 0; l < net->config.layer_count; l++) {
        struct layer *layer = &net->layers[l];
        for (size_t o = 0; o < layer->outputs; o += SQUARE)
            for (size_t i = 0; i < layer->inputs; i += SQUARE)
                set_square(layer, values, o, i);
        values += layer->inputs * layer->outputs;
        for (size_t o = 0; o < layer->outputs; o++)
            layer->bias.w[o] = (real)*values++;
    }
}

/* One NaN for all, and the same byte order everywhere. */
static void add_real(struct lg_digest *digest, real value)
{
#if LG_PRECISION == 32
    const uint32_t canonical_nan = 0x7fc00000u;
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
#else
    const uint64_t canonical_nan = 0x7ff8000000000000u;
    const double rounded = (double)value; /* of the reference copy; others hold it */
    uint64_t bits;
    memcpy(&bits, &rounded, sizeof bits);
#endif
    if (value != value)
        bits = canonical_nan;
    unsigned char bytes[sizeof bits];
    for (size_t i = 0; i < sizeof bits; i++)
        bytes[i] = (unsigned char)(bits >> (8 * i));
    lg_digest_add(digest, bytes, sizeof bytes);
}

static void add_layer(struct lg_digest *digest, const struct layer *layer, real *weight,
                      const real *bias)
{
    for (size_t o = 0; o < layer->outputs; o++)
        for (size_t i = 0; i < layer->inputs; i++)
            add_real(digest, *weight_at(layer, weight, o, i));
    for (size_t o = 0; o < layer->outputs; o++)
        add_real(digest, bias[o]);
}

void net_weights_digest(const struct lg_net *net, char hex[LG_DIGEST_HEX])
{
    struct lg_digest *digest = lg_digest_begin();
    for (size_t l = 0; l < net->config.layer_count; l++)
        add_layer(digest, &net->layers[l], net->layers[l].weight.w, net->layers[l].bias.w);
    lg_digest_end(digest, hex);
}

void net_state_digest(const struct lg_net *net, char hex[LG_DIGEST_HEX])
{
    struct lg_digest *digest = lg_digest_begin();
    for (size_t slot = 0; slot < net->slots; slot++)
        for (size_t l = 0; l < net->config.layer_count; l++)
            add_layer(digest, &net->layers[l], net->layers[l].weight.state[slot],
                      net->layers[l].bias.state[slot]);
    for (size_t l = 0; l < net->config.layer_count; l++) {
        const struct parameters *parts[] = {&net->layers[l].weight, &net->layers[l].bias};
        for (size_t part = 0; part < 2; part++)
            for (size_t i = 0; i < parts[part]->block_reals; i++)
                add_real(digest, parts[part]->block_state[i]);
    }
    for (size_t i = 0; i < net->problem_reals; i++)
        add_real(digest, net->problem_state[i]);
    unsigned char steps[8];
    for (size_t i = 0; i < sizeof steps; i++)
        steps[i] = (unsigned char)(net->steps >> (8 * i));
    lg_digest_add(digest, steps, sizeof steps);
    lg_digest_end(digest, hex);
}

bool net_state_is_finite(const struct lg_net *net)
{
    bool finite = row_is_finite(net->problem_state, net->problem_reals);
    for (size_t l = 0; l < net->config.layer_count; l++) {
        const struct layer *layer = &net->layers[l];
        const struct parameters *parts[] = {&layer->weight, &layer->bias};
        for (size_t part = 0; part < 2; part++) {
            finite &= row_is_finite(parts[part]->block_state, parts[part]->block_reals);
            for (size_t slot = 0; slot < net->slots; slot++)
                finite &=
                    row_is_finite(parts[part]->state[slot], parts[part]->rows * layer->stride);
        }
    }
    return finite;
}

/* The header of a checkpoint. */
struct checkpoint_head {
    uint64_t steps;
    uint64_t has_diverged;
    accumulator scalars[OPTIMIZER_SCALARS_MAX];
};

/* Every array that a checkpoint keeps, with its length, in a fixed order. */
static size_t checkpoint_arrays(const struct lg_net *net, real *arrays[], size_t counts[])
{
    size_t n = 0;
    for (size_t l = 0; l < net->config.layer_count; l++) {
        const struct layer *layer = &net->layers[l];
        const struct parameters *parts[] = {&layer->weight, &layer->bias};
        for (size_t part = 0; part < 2; part++) {
            for (size_t slot = 0; slot <= net->slots; slot++) {
                arrays[n] = slot ? parts[part]->state[slot - 1] : parts[part]->w;
                counts[n++] = parts[part]->rows * layer->stride;
            }
            arrays[n] = parts[part]->block_state;
            counts[n++] = parts[part]->block_reals;
        }
    }
    arrays[n] = net->problem_state;
    counts[n++] = net->problem_reals;
    return n;
}

enum { ARRAYS_MAX = LG_LAYERS_MAX * 2 * (2 + OPTIMIZER_SLOTS_MAX) + 1 };

size_t net_checkpoint_bytes(const struct lg_net *net)
{
    real *arrays[ARRAYS_MAX];
    size_t counts[ARRAYS_MAX], reals = 0;
    const size_t n = checkpoint_arrays(net, arrays, counts);
    for (size_t a = 0; a < n; a++)
        reals += counts[a];
    return sizeof(struct checkpoint_head) + reals * sizeof(real);
}

void net_save(const struct lg_net *net, void *bytes)
{
    struct checkpoint_head head = {.steps = net->steps, .has_diverged = net->has_diverged};
    memcpy(head.scalars, net->scalars, sizeof head.scalars);
    unsigned char *to = bytes;
    memcpy(to, &head, sizeof head);
    to += sizeof head;
    real *arrays[ARRAYS_MAX];
    size_t counts[ARRAYS_MAX];
    const size_t n = checkpoint_arrays(net, arrays, counts);
    for (size_t a = 0; a < n; a++) {
        if (counts[a] > 0)
            memcpy(to, arrays[a], counts[a] * sizeof(real));
        to += counts[a] * sizeof(real);
    }
}

void net_restore(struct lg_net *net, const void *bytes)
{
    struct checkpoint_head head;
    const unsigned char *from = bytes;
    memcpy(&head, from, sizeof head);
    from += sizeof head;
    net->steps = head.steps;
    net->has_diverged = head.has_diverged;
    memcpy(net->scalars, head.scalars, sizeof head.scalars);
    real *arrays[ARRAYS_MAX];
    size_t counts[ARRAYS_MAX];
    const size_t n = checkpoint_arrays(net, arrays, counts);
    for (size_t a = 0; a < n; a++) {
        if (counts[a] > 0)
            memcpy(arrays[a], from, counts[a] * sizeof(real));
        from += counts[a] * sizeof(real);
    }
    net_find_moved(net);
}
