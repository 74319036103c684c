/* The kinks of a subject's function, found by its values: losses and activations do not
 * list theirs. */
#ifndef HARNESS_GRADCHECK_KINKS_H
#define HARNESS_GRADCHECK_KINKS_H

#include "harness/gradcheck/check.h"

/* Most kinks kept of a subject, and entries of a block that are searched. */
enum { KINKS_MAX = 16, KINKS_ENTRIES = 4 };

struct kink {
    size_t entry; /* of the vector */
    double at;    /* its value there; the others are the subject's point */
    struct derivative derivative;
    double analytic; /* what the engine's gradient says at the kink */
    bool is_inside;  /* that lies between the one-sided derivatives, bars included */
};

/* Search each block's first entries over the subject's range, and judge the gradient at
 * every kink found. Kinks that differ only in the entry are kept once. Returns how many
 * there are in kinks. gradient: (size), work space. */
size_t kinks_find(struct check *check, size_t steps, double *gradient,
                  struct kink kinks[KINKS_MAX]);

#endif
