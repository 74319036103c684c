#include <string.h>

#include "harness/gradcheck/formula/search.h"

enum { PAIRS_MAX = 128, N = SEARCH_SIZE_MAX, PERTURBED = 8 };

/* How often the largest change that roundings make in PERTURBED tries a direction may be
 * off: the bound is measured, a running one would grow without limit over many pairs. */
static const long double MEASURED = 64;

/* Strong Wolfe's constants, as torch.optim.LBFGS documents them. */
static const long double DECREASE = 1e-4L, CURVATURE = 0.9L;
enum { SEARCH_EVALUATIONS = 25 };

struct pair {
    long double s[N], y[N], s_off[N]; /* s_off: what rounding the parameters leaves of s */
};

struct method {
    const struct formula_search *s;
    struct formula_verdict *verdict;
    struct pair pairs[PAIRS_MAX];
    size_t held, step;
    bool has_begun, is_lost; /* is_lost: the rest is unknown */
    uint64_t random;
};

/* Between -1 and 1; only to disturb. */
static long double disturbance(struct method *m)
{
    m->random = m->random * 6364136223846793005u + 1442695040888963407u;
    return (long double)(m->random >> 11) * 0x1p-52L - 1;
}

static long double dot(size_t n, const long double *x, const long double *y)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

/* H = (I - rho s y^T) H (I - rho y s^T) + rho s s^T, the whole matrix: Nocedal, Wright,
 * equation 6.17. */
static void update(size_t n, const long double *s, const long double *y, long double h[N][N])
{
    const long double rho = 1 / dot(n, s, y);
    long double hy[N];
    for (size_t i = 0; i < n; i++)
        hy[i] = dot(n, h[i], y);
    const long double yhy = dot(n, y, hy);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            h[i][j] += rho * ((1 + rho * yhy) * s[i] * s[j] - hy[i] * s[j] - s[i] * hy[j]);
}

/* -H g, every pair and g moved by `size` roundings. */
static void find(struct method *m, size_t e, long double size, long double direction[N])
{
    const size_t n = m->s->n;
    const long double unit = m->s->run.unit * size;
    long double h[N][N] = {{0}}, s[N], y[N];
    for (size_t i = 0; i < n; i++)
        h[i][i] = 1;
    for (size_t p = 0; p < m->held; p++) {
        for (size_t i = 0; i < n; i++) {
            s[i] = m->pairs[p].s[i] + size * m->pairs[p].s_off[i] * disturbance(m);
            y[i] = m->pairs[p].y[i] * (1 + unit * disturbance(m));
        }
        if (p == 0) { /* the scale is of the newest pair */
            const struct pair *last = &m->pairs[m->held - 1];
            const long double scale = dot(n, last->s, last->y) / dot(n, last->y, last->y);
            for (size_t i = 0; i < n; i++)
                h[i][i] = scale * (1 + unit * disturbance(m));
        }
        update(n, s, y, h);
    }
    for (size_t i = 0; i < n; i++) {
        direction[i] = 0;
        for (size_t j = 0; j < n; j++)
            direction[i] -=
                h[i][j] * (1 + unit * disturbance(m)) * search_gradient(m->s, e, j).value;
    }
}

static void direct(struct method *m, struct search_ray *ray)
{
    long double right[N] = {0}, moved[N] = {0}, most[N] = {0};
    find(m, ray->origin, 0, right);
    for (int k = 0; k < PERTURBED; k++) {
        find(m, ray->origin, 1, moved);
        for (size_t i = 0; i < m->s->n; i++)
            if (bounded_abs(moved[i] - right[i]) > most[i])
                most[i] = bounded_abs(moved[i] - right[i]);
    }
    for (size_t i = 0; i < m->s->n; i++)
        ray->direction[i] =
            bounded_rounded(right[i], m->held > 0 ? MEASURED * most[i] : 0, m->s->run.unit);
    ray->slope = search_slope(ray, ray->origin);
}

