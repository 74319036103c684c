#include "engine/optimizer/optimizer.h"

enum { LR, MOMENTUM, DAMPENING, NESTEROV, WEIGHT_DECAY, LR_DECAY };
enum { RATE, KEEP, GAIN, LOOK_AHEAD, DECAY };

static size_t slots(const struct lg_options *options)
{
    return options->value[MOMENTUM] != 0;
}

/* w - rate * 0 = w in every bit; a velocity and weight decay move w all the same. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    if (options->value[WEIGHT_DECAY] != 0)
        return ZERO_MOVES;
    return options->value[MOMENTUM] == 0 ? ZERO_IS_NOTHING : ZERO_AT_REST;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    now->c[RATE] = (real)decayed_rate(o[LR], o[LR_DECAY], step);
    now->c[KEEP] = (real)o[MOMENTUM];
    /* The first velocity is the whole gradient, as in Torch7 and PyTorch. */
    now->c[GAIN] = (real)(step == 1 ? 1 : 1 - (accumulator)o[DAMPENING]);
    now->c[LOOK_AHEAD] = (real)o[NESTEROV];
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void plain(const struct optimizer_step *now, size_t n, real *restrict w,
                         struct gradient gradient)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE];
    for (size_t i = 0; i < n; i++)
        w[i] -= rate * gradient_at(factor, direction, i);
}

static inline void with_momentum(const struct optimizer_step *now, size_t n, real *restrict w,
                                 struct gradient gradient, real *restrict velocity)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep = now->c[KEEP], gain = now->c[GAIN], decay = now->c[DECAY];
    const int look_ahead = now->c[LOOK_AHEAD] != 0;
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        const real v = keep * velocity[i] + gain * d;
        velocity[i] = v;
        w[i] -= rate * (look_ahead ? d + keep * v : v);
    }
}

static inline void with_decay(const struct optimizer_step *now, size_t n, real *restrict w,
                              struct gradient gradient)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], decay = now->c[DECAY];
    for (size_t i = 0; i < n; i++)
        w[i] -= rate * (gradient_at(factor, direction, i) + decay * w[i]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    if (now->c[KEEP] != 0)
        with_momentum(now, n, w, gradient, state[0]);
    else if (now->c[DECAY] != 0)
        with_decay(now, n, w, gradient);
    else
        plain(now, n, w, gradient);
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .maximum = 1,
                  .meaning = "share of the velocity that is kept"},
    [DAMPENING] = {.name = "dampening",
                   .kind = LG_OPTION_REAL,
                   .maximum = 1,
                   .meaning = "share of the gradient kept out of the velocity, from step 2 on"},
    [NESTEROV] = {.name = "nesterov",
                  .kind = LG_OPTION_FLAG,
                  .maximum = 1,
                  .meaning = "look ahead along the velocity"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [LR_DECAY] = OPTION_LR_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_sgd) = {
    .info =
        {
            .name = "sgd",
            .summary = "stochastic gradient descent, with momentum and Nesterov's form",
            .formula =
                "v = momentum v + (1 - dampening) g, v = g in step 1; w -= lr v (nesterov: g "
                "+ momentum v)",
            .source = "H. Robbins, S. Monro, 1951, doi:10.1214/aoms/1177729586; momentum: B. T. "
                      "Polyak, 1964, doi:10.1016/0041-5553(64)90137-5; I. Sutskever et al., ICML "
                      "2013, equations 3 and 4",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
