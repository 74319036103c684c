#include "engine/data/raw.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

enum { BUFFER_BYTES = 1 << 16, GZIP_FIRST = 0x1f, GZIP_SECOND = 0x8b };

struct lg_raw {
    int descriptor;
    bool compressed;
    bool ended;       /* the last gzip member is complete */
    size_t raw_bytes; /* handed out so far */
    z_stream stream;  /* next_in and avail_in serve plain files too */
    char *path;       /* for the error messages; owned */
    unsigned char buffer[BUFFER_BYTES];
};

/* Fill the empty buffer; it stays empty at the end of the file only. */
static enum lg_status refill(struct lg_raw *raw, struct lg_error *error)
{
    size_t used = 0;
    while (used < BUFFER_BYTES) {
        ssize_t got = read(raw->descriptor, raw->buffer + used, BUFFER_BYTES - used);
        if (got == 0)
            break;
        if (got > 0)
            used += (size_t)got;
        else if (errno != EINTR)
            return lg_fail_at(error, LG_ENVIRONMENT, raw->path, 0, 0, "cannot be read: %s",
                              strerror(errno));
    }
    raw->stream.next_in = raw->buffer;
    raw->stream.avail_in = (unsigned int)used;
    return LG_OK;
}

static enum lg_status start(struct lg_raw *raw, struct lg_error *error)
{
    enum lg_status status = refill(raw, error);
    if (status != LG_OK)
        return status;
    raw->compressed =
        raw->stream.avail_in >= 2 && raw->buffer[0] == GZIP_FIRST && raw->buffer[1] == GZIP_SECOND;
    if (raw->compressed && inflateInit2(&raw->stream, MAX_WBITS + 16) != Z_OK) {
        raw->compressed = false;
        return lg_fail_at(error, LG_ENVIRONMENT, raw->path, 0, 0, "not enough memory to read it");
    }
    return LG_OK;
}

enum lg_status lg_raw_open(const char *path, struct lg_raw **raw, struct lg_error *error)
{
    *raw = NULL;
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return lg_fail_at(error, LG_ENVIRONMENT, path, 0, 0, "cannot be opened: %s",
                          strerror(errno));
    struct lg_raw *opened = calloc(1, sizeof *opened);
    char *copy = strdup(path);
    if (opened == NULL || copy == NULL) {
        free(copy);
        free(opened);
        close(descriptor);
        return lg_fail_at(error, LG_ENVIRONMENT, path, 0, 0, "not enough memory to read it");
    }
    opened->descriptor = descriptor;
    opened->path = copy;
    enum lg_status status = start(opened, error);
    if (status != LG_OK) {
        lg_raw_close(opened);
        return status;
    }
    *raw = opened;
    return LG_OK;
}

static enum lg_status read_plain(struct lg_raw *raw, unsigned char *bytes, size_t size, size_t *got,
                                 struct lg_error *error)
{
    z_stream *in = &raw->stream;
    while (*got < size) {
        if (in->avail_in == 0) {
            enum lg_status status = refill(raw, error);
            if (status != LG_OK || in->avail_in == 0)
                return status;
        }
        size_t part = size - *got < in->avail_in ? size - *got : in->avail_in;
        memcpy(bytes + *got, in->next_in, part);
        in->next_in += part;
        in->avail_in -= (unsigned int)part;
        *got += part;
    }
    return LG_OK;
}

/* The rest after a complete member: nothing, or another member; a stream may be several,
 * one after the other (RFC 1952, section 2.2). */
static enum lg_status end_member(struct lg_raw *raw, struct lg_error *error)
{
    z_stream *z = &raw->stream;
    if (z->avail_in == 0) {
        enum lg_status status = refill(raw, error);
        if (status != LG_OK)
            return status;
    }
    if (z->avail_in == 0)
        raw->ended = true;
    else if (z->next_in[0] != GZIP_FIRST)
        return lg_fail_at(error, LG_INPUT, raw->path, 0, 0,
                          "has trailing garbage: a complete gzip stream, expected to end the "
                          "file, is followed by other bytes");
    else
        (void)inflateReset(z); /* fails on a stream that was never begun only */
    return LG_OK;
}

static enum lg_status refill_or_truncated(struct lg_raw *raw, struct lg_error *error)
{
    enum lg_status status = refill(raw, error);
    if (status == LG_OK && raw->stream.avail_in == 0)
        return lg_fail_at(error, LG_INPUT, raw->path, 0, 0,
                          "is truncated: the gzip stream stops after %zu raw bytes, before the "
                          "end of its data and 8-byte trailer",
                          raw->raw_bytes);
    return status;
}

/* One call of inflate() and what its answer asks for. */
static enum lg_status inflate_some(struct lg_raw *raw, struct lg_error *error)
{
    z_stream *z = &raw->stream;
    unsigned int room = z->avail_out;
    int answer = inflate(z, Z_NO_FLUSH);
    raw->raw_bytes += room - z->avail_out;
    switch (answer) {
    case Z_OK:
        return LG_OK;
    case Z_BUF_ERROR: /* no progress: there is room, so it wants input */
        return refill_or_truncated(raw, error);
    case Z_STREAM_END:
        return end_member(raw, error);
    case Z_MEM_ERROR:
        return lg_fail_at(error, LG_ENVIRONMENT, raw->path, 0, 0, "not enough memory to read it");
    default:
        return lg_fail_at(error, LG_INPUT, raw->path, 0, 0,
                          "is damaged: the gzip stream breaks after %zu raw bytes (%s)",
                          raw->raw_bytes, z->msg != NULL ? z->msg : "unexpected dictionary");
    }
}

static enum lg_status read_compressed(struct lg_raw *raw, unsigned char *bytes, size_t size,
                                      size_t *got, struct lg_error *error)
{
    z_stream *z = &raw->stream;
    while (*got < size && !raw->ended) {
        size_t part = size - *got < UINT_MAX ? size - *got : UINT_MAX;
        z->next_out = bytes + *got;
        z->avail_out = (unsigned int)part;
        enum lg_status status = inflate_some(raw, error);
        if (status != LG_OK)
            return status;
        *got += part - z->avail_out;
    }
    return LG_OK;
}

enum lg_status lg_raw_read(struct lg_raw *raw, void *bytes, size_t size, size_t *got,
                           struct lg_error *error)
{
    *got = 0;
    return raw->compressed ? read_compressed(raw, bytes, size, got, error)
                           : read_plain(raw, bytes, size, got, error);
}

void lg_raw_close(struct lg_raw *raw)
{
    if (raw == NULL)
        return;
    if (raw->compressed)
        inflateEnd(&raw->stream);
    close(raw->descriptor);
    free(raw->path);
    free(raw);
}
