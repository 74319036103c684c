/* Every CSV file that this program writes. A file named <name>_columns.c, in any folder of the
 * harness, has a struct csv_folder csv_folder_<name>; the build finds it. */
#ifndef HARNESS_STORE_CSV_FOLDERS_H
#define HARNESS_STORE_CSV_FOLDERS_H

#include "harness/support/csv_file.h"

/* All of them, sorted by that name; a command may have several. */
const struct csv_folder *const *csv_folders(size_t *count);

#endif
