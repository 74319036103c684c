/* A subject's gradient against differences of its values. First the differences are
 * measured, without the gradient; then a gradient is judged by them: the engine's, or one
 * with a fault injected into it. */
#ifndef HARNESS_GRADCHECK_CHECK_H
#define HARNESS_GRADCHECK_CHECK_H

#include <stdint.h>

#include "harness/gradcheck/derivative.h"
#include "harness/gradcheck/subject.h"
#include "lossgrid/status.h"

enum { CHECK_MESSAGE_MAX = 400, CHECK_WORST_MAX = 64 };

/* Entries `first` to `first + count` of the vector moved together: one alone by t, or a
 * direction, each entry by t times a random number of its own. */
struct check_line {
    size_t block, first, count;
    uint64_t seed;
    struct derivative derivative; /* in the reference copy */
};

struct check {
    struct subject *subject;
    size_t line_count;
    struct check_line *lines; /* owned; those of a block are adjacent */
    long double noise[SUBJECT_BLOCKS_MAX];
    double *x; /* (size), work space; owned */
};

/* The extent of a check. Blocks of at most `whole` entries are measured entry by entry,
 * larger ones in `entries` of them and `directions` through all of them. */
struct check_plan {
    size_t whole, entries, directions, steps;
    uint64_t seed;
};

enum outcome { OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_DEAD, OUTCOME_SKIPPED };
extern const char *const verdict_names[]; /* NULL-terminated */

/* The judgement of a block. */
struct judgement {
    enum outcome verdict;
    size_t checked, certified, skipped; /* derivatives: in all, at a kink, unusable */
    size_t cancelled;   /* judged by the size of their terms, which cancel, not by their own */
    const char *reason; /* why some were skipped, static; "" if none */
    size_t worst;       /* line with the largest error, or SIZE_MAX */
    size_t wrong;       /* an entry that is wrong, or SIZE_MAX */
    double analytic, numeric, error_bar, relative_error; /* of the worst */
    char message[CHECK_MESSAGE_MAX];                     /* of a block that does not pass */
};

/* Measure. LG_ENVIRONMENT when memory is short. */
enum lg_status check_measure(struct subject *subject, const struct check_plan *plan,
                             struct check *check, struct lg_error *error);

/* Judge a block of a gradient: (size of the subject). A direction that disagrees is
 * halved until it names one entry. */
void check_judge(struct check *check, size_t block, const double *gradient,
                 struct judgement *judgement);

/* The function along one entry, for further measurements. */
struct check_entry {
    struct check *check;
    size_t entry;
    enum copy copy;
};
long double check_entry_value(void *context, double t);

/* "[2, 0]", or "direction 2". Returns buffer. */
const char *check_line_name(const struct check *check, size_t line, char buffer[CHECK_WORST_MAX]);

/* Rounding error of the reference copy's and of the f64 copy's values, relative. */
long double check_unit(enum copy copy);

void check_free(struct check *check);

#endif
