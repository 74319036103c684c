#include "engine/optimizer/batch_method.h"
#include "engine/optimizer/sums.h"

enum {
    LR,
    MAX_ITER,
    MAX_EVAL,
    TOLERANCE_GRAD,
    TOLERANCE_CHANGE,
    HISTORY_SIZE,
    LINE_SEARCH_FN,
};
enum { SEARCH_NONE, SEARCH_STRONG_WOLFE };
static const char *const searches[] = {"none", "strong_wolfe", NULL};

/* scalars; ITERATIONS: since the memory was last empty. A step leaves w where it was at a
 * minimum, without a lower point along its line, or because a loss or gradient was not
 * finite. */
enum { STAYED = BATCH_METHOD_STAYED, ITERATIONS, LENGTH, SCALE, HELD, OLDEST };

/* The line search's constants, as PyTorch has them. */
static const accumulator decrease = 1e-4, curvature = 0.9;
enum { SEARCH_EVALUATIONS_MAX = 25 };

/* One point of a line search: w + t direction. */
struct point {
    accumulator t, loss, slope;
    real *gradient; /* a copy; NULL: problem->gradient itself */
};

/* A step in progress. */
struct lbfgs {
    const double *o;
    accumulator *scalars;
    struct problem *problem;
    size_t n, evaluations;
    /* State vectors: the pairs y and s, 1 / (y . s) of each, the weights of the two-loop
     * recursion; direction; w and gradient at the start of an iteration; two gradients. */
    real *y, *s, *inverse, *weight, *direction, *start, *start_gradient, *held[2];
};

enum { VECTORS = 5 };

static size_t problem_reals(const struct lg_options *options, size_t n)
{
    return (size_t)options->value[HISTORY_SIZE] * (2 * n + 2) + VECTORS * n;
}

static struct lbfgs lbfgs_of(const struct lg_options *options, accumulator *scalars,
                             struct problem *problem)
{
    const size_t n = problem->n, history = (size_t)options->value[HISTORY_SIZE];
    struct lbfgs m = {.o = options->value, .scalars = scalars, .problem = problem, .n = n};
    m.evaluations = 1; /* the one before the step */
    m.direction = problem->state;
    m.start = m.direction + n;
    m.start_gradient = m.start + n;
    m.held[0] = m.start_gradient + n;
    m.held[1] = m.held[0] + n;
    m.y = m.held[1] + n;
    m.s = m.y + history * n;
    m.inverse = m.s + history * n;
    m.weight = m.inverse + history;
    return m;
}

static accumulator largest(size_t n, const real *x)
{
    real most = 0;
    for (size_t i = 0; i < n; i++)
        most = real_abs(x[i]) > most ? real_abs(x[i]) : most;
    return (accumulator)most;
}

/* Loss and gradient at start + t direction. Returns whether they are finite. */
static bool evaluate_at(struct lbfgs *m, accumulator t)
{
    for (size_t i = 0; i < m->n; i++)
        m->problem->w[i] = m->start[i] + (real)t * m->direction[i];
    m->problem->evaluate(m->problem);
    m->evaluations++;
    return batch_method_is_finite(m->problem);
}

/* Slot number `age` of the ring of pairs; 0 is the oldest. */
static size_t slot_of(const struct lbfgs *m, size_t age)
{
    return ((size_t)m->scalars[OLDEST] + age) % (size_t)m->o[HISTORY_SIZE];
}

/* Keep the last move and the change of gradient along it, if it curves upwards. */
static void remember(struct lbfgs *m)
{
    const size_t n = m->n, history = (size_t)m->o[HISTORY_SIZE];
    const bool is_full = (size_t)m->scalars[HELD] == history;
    const real *gradient = m->problem->gradient;
    /* In work space first: a full ring's oldest pair must outlive a pair that is no use. */
    real *y = m->held[0], *s = m->held[1];
    for (size_t i = 0; i < n; i++) {
        y[i] = gradient[i] - m->start_gradient[i];
        s[i] = (real)m->scalars[LENGTH] * m->direction[i];
    }
    const accumulator ys = sums_dot(n, y, s);
    if (!(ys > 1e-10) || !((real)(1 / ys) >= REAL_LEAST)) /* as PyTorch; f32 holds no inverse */
        return;
    if (is_full)
        m->scalars[OLDEST] = (accumulator)slot_of(m, 1);
    else
        m->scalars[HELD] += 1;
    const size_t slot = slot_of(m, (size_t)m->scalars[HELD] - 1);
    batch_method_copy(n, m->y + slot * n, y);
    batch_method_copy(n, m->s + slot * n, s);
    m->inverse[slot] = (real)(1 / ys);
    m->scalars[SCALE] = ys / sums_dot(n, y, y);
}

