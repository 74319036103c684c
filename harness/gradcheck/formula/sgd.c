#include "harness/gradcheck/formula/formula.h"

/* v_t = sum over i of momentum^(t - i) (1 - dampening, 1 of the first) d_i, unrolled from
 * Sutskever et al., 2013, equation 3, in the form of torch.optim.SGD and Torch7: the rate
 * stands outside of the velocity. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, momentum = formula_option(run, "momentum");
    const long double rate =
        formula_lr(run, t) / (1 + (long double)(t - 1) * formula_option(run, "lr_decay"));
    struct bounded *d = line->work[0], *kicks = line->work[1];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    struct bounded direction = d[t - 1];
    if (momentum != 0) {
        const long double gain = 1 - formula_option(run, "dampening");
        for (size_t i = 0; i < t; i++)
            kicks[i] = i == 0 ? d[i] : times(coefficient(gain, 1, unit), d[i]);
        const struct bounded velocity = formula_decayed(kicks, t, momentum, 1, known(0, unit));
        direction = velocity;
        if (formula_option(run, "nesterov") != 0)
            direction = plus(d[t - 1], times(coefficient(momentum, 0, unit), velocity));
    }
    return minus(formula_before(line, t), times(coefficient(rate, 4, unit), direction));
}

static const char *const variants[] = {
    "momentum=0.9;dampening=0.5;nesterov=true",
    "momentum=0.9;weight_decay=0.125;lr_decay=0.01",
    "momentum=1;dampening=0.75",
    NULL,
};

const struct formula formula_sgd = {
    .source = "I. Sutskever et al., ICML 2013, equations 3 and 4, unrolled; the first velocity "
              "is undampened as in torch.optim.SGD's documentation",
    .variants = variants,
    .after = after,
};
