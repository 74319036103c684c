#include "engine/math/math.h"
#include "engine/optimizer/optimizer.h"
#include "engine/optimizer/sums.h"

enum {
    LR,
    BETA2_DECAY,
    EPS1,
    EPS2,
    D,
    WEIGHT_DECAY,
    RELATIVE_STEP,
    SCALE_PARAMETER,
    FORM,
};
enum { FORM_PYTORCH, FORM_PAPER };
static const char *const forms[] = {"pytorch", "paper", NULL};
enum { RATE, GAIN, SHRINK, SMALL };

/* Means of squares: one per row and one per column of a weight, one per entry of a
 * bias. */
static size_t block_reals(const struct lg_options *options, size_t rows, size_t columns,
                          bool is_bias)
{
    (void)options;
    return is_bias ? rows * columns : rows + columns;
}

/* The step before it is clipped. */
static size_t block_scratch_reals(const struct lg_options *options, size_t rows, size_t columns,
                                  bool is_bias)
{
    (void)options, (void)is_bias;
    return rows * columns;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    const accumulator relative = 1 / accumulator_sqrt((accumulator)step);
    now->c[RATE] = (real)(o[RELATIVE_STEP] != 0 && relative < o[LR] ? relative : o[LR]);
    now->c[GAIN] = (real)math_exp(o[BETA2_DECAY] * math_log((accumulator)step)); /* step^decay */
    now->c[SHRINK] = (real)(1 - (accumulator)o[LR] * o[WEIGHT_DECAY]);
    if (o[FORM] == FORM_PAPER)
        now->c[SMALL] = o[EPS1] > 0 ? (real)o[EPS1] : (real)1e-30;
    else
        now->c[SMALL] = o[EPS1] > 0 ? eps_beside_root(o[EPS1]) : REAL_EPSILON;
}

/* A mean of squares, moved towards `to`. The first is `to`, the gain being 1. */
static inline real moved(real mean, accumulator to, real gain)
{
    return (real)((1 - (accumulator)gain) * (accumulator)mean + (accumulator)gain * to);
}

/* The mean of squares of each row. added: to every square. */
static void mean_rows(const struct block *block, real gain, accumulator added, real *means)
{
    for (size_t row = 0; row < block->rows; row++) {
        const accumulator sum =
            sums_of_squares(1, block->columns, block->gradient + row * block->stride, 0);
        means[row] = moved(means[row], sum / (accumulator)block->columns + added, gain);
    }
}

/* The mean of squares of each column, added up from the first row on. */
static void mean_columns(const struct block *block, real gain, accumulator added, real *means)
{
    enum { TOGETHER = 64 };
    for (size_t first = 0; first < block->columns; first += TOGETHER) {
        const size_t n = block->columns - first < TOGETHER ? block->columns - first : TOGETHER;
        accumulator sum[TOGETHER] = {0};
        for (size_t row = 0; row < block->rows; row++) {
            const real *g = block->gradient + row * block->stride + first;
            for (size_t i = 0; i < n; i++)
                sum[i] += (accumulator)g[i] * (accumulator)g[i];
        }
        for (size_t i = 0; i < n; i++)
            means[first + i] =
                moved(means[first + i], sum[i] / (accumulator)block->rows + added, gain);
    }
}

/* g / sqrt(variance). PyTorch keeps the root from being less than small; the paper has
 * added small to the squares before. */
static inline real scaled(real g, accumulator variance, accumulator small, bool is_paper)
{
    const accumulator root = accumulator_sqrt(variance);
    return (real)((accumulator)g / (!is_paper && root < small ? small : root));
}

/* a b / c, where the product may be beyond the numbers. */
static inline accumulator part_of(accumulator a, accumulator b, accumulator c)
{
    const accumulator product = a * b;
    return sums_is_safe(product) || a == 0 || b == 0 ? product / c : a / c * b;
}

/* The variance of an entry is row mean * column mean / mean of the column means, one
 * of which belongs to each output: PyTorch's row. */
static void direct_weight(const struct optimizer_step *now, const struct block *block,
                          bool is_paper)
{
    const size_t columns = block->columns;
    const accumulator small = (accumulator)now->c[SMALL], added = is_paper ? small : 0;
    real *row_mean = block->state, *column_mean = block->state + block->rows;
    mean_rows(block, now->c[GAIN], added, row_mean);
    mean_columns(block, now->c[GAIN], added, column_mean);
    struct lanes lanes = {0};
    lanes_add(&lanes, column_mean, columns);
    accumulator mean = lanes_total(&lanes) / (accumulator)columns;
    if (!is_paper && mean < small)
        mean = small;
    for (size_t row = 0; row < block->rows; row++) {
        const real *g = block->gradient + row * block->stride;
        const accumulator factor = (accumulator)row_mean[row];
        real *direction = block->scratch + row * columns;
        for (size_t i = 0; i < columns; i++)
            direction[i] =
                scaled(g[i], part_of(factor, (accumulator)column_mean[i], mean), small, is_paper);
    }
}

