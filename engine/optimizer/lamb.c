#include "engine/optimizer/powers.h"
#include "engine/optimizer/sums.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, ADAPT_BIAS };
enum { POWER1, POWER2 }; /* scalars: beta1^step, beta2^step */
enum { KEEP1, GAIN1, UNBIAS1, KEEP2, GAIN2, UNBIAS2 };

/* Both moments. */
static size_t block_reals(const struct lg_options *options, size_t rows, size_t columns,
                          bool is_bias)
{
    (void)options, (void)is_bias;
    return 2 * rows * columns;
}

/* The direction, whose norm must be known before the first parameter moves. */
static size_t block_scratch_reals(const struct lg_options *options, size_t rows, size_t columns,
                                  bool is_bias)
{
    (void)options, (void)is_bias;
    return rows * columns;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    const accumulator left1 = left_of_one(o[BETA1], step, &scalars[POWER1]);
    const accumulator left2 = left_of_one(o[BETA2], step, &scalars[POWER2]);
    now->c[KEEP1] = (real)o[BETA1];
    now->c[GAIN1] = (real)(1 - (accumulator)o[BETA1]);
    now->c[UNBIAS1] = (real)(1 / left1);
    now->c[KEEP2] = (real)o[BETA2];
    now->c[GAIN2] = (real)(1 - (accumulator)o[BETA2]);
    now->c[UNBIAS2] = (real)(1 / accumulator_sqrt(left2));
}

/* One row of moments and of the direction. */
static inline void direct(const struct optimizer_step *now, size_t n, real small, real decay,
                          const real *restrict w, const real *restrict g, real *restrict mean,
                          real *restrict square, real *restrict direction)
{
    const real keep1 = now->c[KEEP1], gain1 = now->c[GAIN1], unbias1 = now->c[UNBIAS1],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], unbias2 = now->c[UNBIAS2];
    for (size_t i = 0; i < n; i++) {
        mean[i] = keep1 * mean[i] + gain1 * g[i];
        square[i] = keep2 * square[i] + gain2 * (g[i] * g[i]);
        direction[i] = unbias1 * mean[i] / (real_sqrt(square[i]) * unbias2 + small) + decay * w[i];
    }
}

static void update_block(const struct lg_options *options, const struct optimizer_step *now,
                         const struct block *block)
{
    const double *o = options->value;
    const size_t rows = block->rows, columns = block->columns, size = rows * columns;
    const bool adapts = !block->is_bias || o[ADAPT_BIAS] != 0;
    const real decay = adapts ? (real)o[WEIGHT_DECAY] : 0;
    for (size_t row = 0; row < rows; row++)
        direct(now, columns, eps_beside_root(o[EPS]), decay, block->w + row * block->stride,
               block->gradient + row * block->stride, block->state + row * columns,
               block->state + size + row * columns, block->scratch + row * columns);
    accumulator ratio = 1; /* also where a norm is 0: a weight of 0 could not move otherwise */
    if (adapts) {
        const accumulator weight = sums_norm(rows, columns, block->w, block->stride);
        const accumulator direction = sums_norm(rows, columns, block->scratch, columns);
        if (weight > 0 && direction > 0)
            ratio = weight / direction;
    }
    const real rate = (real)(o[LR] * ratio);
    for (size_t row = 0; row < rows; row++) {
        real *restrict w = block->w + row * block->stride;
        const real *restrict direction = block->scratch + row * columns;
        for (size_t i = 0; i < columns; i++)
            w[i] -= rate * direction[i];
    }
}

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the mean of squared gradients"),
    [EPS] = OPTION_EPS(1e-6, "added to the root of the unbiased square"),
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .default_value = 0.01,
                      .maximum = 1e30,
                      .meaning = "weight_decay * w is added to the direction; not of a bias "
                                 "unless adapt_bias"},
    [ADAPT_BIAS] = {.name = "adapt_bias",
                    .kind = LG_OPTION_FLAG,
                    .maximum = 1,
                    .meaning = "trust ratio and weight decay for biases too; without it a bias "
                               "makes an Adam step"},
};

const struct optimizer LG_SYMBOL(optimizer_lamb) = {
    .info =
        {
            .name = "lamb",
            .summary = "Adam's direction, as long per layer as the weight's norm says",
            .formula = "m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; u = m / (1 - "
                       "beta1^t) / (sqrt(v / (1 - beta2^t)) + eps) + weight_decay w; w -= lr |w| / "
                       "|u| u (lr u where |w| or |u| is 0)",
            .source = "Y. You et al., 2019, algorithm 2 with phi(z) = z, arXiv:1904.00962",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .begin = begin,
    .block_reals = block_reals,
    .block_scratch_reals = block_scratch_reals,
    .update_block = update_block,
};