/* The move that ended at evaluation e, if the gradient's change curves upwards. */
static void remember(struct method *m, const struct search_ray *ray, size_t e)
{
    const size_t n = m->s->n, history = (size_t)formula_option(&m->s->run, "history_size");
    const size_t room = history < PAIRS_MAX ? history : PAIRS_MAX;
    struct pair pair;
    for (size_t i = 0; i < n; i++) {
        const double *from = search_point(m->s, ray->origin), *to = search_point(m->s, e);
        pair.s[i] = (long double)to[i] - from[i];
        pair.s_off[i] = m->s->run.unit * (2 * bounded_abs(to[i]) + bounded_abs(pair.s[i]));
        pair.y[i] = search_gradient(m->s, e, i).value - search_gradient(m->s, ray->origin, i).value;
    }
    if (!(dot(n, pair.s, pair.y) > 1e-10L))
        return;
    if (m->held == room) {
        memmove(m->pairs, m->pairs + 1, (room - 1) * sizeof *m->pairs);
        m->held--;
    }
    m->pairs[m->held++] = pair;
}

/* The first length that a move has or tries. */
static struct bounded first_length(const struct method *m, size_t e)
{
    const long double lr = formula_lr(&m->s->run, m->step + 1);
    long double sum = 0;
    for (size_t i = 0; i < m->s->n; i++)
        sum += bounded_abs(search_gradient(m->s, e, i).value);
    const bool is_short = !m->has_begun && sum > 1;
    const long double length = is_short ? lr / sum : lr;
    return bounded_rounded(length, 16 * length * BOUNDED_ACCUMULATOR, BOUNDED_ACCUMULATOR);
}

static long double largest(const struct method *m, size_t e)
{
    long double most = 0;
    for (size_t i = 0; i < m->s->n; i++)
        most = bounded_abs(search_gradient(m->s, e, i).value) > most
                   ? bounded_abs(search_gradient(m->s, e, i).value)
                   : most;
    return most;
}

/* Follow a search for a point that satisfies the strong Wolfe conditions and is no higher
 * than any before it that decreased enough: its evaluation. SEARCH_NO where evaluations end
 * before; SEARCH_UNCLEAR where the last bits of a loss decide. */
static enum search_answer follow(struct method *m, const struct search_ray *ray, size_t end,
                                 size_t *good)
{
    const struct formula_search *s = m->s;
    double best = s->loss[ray->origin];
    for (size_t e = ray->origin + 1, tried = 1; e < end; tried++, e++) {
        const struct bounded length = search_length(ray, e, 2);
        if (tried == 1)
            search_expect(ray, search_point(s, e), first_length(m, ray->origin), 1, m->step,
                          m->verdict);
        search_expect(ray, search_point(s, e), length, 2, m->step, m->verdict);
        formula_expect(m->verdict, length.value > -length.error, "a search goes forward", m->step);
        const enum search_answer answer = search_wolfe(ray, e, length, DECREASE, CURVATURE);
        const bool is_lower = s->loss[e] < best;
        *good = e;
        if (answer == SEARCH_UNCLEAR || (answer == SEARCH_YES && is_lower))
            return answer;
        if (is_lower && search_wolfe(ray, e, length, DECREASE, (long double)INFINITY) == SEARCH_YES)
            best = s->loss[e];
        formula_expect(m->verdict, tried <= SEARCH_EVALUATIONS,
                       "a search ends when its evaluations are used up", m->step);
    }
    return SEARCH_NO;
}

/* True if a step goes on from evaluation `now`. */
static bool goes_on(const struct method *m, const struct search_ray *ray, size_t now)
{
    const struct formula_run *run = &m->s->run;
    const long double iterations = formula_option(run, "max_iter"),
                      evaluations = formula_option(run, "max_eval"),
                      change = formula_option(run, "tolerance_change");
    const long long default_evaluations = (long long)iterations * 5 / 4; /* a whole number */
    const long double allowed = evaluations > 0 ? evaluations : (long double)default_evaluations;
    long double moved = 0;
    for (size_t i = 0; i < m->s->n; i++) {
        const long double own = search_point(m->s, now)[i] - search_point(m->s, ray->origin)[i];
        moved = bounded_abs(own) > moved ? bounded_abs(own) : moved;
    }
    const long double less = (long double)m->s->loss[now] - m->s->loss[ray->origin];
    return (long double)(now - m->s->first[m->step] + 1) < allowed &&
           largest(m, now) > formula_option(run, "tolerance_grad") && moved > change &&
           bounded_abs(less) >= change;
}

