/* Losses whose derivative passes through a clamp: the value does not depend on a prediction
 * below an option, and the gradient is, by convention, the one at that option. Differences
 * of values cannot show it; here it is compared with those at the clamp, from above. */
#ifndef HARNESS_GRADCHECK_CLAMP_CHECK_H
#define HARNESS_GRADCHECK_CLAMP_CHECK_H

#include "harness/gradcheck/copies.h"
#include "harness/gradcheck/result.h"

struct clamp {
    const char *loss, *option;
    size_t input; /* whose entries count as at least the option */
};

/* The clamp of a loss, or NULL. */
const struct clamp *clamp_of(const char *loss);

/* Add rows to the result for the gradient below, at and above the clamp, in every copy; none
 * where the loss has no clamp. */
enum lg_status clamp_check(const struct copies *copies, const struct lg_choice *loss,
                           struct result *result, struct lg_error *error);

#endif
