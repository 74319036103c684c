/* The result of one check: rows of the CSV files, and sums of them. */
#ifndef HARNESS_GRADCHECK_RESULT_H
#define HARNESS_GRADCHECK_RESULT_H

#include <stdint.h>

#include "harness/gradcheck/check.h"
#include "harness/gradcheck/coverage.h"
#include "harness/support/csv.h"

/* Histogram of errors in units of the last place: exactly 0, below 1, then [1, 2), [2, 4),
 * ... */
enum { ULPS_BINS = 40, RESULT_KINKS_MAX = 4, RESULT_REASONS_MAX = 4 };

struct ulps {
    uint64_t count[ULPS_BINS];
    double largest;
};

struct result {
    char kind[24], name[SUBJECT_NAME_MAX], options[SUBJECT_OPTIONS_MAX];
    struct csv blocks, sweep, kinks; /* rows of gradcheck.csv, sweep.csv, kinks.csv; owned */
    struct ulps f64, f32;            /* f64 against the reference, f32 against f64 */
    size_t block_count, checked, certified, skipped, cancelled;
    struct coverage coverage;
    size_t failed, dead, unchecked;   /* blocks by verdict */
    bool has_error;                   /* a derivative was measured */
    double relative_error, error_bar; /* of the worst derivative, passed or not; infinite: NaN */
    struct {
        double at, left, right, analytic;
    } kink[RESULT_KINKS_MAX]; /* those that differ in more than their place */
    size_t kink_count;
    char message[CHECK_MESSAGE_MAX + SUBJECT_NAME_MAX + SUBJECT_OPTIONS_MAX + 32]; /* the first */
    struct {
        char why[160];
        size_t count; /* derivatives */
    } reasons[RESULT_REASONS_MAX];
};

/* A row of gradcheck.csv. */
struct result_row {
    const char *block;
    size_t size;
    const char *worst, *method;
    const struct judgement *judgement;
    const struct ulps *f64, *f32;            /* NULL: not measured */
    const double *asymmetry, *asymmetry_bar; /* NULL: not measured */
};

/* Name what is checked. */
void result_begin(struct result *result, const char *kind, const char *name, const char *options);

/* Add a block's row to the result and its sums. */
void result_add(struct result *result, const struct result_row *row);

/* Add a kink unlike those already there, if there is room. */
void result_add_kink(struct result *result, double at, double left, double right, double analytic);

/* Add a block that could not be checked, with the reason. */
void result_skip(struct result *result, const char *block, const char *reason);
void result_dead(struct result *result, const char *block, const char *reason);

/* True if both are of one subject: a loss's near and far points have separate results. */
bool result_same_subject(const struct result *a, const struct result *b);

/* True if the check of a subject that can be checked has shown nothing. */
bool result_is_lifeless(const struct result *result);

/* Keep the first message of the subject's blocks. */
void result_note(struct result *result, const char *message);

/* Note that two numbers that should be the same are not, in units of the last place, of
 * `bits` bits, of the number `scale`. */
void ulps_note(struct ulps *ulps, double a, double b, double scale, int bits);

/* Add one histogram to another. */
void ulps_add(struct ulps *to, const struct ulps *from);

/* Rows of ulps.csv. */
void ulps_rows(struct csv *csv, const char *precision, const char *kind, const struct ulps *ulps);

void result_free(struct result *result);

#endif
