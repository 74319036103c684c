/* IDX files (Y. LeCun, C. Cortes, C. Burges, the MNIST database's format),
 * plain or gzip-compressed, through zlib. */
#ifndef LG_DATA_IDX_H
#define LG_DATA_IDX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lossgrid/digest.h"
#include "lossgrid/status.h"

enum { LG_IDX_DIMENSIONS_MAX = 4 };

/* An IDX file of unsigned bytes in memory. */
struct lg_idx {
    uint8_t *bytes; /* the payload after the header; owned, free with lg_idx_free() */
    size_t count;   /* payload bytes: the product of dimensions */
    int rank;
    size_t dimensions[LG_IDX_DIMENSIONS_MAX];
    char sha256[LG_DIGEST_HEX]; /* of the raw file, header included */
    char path[512];             /* the file that was read, for messages */
};

/* True if directory/name or directory/name.gz is there, readable or not. */
bool lg_idx_exists(const char *directory, const char *name);

/* Read directory/name, else directory/name.gz; either may be gzip-compressed, recognised by
 * its content. Memory grows with the bytes that are there, never by the header's word. The
 * raw length must be exactly header + payload: a short file (also a gzip stream cut
 * anywhere, trailer included), a longer one, a wrong magic number or element type are
 * LG_INPUT with file, what was found and what was expected; a missing or unreadable one is
 * LG_ENVIRONMENT. */
enum lg_status lg_idx_read(const char *directory, const char *name, struct lg_idx *idx,
                           struct lg_error *error);

/* Free the payload. Safe on a zeroed struct. */
void lg_idx_free(struct lg_idx *idx);

#endif
