/* What a loss compares with what. */
#ifndef LG_BASE_TARGET_H
#define LG_BASE_TARGET_H

#include <stdbool.h>
#include <stddef.h>

/* What a loss's targets are. */
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

/* A loss's inputs and targets. */
struct lg_loss_shape {
    size_t inputs; /* predictions that it compares: 1 to LG_LOSS_INPUTS_MAX */
    enum lg_target target;
    double minimum, maximum; /* of a prediction, inclusive; both 0: any number */
    bool is_weighted;        /* samples need not count the same in the mean */
    bool is_distance;        /* predictions are distances: of several the smallest is best */
};

#endif