/* y += factor x */
static void add(size_t n, real *restrict y, accumulator factor, const real *restrict x)
{
    for (size_t i = 0; i < n; i++)
        y[i] += (real)factor * x[i];
}

/* The two-loop recursion: direction = -(inverse Hessian) gradient. */
static void direct(struct lbfgs *m)
{
    const size_t n = m->n, held = (size_t)m->scalars[HELD];
    real *d = m->direction;
    for (size_t i = 0; i < n; i++)
        d[i] = -m->problem->gradient[i];
    for (size_t age = held; age-- > 0;) {
        const size_t slot = slot_of(m, age);
        m->weight[slot] = (real)(sums_dot(n, m->s + slot * n, d) * (accumulator)m->inverse[slot]);
        add(n, d, -(accumulator)m->weight[slot], m->y + slot * n);
    }
    for (size_t i = 0; i < n; i++)
        d[i] *= (real)m->scalars[SCALE];
    for (size_t age = 0; age < held; age++) {
        const size_t slot = slot_of(m, age);
        const accumulator back = sums_dot(n, m->y + slot * n, d) * (accumulator)m->inverse[slot];
        add(n, d, (accumulator)m->weight[slot] - back, m->s + slot * n);
    }
}

/* The minimum between low and high of the cubic through two points with their slopes;
 * the middle where the cubic has none. Nocedal and Wright, 2006, equation 3.59. */
static accumulator cubic(const struct point *a, const struct point *b, accumulator low,
                         accumulator high)
{
    const accumulator d1 = a->slope + b->slope - 3 * (a->loss - b->loss) / (a->t - b->t);
    const accumulator square = d1 * d1 - a->slope * b->slope;
    if (!(square >= 0))
        return (low + high) / 2;
    if (a->t > b->t) {
        const struct point *swap = a;
        a = b;
        b = swap;
    }
    const accumulator d2 = accumulator_sqrt(square);
    accumulator t = b->t - (b->t - a->t) * ((b->slope + d2 - d1) / (b->slope - a->slope + 2 * d2));
    t = low > t ? low : t;
    return high < t ? high : t;
}

static accumulator of_smaller(accumulator a, accumulator b)
{
    return b < a ? b : a;
}

static accumulator of_larger(accumulator a, accumulator b)
{
    return b > a ? b : a;
}

/* A search for a point that satisfies the strong Wolfe conditions. */
struct search {
    struct lbfgs *m;
    accumulator loss, slope; /* at t = 0 */
    accumulator change;      /* the largest entry of the direction */
    int evaluations;         /* beyond the first */
    bool is_done;
    struct point end[2];
};

static struct point point_here(const struct lbfgs *m, accumulator t)
{
    return (struct point){t, m->problem->loss, sums_dot(m->n, m->problem->gradient, m->direction),
                          NULL};
}

static bool is_too_high(const struct search *search, const struct point *point)
{
    return point->loss > search->loss + decrease * point->t * search->slope;
}

static bool is_flat(const struct search *search, const struct point *point)
{
    return accumulator_abs(point->slope) <= -curvature * search->slope;
}

static void hold(struct search *search, int end, struct point point)
{
    struct lbfgs *m = search->m;
    search->end[end] = point;
    search->end[end].gradient = m->held[end];
    batch_method_copy(m->n, m->held[end], m->problem->gradient);
}

/* Lengthen t until two ends have a good point between them, or until it is one. Returns
 * false when a value was not finite. */
static bool bracket(struct search *search, accumulator t)
{
    struct lbfgs *m = search->m;
    /* The last point is end 0 all the time. */
    search->end[0] = (struct point){0, search->loss, search->slope, m->held[0]};
    batch_method_copy(m->n, m->held[0], m->start_gradient);
    if (!evaluate_at(m, t))
        return false;
    struct point now = point_here(m, t);
    while (search->evaluations < SEARCH_EVALUATIONS_MAX) {
        struct point *last = &search->end[0];
        /* As PyTorch, which does not look at the last point after one lengthening. */
        const bool is_higher = search->evaluations > 1 && now.loss >= last->loss;
        const bool rises = is_too_high(search, &now) || is_higher;
        if (!rises && is_flat(search, &now)) {
            hold(search, 0, now);
            search->is_done = true;
            return true;
        }
        if (rises || now.slope >= 0) {
            hold(search, 1, now);
            return true;
        }
        const accumulator next = cubic(last, &now, now.t + 0.01 * (now.t - last->t), now.t * 10);
        hold(search, 0, now);
        if (!evaluate_at(m, next))
            return false;
        now = point_here(m, next);
        search->evaluations++;
    }
    hold(search, 1, now);
    search->end[0] = (struct point){0, search->loss, search->slope, m->held[0]};
    batch_method_copy(m->n, m->held[0], m->start_gradient);
    return true;
}

