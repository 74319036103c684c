/* Batch methods against their second formulas. */
#ifndef HARNESS_GRADCHECK_SEARCH_CHECK_H
#define HARNESS_GRADCHECK_SEARCH_CHECK_H

#include "harness/gradcheck/formula_verdict.h"
#include "lossgrid/backend.h"

enum { SEARCH_SIZE = 6 }; /* parameters */

/* Losses that batch methods are tried on: names, NULL-terminated. */
extern const char *const search_shapes[];
size_t search_shape_count(void);

/* A few steps on a loss, every evaluation of which the formula sees. Adds to *verdict. */
enum lg_status search_check(const struct lg_backend *backend, const struct lg_choice *optimizer,
                            const struct formula *formula, size_t shape, uint64_t seed,
                            struct formula_verdict *verdict, struct lg_error *error);

#endif
