/* The numbers of an axis: spaced evenly, by ratios, or drawn. */
#ifndef HARNESS_SPEC_SPACING_H
#define HARNESS_SPEC_SPACING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers between the ends are rounded to so many significant digits, so that what is
 * read, and typed again, is the number itself. They are computed to SPACING_SURE digits
 * first and rounded from there, half to even: what the computation adds in the last bits of
 * a double decides nothing. */
enum { SPACING_DIGITS = 6, SPACING_SURE = 12 };

enum spacing_kind { SPACING_LINEAR, SPACING_LOG };

/* From where to where, how. */
struct spacing {
    enum spacing_kind kind;
    double low, high;                    /* low <= high; of SPACING_LOG both above 0 */
    bool is_whole;                       /* numbers between the ends are rounded to whole ones */
    double (*power)(double x, double p); /* the engine's; SPACING_LOG only */
};

/* The number at the weights of the two ends, which add up to 1: low * from + high * to, or
 * low^from * high^to, rounded. Either end itself where the other weighs nothing. Never beyond
 * them. */
double spacing_between(const struct spacing *spacing, double from, double to);

/* Number `index` of `count`, 2 or more, from the low end to the high one. */
double spacing_point(const struct spacing *spacing, size_t index, size_t count);

/* Fill values: (count) with different numbers, each drawn uniformly between the ends (of
 * SPACING_LOG, its logarithm is) and rounded; one that was drawn before is drawn again, so
 * more values are the same ones and others after them. What is drawn depends on name and
 * seed alone: PCG's stream (seed, LG_PURPOSE_AXIS, the first 64 bits of the SHA-256 of
 * name). Returns how many there are: fewer than count where there are too few different
 * ones to be found. */
size_t spacing_draw(const struct spacing *spacing, const char *name, uint64_t seed, double *values,
                    size_t count);

/* The same for whole numbers from low to low + span, all of one chance. */
size_t spacing_draw_whole(int64_t low, uint32_t span, const char *name, uint64_t seed,
                          double *values, size_t count);

#endif
