/* The derivative of a function of one number at 0, by differences of its values alone, with
 * error bars: it does not depend on the gradient that is checked.
 *
 * An error bar is truncation, estimated from the differences of extrapolations of
 * neighbouring steps (C. J. F. Ridders, Accurate computation of F'(x) and F'(x)F''(x),
 * Advances in Engineering Software 4 (2), 1982, DOI 10.1016/S0141-1195(82)80057-0), plus
 * rounding: the noise of a value, itself measured (J. J. Moré, S. M. Wild, Estimating
 * computational noise, SIAM Journal on Scientific Computing 33 (3), 2011, DOI
 * 10.1137/100786125), divided by the step. */
#ifndef HARNESS_GRADCHECK_DERIVATIVE_H
#define HARNESS_GRADCHECK_DERIVATIVE_H

#include <stdbool.h>
#include <stddef.h>

enum { DERIVATIVE_STEPS_MAX = 32 };

struct line {
    long double (*value)(void *context, double t);
    void *context;
};

/* An estimate: the derivative is within `error` of `value`; error is infinite where it is
 * unknown. */
struct estimate {
    long double value, error;
};

struct derivative {
    size_t steps;
    double h[DERIVATIVE_STEPS_MAX];                   /* descending powers of two */
    struct estimate central[DERIVATIVE_STEPS_MAX];    /* by step */
    struct estimate richardson[DERIVATIVE_STEPS_MAX]; /* the best that uses no smaller step */
    struct estimate best;                             /* of all */
    struct estimate left, right;                      /* one-sided, extrapolated */
    long double at_zero;                              /* the function's value */
};

/* The rounding noise of a value near 0; at least unit times the value. A function without
 * kinks nearby is also measured in wider steps: where rounding makes stairs, short steps
 * show no noise. */
long double derivative_noise(const struct line *line, long double unit, bool is_smooth);

/* Steps h_max, h_max / 2, ...: `steps` of them, at least 3. h_max: a power of two. */
void derivative_measure(const struct line *line, double h_max, size_t steps, long double noise,
                        struct derivative *result);

/* True if the function has a kink at 0: its one-sided derivatives differ by more than
 * their error bars. */
bool derivative_has_kink(const struct derivative *derivative);

#endif
