/* Points to measure at, and the largest errors found. */
#ifndef TESTS_GOLDEN_TAILS_CHECK_H
#define TESTS_GOLDEN_TAILS_CHECK_H

#include <stdint.h>

#include "lossgrid/backend.h"
#include "tests/golden/tails/reference.h"

/* ---- Random points ----------------------------------------------------------- */

/* Uniform on [0, 1). */
double draw(void);
/* A whole number below n. */
size_t draw_below(size_t n);
void draw_seed(uint64_t seed);
/* A number that the precision holds: of any magnitude that it has, of an ordinary one, or
 * next to a point where something changes. */
double draw_number(enum lg_precision precision);
/* From 0 to 1, dense at both ends. */
double draw_unit(enum lg_precision precision);
/* x as the precision holds it. */
double rounded_to(enum lg_precision precision, double x);

/* ---- Errors ------------------------------------------------------------------ */

/* The largest error of one quantity of one entry. */
struct worst {
    double ulps;
    size_t points, skipped; /* skipped: the exact terms leave the range, or a kink */
    char where[1024];
};

/* What is off, in units of the last place of `size` in that precision; infinity when one is
 * no finite number and the other is. Negative: `size` leaves the range. */
double ulps_between(enum lg_precision precision, double got, num exact, num size);

/* Count one. `where` says the point; NULL: nothing to say. Returns whether it is the worst. */
bool worst_add(struct worst *worst, double ulps);

/* ---- Entries ----------------------------------------------------------------- */

enum { VALUE, GRADIENT, QUANTITIES };

/* Measure at `trials` random points; extremes in worst. */
void check_activation(const struct lg_backend *backend, const struct activation_reference *is,
                      size_t trials, struct worst worst[QUANTITIES]);
void check_loss(const struct lg_backend *backend, const struct loss_reference *is, size_t trials,
                struct worst worst[QUANTITIES]);

/* Options at random: the defaults, or each anywhere in its range. */
void draw_options(const struct lg_info *info, size_t features, struct lg_options *options);
/* " name=value" for each, into text. */
void print_options(const struct lg_info *info, const struct lg_options *options, char *text,
                   size_t size);

#endif
