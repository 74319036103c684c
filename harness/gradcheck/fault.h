/* Faults injected into a gradient, to show that the check finds them. */
#ifndef HARNESS_GRADCHECK_FAULT_H
#define HARNESS_GRADCHECK_FAULT_H

#include "harness/gradcheck/subject.h"
#include "lossgrid/pcg.h"

/* The place of a fault. */
struct fault_place {
    size_t block; /* SIZE_MAX: everywhere */
    size_t entry; /* of the vector; SIZE_MAX: more than one */
};

struct fault {
    const char *name;
    /* wrong = right with the fault, at a place drawn from pcg; false where the subject has
     * no such place, or where the fault changes nothing. right, wrong: (size). */
    bool (*apply)(struct subject *subject, struct lg_pcg *pcg, const double *right, double *wrong,
                  struct fault_place *place);
};

/* All faults; their names, NULL-terminated, are the words of --inject. */
extern const struct fault faults[];
extern const char *const fault_names[];
size_t fault_count(void);

/* One entry wrong by `size` times the largest of its block. */
bool fault_inject_entry(struct subject *subject, struct lg_pcg *pcg, const double *right,
                        double size, double *wrong, struct fault_place *place);

#endif
