#include "harness/gradcheck/formula/search.h"

/* One step: searches along directions, each from the end of the one before. */
struct descent {
    const struct formula_search *s;
    struct formula_verdict *verdict;
    size_t step, next, end; /* the next evaluation; that of the next step */
    size_t allowed, used;   /* evaluations */
    size_t moves;           /* of the parameters in the last search, */
    long double travelled;  /* and the way they went, forth and back */
    struct search_ray ray;
    struct bounded first; /* the length to be tried first */
};

static struct bounded dot(const struct formula_search *s, size_t a, size_t b)
{
    struct bounded sum = known(0, BOUNDED_ACCUMULATOR);
    for (size_t i = 0; i < s->n; i++)
        sum = plus(sum, times(in_accumulator(search_gradient(s, a, i)),
                              in_accumulator(search_gradient(s, b, i))));
    return sum;
}

static void steepest(struct descent *d)
{
    for (size_t i = 0; i < d->s->n; i++)
        d->ray.direction[i] = negative(search_gradient(d->s, d->ray.origin, i));
    d->ray.slope = negative(dot(d->s, d->ray.origin, d->ray.origin));
}

/* Follow one search to its end: the evaluation of its good point, by Wolfe and Powell's
 * conditions with rho and sig; that of its origin where there was none within the
 * evaluations it may use, which ends the step. SEARCH_UNCLEAR: the last bits of a loss
 * decide how it goes on. */
static enum search_answer follow(struct descent *d, size_t *good)
{
    const struct formula_search *s = d->s;
    const long double rho = formula_option(&s->run, "rho"), sig = formula_option(&s->run, "sig");
    const size_t iterations = (size_t)formula_option(&s->run, "max_iter");
    const size_t rest = d->allowed - d->used - 1;
    const size_t most = 1 + (iterations < rest ? iterations : rest);
    formula_expect(d->verdict, d->next < d->end, "a search is begun while evaluations are left",
                   d->step);
    long double last = 0;
    for (size_t tried = 1; d->next < d->end; tried++) {
        const size_t e = d->next++;
        struct bounded length = search_length(&d->ray, e, tried);
        d->travelled = (tried == 1 ? 0 : d->travelled) + bounded_abs(length.value - last);
        length.error += 4 * d->travelled * s->run.unit;
        last = length.value;
        d->used++;
        d->moves = tried;
        if (tried == 1)
            search_expect(&d->ray, search_point(s, e), d->first, 1, d->step, d->verdict);
        search_expect(&d->ray, search_point(s, e), length, tried + 1, d->step, d->verdict);
        const enum search_answer answer = search_wolfe(&d->ray, e, length, rho, sig);
        *good = answer == SEARCH_NO ? d->ray.origin : e;
        if (answer != SEARCH_NO || tried == most)
            return answer;
        formula_expect(d->verdict, length.value > -length.error, "a search goes forward", d->step);
    }
    formula_expect(d->verdict, false, "a search goes on to a good point", d->step);
    return SEARCH_UNCLEAR;
}

/* beta = g.(g - g') / g'.g' (Polak, Ribiere); the direction -g where the new one rises. */
static void turn(struct descent *d, size_t now)
{
    const struct formula_search *s = d->s;
    const size_t before = d->ray.origin;
    const struct bounded old_slope = d->ray.slope;
    struct bounded length = search_length(&d->ray, now, d->moves + 1);
    length.error += 4 * d->travelled * s->run.unit;
    const struct bounded beta = in_unit(
        over(minus(dot(s, now, now), dot(s, now, before)), dot(s, before, before)), s->run.unit);
    for (size_t i = 0; i < s->n; i++)
        d->ray.direction[i] = minus(times(beta, d->ray.direction[i]), search_gradient(s, now, i));
    d->ray.origin = now;
    d->ray.slope = search_slope(&d->ray, now);
    if (d->ray.slope.value > 0)
        steepest(d);
    const struct bounded most = known(formula_option(&s->run, "ratio"), BOUNDED_ACCUMULATOR);
    d->first = times(length, smaller(over(old_slope, d->ray.slope), most));
}

static void follow_step(const struct formula_search *s, size_t step,
                        struct formula_verdict *verdict)
{
    const long double allowed = formula_option(&s->run, "max_eval"),
                      usual = formula_option(&s->run, "max_iter") * 5 / 4;
    struct descent d = {.s = s, .verdict = verdict, .step = step, .used = 1};
    d.end = s->first[step + 1];
    d.ray.search = s;
    d.ray.origin = s->first[step];
    d.next = d.ray.origin + 1;
    d.allowed = (size_t)(allowed > 0 ? allowed : usual);
    d.allowed += (allowed > 0 ? allowed : usual) > (long double)d.allowed;
    verdict->moved += d.allowed <= 1; /* then nothing is to move */
    steepest(&d);
    d.first =
        over(known(1, BOUNDED_ACCUMULATOR), minus(known(1, BOUNDED_ACCUMULATOR), d.ray.slope));
    size_t at = d.ray.origin;
    while (d.ray.slope.value < 0 && d.used < d.allowed) {
        size_t good = at;
        const enum search_answer answer = follow(&d, &good);
        if (answer == SEARCH_UNCLEAR) { /* so near the minimum that only its rounding is left */
            verdict->undecided += d.end - d.next + 1;
            verdict->checked += d.end - d.next + 1;
            return;
        }
        if (answer == SEARCH_NO)
            break;
        at = good;
        turn(&d, good);
    }
    formula_expect(verdict, d.next == d.end, "a step ends with its evaluations", step);
    formula_expect(verdict, search_is_at(s, s->after + step * s->n, at),
                   "a step ends at its last good point", step);
}

static void searched(const struct formula_search *s, struct formula_verdict *verdict)
{
    for (size_t step = 0; step < s->run.steps; step++)
        follow_step(s, step, verdict);
}

static const char *const variants[] = {"sig=0.0009765625;rho=0.0009765625", "max_iter=3",
                                       "max_eval=5", "ratio=1;ext=1.5;int=0.25", NULL};

const struct formula formula_cg = {
    .source = "E. Polak, G. Ribiere, 1969; J. Nocedal, S. J. Wright, 2006, equation 5.44; first "
              "lengths and the Wolfe-Powell conditions as C. E. Rasmussen, minimize.m, 2001, "
              "documents them",
    .variants = variants,
    .searched = searched,
};
