/* Digests by which a changed bit of a cell is seen: a chain from what the cell is, over each
 * epoch, to how it ended. */
#ifndef HARNESS_STORE_SEAL_H
#define HARNESS_STORE_SEAL_H

#include "harness/store/store.h"

/* The seal before the first epoch: of which cell it is. LG_ENVIRONMENT when memory is short. */
enum lg_status seal_begin(const char *key, const char *dataset, const char *slug,
                          char seal[LG_DIGEST_HEX], struct lg_error *error);

/* From the seal of the epoch before to this one's; the checkpoint has a digest of its own. */
enum lg_status seal_add(const struct store_epoch *epoch, char seal[LG_DIGEST_HEX],
                        struct lg_error *error);

/* From the last epoch's seal to the cell's; state: how it ended. */
void seal_end(int state, char seal[LG_DIGEST_HEX]);

#endif
