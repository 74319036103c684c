/* An optimizer's steps against its second formula. */
#ifndef HARNESS_GRADCHECK_FORMULA_CHECK_H
#define HARNESS_GRADCHECK_FORMULA_CHECK_H

#include "harness/gradcheck/formula_verdict.h"
#include "lossgrid/status.h"

/* Work space for the formula; LG_ENVIRONMENT. End with formula_run_free(). */
enum lg_status formula_run_place(struct formula_run *run, struct lg_error *error);
void formula_run_free(struct formula_run *run);

/* Judge the parameters after step t, and those to evaluate (evaluated: (steps, rows,
 * columns); NULL: not), which are run->w's next row, or the engine's word for them. Adds to
 * *verdict. */
void formula_judge(const struct formula *formula, const struct formula_run *run, size_t t,
                   const double *evaluated, struct formula_verdict *verdict);

#endif
