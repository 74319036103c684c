/* Folders as a table for people, or as JSON. */
#ifndef HARNESS_STATUS_SHOW_H
#define HARNESS_STATUS_SHOW_H

#include "harness/status/folder.h"
#include "harness/support/text.h"

/* Append a row for each folder and, of several, one for all; then what is running, and each
 * reason for which cells failed. Names of the user's are as they are. */
enum lg_status show_text(const struct folder *folders, size_t count, struct text *text,
                         struct lg_error *error);

/* Append a list of objects. */
enum lg_status show_json(const struct folder *folders, size_t count, struct text *text,
                         struct lg_error *error);

#endif
