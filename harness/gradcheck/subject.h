/* A subject of the check: a function of a vector, with the gradient that the engine
 * computes. A loss is a function of its predictions, an activation of its inputs, a network
 * of its parameters or inputs. */
#ifndef HARNESS_GRADCHECK_SUBJECT_H
#define HARNESS_GRADCHECK_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lossgrid/backend.h"

enum { SUBJECT_NAME_MAX = 128, SUBJECT_OPTIONS_MAX = 256, SUBJECT_BLOCKS_MAX = 34 };

/* The compiled copies that take part. */
enum copy { COPY_F32, COPY_F64, COPY_REFERENCE };
enum { COPIES = 3 };

/* A part of the vector: (rows, columns), row-major, from `first` on. */
struct gradient_block {
    char name[48];
    size_t first, rows, columns;
};

struct subject {
    const char *kind; /* static: loss, activation, layer, initialisation, network */
    char name[SUBJECT_NAME_MAX];
    char options[SUBJECT_OPTIONS_MAX]; /* those that differ from the defaults: a=1;b=2 */
    size_t size;
    double *point; /* (size): where it is checked; multiples of 2^-20, floats; owned */
    size_t block_count;
    struct gradient_block blocks[SUBJECT_BLOCKS_MAX];
    double step;             /* the largest t, of entries and directions */
    bool is_small;           /* small enough to search for kinks, and for second derivatives */
    bool is_single;          /* a loss or an activation by itself */
    bool is_far;             /* at large numbers, where copies may lose digits */
    double minimum, maximum; /* where kinks are looked for */
    uint64_t seed;           /* of its data, where it has any */
    size_t not_finite;       /* points drawn at which it was no number */
    size_t batches;          /* it can be measured on so many batches of data; 0 is the own */

    /* The function at x: (size). */
    long double (*value)(struct subject *subject, enum copy copy, const double *x);
    /* The engine's gradient at x, on a batch of data. x, gradient: (size). */
    void (*gradient)(struct subject *subject, enum copy copy, const double *x, size_t batch,
                     double *gradient);
    /* The gradient at the point computed another way, which other checks use; NULL: none. */
    enum lg_status (*second)(struct subject *subject, double *gradient, struct lg_error *error);
    void (*free)(struct subject *subject); /* of `own`; NULL: nothing to do */
    void *own;
};

/* The block that entry i of the vector belongs to. */
const struct gradient_block *subject_block_at(const struct subject *subject, size_t i);

/* "[2, 0]" or "[3]": entry i of the vector within its block. Returns buffer. */
const char *subject_entry_name(const struct gradient_block *block, size_t i, char buffer[48]);

/* End what subject_...() created. Safe on a zeroed struct. */
void subject_free(struct subject *subject);

#endif
