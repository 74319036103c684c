/* Shards of one experiment made into one result folder. */
#ifndef HARNESS_MERGE_MERGE_H
#define HARNESS_MERGE_MERGE_H

#include <stddef.h>

#include "lossgrid/status.h"

struct merge_request {
    char *const *folders; /* (count) borrowed */
    size_t count;
    const char *out;
};

/* Make the union of the folders' stores in `out`, with what is there, and write its files. All or
 * nothing: what is wrong with a cell is said on standard error, of so many cells by name, and then
 * LG_FAILED is the answer and `out` is as it was. LG_USAGE for folders that do not belong
 * together, LG_INPUT for what is no result folder. */
enum { MERGE_NAMED_MOST = 20 };
enum lg_status merge_folders(const struct merge_request *request, struct lg_error *error);

#endif