/* The next point to try between the ends. It keeps a tenth of their distance away from
 * the nearer one, if it is outside or if the last was as near. */
static accumulator between(const struct search *search, bool *is_slow)
{
    const struct point *end = search->end;
    const accumulator low = of_smaller(end[0].t, end[1].t), high = of_larger(end[0].t, end[1].t);
    const accumulator t = cubic(&end[0], &end[1], low, high), margin = 0.1 * (high - low);
    if (!(of_smaller(high - t, t - low) < margin)) {
        *is_slow = false;
        return t;
    }
    if (!*is_slow && t < high && t > low) {
        *is_slow = true;
        return t;
    }
    *is_slow = false;
    return accumulator_abs(t - high) < accumulator_abs(t - low) ? high - margin : low + margin;
}

/* Draw the ends together. Returns which is the good one, or -1 when a value was not
 * finite. */
static int zoom(struct search *search)
{
    struct lbfgs *m = search->m;
    struct point *end = search->end;
    bool is_slow = false;
    if (search->is_done)
        return 0;
    int low = end[0].loss <= end[1].loss ? 0 : 1;
    while (!search->is_done && search->evaluations < SEARCH_EVALUATIONS_MAX) {
        if (accumulator_abs(end[1].t - end[0].t) * search->change < m->o[TOLERANCE_CHANGE])
            break;
        const accumulator t = between(search, &is_slow);
        if (!evaluate_at(m, t))
            return -1;
        const struct point now = point_here(m, t);
        search->evaluations++;
        if (is_too_high(search, &now) || now.loss >= end[low].loss) {
            hold(search, 1 - low, now);
            low = end[0].loss <= end[1].loss ? 0 : 1;
            continue;
        }
        if (is_flat(search, &now)) {
            search->is_done = true;
        } else if (now.slope * (end[1 - low].t - end[low].t) >= 0) {
            real *gradient = end[1 - low].gradient;
            batch_method_copy(m->n, gradient, end[low].gradient);
            end[1 - low] = end[low];
            end[1 - low].gradient = gradient;
        }
        hold(search, low, now);
    }
    return low;
}

/* Go to start + t direction, where loss and gradient are known. */
static void settle(struct lbfgs *m, accumulator t, accumulator loss, const real *gradient)
{
    for (size_t i = 0; i < m->n; i++) /* a length of 0 must not touch a w of -0 */
        m->problem->w[i] = t == 0 ? m->start[i] : m->start[i] + (real)t * m->direction[i];
    batch_method_copy(m->n, m->problem->gradient, gradient);
    m->problem->loss = loss;
}

/* Back to where the iteration began, exactly. */
static void retreat(struct lbfgs *m, accumulator loss)
{
    batch_method_copy(m->n, m->problem->w, m->start);
    batch_method_copy(m->n, m->problem->gradient, m->start_gradient);
    m->problem->loss = loss;
}

/* Returns whether there was a point to go to, with the length of the move in scalars. */
static bool search_line(struct lbfgs *m, accumulator slope)
{
    const accumulator loss = m->problem->loss;
    struct search search = {.m = m, .loss = loss, .slope = slope};
    search.change = largest(m->n, m->direction);
    const int good = bracket(&search, m->scalars[LENGTH]) ? zoom(&search) : -1;
    if (good < 0) {
        retreat(m, loss);
        return false;
    }
    const struct point *end = &search.end[good];
    m->scalars[LENGTH] = end->t;
    settle(m, end->t, end->loss, end->gradient);
    return true;
}

/* A move of the given length. The last of a step is not evaluated, as in PyTorch: the
 * next step begins with that. */
static bool move(struct lbfgs *m, bool is_last)
{
    const accumulator loss = m->problem->loss;
    if (is_last) {
        settle(m, m->scalars[LENGTH], loss, m->start_gradient);
        return true;
    }
    if (evaluate_at(m, m->scalars[LENGTH]))
        return true;
    retreat(m, loss);
    return false;
}

/* The direction and the length to try first. Returns the slope. */
static accumulator prepare(struct lbfgs *m)
{
    const size_t n = m->n;
    const real *gradient = m->problem->gradient;
    m->scalars[ITERATIONS] += 1;
    const bool is_first = m->scalars[ITERATIONS] == 1;
    if (is_first) {
        m->scalars[HELD] = m->scalars[OLDEST] = 0;
        m->scalars[SCALE] = 1;
    } else {
        remember(m);
    }
    direct(m);
    batch_method_copy(n, m->start, m->problem->w);
    batch_method_copy(n, m->start_gradient, gradient);
    m->scalars[LENGTH] = m->o[LR];
    if (is_first) {
        struct lanes lanes = {0};
        for (size_t i = 0; i < n; i++)
            lanes.sum[i % VIRTUAL_LANES] += (accumulator)real_abs(gradient[i]);
        m->scalars[LENGTH] = of_smaller(1, 1 / lanes_total(&lanes)) * m->o[LR];
    }
    return sums_dot(n, gradient, m->direction);
}

