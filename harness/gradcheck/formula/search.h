/* The evaluations of a batch method: every point at which it asked for the loss, in order.
 * Second formulas of batch methods check where the next point must lie and when a search
 * must end. The length of a step within a search depends on the last bit of the losses, so
 * it is not predicted; that the point lies on the ray is checked, and the conditions at its
 * end. */
#ifndef HARNESS_GRADCHECK_FORMULA_SEARCH_H
#define HARNESS_GRADCHECK_FORMULA_SEARCH_H

#include "harness/gradcheck/formula_verdict.h"

enum { SEARCH_SIZE_MAX = 8 };

struct formula_search {
    struct formula_run run;     /* info, options, unit, steps; no gradients of steps */
    size_t n;                   /* at most SEARCH_SIZE_MAX */
    size_t count;               /* evaluations */
    const double *w, *gradient; /* (count, n), as the engine's precision has them */
    const double *loss;         /* (count) */
    const size_t *first;        /* (steps + 1): the evaluation before each step; count */
    const double *after;        /* (steps, n): the parameters after each step */
};

/* A ray from the point of evaluation `origin` along a direction. */
struct search_ray {
    const struct formula_search *search;
    size_t origin;
    struct bounded direction[SEARCH_SIZE_MAX];
    struct bounded slope; /* at the origin */
};

static inline const double *search_point(const struct formula_search *s, size_t e)
{
    return s->w + e * s->n;
}

/* Entry i of the gradient at evaluation e. */
static inline struct bounded search_gradient(const struct formula_search *s, size_t e, size_t i)
{
    return known(s->gradient[e * s->n + i], s->run.unit);
}

/* gradient(e) . direction, summed in f64. */
static inline struct bounded search_slope(const struct search_ray *ray, size_t e)
{
    const struct formula_search *s = ray->search;
    struct bounded sum = known(0, BOUNDED_ACCUMULATOR);
    for (size_t i = 0; i < s->n; i++)
        sum = plus(sum, times(in_accumulator(search_gradient(s, e, i)),
                              in_accumulator(ray->direction[i])));
    return sum;
}

/* The distance of evaluation e along the ray, by its projection, with the error of `moves`
 * rounded additions to the parameters. */
static inline struct bounded search_length(const struct search_ray *ray, size_t e, size_t moves)
{
    const struct formula_search *s = ray->search;
    const double *from = search_point(s, ray->origin), *to = search_point(s, e);
    long double along = 0, size = 0, off = 0;
    for (size_t i = 0; i < s->n; i++) {
        const long double d = ray->direction[i].value;
        along += ((long double)to[i] - from[i]) * d;
        size += d * d;
        off += bounded_abs(d) *
               ((bounded_abs(to[i]) + bounded_abs(from[i])) * s->run.unit * (long double)moves +
                bounded_abs((long double)to[i] - from[i]) * 2 * s->run.unit);
    }
    return (struct bounded){along / size, off / size, s->run.unit};
}

/* Note whether parameters lie at `length` along the ray. at: (n). */
static inline void search_expect(const struct search_ray *ray, const double *at,
                                 struct bounded length, size_t moves, size_t step,
                                 struct formula_verdict *verdict)
{
    const struct formula_search *s = ray->search;
    const double *from = search_point(s, ray->origin);
    for (size_t i = 0; i < s->n; i++) {
        struct bounded w = plus(known(from[i], s->run.unit),
                                times(in_unit(length, s->run.unit), ray->direction[i]));
        w.error += (bounded_abs(from[i]) + bounded_abs(at[i])) * s->run.unit * (long double)moves;
        verdict->moved += at[i] != from[i];
        formula_note(verdict, at[i], w, step, i);
    }
}

/* The answer to a condition; unclear where the last bits of a loss decide. */
enum search_answer { SEARCH_NO, SEARCH_YES, SEARCH_UNCLEAR };

/* left <= right */
static inline enum search_answer search_at_most(struct bounded left, struct bounded right)
{
    const long double apart = bounded_abs(left.value - right.value);
    if (apart <= 2 * (left.error + right.error))
        return SEARCH_UNCLEAR;
    return left.value < right.value ? SEARCH_YES : SEARCH_NO;
}

/* Less loss at evaluation e, `length` along, by a share of what the slope promised; and a
 * slope flatter than a share of the first one. Losses are right to a rounding of theirs. */
static inline enum search_answer search_wolfe(const struct search_ray *ray, size_t e,
                                              struct bounded length, long double decrease,
                                              long double flatter)
{
    const double *loss = ray->search->loss;
    const struct bounded promised = times(times(in_accumulator(length), in_accumulator(ray->slope)),
                                          known(decrease, BOUNDED_ACCUMULATOR));
    const struct bounded start = coefficient(loss[ray->origin], 1, BOUNDED_ACCUMULATOR);
    const enum search_answer falls =
        search_at_most(coefficient(loss[e], 1, BOUNDED_ACCUMULATOR), plus(start, promised));
    const enum search_answer flat =
        search_at_most(magnitude(search_slope(ray, e)),
                       times(known(flatter, BOUNDED_ACCUMULATOR), magnitude(ray->slope)));
    if (falls == SEARCH_NO || flat == SEARCH_NO)
        return SEARCH_NO;
    return falls == SEARCH_YES && flat == SEARCH_YES ? SEARCH_YES : SEARCH_UNCLEAR;
}

/* True if two points are the same in every entry. */
static inline bool search_is_at(const struct formula_search *s, const double *w, size_t e)
{
    bool same = true;
    for (size_t i = 0; i < s->n; i++)
        same = same && w[i] == search_point(s, e)[i];
    return same;
}

#endif
