/* An activation: one file in this folder each, found by its name.
 *
 * To add one: write engine/activation/<name>.c with a `const struct activation
 * LG_SYMBOL(activation_<name>)`; the build finds it. */
#ifndef LG_ACTIVATION_ACTIVATION_H
#define LG_ACTIVATION_ACTIVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/real.h"
#include "lossgrid/option.h"
#include "lossgrid/target.h"

struct activation {
    struct lg_info info;
    /* True when an output of exactly 0 has derivative 0, so that backward() gives
     * +0 there whatever the incoming gradient: the layer before need not compute
     * it. */
    bool dead_at_zero;
    /* An output depends on all inputs of its sample (softmax), not on its own alone. */
    bool by_row;
    /* The range of every output, inclusive; both 0: anywhere. */
    double minimum, maximum;
    /* The constraint on the outputs of one sample. */
    enum lg_rows rows;
    /* h = f(z) for one sample; z, h: (n), may be the same. */
    void (*forward)(const struct lg_options *options, size_t n, const real *z, real *h);
    /* dz = the transposed Jacobian of f at z times dh: f'(z) * dh where f is elementwise;
     * dz may be dh. */
    void (*backward)(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz);
};

#endif
