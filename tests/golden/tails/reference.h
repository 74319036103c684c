/* What activations and losses are, written a second time: in numbers of MPFR, of so many
 * digits that nothing cancels, and without looking at the engine's expressions.
 *
 * A result is a sum of terms. Where there is one, or all have one sign, an error is
 * measured in units of the result's own last place. Terms of opposite signs cancel
 * whatever computes them: there it is in units of the last place of the sum of their
 * magnitudes, and the reference's `measure` says which terms. */
#ifndef TESTS_GOLDEN_TAILS_REFERENCE_H
#define TESTS_GOLDEN_TAILS_REFERENCE_H

#include "tests/golden/tails/number.h"

enum { TERMS_MAX = 512, INPUTS_MAX = 3 };

/* A sum. */
struct terms {
    size_t count;
    bool is_undecided; /* at a tie, where roundings decide: not to be measured */
    num term[TERMS_MAX];
};

void term_add(struct terms *terms, num term);
/* The sum, and in *size the sum of the magnitudes. */
num terms_sum(const struct terms *terms, num *size);

/* Bounds of the errors of value and gradient, in f32 and in f64. */
typedef double bounds[2][2];

/* ---- Activations ------------------------------------------------------------- */

struct activation_reference {
    const char *name;
    bounds ulps;
    /* f(z) and f'(z), for an elementwise one. */
    num (*value)(const double *option, num z);
    num (*slope)(const double *option, num z);
    /* Output i of a row, and the derivative of sum_j dh[j] h[j] by z[i], for the others. */
    void (*row_value)(size_t n, const num *z, size_t i, struct terms *terms);
    void (*row_slope)(size_t n, const num *z, const num *dh, size_t i, struct terms *terms);
    const char *measure; /* which terms; NULL: its own last place */
};

extern const struct activation_reference activation_references[];
extern const size_t activation_reference_count;

/* ---- Losses ------------------------------------------------------------------ */

/* One sample. */
struct sample {
    const double *option;
    size_t features;
    const num *input[INPUTS_MAX]; /* (features) */
    const num *target;            /* as the loss's shape says */
    const double *weights;        /* (features): 1 where the list is empty */
    const double *pos_weights;
};

/* What the sum of the samples' terms is divided by with `reduction: mean`. */
enum divisor { BY_FEATURES_AND_BATCH, BY_BATCH, BY_WEIGHTS };

struct loss_reference {
    const char *name;
    bounds ulps;
    enum divisor divisor;
    /* Terms of feature i, for a loss that is a sum over features; of the whole sample,
     * i = 0, for another one (is_row). */
    void (*terms)(const struct sample *sample, size_t i, struct terms *terms);
    bool is_row;
    unsigned positive;    /* bit p: input p is not negative */
    bool takes_logarithm; /* of targets, without option 1 */
    bool divides_always;  /* by the features, whatever the reduction */
    /* Terms of the derivative by input[p][i] where that is another than the value's
     * slope; returns false where it is the slope. NULL: always. */
    bool (*slope)(const struct sample *sample, size_t p, size_t i, struct terms *terms);
    const char *measure;
};

extern const struct loss_reference loss_references[];
extern const size_t loss_reference_count;

#endif
