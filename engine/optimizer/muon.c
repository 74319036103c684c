#include "engine/kernel/gemm.h"
#include "engine/optimizer/powers.h"
#include "engine/optimizer/sums.h"

enum {
    LR,
    MOMENTUM,
    NESTEROV,
    NS_STEPS,
    WEIGHT_DECAY,
    EPS,
    ADAM_LR,
    ADAM_BETA1,
    ADAM_BETA2,
    ADAM_EPS,
    ADAM_WEIGHT_DECAY,
};
enum { POWER1, POWER2 }; /* scalars: adam_beta1^step, adam_beta2^step */
enum { UNBIAS1, UNBIAS2 };
enum { ALIGNMENT = 64 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* A weight's momentum; a bias's moments. */
static size_t block_reals(const struct lg_options *options, size_t rows, size_t columns,
                          bool is_bias)
{
    (void)options;
    return (is_bias ? 2 : 1) * rows * columns;
}

/* The products' own work space, which is aligned, comes first; then the matrix twice
 * and its Gram matrix three times. */
static size_t block_scratch_reals(const struct lg_options *options, size_t rows, size_t columns,
                                  bool is_bias)
{
    (void)options;
    const size_t side = smaller(rows, columns), longer = rows + columns - side;
    return is_bias ? 0
                   : ALIGNMENT / sizeof(real) + gemm_scratch_reals(longer) + 2 * rows * columns +
                         3 * side * side;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    const accumulator left1 = left_of_one(o[ADAM_BETA1], step, &scalars[POWER1]);
    const accumulator left2 = left_of_one(o[ADAM_BETA2], step, &scalars[POWER2]);
    now->c[UNBIAS1] = (real)(1 / left1);
    now->c[UNBIAS2] = (real)(1 / accumulator_sqrt(left2));
}

/* Where the parts of scratch begin. */
struct space {
    real *products, *x, *next, *gram, *square, *polynomial;
};

static struct space space_of(const struct block *block)
{
    const size_t size = block->rows * block->columns;
    const size_t side = smaller(block->rows, block->columns);
    const size_t longer = block->rows + block->columns - side;
    const uintptr_t past = (uintptr_t)block->scratch % ALIGNMENT;
    struct space space;
    space.products = block->scratch + (past ? ALIGNMENT - past : 0) / sizeof(real);
    space.x = space.products + gemm_scratch_reals(longer);
    space.next = space.x + size;
    space.gram = space.next + size;
    space.square = space.gram + side * side;
    space.polynomial = space.square + side * side;
    return space;
}

/* The momentum, then the direction into x. */
static void push(const double *o, const struct block *block, real *restrict x)
{
    const real keep = (real)o[MOMENTUM], gain = (real)(1 - (accumulator)o[MOMENTUM]);
    const bool look_ahead = o[NESTEROV] != 0;
    for (size_t row = 0; row < block->rows; row++) {
        const real *restrict g = block->gradient + row * block->stride;
        real *restrict mean = block->state + row * block->columns;
        for (size_t i = 0; i < block->columns; i++) {
            mean[i] = keep * mean[i] + gain * g[i];
            x[row * block->columns + i] = look_ahead ? gain * g[i] + keep * mean[i] : mean[i];
        }
    }
}

/* One step of the quintic iteration, x = a x + (b S + c S^2) x with S = x x^T, on the
 * side of x that is the smaller: for a tall x, S = x^T x, and it stands to the right. */
static void newton_schulz(const struct block *block, struct space space)
{
    static const accumulator a = 3.4445, b = -4.7750, c = 2.0315;
    const size_t rows = block->rows, columns = block->columns;
    const bool is_tall = rows > columns;
    const size_t side = smaller(rows, columns), longer = rows + columns - side;
    const struct gemm_operand x = {space.x, columns, 1, NULL, NULL};
    const struct gemm_operand transposed = {space.x, 1, columns, NULL, NULL};
    const struct gemm_operand gram = {space.gram, side, 1, NULL, NULL};
    const struct gemm_operand polynomial = {space.polynomial, side, 1, NULL, NULL};
    gemm(space.gram, side, NULL, side, side, longer, is_tall ? transposed : x,
         is_tall ? x : transposed, space.products);
    gemm(space.square, side, NULL, side, side, side, gram, gram, space.products);
    for (size_t i = 0; i < side * side; i++)
        space.polynomial[i] = (real)b * space.gram[i] + (real)c * space.square[i];
    gemm(space.next, columns, NULL, rows, columns, side, is_tall ? x : polynomial,
         is_tall ? polynomial : x, space.products);
    for (size_t i = 0; i < rows * columns; i++)
        space.x[i] = (real)a * space.x[i] + space.next[i];
}

static void update_weight(const double *o, const struct block *block)
{
    const size_t rows = block->rows, columns = block->columns;
    const struct space space = space_of(block);
    push(o, block, space.x);
    accumulator length = sums_norm(rows, columns, space.x, columns) + o[EPS];
    if (length > ACCUMULATOR_MAX) { /* eps is negligible */
        for (size_t i = 0; i < rows * columns; i++)
            space.x[i] = (real)((accumulator)space.x[i] * SUMS_DOWN);
        length = sums_norm(rows, columns, space.x, columns);
    }
    for (size_t i = 0; i < rows * columns; i++)
        space.x[i] = (real)((accumulator)space.x[i] / length);
    for (int step = 0; step < (int)o[NS_STEPS]; step++)
        newton_schulz(block, space);
    const accumulator shape = columns > rows ? (accumulator)columns / (accumulator)rows : 1;
    const real rate = (real)(o[LR] * accumulator_sqrt(shape));
    const real shrink = (real)(1 - (accumulator)o[LR] * o[WEIGHT_DECAY]);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) {
            real *w = block->w + row * block->stride + i;
            *w = shrink * *w - rate * space.x[row * columns + i];
        }
}

