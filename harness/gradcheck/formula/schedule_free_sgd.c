#include "harness/gradcheck/formula/schedule_free.h"

static long double rate(const struct formula_run *run, size_t t)
{
    return formula_lr(run, t) * warm_up(run, t);
}

/* z_1 ... z_t, into the first work space. */
static void points(const struct formula_line *line, size_t t)
{
    struct bounded *z = line->work[0];
    formula_penalised(line, t, formula_option(line->run, "weight_decay"), z);
    for (size_t i = 1; i <= t; i++)
        z[i - 1] = times(coefficient(rate(line->run, i), 2, line->run->unit), z[i - 1]);
    walk(line, t, z, z);
}

static struct bounded evaluated(const struct formula_line *line, size_t t)
{
    return weighted_mean(line, line->work[0], t, rate);
}

static struct bounded after(const struct formula_line *line, size_t t)
{
    points(line, t);
    const struct bounded x = evaluated(line, t);
    const long double share = formula_option(line->run, "momentum");
    return between(line->work[0][t - 1], x, share, line->run->unit);
}

static const char *const variants[] = {"warmup_steps=6;r=2", "weight_lr_power=0;warmup_steps=4",
                                       "momentum=1", NULL};

const struct formula formula_schedule_free_sgd = {
    .source = "A. Defazio et al., 2024, equations 3 to 5, arXiv:2405.15682; weights and warm-up "
              "as the authors' schedulefree package documents them",
    .variants = variants,
    .after = after,
    .evaluated = evaluated,
};
