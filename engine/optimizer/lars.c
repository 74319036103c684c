#include "engine/optimizer/optimizer.h"
#include "engine/optimizer/sums.h"

enum { LR, MOMENTUM, WEIGHT_DECAY, TRUST_COEFFICIENT, EPS, ADAPT_BIAS };

static size_t block_reals(const struct lg_options *options, size_t rows, size_t columns,
                          bool is_bias)
{
    (void)options, (void)is_bias;
    return rows * columns;
}

/* A smaller norm counts as 0: its inverse is beyond the numbers. */
#define LEAST_NORM (1 / ACCUMULATOR_MAX)

/* The trust ratio. A norm of 0 says nothing about the scale of a step, so the ratio is
 * 1 then; by the formula a weight that starts at 0 would stay there for ever. */
static accumulator trust_ratio(const double *o, const struct block *block)
{
    const size_t rows = block->rows, columns = block->columns, stride = block->stride;
    accumulator weight = sums_norm(rows, columns, block->w, stride), eps = o[EPS];
    accumulator gradient = sums_norm(rows, columns, block->gradient, stride);
    if (!(weight > 0 && gradient >= LEAST_NORM))
        return 1;
    if (gradient > (accumulator)REAL_MAX) { /* no number; their ratio may be one */
        weight = sums_norm_times(SUMS_DOWN, rows, columns, block->w, stride);
        gradient = sums_norm_times(SUMS_DOWN, rows, columns, block->gradient, stride);
        eps *= SUMS_DOWN;
    }
    return o[TRUST_COEFFICIENT] * weight / (gradient + o[WEIGHT_DECAY] * weight + eps);
}

static void update_block(const struct lg_options *options, const struct optimizer_step *now,
                         const struct block *block)
{
    (void)now;
    const double *o = options->value;
    const bool adapts = !block->is_bias || o[ADAPT_BIAS] != 0;
    const accumulator exact_rate = o[LR] * (adapts ? trust_ratio(o, block) : 1);
    const real rate = (real)exact_rate;
    /* A rate can be too small or too large for `real`, and its product with g not. */
    const bool is_far = exact_rate > 0 && !(rate >= REAL_LEAST && rate <= REAL_MAX);
    const real decay = adapts ? (real)o[WEIGHT_DECAY] : 0, keep = (real)o[MOMENTUM];
    for (size_t row = 0; row < block->rows; row++) {
        real *restrict w = block->w + row * block->stride;
        real *restrict velocity = block->state + row * block->columns;
        const real *restrict g = block->gradient + row * block->stride;
        for (size_t i = 0; i < block->columns; i++) {
            const real d = g[i] + decay * w[i];
            velocity[i] =
                keep * velocity[i] + (is_far ? (real)(exact_rate * (accumulator)d) : rate * d);
            w[i] -= velocity[i];
        }
    }
}

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(0.1),
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .default_value = 0.9,
                  .maximum = 1,
                  .meaning = "share of the velocity that is kept"},
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .maximum = 1e30,
                      .meaning = "L2 penalty, in the gradient and in the trust ratio; not of a "
                                 "bias unless adapt_bias"},
    [TRUST_COEFFICIENT] = {.name = "trust_coefficient",
                           .kind = LG_OPTION_REAL,
                           .default_value = 1e-3,
                           .maximum = 1e30,
                           .is_double = true,
                           .meaning = "length of a step relative to the norm of the weight"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-8,
             .maximum = 1e30,
             .is_double = true,
             .meaning = "added to the denominator of the trust ratio; the paper has 0"},
    [ADAPT_BIAS] = {.name = "adapt_bias",
                    .kind = LG_OPTION_FLAG,
                    .maximum = 1,
                    .meaning = "trust ratio and weight decay for biases too; without it a bias "
                               "makes a plain momentum step"},
};

const struct optimizer LG_SYMBOL(optimizer_lars) = {
    .info =
        {
            .name = "lars",
            .summary = "momentum, with a rate per layer from the norms of weight and gradient",
            .formula = "r = trust_coefficient |w| / (|g| + weight_decay |w| + eps), 1 where |w| or "
                       "|g| is 0; v = momentum v + lr r (g + weight_decay w); w -= v",
            .source = "Y. You, I. Gitman, B. Ginsburg, 2017, algorithm 1, arXiv:1708.03888",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .block_reals = block_reals,
    .update_block = update_block,
};
