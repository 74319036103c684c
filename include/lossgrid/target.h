/* The predictions and targets that losses compare. */
#ifndef LOSSGRID_TARGET_H
#define LOSSGRID_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/* The kind of a loss's targets. */
enum lg_target {
    LG_TARGET_VALUES,       /* (batch, features): any numbers */
    LG_TARGET_NOT_NEGATIVE, /* (batch, features): numbers from 0 on */
    LG_TARGET_UNIT,         /* (batch, features): numbers from 0 to 1 */
    LG_TARGET_SIGNS,        /* (batch, features): -1 or 1 */
    LG_TARGET_CLASS,        /* (batch, 1): a class, from 0 to features - 1 */
    LG_TARGET_CLASSES,      /* (batch, features): classes, the rest filled with -1 */
    LG_TARGET_PAIR,         /* (batch, 1): 1 where two inputs belong together, else -1 */
    LG_TARGET_NONE,         /* no targets */
};

enum { LG_LOSS_INPUTS_MAX = 3 };

/* The constraint on the numbers of one sample. */
enum lg_rows {
    LG_ROWS_ANY,
    LG_ROWS_PROBABILITIES,     /* 0 or more, adding up to 1 */
    LG_ROWS_LOG_PROBABILITIES, /* their natural logarithms */
};

/* The condition on predictions under which a loss's value is what its name says. Outside it
 * the formula still yields numbers, but they can be below the minimum and compare with no
 * others. */
enum lg_needs {
    LG_NEEDS_NOTHING,
    LG_NEEDS_NOT_NEGATIVE,      /* distances, rates */
    LG_NEEDS_VARIANCE,          /* of the second prediction: not negative */
    LG_NEEDS_LOG_PROBABILITIES, /* LG_ROWS_LOG_PROBABILITIES */
};

/* A loss's inputs and targets. */
struct lg_loss_shape {
    size_t inputs; /* predictions that it compares: 1 to LG_LOSS_INPUTS_MAX */
    enum lg_target target;
    double minimum, maximum; /* of a prediction, inclusive; both 0: any number */
    bool is_weighted;        /* samples need not count the same in the mean */
    bool is_distance;        /* predictions are distances: of several the smallest is best */
    enum lg_needs needs;
    const char *needs_unless;    /* the flag option that lifts the need; NULL: none does */
    bool target_is_distribution; /* a sample's targets are LG_ROWS_PROBABILITIES */
    const char *target_log_flag; /* the flag option that makes them their logarithms; or NULL */
};

#define LG_INFINITE __builtin_inf()

/* A loss's value as a measurement: of predictions and targets that its shape asks for,
 * with default options. Less is better, for every loss. */
struct lg_loss_measure {
    const char *unit;   /* "nat", "1", or powers of the outputs' unit: "output", "output^2" */
    double least, most; /* inclusive; LG_INFINITE: no bound */
};

#endif
