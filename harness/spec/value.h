/* Numbers as a spec writes them, read strictly and printed shortest. */
#ifndef HARNESS_SPEC_VALUE_H
#define HARNESS_SPEC_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/option.h"

enum { VALUE_TEXT_MAX = 32, VALUE_EXPECTED_MAX = 256 };

/* A whole number: decimal digits, a sign, no leading zero, nothing else. */
bool value_integer(const char *text, int64_t *value);

/* A finite number: YAML 1.2's decimal forms (1, -0.5, .5, 1e-4), no hexadecimal,
 * no infinity, no NaN. A number too large for a double, or not zero but too
 * small for one, is refused. Never -0. */
bool value_real(const char *text, double *value);

/* The shortest decimal that reads back as the same double, such as 0.0001 or
 * 1e-5. Returns buffer. */
const char *value_print(double value, char buffer[VALUE_TEXT_MAX]);

/* The value of an option's text, in range; false when it is not one. */
bool value_option(const struct lg_option *option, const char *text, double *value);

/* What an option takes, for a message: "a number above 0 and at most 1". Returns
 * buffer. */
const char *value_option_expected(const struct lg_option *option, char buffer[VALUE_EXPECTED_MAX]);

/* An option's value as a spec writes it: a number, true, or a word. */
const char *value_option_print(const struct lg_option *option, double value,
                               char buffer[VALUE_TEXT_MAX]);

#endif
