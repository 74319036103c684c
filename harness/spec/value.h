/* Numbers as a spec writes them, read strictly and printed shortest. */
#ifndef HARNESS_SPEC_VALUE_H
#define HARNESS_SPEC_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lossgrid/option.h"

enum {
    VALUE_TEXT_MAX = 32,
    VALUE_EXPECTED_MAX = 256,
    VALUE_OPTION_MAX = LG_LIST_MAX * VALUE_TEXT_MAX,
};

/* A whole number: decimal digits, a sign, no leading zero, nothing else. */
bool value_integer(const char *text, int64_t *value);

/* A finite number: YAML 1.2's decimal forms (1, -0.5, .5, 1e-4), no hexadecimal,
 * no infinity, no NaN. A number too large for a double, or not zero but too
 * small for one, is refused. Never -0. */
bool value_real(const char *text, double *value);

/* The shortest decimal that reads back as the same double, such as 0.0001 or
 * 1e-5. Returns buffer. */
const char *value_print(double value, char buffer[VALUE_TEXT_MAX]);

/* The value of an option's text, in range; false when it is not one. A list has more
 * than one text: value_list_entry() reads each. */
bool value_option(const struct lg_option *option, const char *text, double *value);
bool value_list_entry(const struct lg_option *option, const char *text, double *value);

/* The valid values of an option, or of an entry of a list option, for a message: "a number
 * above 0 and at most 1". Returns buffer. */
const char *value_option_expected(const struct lg_option *option, char buffer[VALUE_EXPECTED_MAX]);
const char *value_list_entry_expected(const struct lg_option *option,
                                      char buffer[VALUE_EXPECTED_MAX]);

/* False where the precision does not hold a value of the option (lg_option_gap()), with the
 * values that it holds in buffer: "0, or a number from 1.1754943508222875e-38 on: f32 holds
 * none between, f64 does". */
bool value_is_held(const struct lg_option *option, enum lg_precision precision, double value,
                   char buffer[VALUE_EXPECTED_MAX]);

/* The value of option i as a spec writes it: a number, true, a word, [0.5,1,2]. Returns
 * buffer. */
const char *value_option_print(const struct lg_info *info, const struct lg_options *options,
                               size_t i, char buffer[VALUE_OPTION_MAX]);

/* True if option i of info has the same value in both. */
bool value_option_same(const struct lg_info *info, const struct lg_options *a,
                       const struct lg_options *b, size_t i);

/* The first list option of info that is neither empty nor `count` numbers long, nor, where
 * one may be for all, one, or NULL; *found receives its length. A loss's lists have one
 * number for each output. */
const struct lg_option *value_list_of_other_length(const struct lg_info *info,
                                                   const struct lg_options *options, size_t count,
                                                   bool one_for_all, size_t *found);

#endif
