/* A schedule of the learning rate: one file in this folder each, found by its name.
 *
 * To add one: write engine/schedule/<name>.c with a `const struct schedule
 * LG_SYMBOL(schedule_<name>)`; the build finds it. */
#ifndef LG_SCHEDULE_SCHEDULE_H
#define LG_SCHEDULE_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/real.h"
#include "lossgrid/option.h"

struct schedule {
    struct lg_info info;
    bool needs_end; /* the factor depends on `steps`, so that training cannot be extended */
    /* The factor of the learning rate in a step (1-based) of `steps` in all. */
    accumulator (*factor)(const struct lg_options *options, uint64_t step, uint64_t steps);
};

#endif
