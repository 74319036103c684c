#include "harness/gradcheck/formula/formula.h"

static long double clamped(long double x, long double least, long double most)
{
    return x < least ? (least > most ? most : least) : x > most ? most : x;
}

static int sign_of(struct bounded x)
{
    return x.value > 0 ? 1 : x.value < 0 ? -1 : 0;
}

/* Gradients' signs say it all: step sizes are counted up and down from lr, within their
 * bounds, as iRprop- does. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, least = formula_option(run, "step_min"),
                      most = formula_option(run, "step_max");
    long double size = clamped(formula_lr(run, 1), least, most), roundings = 1;
    int before = 0, now = 0;
    for (size_t i = 0; i < t; i++) {
        now = sign_of(line->g[i]);
        const int agree = now * before;
        const long double scale = agree > 0   ? formula_option(run, "eta_plus")
                                  : agree < 0 ? formula_option(run, "eta_minus")
                                              : 1;
        size = clamped(size * scale, least, most);
        roundings += 2;
        now = agree < 0 ? 0 : now;
        before = now;
    }
    const struct bounded step = {(long double)now * size, now != 0 ? size * roundings * unit : 0,
                                 unit};
    return minus(formula_before(line, t), step);
}

static const char *const variants[] = {"step_min=0.0078125;step_max=0.015625",
                                       "step_min=2;step_max=1", NULL};

const struct formula formula_rprop = {
    .source = "C. Igel, M. Huesken, 2003, iRprop-, doi:10.1016/S0925-2312(01)00700-7, on M. "
              "Riedmiller, H. Braun, 1993, doi:10.1109/ICNN.1993.298623",
    .variants = variants,
    .after = after,
};
