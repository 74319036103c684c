/* Results on standard output. */
#ifndef HARNESS_COMMAND_OUTPUT_H
#define HARNESS_COMMAND_OUTPUT_H

#include "harness/command/table.h"
#include "harness/record/text.h"

/* Print a text. LG_ENVIRONMENT when it cannot be written. */
enum lg_status output_text(const struct text *text, struct lg_error *error);

/* Print a table. */
enum lg_status output_table(const struct table *table, enum table_format format,
                            struct lg_error *error);

/* Push out what is buffered, and say so if some of it could not be written. */
enum lg_status output_flush(struct lg_error *error);

#endif
