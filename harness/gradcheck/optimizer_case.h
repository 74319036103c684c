/* Gradients that optimizers are fed with. */
#ifndef HARNESS_GRADCHECK_OPTIMIZER_CASE_H
#define HARNESS_GRADCHECK_OPTIMIZER_CASE_H

#include "harness/gradcheck/bounded.h"
#include "lossgrid/backend.h"

enum { OPTIMIZER_CHECKS_MAX = 16 };

struct optimizer_case {
    const char *name; /* its special property, static */
    size_t steps, rows, columns;
    bool is_bias;
    size_t check_count, check[OPTIMIZER_CHECKS_MAX]; /* steps that are judged; 0: all */
    double *start, *gradients;                       /* (rows, columns), (steps, rows, columns) */
};

/* The number of cases. */
size_t optimizer_case_count(void);

/* True if case `index` is for optimizers of this kind, block or elementwise: each has its
 * own dangerous shapes. */
bool optimizer_case_is_for(size_t index, bool is_block);

/* Draw number `index`; numbers are floats. is_block: sizes differ less, for matrices whose
 * roots are to be found. LG_ENVIRONMENT. */
enum lg_status optimizer_case_draw(size_t index, bool is_block, uint64_t seed,
                                   struct optimizer_case *own, struct lg_error *error);
void optimizer_case_free(struct optimizer_case *own);

#endif
