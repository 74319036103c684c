/* A second formula of an optimizer: one file in this folder each, found by its name, which
 * is the optimizer's. Written from the paper and not from the engine: whole sums over the
 * history of gradients where the engine has a recursion, closed forms, plain loops, in
 * long double with a bound on what f32 or f64 may lose (bounded.h). It sees the gradients,
 * and the parameters that the engine had before each step, and nothing of its state.
 *
 * To add one: write harness/gradcheck/formula/<name>.c with a `const struct formula
 * formula_<name>`; the build finds it. An optimizer without one fails the check. */
#ifndef HARNESS_GRADCHECK_FORMULA_FORMULA_H
#define HARNESS_GRADCHECK_FORMULA_FORMULA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/gradcheck/bounded.h"
#include "lossgrid/option.h"

enum { FORMULA_WORK = 4 };

/* The history that formulas of all kinds get. Steps are 1-based. */
struct formula_run {
    const struct lg_info *info;
    const struct lg_options *options;
    const double *lr; /* (steps): the option lr times the schedule; NULL: the option */
    size_t steps, rows, columns;
    bool is_bias;
    long double unit;        /* of the engine's precision */
    const double *w;         /* (steps + 1, rows, columns): the engine's, before each step */
    const struct bounded *g; /* (steps, rows, columns): the gradients */
    struct bounded *work;    /* (FORMULA_WORK, the larger of steps + 1 and rows * columns) */
    size_t work_size;
};

/* One parameter's history. */
struct formula_line {
    const struct formula_run *run;
    const double *w;                    /* (steps + 1): before each step */
    const struct bounded *g;            /* (steps) */
    struct bounded *work[FORMULA_WORK]; /* (steps + 1) each, of no known content */
};

struct formula_search;
struct formula_verdict;

struct formula {
    const char *source; /* paper and equation; not the engine's own source */
    /* Options that the usual variants do not cover, as "a=1;b=2"; NULL-terminated. */
    const char *const *variants;
    /* Elementwise: the parameter after step t. */
    struct bounded (*after)(const struct formula_line *line, size_t t);
    /* The parameter to evaluate after step t, where it is another; else NULL. Called after
     * `after` of the same step, with the work space as that left it. */
    struct bounded (*evaluated)(const struct formula_line *line, size_t t);
    /* Block: all parameters after step t: (rows, columns). */
    void (*block)(const struct formula_run *run, size_t t, struct bounded *after);
    /* Batch method: all points that its steps asked the loss at (search.h). */
    void (*searched)(const struct formula_search *search, struct formula_verdict *verdict);
};

/* The value of the option of that name, which the optimizer must have. */
long double formula_option(const struct formula_run *run, const char *name);

/* True if the optimizer's choice `name` is the word `word`. */
bool formula_chose(const struct formula_run *run, const char *name, const char *word);

/* The learning rate of step t. */
long double formula_lr(const struct formula_run *run, size_t t);

/* gain (x_t + keep x_(t-1) + keep^2 x_(t-2) + ...) + keep^t first, bounded as a recursion
 * from `first` on loses: each step multiplies twice and adds, by two rounded factors.
 * x[0] is x_1. */
struct bounded formula_decayed(const struct bounded *x, size_t t, long double keep,
                               long double gain, struct bounded first);

/* x_1 + ... + x_t + first, bounded as sums one after the other lose. */
struct bounded formula_sum(const struct bounded *x, size_t t, struct bounded first);

/* The gradients of steps 1..t with the derivative of a coupled L2 penalty added, into to. */
void formula_penalised(const struct formula_line *line, size_t t, long double weight_decay,
                       struct bounded *to);

/* Their squares. x and to may be the same. */
void formula_squares(const struct bounded *x, size_t t, struct bounded *to);

/* The parameter before step t. */
static inline struct bounded formula_before(const struct formula_line *line, size_t t)
{
    return known(line->w[t - 1], line->run->unit);
}

/* Entry i of the block at step t: its gradient; itself before the step. */
static inline struct bounded formula_gradient_at(const struct formula_run *run, size_t t, size_t i)
{
    return run->g[(t - 1) * run->rows * run->columns + i];
}

static inline struct bounded formula_before_at(const struct formula_run *run, size_t t, size_t i)
{
    return known(run->w[(t - 1) * run->rows * run->columns + i], run->unit);
}

/* The Euclidean norm of n numbers, which the engine sums in f64. */
struct bounded formula_norm(const struct bounded *x, size_t n);

/* a / sqrt(1 - beta^t) and the like: 1 - beta^t, with what t products in f64 lose. */
struct bounded formula_unbiased(long double beta, size_t t);

/* Second formulas by name, as the build found them. */
struct formula_entry {
    const char *name;
    const struct formula *formula;
};
extern const struct formula_entry formula_entries[]; /* ends with a name NULL */

/* NULL where there is none. */
const struct formula *formula_find(const char *name);

#endif
