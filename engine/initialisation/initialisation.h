/* An initialisation: one file in this folder each, found by its name.
 *
 * To add one: write engine/initialisation/<name>.c with a `const struct initialisation
 * LG_SYMBOL(initialisation_<name>)`; the build finds it. */
#ifndef LG_INITIALISATION_INITIALISATION_H
#define LG_INITIALISATION_INITIALISATION_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/mt19937.h"
#include "engine/base/real.h"
#include "engine/math/math.h"
#include "lossgrid/option.h"
#include "lossgrid/pcg.h"

/* Either generator, behind one draw. */
struct draws {
    bool torch7; /* mt, with Torch7's rules; else pcg */
    struct lg_pcg pcg;
    struct lg_mt19937 mt;
    accumulator spare; /* the second normal number of a pair */
    bool has_spare;
};

/* A layer's parameters: weight[i * stride + o] leads from input i to output o. */
struct drawn {
    size_t inputs, outputs, stride;
    real *weight, *bias;
};

struct initialisation {
    struct lg_info info;
    /* Set all parameters of one layer. Numbers are drawn in Torch7's order: the weight,
     * (outputs, inputs) row by row, and then the bias. */
    void (*draw)(const struct lg_options *options, struct draws *draws, const struct drawn *to);
};

/* Uniform on [low, high). */
static inline accumulator draw_uniform(struct draws *draws, accumulator low, accumulator high)
{
    if (draws->torch7)
        return lg_mt19937_uniform(&draws->mt, (double)low, (double)high);
    return low + (high - low) * lg_pcg_uniform(&draws->pcg);
}

/* Normal, mean 0, variance 1: G. E. P. Box, M. E. Muller, 1958,
 * doi:10.1214/aoms/1177706645, the cosine first as in torch7 THRandom_normal. */
static inline accumulator draw_normal(struct draws *draws)
{
    if (draws->has_spare) {
        draws->has_spare = false;
        return draws->spare;
    }
    const accumulator turn = draw_uniform(draws, 0, 1), rest = draw_uniform(draws, 0, 1);
    const accumulator radius = accumulator_sqrt(-2 * math_log(1 - rest));
    draws->spare = radius * math_cospi(2 * turn - 0.5);
    draws->has_spare = true;
    return radius * math_cospi(2 * turn);
}

/* Weight and bias uniform within +-weight and +-bias. A bound of 0 draws as well: what
 * comes after keeps its place in the stream. */
static inline void draw_all_uniform(struct draws *draws, const struct drawn *to, accumulator weight,
                                    accumulator bias)
{
    for (size_t o = 0; o < to->outputs; o++)
        for (size_t i = 0; i < to->inputs; i++)
            to->weight[i * to->stride + o] = (real)draw_uniform(draws, -weight, weight);
    for (size_t o = 0; o < to->outputs; o++)
        to->bias[o] = (real)draw_uniform(draws, -bias, bias);
}

/* Weights normal with this standard deviation, bias 0. */
static inline void draw_all_normal(struct draws *draws, const struct drawn *to,
                                   accumulator deviation)
{
    for (size_t o = 0; o < to->outputs; o++)
        for (size_t i = 0; i < to->inputs; i++)
            to->weight[i * to->stride + o] = (real)(deviation * draw_normal(draws));
    for (size_t o = 0; o < to->outputs; o++)
        to->bias[o] = 0;
}

#endif
