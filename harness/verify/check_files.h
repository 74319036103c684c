/* Hold a result folder's CSV files against its store. */
#ifndef HARNESS_VERIFY_CHECK_FILES_H
#define HARNESS_VERIFY_CHECK_FILES_H

#include <stddef.h>

#include "lossgrid/status.h"

/* Export the store's content once more, to a folder of its own that is removed, and compare each
 * CSV file of it with the one that is there; *count receives how many there are, 0 without a
 * store. dataset: the name of the set that was used. LG_FAILED, with the file and line, for the
 * first difference. */
enum lg_status check_files(const char *directory, const char *dataset, size_t *count,
                           struct lg_error *error);

#endif
