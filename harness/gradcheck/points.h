/* Numbers that subjects are checked at. */
#ifndef HARNESS_GRADCHECK_POINTS_H
#define HARNESS_GRADCHECK_POINTS_H

#include "harness/gradcheck/subject.h"
#include "lossgrid/pcg.h"

/* A multiple of 2^-12 between low and high: a float, and so is what a step of a power of
 * two makes of it; steps down to 2^-40 lose nothing in a double. */
static inline double points_draw(struct lg_pcg *pcg, double low, double high)
{
    const double drawn = low + (high - low) * lg_pcg_uniform(pcg);
    return (double)(long long)(drawn * 4096) / 4096;
}

/* x as the nearest multiple of 2^-20 below 8 in size, a float too. */
static inline double points_round(double x)
{
    return (double)(float)((double)(long long)(x * 1048576) / 1048576);
}

/* End the subject; LG_ENVIRONMENT. */
static inline enum lg_status points_no_memory(struct subject *subject, struct lg_error *error)
{
    subject_free(subject);
    return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
}

#endif