/* One move of a step. Returns false where the rest is unknown. */
static bool follow_move(struct method *m, struct search_ray *ray, size_t end, size_t *at)
{
    const struct formula_search *s = m->s;
    enum search_answer answer = SEARCH_YES;
    if (formula_chose(&s->run, "line_search_fn", "strong_wolfe")) {
        answer = follow(m, ray, end, at);
        formula_expect(m->verdict, answer != SEARCH_NO,
                       "a search ends at a point by the strong Wolfe conditions", m->step);
    } else {
        formula_expect(m->verdict, ++*at < end, "a step goes on to the next iteration", m->step);
        if (*at < end)
            search_expect(ray, search_point(s, *at), first_length(m, ray->origin), 1, m->step,
                          m->verdict);
    }
    m->is_lost = answer == SEARCH_UNCLEAR;
    if (m->is_lost) { /* so near the minimum that only its rounding is left */
        m->verdict->undecided += s->count - *at;
        m->verdict->checked += s->count - *at;
    }
    return answer == SEARCH_YES && *at < end;
}

/* One step. Returns whether it ended with a move that the next step's first evaluation is
 * the end of. */
static bool follow_step(struct method *m, struct search_ray *ray)
{
    const struct formula_search *s = m->s;
    const size_t end = s->first[m->step + 1];
    const double *after = s->after + m->step * s->n;
    const size_t iterations = (size_t)formula_option(&s->run, "max_iter");
    const bool searches = formula_chose(&s->run, "line_search_fn", "strong_wolfe");
    size_t at = s->first[m->step];
    bool ends = largest(m, at) <= formula_option(&s->run, "tolerance_grad");
    for (size_t iteration = 1; iteration <= iterations && !ends; iteration++) {
        ray->origin = at;
        direct(m, ray);
        if (ray->slope.value > -formula_option(&s->run, "tolerance_change"))
            break;
        if (!searches && iteration == iterations) { /* a move that is not looked at */
            search_expect(ray, after, first_length(m, at), 1, m->step, m->verdict);
            m->has_begun = true;
            return true;
        }
        if (!follow_move(m, ray, end, &at))
            return false;
        m->has_begun = true;
        remember(m, ray, at);
        ends = !goes_on(m, ray, at);
    }
    formula_expect(m->verdict, at + 1 == end, "a step ends when it should", m->step);
    formula_expect(m->verdict, search_is_at(s, after, at), "a step ends at its last point",
                   m->step);
    return false;
}

static void searched(const struct formula_search *s, struct formula_verdict *verdict)
{
    struct method m = {.s = s, .verdict = verdict, .random = 1};
    struct search_ray ray = {.search = s};
    for (m.step = 0; m.step < s->run.steps && verdict->broken == NULL && !m.is_lost; m.step++) {
        const bool is_open = follow_step(&m, &ray);
        if (is_open && m.step + 1 < s->run.steps)
            remember(&m, &ray, s->first[m.step + 1]);
    }
}

static const char *const variants[] = {
    "line_search_fn=strong_wolfe;history_size=2;max_iter=6", "history_size=3;max_iter=4",
    "line_search_fn=strong_wolfe;lr=0.0625;max_iter=8", "max_iter=1;history_size=2", NULL};

const struct formula formula_lbfgs = {
    .source = "J. Nocedal, S. J. Wright, Numerical Optimization, 2nd edition, 2006, equations "
              "6.17, 7.20 and 3.7; the rest as torch.optim.LBFGS documents it",
    .variants = variants,
    .searched = searched,
};
