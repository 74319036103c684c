#include "engine/data/idx.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/data/raw.h"

enum {
    MAGIC_BYTES = 4,
    DIMENSION_BYTES = 4,
    UNSIGNED_BYTE = 0x08,
    FIRST_CHUNK = 1 << 20,
};

/* A file on its way into an lg_idx. */
struct reading {
    struct lg_raw *raw;
    struct lg_digest *digest;
    struct lg_idx *idx;
    size_t header_bytes;
    struct lg_error *error;
};

#define FAIL(reading, ...)                                                                         \
    lg_fail_at((reading)->error, LG_INPUT, (reading)->idx->path, 0, 0, __VA_ARGS__)

static enum lg_status out_of_memory(const struct reading *reading)
{
    return lg_fail_at(reading->error, LG_ENVIRONMENT, reading->idx->path, 0, 0,
                      "not enough memory to read it");
}

/* A name that cannot be looked at for another reason than being absent is there:
 * opening it then says what is wrong. */
static bool is_missing(const char *path)
{
    struct stat about;
    return stat(path, &about) != 0 && (errno == ENOENT || errno == ENOTDIR);
}

/* directory/name, else directory/name.gz, into idx->path. */
static enum lg_status find_file(const char *directory, const char *name, struct lg_idx *idx,
                                struct lg_error *error)
{
    char plain[sizeof idx->path];
    int length = snprintf(idx->path, sizeof idx->path, "%s/%s.gz", directory, name);
    if (length < 0 || (size_t)length >= sizeof idx->path)
        return lg_fail_at(error, LG_INPUT, directory, 0, 0,
                          "the folder's name is too long: %s in it would need %d characters, "
                          "expected at most %zu",
                          name, length, sizeof idx->path - 1);
    snprintf(plain, sizeof plain, "%.*s", length - (int)strlen(".gz"), idx->path);
    if (!is_missing(plain))
        memcpy(idx->path, plain, sizeof plain);
    else if (is_missing(idx->path))
        return lg_fail_at(error, LG_ENVIRONMENT, plain, 0, 0,
                          "is missing: expected this file or %s.gz", name);
    return LG_OK;
}

static enum lg_status read_some(struct reading *reading, void *bytes, size_t size, size_t *got)
{
    enum lg_status status = lg_raw_read(reading->raw, bytes, size, got, reading->error);
    if (status == LG_OK)
        lg_digest_add(reading->digest, bytes, *got);
    return status;
}

static uint32_t big_endian(const uint8_t bytes[4])
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Two zero bytes, the element type, the rank. */
static enum lg_status read_magic(struct reading *reading)
{
    uint8_t magic[MAGIC_BYTES];
    size_t got;
    enum lg_status status = read_some(reading, magic, sizeof magic, &got);
    if (status != LG_OK)
        return status;
    if (got == 0)
        return FAIL(reading, "is empty: expected an IDX header");
    if (got < sizeof magic)
        return FAIL(reading, "holds %zu raw bytes: expected an IDX header", got);
    int rank = magic[3];
    if (magic[0] != 0 || magic[1] != 0 || magic[2] != UNSIGNED_BYTE || rank < 1 ||
        rank > LG_IDX_DIMENSIONS_MAX)
        return FAIL(reading,
                    "starts with 0x%08x, which is no IDX file of unsigned bytes: expected "
                    "0x0000080R with R = 1 to %d dimensions (labels 0x00000801, images 0x00000803)",
                    (unsigned int)big_endian(magic), LG_IDX_DIMENSIONS_MAX);
    reading->idx->rank = rank;
    reading->header_bytes = MAGIC_BYTES + (size_t)rank * DIMENSION_BYTES;
    return LG_OK;
}

static enum lg_status read_dimensions(struct reading *reading)
{
    struct lg_idx *idx = reading->idx;
    idx->count = 1;
    for (int i = 0; i < idx->rank; i++) {
        uint8_t bytes[DIMENSION_BYTES];
        size_t got;
        enum lg_status status = read_some(reading, bytes, sizeof bytes, &got);
        if (status != LG_OK)
            return status;
        if (got < sizeof bytes)
            return FAIL(reading, "holds %zu raw bytes: expected an IDX header of %zu",
                        MAGIC_BYTES + (size_t)i * DIMENSION_BYTES + got, reading->header_bytes);
        idx->dimensions[i] = big_endian(bytes);
        if (__builtin_mul_overflow(idx->count, idx->dimensions[i], &idx->count) ||
            idx->count > SIZE_MAX / 2)
            return FAIL(reading, "claims dimensions whose product exceeds any memory");
    }
    return LG_OK;
}

/* Count what is left beyond the payload. */
static enum lg_status expect_end(struct reading *reading)
{
    size_t excess = 0, got;
    do {
        uint8_t scrap[4096];
        enum lg_status status =
            lg_raw_read(reading->raw, scrap, sizeof scrap, &got, reading->error);
        if (status != LG_OK)
            return status;
        excess += got;
    } while (got > 0);
    size_t expected = reading->header_bytes + reading->idx->count;
    if (excess > 0)
        return FAIL(reading,
                    "has trailing garbage: holds %zu raw bytes, expected %zu by its header",
                    expected + excess, expected);
    return LG_OK;
}

/* The header's claim is not believed: the buffer doubles as bytes arrive. */
static enum lg_status read_payload(struct reading *reading)
{
    struct lg_idx *idx = reading->idx;
    size_t used = 0, capacity = 0, got = 0;
    do {
        size_t grown = capacity == 0 ? FIRST_CHUNK : 2 * capacity;
        capacity = grown < idx->count ? grown : idx->count;
        uint8_t *bytes = realloc(idx->bytes, capacity > 0 ? capacity : 1);
        if (bytes == NULL)
            return out_of_memory(reading);
        idx->bytes = bytes;
        enum lg_status status = read_some(reading, bytes + used, capacity - used, &got);
        if (status != LG_OK)
            return status;
        used += got;
    } while (used == capacity && used < idx->count);
    if (used < idx->count)
        return FAIL(reading, "is truncated: holds %zu raw bytes, expected %zu by its header",
                    reading->header_bytes + used, reading->header_bytes + idx->count);
    return expect_end(reading);
}

static enum lg_status read_all(struct reading *reading)
{
    enum lg_status status = read_magic(reading);
    if (status == LG_OK)
        status = read_dimensions(reading);
    if (status == LG_OK)
        status = read_payload(reading);
    return status;
}

bool lg_idx_exists(const char *directory, const char *name)
{
    struct lg_idx idx;
    /* One that cannot even be named counts as there: reading it says why. */
    return find_file(directory, name, &idx, NULL) != LG_ENVIRONMENT;
}

enum lg_status lg_idx_read(const char *directory, const char *name, struct lg_idx *idx,
                           struct lg_error *error)
{
    *idx = (struct lg_idx){0};
    struct reading reading = {.idx = idx, .error = error};
    enum lg_status status = find_file(directory, name, idx, error);
    if (status == LG_OK)
        status = lg_raw_open(idx->path, &reading.raw, error);
    if (status != LG_OK)
        return status;
    reading.digest = lg_digest_begin();
    status = reading.digest != NULL ? read_all(&reading) : out_of_memory(&reading);
    if (reading.digest != NULL)
        lg_digest_end(reading.digest, idx->sha256);
    lg_raw_close(reading.raw);
    if (status != LG_OK)
        lg_idx_free(idx);
    return status;
}

void lg_idx_free(struct lg_idx *idx)
{
    free(idx->bytes);
    *idx = (struct lg_idx){0};
}