static void direct_bias(const struct optimizer_step *now, const struct block *block, bool is_paper)
{
    const accumulator small = (accumulator)now->c[SMALL], added = is_paper ? small : 0;
    for (size_t i = 0; i < block->columns; i++) {
        const accumulator g = (accumulator)block->gradient[i];
        block->state[i] = moved(block->state[i], g * g + added, now->c[GAIN]);
        block->scratch[i] =
            scaled(block->gradient[i], (accumulator)block->state[i], small, is_paper);
    }
}

static void update_block(const struct lg_options *options, const struct optimizer_step *now,
                         const struct block *block)
{
    const double *o = options->value;
    const size_t rows = block->rows, columns = block->columns;
    const accumulator root_size = accumulator_sqrt((accumulator)rows * (accumulator)columns);
    const accumulator w_rms = sums_norm(rows, columns, block->w, block->stride) / root_size;
    accumulator rate = (accumulator)now->c[RATE];
    if (o[SCALE_PARAMETER] != 0)
        rate *= w_rms < o[EPS2] ? o[EPS2] : w_rms;
    (block->is_bias ? direct_bias : direct_weight)(now, block, o[FORM] == FORM_PAPER);
    const accumulator excess =
        sums_norm(rows, columns, block->scratch, columns) / (root_size * o[D]);
    const real step = (real)(excess > 1 ? rate / excess : rate);
    /* transformers' decay follows the relative step of each parameter, PyTorch's lr. */
    const real shrink = o[FORM] == FORM_PAPER ? (real)(1 - rate * o[WEIGHT_DECAY]) : now->c[SHRINK];
    for (size_t row = 0; row < rows; row++) {
        real *restrict w = block->w + row * block->stride;
        const real *restrict direction = block->scratch + row * columns;
        for (size_t i = 0; i < columns; i++)
            w[i] = shrink * w[i] - step * direction[i];
    }
}

static const struct lg_option options_table[] = {
    [LR] = {.name = "lr",
            .kind = LG_OPTION_REAL,
            .default_value = 0.01,
            .maximum = 1e30,
            .meaning = "largest relative step; and the factor of weight_decay"},
    [BETA2_DECAY] = {.name = "beta2_decay",
                     .kind = LG_OPTION_REAL,
                     .default_value = -0.8,
                     .minimum = -1e3,
                     .is_double = true,
                     .meaning = "the means of squares move by the share t^beta2_decay at step t"},
    [EPS1] = {.name = "eps1",
              .kind = LG_OPTION_REAL,
              .maximum = 1e15,
              .meaning = "form pytorch: least root of a variance, no less than 2^-63 in "
                         "f32 and 2^-511 in f64; paper: added to squared "
                         "gradients; 0: the precision's epsilon (pytorch), 1e-30 (paper)"},
    [EPS2] = {.name = "eps2",
              .kind = LG_OPTION_REAL,
              .is_double = true,
              .default_value = 1e-3,
              .maximum = 1e30,
              .meaning = "least root mean square of w that a step is relative to"},
    [D] = {.name = "d",
           .kind = LG_OPTION_REAL,
           .is_double = true,
           .default_value = 1,
           .minimum = 1,
           .maximum = 1e30,
           .meaning = "largest root mean square of a step before its rate"},
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .maximum = 1e30,
                      .meaning = "decoupled: w is first multiplied by 1 - lr * weight_decay "
                                 "(form pytorch), by 1 - rate * weight_decay with the rate of "
                                 "the step, scaled and relative (form paper)"},
    [RELATIVE_STEP] = {.name = "relative_step",
                       .kind = LG_OPTION_FLAG,
                       .default_value = 1,
                       .maximum = 1,
                       .meaning = "the rate is min(lr, 1 / sqrt(t)); otherwise lr"},
    [SCALE_PARAMETER] = {.name = "scale_parameter",
                         .kind = LG_OPTION_FLAG,
                         .default_value = 1,
                         .maximum = 1,
                         .meaning = "the rate is multiplied by the root mean square of w"},
    [FORM] = {.name = "form",
              .kind = LG_OPTION_CHOICE,
              .maximum = FORM_PAPER,
              .choices = forms,
              .meaning = "where eps1 goes: as in torch.optim.Adafactor, or as in the paper; decay, "
                         "which the paper has not, then is that of Hugging Face transformers"},
};

const struct optimizer LG_SYMBOL(optimizer_adafactor) = {
    .info =
        {
            .name = "adafactor",
            .summary = "Adam without its mean, squares kept per row and column only",
            .formula =
                "R, C = means of g^2 per row and column, moved by t^beta2_decay; V = R C / "
                "mean(R) (a bias: V = mean of g^2); u = g / sqrt(V); w -= min(lr, 1 / "
                "sqrt(t)) max(eps2, rms(w)) u / max(1, rms(u) / d); form pytorch: V is at least "
                "eps1^2 and mean(R) at least eps1; paper: R, C, V of g^2 + eps1",
            .source = "N. Shazeer, M. Stern, 2018, algorithms 4 and 5, arXiv:1804.04235; options "
                      "and eps1 as torch.optim.Adafactor",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .begin = begin,
    .block_reals = block_reals,
    .block_scratch_reals = block_scratch_reals,
    .update_block = update_block,
};
