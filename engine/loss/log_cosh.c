#include "engine/loss/entries.h"
#include "engine/loss/loss.h"
#include "engine/math/math.h"

/* log(cosh(e)). Below 1 by m = exp(|e|) - 1, as cosh(e) - 1 = m^2 / (2 (1 + m)): the
 * other form would cancel. */
static accumulator term(const struct entry *at)
{
    const accumulator log_2 = (accumulator)0x1.62e42fefa39ef35793c7673007e6p-1L,
                      e = accumulator_abs(at->y - at->t);
    if (e < 1) {
        const accumulator m = math_expm1(e);
        return math_log1p(m * m / (2 * (1 + m)));
    }
    return e + math_log1p(math_exp(-2 * e)) - log_2;
}

static accumulator derivative(const struct entry *at)
{
    return math_tanh(at->y - at->t);
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {LOSS_REDUCTION_OPTION};

const struct loss LG_SYMBOL(loss_log_cosh) = {
    .info =
        {
            .name = "log_cosh",
            .summary = "logarithm of the error's hyperbolic cosine",
            .formula = "log(cosh(y - t))",
            .source = "R. A. Saleh, A. K. Md. E. Saleh, Statistical properties of the log-cosh "
                      "loss function used in machine learning, 2022, arXiv:2208.04564",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_VALUES},
    .measure = {.unit = "1", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
