/* A registry entry with its options as they are by default, then each set to something
 * else, one after the other, then all of them at once. */
#ifndef HARNESS_GRADCHECK_VARIANTS_H
#define HARNESS_GRADCHECK_VARIANTS_H

#include "harness/gradcheck/subject.h"
#include "lossgrid/backend.h"

/* The number of variants; the first is the defaults. */
size_t variants_count(const struct lg_info *info);

/* Number `index` of them. A list option gets `features` numbers. */
struct lg_options variants_get(const struct lg_info *info, size_t index, size_t features);

/* The options that differ from the defaults: "beta=0.5;reduction=sum". Returns buffer. */
const char *variants_describe(const struct lg_info *info, const struct lg_options *options,
                              char buffer[SUBJECT_OPTIONS_MAX]);

#endif
