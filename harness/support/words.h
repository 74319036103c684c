/* The words of a command line, as a list in JSON. */
#ifndef HARNESS_SUPPORT_WORDS_H
#define HARNESS_SUPPORT_WORDS_H

#include <jansson.h>

#include "harness/support/text.h"

/* Add a word to a list that json_array() began; *words becomes NULL, and stays it, when one is
 * not UTF-8, which JSON cannot hold. */
void words_add(json_t **words, const char *word);

/* Add an option and its value, unless that is NULL. */
void words_option(json_t **words, const char *option, const char *value);

/* Append a word as a shell reads it: in quotes where it needs them. */
void words_quote(struct text *line, const char *word);

#endif
