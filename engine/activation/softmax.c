#include "engine/activation/activation.h"
#include "engine/activation/exponentials.h"

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    struct exponentials e;
    exponentials_begin(&e, n, z);
    const accumulator sum = 1 + e.rest;
    for (size_t first = 0; first < n; first += EXPONENTIALS_BLOCK) {
        const size_t count = exponentials_at(&e, first);
        for (size_t i = 0; i < count; i++)
            h[first + i] = (real)(e.block[i] / sum);
    }
}

/* h_i sum_j h_j (dh_i - dh_j). All dh from that of the largest output on: where its h is
 * almost 1, the others' sum is small to the last digit. */
static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)h;
    struct exponentials e;
    struct lanes lanes = {{0}};
    exponentials_begin(&e, n, z);
    const accumulator sum = 1 + e.rest, origin = (accumulator)dh[e.top];
    for (size_t first = 0; first < n; first += EXPONENTIALS_BLOCK) {
        const size_t count = exponentials_at(&e, first);
        for (size_t i = 0; i < count; i++)
            lanes.sum[i % VIRTUAL_LANES] += e.block[i] * ((accumulator)dh[first + i] - origin);
    }
    const accumulator mean = lanes_total(&lanes) / sum;
    for (size_t first = 0; first < n; first += EXPONENTIALS_BLOCK) {
        const size_t count = exponentials_at(&e, first);
        for (size_t i = 0; i < count; i++)
            dz[first + i] =
                (real)(e.block[i] / sum * (((accumulator)dh[first + i] - origin) - mean));
    }
}

const struct activation LG_SYMBOL(activation_softmax) = {
    .info =
        {
            .name = "softmax",
            .summary = "probabilities from scores, over all outputs of a sample",
            .formula = "exp(z_i) / sum_j exp(z_j)",
            .source = "J. S. Bridle, 1990, doi:10.1007/978-3-642-76153-9_28",
        },
    .by_row = true,
    .rows = LG_ROWS_PROBABILITIES,
    .minimum = 0,
    .maximum = 1,
    .forward = forward,
    .backward = backward,
};
