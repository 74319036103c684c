/* The verdict on an optimizer's numbers against its second formula. */
#ifndef HARNESS_GRADCHECK_FORMULA_VERDICT_H
#define HARNESS_GRADCHECK_FORMULA_VERDICT_H

#include "harness/gradcheck/formula/formula.h"

/* A bound counts a rounding for each operation of the textbook's formula. The engine may
 * need several for one, in another order. */
enum { FORMULA_BOUNDS = 2 };

/* The entries checked and the worst of them. */
struct formula_verdict {
    size_t checked, wrong, undecided;          /* undecided: the bound allows any number */
    size_t moved;                              /* entries that a step changed at all */
    bool evaluated;                            /* the worst is of the parameters to evaluate */
    size_t step, entry;                        /* of the worst by its bound */
    long double engine, formula, bound, share; /* of it: share of the bound */
    const char *broken; /* a property that does not hold, static; NULL: all do */
    size_t broken_step;
};

/* Note the engine's number, and the one that it should have within FORMULA_BOUNDS bounds. */
void formula_note(struct formula_verdict *verdict, double engine, struct bounded formula,
                  size_t step, size_t entry);

/* Note the property if it does not hold. Steps are 0-based. */
void formula_expect(struct formula_verdict *verdict, bool holds, const char *property, size_t step);

#endif
