#include "engine/optimizer/batch_method.h"
#include "engine/optimizer/sums.h"

enum { MAX_ITER, MAX_EVAL, RHO, SIG, INT, EXT, RATIO };

/* The only scalar: a step leaves w where it was when no line search found a point that is
 * good enough, or loss or gradient were not finite. */
enum { STAYED = BATCH_METHOD_STAYED };

/* A step in progress. Points have no vectors but these: `origin` and its gradient are
 * where the current line search started, problem->w where it is. */
struct cg {
    const double *o;
    struct problem *problem;
    size_t n;
    accumulator evaluations, allowed, left; /* left: of this line search */
    real *direction, *origin, *origin_gradient;
    accumulator loss1, slope1; /* at the origin */
    accumulator loss2, slope2; /* at w */
    accumulator loss3, slope3; /* at the other end of the bracket */
    accumulator z1, z3;        /* from the origin to w; from w to the other end */
    accumulator limit;         /* the longest z1 that is worth trying; -1: not known */
    bool is_finite;
};

enum { VECTORS = 3 };

static size_t problem_reals(const struct lg_options *options, size_t n)
{
    (void)options;
    return VECTORS * n;
}

/* Move by z along the direction. */
static void move(struct cg *m, accumulator z)
{
    for (size_t i = 0; i < m->n; i++)
        m->problem->w[i] += (real)z * m->direction[i];
    m->problem->evaluate(m->problem);
    m->evaluations++;
    m->left--;
    m->is_finite = batch_method_is_finite(m->problem);
    m->loss2 = m->problem->loss;
    m->slope2 = sums_dot(m->n, m->problem->gradient, m->direction);
}

/* The Wolfe-Powell conditions: w is too far, or is good. */
static bool is_too_far(const struct cg *m)
{
    return m->loss2 > m->loss1 + m->z1 * m->o[RHO] * m->slope1 ||
           m->slope2 > -m->o[SIG] * m->slope1;
}

static bool is_good(const struct cg *m)
{
    return m->is_finite && !is_too_far(m) && m->slope2 > m->o[SIG] * m->slope1;
}

static bool is_number(accumulator x)
{
    return x - x == 0;
}

/* Coefficients of the cubic through w and the other end. */
static accumulator cubic_a(const struct cg *m)
{
    return 6 * (m->loss2 - m->loss3) / m->z3 + 3 * (m->slope2 + m->slope3);
}

static accumulator cubic_b(const struct cg *m)
{
    return 3 * (m->loss3 - m->loss2) - m->z3 * (m->slope3 + 2 * m->slope2);
}

/* The move back to the minimum of a parabola or cubic, not too near to either end: z3 is
 * negative. */
static accumulator shorter(const struct cg *m)
{
    const accumulator z3 = m->z3;
    accumulator z;
    if (m->loss2 > m->loss1) {
        z = z3 - 0.5 * m->slope3 * z3 * z3 / (m->slope3 * z3 + m->loss2 - m->loss3);
    } else {
        const accumulator a = cubic_a(m), b = cubic_b(m);
        z = (accumulator_sqrt(b * b - a * m->slope2 * z3 * z3) - b) / a;
    }
    if (!is_number(z))
        z = z3 / 2;
    const accumulator near = m->o[INT] * z3, far = (1 - (accumulator)m->o[INT]) * z3;
    z = near < z ? near : z;
    return far > z ? far : z;
}

/* The move on to the minimum of a cubic, within the limit or, without one, to EXT times
 * the way so far. */
static accumulator longer(const struct cg *m)
{
    const accumulator z3 = m->z3, a = cubic_a(m), b = cubic_b(m);
    const accumulator z =
        -m->slope2 * z3 * z3 / (b + accumulator_sqrt(b * b - a * m->slope2 * z3 * z3));
    const bool is_limited = m->limit > -0.5;
    const accumulator most = m->z1 * ((accumulator)m->o[EXT] - 1), room = m->limit - m->z1;
    if (!is_number(z) || z < 0)
        return is_limited ? room / 2 : most;
    if (is_limited && z + m->z1 > m->limit)
        return room / 2;
    if (!is_limited && z + m->z1 > m->z1 * m->o[EXT])
        return most;
    if (z < -z3 * m->o[INT])
        return -z3 * m->o[INT];
    if (is_limited && z < room * (1 - (accumulator)m->o[INT]))
        return room * (1 - (accumulator)m->o[INT]);
    return z;
}

/* Search along the direction, trying z1 first. Returns whether w is a good point. */
static bool search_line(struct cg *m)
{
    m->loss3 = m->loss1;
    m->slope3 = m->slope1;
    m->z3 = -m->z1;
    m->limit = -1;
    move(m, m->z1);
    const accumulator rest = m->allowed - m->evaluations;
    m->left = m->o[MAX_ITER] < rest ? m->o[MAX_ITER] : rest;
    for (;;) {
        while (m->is_finite && is_too_far(m) && m->left > 0) {
            m->limit = m->z1;
            const accumulator z = shorter(m);
            m->z1 += z;
            move(m, z);
            m->z3 -= z;
        }
        if (!m->is_finite || is_too_far(m) || is_good(m) || !(m->left > 0))
            return is_good(m);
        const accumulator z = longer(m);
        m->loss3 = m->loss2;
        m->slope3 = m->slope2;
        m->z3 = -z;
        m->z1 += z;
        move(m, z);
    }
}

