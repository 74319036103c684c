/* An optimizer: one file in this folder each, found by its name. There are three kinds,
 * distinguished by which of update, update_block and minimise is there:
 *
 * - an elementwise optimizer sees a run of parameters, their gradients and its own
 *   state for them, and nothing else: the network decides which runs there are and may
 *   stream a gradient through it in pieces (engine/net/backward.c);
 * - a block optimizer sees one weight or bias at a time, whole, with its gradient;
 * - a batch method sees all parameters as one vector and asks for loss and gradient
 *   where it likes.
 *
 * To add one: write engine/optimizer/<name>.c with a `const struct optimizer
 * LG_SYMBOL(optimizer_<name>)`; the build finds it. */
#ifndef LG_OPTIMIZER_OPTIMIZER_H
#define LG_OPTIMIZER_OPTIMIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/real.h"
#include "lossgrid/option.h"

enum { OPTIMIZER_SLOTS_MAX = 4, OPTIMIZER_SCALARS_MAX = 8, OPTIMIZER_COEFFICIENTS_MAX = 12 };

/* The numbers that all parameters share in one step, computed in f64 and rounded. */
struct optimizer_step {
    real c[OPTIMIZER_COEFFICIENTS_MAX];
};

/* A run of a gradient: factor * direction[i] + 0. A batch of one has the input as
 * factor and the output's gradient as direction, so that its weight gradient never
 * exists in memory; otherwise the factor is 1. */
struct gradient {
    real factor;
    const real *direction;
};

/* Entry i; `+ 0` turns a -0 into +0, as at the end of every product. */
static inline real gradient_at(real factor, const real *direction, size_t i)
{
    return factor * direction[i] + 0;
}

/* The gradient of a batch of one: an outer product. Row j of it belongs to row row[j]
 * of the parameters, and is factor[j] * direction[i] + 0. */
struct outer {
    size_t count;        /* rows */
    const uint32_t *row; /* (count) */
    const real *factor;  /* (count) */
    size_t stride;       /* of rows of parameters and of state */
    size_t n;            /* columns */
    const real *direction;
    size_t slots; /* in use */
};

/* The effect of a gradient of exactly 0. */
enum zero_gradient {
    ZERO_MOVES,      /* parameter or state may change */
    ZERO_AT_REST,    /* neither does, in any bit, while the state is the initial one */
    ZERO_IS_NOTHING, /* neither does, whatever the state */
};

/* A layer's weight or bias: (rows, columns) = (inputs, outputs), rows `stride` apart; a
 * bias is one row. The gaps between rows are not data. */
struct block {
    size_t rows, columns, stride;
    bool is_bias;
    real *w;              /* in and out */
    const real *gradient; /* as w */
    real *state;          /* block_reals(), 0 before the first step; the optimizer's layout */
    real *scratch;        /* block_scratch_reals(), of no known content */
};

/* A loss to minimise over a vector of parameters. */
struct problem {
    size_t n;
    real *w;          /* (n), in and out */
    real *gradient;   /* (n), at w */
    accumulator loss; /* at w */
    real *state;      /* problem_reals(), 0 before the first step */
    /* Loss and gradient at w, into the fields above. */
    void (*evaluate)(struct problem *problem);
    void *context; /* evaluate's */
};

struct optimizer {
    struct lg_info info;

    /* Elementwise: state vectors per parameter vector, at most OPTIMIZER_SLOTS_MAX. */
    size_t (*slots)(const struct lg_options *options);
    /* The initial value of a slot; NULL: 0. */
    real (*initial_state)(const struct lg_options *options, size_t slot);
    /* Entries that a zero gradient leaves alone may be skipped (docs/adr/0001, rule
     * 4); a test proves what is said here. */
    enum zero_gradient (*zero_gradient)(const struct lg_options *options);
    /* Before the first update of a step, whatever the kind; NULL: nothing. step: 1-based;
     * scalars: the optimizer's own numbers, 0 before step 1, kept between steps. */
    void (*begin)(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now);
    /* One step for n parameters. w: (n), in and out; gradient's direction and
     * state[slot]: (n) each. None overlap. */
    void (*update)(const struct optimizer_step *now, size_t n, real *restrict w,
                   struct gradient gradient, real *const *state);
    /* The same for many short rows in one call: UPDATE_OUTER(update) defines it.
     * w, state[slot]: the first column of row 0. */
    void (*update_outer)(const struct optimizer_step *now, const struct outer *gradient, real *w,
                         real *const *state);

    /* Block: the reals of state and of work space that a block needs (NULL: no work space),
     * and one step. */
    size_t (*block_reals)(const struct lg_options *options, size_t rows, size_t columns,
                          bool is_bias);
    size_t (*block_scratch_reals)(const struct lg_options *options, size_t rows, size_t columns,
                                  bool is_bias);
    void (*update_block)(const struct lg_options *options, const struct optimizer_step *now,
                         const struct block *block);

