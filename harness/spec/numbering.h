/* Which cell has which number. */
#ifndef HARNESS_SPEC_NUMBERING_H
#define HARNESS_SPEC_NUMBERING_H

#include "harness/spec/experiment.h"

/* A digest of all that decides which cell has which number, and its key: experiments of the same
 * digest have the same cells in the same order. Made of the grid's axes, not of its cells.
 * LG_ENVIRONMENT when memory is short. */
enum lg_status numbering_digest(const struct experiment *experiment, char digest[LG_DIGEST_HEX],
                                struct lg_error *error);

#endif