/* True if the step goes on after a move from where the loss was `before`. */
static bool goes_on(const struct lbfgs *m, accumulator before)
{
    const double *o = m->o;
    const size_t iterations = (size_t)o[MAX_ITER], evaluations = (size_t)o[MAX_EVAL];
    const size_t allowed = evaluations > 0 ? evaluations : iterations * 5 / 4;
    const accumulator length = accumulator_abs(m->scalars[LENGTH]) * largest(m->n, m->direction);
    return m->evaluations < allowed && largest(m->n, m->problem->gradient) > o[TOLERANCE_GRAD] &&
           length > o[TOLERANCE_CHANGE] &&
           !(accumulator_abs(m->problem->loss - before) < o[TOLERANCE_CHANGE]);
}

static void minimise(const struct lg_options *options, uint64_t step,
                     accumulator scalars[OPTIMIZER_SCALARS_MAX], struct problem *problem)
{
    (void)step;
    struct lbfgs m = lbfgs_of(options, scalars, problem);
    scalars[STAYED] = 1;
    if (!batch_method_is_finite(problem) || largest(m.n, problem->gradient) <= m.o[TOLERANCE_GRAD])
        return;
    const int iterations = (int)m.o[MAX_ITER];
    for (int iteration = 1; iteration <= iterations; iteration++) {
        const accumulator before = problem->loss, slope = prepare(&m);
        if (slope > -m.o[TOLERANCE_CHANGE])
            return;
        const bool moved = m.o[LINE_SEARCH_FN] == SEARCH_STRONG_WOLFE
                               ? search_line(&m, slope)
                               : move(&m, iteration == iterations);
        if (!moved) { /* the memory led here: the next step begins without it */
            scalars[ITERATIONS] = 0;
            return;
        }
        if (scalars[LENGTH] != 0)
            scalars[STAYED] = 0;
        if (iteration < iterations && !goes_on(&m, before))
            return;
    }
}

static const struct lg_option options_table[] = {
    [LR] = {.name = "lr",
            .kind = LG_OPTION_REAL,
            .default_value = 1,
            .maximum = 1e30,
            .meaning = "length of a move, or the first that a line search tries"},
    [MAX_ITER] = {.name = "max_iter",
                  .kind = LG_OPTION_INTEGER,
                  .default_value = 20,
                  .minimum = 1,
                  .maximum = 1e9,
                  .meaning = "iterations in a step"},
    [MAX_EVAL] = {.name = "max_eval",
                  .kind = LG_OPTION_INTEGER,
                  .maximum = 1e9,
                  .meaning = "evaluations after which a step begins no other iteration; 0: "
                             "max_iter * 5 / 4"},
    [TOLERANCE_GRAD] = {.name = "tolerance_grad",
                        .kind = LG_OPTION_REAL,
                        .is_double = true,
                        .default_value = 1e-7,
                        .maximum = 1e30,
                        .meaning = "a gradient with no entry beyond this ends the step"},
    [TOLERANCE_CHANGE] = {.name = "tolerance_change",
                          .kind = LG_OPTION_REAL,
                          .is_double = true,
                          .default_value = 1e-9,
                          .maximum = 1e30,
                          .meaning = "so does a smaller change of the loss or of w, or slope"},
    [HISTORY_SIZE] = {.name = "history_size",
                      .kind = LG_OPTION_INTEGER,
                      .default_value = 100,
                      .minimum = 1,
                      .maximum = 1e4,
                      .meaning = "pairs of moves and gradient changes that are kept"},
    [LINE_SEARCH_FN] = {.name = "line_search_fn",
                        .kind = LG_OPTION_CHOICE,
                        .maximum = SEARCH_STRONG_WOLFE,
                        .choices = searches,
                        .meaning = "none: every move has the length lr (the first is shorter); "
                                   "strong_wolfe: bracketing and cubic interpolation"},
};

const struct optimizer LG_SYMBOL(optimizer_lbfgs) = {
    .info =
        {
            .name = "lbfgs",
            .summary = "limited-memory BFGS: a quasi-Newton method from the last gradients",
            .formula = "y, s = changes of gradient and w; d = -H g by two loops over the pairs, H "
                       "starting from (y.s / y.y) I; w += t d",
            .source =
                "D. C. Liu, J. Nocedal, 1989, doi:10.1007/BF01589116; J. Nocedal, S. J. "
                "Wright, Numerical Optimization, 2nd edition, 2006, algorithms 7.4, 3.5, 3.6; "
                "as torch.optim.LBFGS",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .problem_reals = problem_reals,
    .minimise = minimise,
    .full_batch = true,
};
