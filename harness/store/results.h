/* A result folder's files, and what its manifest says of its cells. */
#ifndef HARNESS_STORE_RESULTS_H
#define HARNESS_STORE_RESULTS_H

#include <jansson.h>

#include "harness/store/export.h"
#include "harness/store/manifest.h"

struct results {
    struct extent extent; /* owned */
    char trace_sha256[LG_DIGEST_HEX];
    json_t *machines; /* those that trained, by their id; owned */
};

/* Write the folder's files but manifest.json, which is written of *results. The caller ends
 * *results with results_free(), on failure too. */
enum lg_status results_make(const struct export *export, struct results *results,
                            struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void results_free(struct results *results);

#endif
