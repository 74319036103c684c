/* JSON objects written whole, or not at all. */
#ifndef HARNESS_SUPPORT_JSON_H
#define HARNESS_SUPPORT_JSON_H

#include <jansson.h>
#include <stddef.h>

#include "harness/support/text.h"

/* Both take the object, which may be NULL where memory was short: LG_ENVIRONMENT then. Members
 * are indented by so many blanks; a line feed ends the last line. */

/* Append it to *text. */
enum lg_status json_add(struct text *text, json_t *root, size_t indent, struct lg_error *error);

/* Write it to the file, as files_write() does. */
enum lg_status json_write(const char *path, json_t *root, size_t indent, struct lg_error *error);

#endif
