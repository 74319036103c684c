/* The place where a data set is read from, and the set found there. */
#ifndef HARNESS_DATASET_LOCATE_H
#define HARNESS_DATASET_LOCATE_H

#include <stdbool.h>

#include "lossgrid/dataset.h"

/* A set found. Its files are identified by the training images; all four are
 * verified when they are loaded. */
struct located {
    const struct lg_dataset_info *info; /* the set that is there */
    char directory[512];
    bool substituted; /* info is not the set asked for: warn */
    bool named;       /* the directory was named, by --data or LOSSGRID_DATA */
};

/* Look for the set asked for, in this order:
 *   1. the folder of --data (data_option; NULL: not given), else of LOSSGRID_DATA
 *      (empty counts as unset). It alone is looked at: if it holds another known
 *      set, that is taken as a substitute; if it holds none, that is an error;
 *   2. data/ in the current folder, if it holds the set asked for;
 *   3. the folders where a distribution's package puts the set asked for;
 *   4. the packaged Fashion-MNIST, as a substitute.
 * A file in 1 to 3 that is damaged or no known set's is an error and no reason to go on.
 * LG_INPUT for such a file, LG_ENVIRONMENT when nothing is found or something cannot be
 * read; the message lists the places searched and says what to do. */
enum lg_status locate_dataset(const struct lg_dataset_info *asked, const char *data_option,
                              struct located *out, struct lg_error *error);

#endif
