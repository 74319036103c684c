/* The compiled copies that take part in a check. */
#ifndef HARNESS_GRADCHECK_COPIES_H
#define HARNESS_GRADCHECK_COPIES_H

#include "harness/gradcheck/subject.h"

struct copies {
    const struct lg_backend *backend[COPIES]; /* by enum copy */
    bool is_any_isa;                          /* none was asked for: others may be checked */
};

/* f32 and f64 for an instruction set (NULL: the best), and the reference one. */
enum lg_status copies_select(const char *isa, struct copies *copies, struct lg_error *error);

#endif