/* AdamW. */
static void update_bias(const double *o, const struct optimizer_step *now,
                        const struct block *block)
{
    const real keep1 = (real)o[ADAM_BETA1], gain1 = (real)(1 - (accumulator)o[ADAM_BETA1]),
               keep2 = (real)o[ADAM_BETA2], gain2 = (real)(1 - (accumulator)o[ADAM_BETA2]),
               rate = (real)o[ADAM_LR] * now->c[UNBIAS1], unbias2 = now->c[UNBIAS2],
               small = eps_beside_root(o[ADAM_EPS]),
               shrink = (real)(1 - (accumulator)o[ADAM_LR] * o[ADAM_WEIGHT_DECAY]);
    const real *restrict g = block->gradient;
    real *restrict w = block->w, *restrict mean = block->state,
                   *restrict square = block->state + block->columns;
    for (size_t i = 0; i < block->columns; i++) {
        mean[i] = keep1 * mean[i] + gain1 * g[i];
        square[i] = keep2 * square[i] + gain2 * (g[i] * g[i]);
        w[i] = shrink * w[i] - rate * mean[i] / (real_sqrt(square[i]) * unbias2 + small);
    }
}

static void update_block(const struct lg_options *options, const struct optimizer_step *now,
                         const struct block *block)
{
    if (block->is_bias)
        update_bias(options->value, now, block);
    else
        update_weight(options->value, block);
}

static const struct lg_option options_table[] = {
    [LR] = {.name = "lr",
            .kind = LG_OPTION_REAL,
            .default_value = 0.02,
            .maximum = 1e30,
            .meaning = "learning rate of weights; biases have adam_lr"},
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .default_value = 0.95,
                  .maximum = 1,
                  .meaning = "share of the mean of gradients that is kept"},
    [NESTEROV] = {.name = "nesterov",
                  .kind = LG_OPTION_FLAG,
                  .default_value = 1,
                  .maximum = 1,
                  .meaning = "look ahead along the mean"},
    [NS_STEPS] = {.name = "ns_steps",
                  .kind = LG_OPTION_INTEGER,
                  .default_value = 5,
                  .maximum = 100,
                  .meaning = "Newton-Schulz iterations"},
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .maximum = 1e30,
                      .meaning = "decoupled: a weight is first multiplied by 1 - lr * "
                                 "weight_decay (torch.optim.Muon's default is 0.1)"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-7,
             .maximum = 1e30,
             .above_minimum = 1,
             .is_double = true,
             .meaning = "added to the norm that the mean is divided by"},
    [ADAM_LR] = {.name = "adam_lr",
                 .kind = LG_OPTION_REAL,
                 .default_value = 3e-4,
                 .maximum = 1e30,
                 .meaning = "learning rate of biases, which make AdamW steps"},
    [ADAM_BETA1] = {.name = "adam_beta1",
                    .kind = LG_OPTION_REAL,
                    .default_value = 0.9,
                    .maximum = 0.9999999999999999,
                    .meaning = "biases: decay of the mean of gradients"},
    [ADAM_BETA2] = {.name = "adam_beta2",
                    .kind = LG_OPTION_REAL,
                    .default_value = 0.95,
                    .maximum = 0.9999999999999999,
                    .meaning = "biases: decay of the mean of squared gradients"},
    [ADAM_EPS] = {.name = "adam_eps",
                  .kind = LG_OPTION_REAL,
                  .default_value = 1e-10,
                  .maximum = 1e30,
                  .beside_root = true,
                  .meaning = "biases: added to the root of the unbiased square; 0 means the "
                             "least, 2^-63 in f32 and 2^-511 in f64"},
    [ADAM_WEIGHT_DECAY] = {.name = "adam_weight_decay",
                           .kind = LG_OPTION_REAL,
                           .maximum = 1e30,
                           .meaning = "biases: decoupled decay"},
};

const struct optimizer LG_SYMBOL(optimizer_muon) = {
    .info =
        {
            .name = "muon",
            .summary = "momentum made nearly orthogonal by Newton-Schulz; AdamW for biases",
            .formula = "m = momentum m + (1 - momentum) g; x = (nesterov: (1 - momentum) g + "
                       "momentum m, else m) / (norm + eps); ns_steps times: S = x x^T, x = 3.4445 "
                       "x + (-4.7750 S + 2.0315 S^2) x; w -= lr sqrt(max(1, outputs / inputs)) x",
            .source = "K. Jordan et al., 2024, Muon: an optimizer for hidden layers in neural "
                      "networks, https://kellerjordan.github.io/posts/muon/",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .begin = begin,
    .block_reals = block_reals,
    .block_scratch_reals = block_scratch_reals,
    .update_block = update_block,
};