/* Keep where the search starts. */
static void depart(struct cg *m)
{
    batch_method_copy(m->n, m->origin, m->problem->w);
    batch_method_copy(m->n, m->origin_gradient, m->problem->gradient);
    m->loss1 = m->problem->loss;
}

static void retreat(struct cg *m)
{
    batch_method_copy(m->n, m->problem->w, m->origin);
    batch_method_copy(m->n, m->problem->gradient, m->origin_gradient);
    m->problem->loss = m->loss1;
}

/* direction = -gradient. Returns its slope. */
static accumulator steepest(struct cg *m)
{
    for (size_t i = 0; i < m->n; i++)
        m->direction[i] = -m->problem->gradient[i];
    return -sums_dot(m->n, m->direction, m->direction);
}

/* The next direction (Polack and Ribiere), and the length that the slopes promise. */
static void turn(struct cg *m)
{
    const size_t n = m->n;
    const real *now = m->problem->gradient, *before = m->origin_gradient;
    const accumulator factor =
        (sums_dot(n, now, now) - sums_dot(n, now, before)) / sums_dot(n, before, before);
    for (size_t i = 0; i < n; i++)
        m->direction[i] = (real)factor * m->direction[i] - now[i];
    accumulator slope = sums_dot(n, now, m->direction);
    if (slope > 0)
        slope = steepest(m);
    const accumulator growth = m->slope1 / (slope - 1e-320);
    m->z1 *= growth < m->o[RATIO] ? growth : m->o[RATIO];
    m->slope1 = slope;
}

static void minimise(const struct lg_options *options, uint64_t step,
                     accumulator scalars[OPTIMIZER_SCALARS_MAX], struct problem *problem)
{
    (void)step;
    const double *o = options->value;
    const size_t n = problem->n;
    struct cg m = {.o = o, .problem = problem, .n = n, .evaluations = 1};
    m.allowed = o[MAX_EVAL] > 0 ? o[MAX_EVAL] : o[MAX_ITER] * 1.25;
    m.direction = problem->state;
    m.origin = m.direction + n;
    m.origin_gradient = m.origin + n;
    scalars[STAYED] = 1;
    if (!batch_method_is_finite(problem))
        return;
    m.slope1 = steepest(&m);
    /* No way down, or one whose slope is beyond the numbers: none but evaluations to spend. */
    if (!(m.slope1 < 0 && is_number(m.slope1)))
        return;
    m.z1 = 1 / (1 - m.slope1);
    while (m.evaluations < m.allowed) {
        depart(&m);
        if (!search_line(&m)) {
            retreat(&m);
            return;
        }
        scalars[STAYED] = 0;
        turn(&m);
    }
}

static const struct lg_option options_table[] = {
    [MAX_ITER] = {.name = "max_iter",
                  .kind = LG_OPTION_INTEGER,
                  .default_value = 20,
                  .minimum = 1,
                  .maximum = 1e9,
                  .meaning = "further evaluations that a line search may use"},
    [MAX_EVAL] = {.name = "max_eval",
                  .kind = LG_OPTION_INTEGER,
                  .maximum = 1e9,
                  .meaning = "evaluations after which a step begins no other line search; 0: "
                             "1.25 max_iter"},
    [RHO] = {.name = "rho",
             .kind = LG_OPTION_REAL,
             .is_double = true,
             .default_value = 0.01,
             .maximum = 1,
             .meaning = "least decrease of the loss, as a share of the first slope's promise"},
    [SIG] = {.name = "sig",
             .kind = LG_OPTION_REAL,
             .is_double = true,
             .default_value = 0.5,
             .maximum = 1,
             .meaning = "largest slope to stop at, as a share of the first"},
    [INT] = {.name = "int",
             .kind = LG_OPTION_REAL,
             .is_double = true,
             .default_value = 0.1,
             .maximum = 0.5,
             .meaning = "an interpolated point keeps this share of the bracket away from its ends"},
    [EXT] = {.name = "ext",
             .kind = LG_OPTION_REAL,
             .is_double = true,
             .default_value = 3,
             .minimum = 1,
             .maximum = 1e30,
             .meaning = "an extrapolated point goes at most this many times as far"},
    [RATIO] = {.name = "ratio",
               .kind = LG_OPTION_REAL,
               .is_double = true,
               .default_value = 100,
               .maximum = 1e30,
               .meaning = "largest ratio of one search's first length to the last's"},
};

const struct optimizer LG_SYMBOL(optimizer_cg) = {
    .info =
        {
            .name = "cg",
            .summary = "conjugate gradients with a line search; every step starts from steepest "
                       "descent",
            .formula = "d = -g + (g.g - g.g') / (g'.g') d', or -g where that does not descend; w "
                       "+= z d, z by interpolation until the Wolfe-Powell conditions hold",
            .source = "E. Polak, G. Ribiere, 1969; line search and constants: C. E. Rasmussen, "
                      "minimize.m, 2001, as Torch7's optim.cg, which ends a step at the first "
                      "search that fails",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .problem_reals = problem_reals,
    .minimise = minimise,
    .full_batch = true,
};
