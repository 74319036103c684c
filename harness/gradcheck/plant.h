/* Defects put into a gradient on purpose, to see that the check finds them. */
#ifndef HARNESS_GRADCHECK_PLANT_H
#define HARNESS_GRADCHECK_PLANT_H

#include "harness/gradcheck/subject.h"
#include "lossgrid/pcg.h"

/* Where a defect is. */
struct planted {
    size_t block; /* SIZE_MAX: all over */
    size_t entry; /* of the vector; SIZE_MAX: more than one */
};

struct plant {
    const char *name;
    /* wrong = right with the defect, at a place drawn from pcg; false where the subject has
     * no such place, or where the defect changes nothing. right, wrong: (size). */
    bool (*apply)(struct subject *subject, struct lg_pcg *pcg, const double *right, double *wrong,
                  struct planted *planted);
};

/* All defects; their names, NULL-terminated, are the words of --plant. */
extern const struct plant plants[];
extern const char *const plant_names[];
size_t plant_count(void);

/* One entry wrong by `size` times the largest of its block. */
bool plant_entry(struct subject *subject, struct lg_pcg *pcg, const double *right, double size,
                 double *wrong, struct planted *planted);

#endif
