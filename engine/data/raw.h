/* The raw content of a file, plain or gzip-compressed (RFC 1952), recognised by the file's
 * first bytes and not by its name.
 *
 * zlib's gzread() answers a cut stream with a mere end of file and drops what follows a
 * stream; a data set must be neither cut nor padded, so this reader drives inflate() itself
 * and calls both errors. */
#ifndef LG_DATA_RAW_H
#define LG_DATA_RAW_H

#include <stddef.h>

#include "lossgrid/status.h"

/* A file being read. Opaque; one owner; end it with lg_raw_close(). */
struct lg_raw;

/* Open path. LG_ENVIRONMENT when it cannot be opened or read. */
enum lg_status lg_raw_open(const char *path, struct lg_raw **raw, struct lg_error *error);

/* Read size raw bytes; *got is fewer only at the end of the content. LG_INPUT
 * for a gzip stream that is damaged, cut anywhere (trailer included) or followed
 * by something else; LG_ENVIRONMENT when the file cannot be read. */
enum lg_status lg_raw_read(struct lg_raw *raw, void *bytes, size_t size, size_t *got,
                           struct lg_error *error);

/* Close and free; NULL is allowed. */
void lg_raw_close(struct lg_raw *raw);

#endif