    /* Batch method: the reals of state that n parameters need, and one step, which may
     * evaluate many times. loss and gradient are those at w on entry. scalars as in
     * begin(), which it does not have. */
    size_t (*problem_reals)(const struct lg_options *options, size_t n);
    void (*minimise)(const struct lg_options *options, uint64_t step,
                     accumulator scalars[OPTIMIZER_SCALARS_MAX], struct problem *problem);

    /* All training samples are one batch, whatever the spec's `batch`. */
    bool full_batch;
    /* The slot that holds the parameters to evaluate and to keep, which are not those
     * that gradients are taken at, plus 1; 0: there is no such slot. Elementwise only. */
    size_t evaluated_slot;
};

/* The hooks that an optimizer need not have. */
static inline void optimizer_begin(const struct optimizer *optimizer,
                                   const struct lg_options *options, uint64_t step,
                                   accumulator scalars[OPTIMIZER_SCALARS_MAX],
                                   struct optimizer_step *now)
{
    if (optimizer->begin)
        optimizer->begin(options, step, scalars, now);
    else
        *now = (struct optimizer_step){{0}};
}

static inline size_t optimizer_scratch_reals(const struct optimizer *optimizer,
                                             const struct lg_options *options, size_t rows,
                                             size_t columns, bool is_bias)
{
    return optimizer->block_scratch_reals
               ? optimizer->block_scratch_reals(options, rows, columns, is_bias)
               : 0;
}

/* An optimizer reads only the slots that it asked for; a static analyser cannot know. */
#ifdef __clang_analyzer__
#define ROW_STATE_START = {[0 ... OPTIMIZER_SLOTS_MAX - 1] = w}
#else
#define ROW_STATE_START
#endif

/* Defines update_outer() from a file's own update(), which is inlined there. */
#define UPDATE_OUTER(update)                                                                       \
    static void update##_outer(const struct optimizer_step *now, const struct outer *g, real *w,   \
                               real *const *state)                                                 \
    {                                                                                              \
        for (size_t j = 0; j < g->count; j++) {                                                    \
            const size_t at = (size_t)g->row[j] * g->stride;                                       \
            real *row_state[OPTIMIZER_SLOTS_MAX] ROW_STATE_START;                                  \
            for (size_t slot = 0; slot < g->slots; slot++)                                         \
                row_state[slot] = state[slot] + at;                                                \
            update(now, g->n, w + at, (struct gradient){g->factor[j], g->direction}, row_state);   \
        }                                                                                          \
    }

/* The learning rate under inverse-time decay, as Torch7's learningRateDecay:
 * lr / (1 + (step - 1) * decay). */
static inline accumulator decayed_rate(accumulator lr, accumulator decay, uint64_t step)
{
    return lr / (1 + (accumulator)(step - 1) * decay);
}

/* The number added to the root of a square. It may not be 0: a parameter that has had no
 * gradient would be 0 / 0, and one whose squares underflow x / 0. The least number that
 * outweighs such squares changes no other root: added to one 2^24 times as large, in f64
 * 2^53 times, it rounds away. */
static inline real eps_beside_root(double eps)
{
    return (real)eps > REAL_LEAST_ROOT ? (real)eps : REAL_LEAST_ROOT;
}

/* Rows that several optimizers' option tables share. */
#define OPTION_LR(value)                                                                           \
    {                                                                                              \
        .name = "lr", .kind = LG_OPTION_REAL, .default_value = (value), .maximum = 1e30,           \
        .meaning = "learning rate"                                                                 \
    }
#define OPTION_LR_DECAY                                                                            \
    {                                                                                              \
        .name = "lr_decay", .kind = LG_OPTION_REAL, .maximum = 1e30, .is_double = true,            \
        .meaning = "inverse-time decay: lr / (1 + (step - 1) * lr_decay)"                          \
    }
#define OPTION_BETA(option_name, value, text)                                                      \
    {                                                                                              \
        .name = option_name, .kind = LG_OPTION_REAL, .default_value = (value),                     \
        .maximum = 0.9999999999999999, .meaning = text                                             \
    }
/* An eps added to the root of squares, to go through eps_beside_root(). */
#define OPTION_EPS(value, text)                                                                    \
    {                                                                                              \
        .name = "eps", .kind = LG_OPTION_REAL, .default_value = (value), .maximum = 1e30,          \
        .meaning = text "; 0 means the least, 2^-63 in f32 and 2^-511 in f64", .beside_root = true \
    }
#define OPTION_WEIGHT_DECAY                                                                        \
    {                                                                                              \
        .name = "weight_decay", .kind = LG_OPTION_REAL, .maximum = 1e30,                           \
        .meaning = "coupled L2 penalty: weight_decay * w is added to the gradient"                 \
    }

#endif
