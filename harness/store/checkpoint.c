#include "harness/store/checkpoint.h"

#include <stdlib.h>
#include <string.h>

#include "harness/support/files.h"
#include "harness/support/text.h"

/* The file: this header, the engine's bytes, and 64 hex digits of SHA-256 over
 * both. `order` is read back wrong on a machine of the other byte order. */
struct header {
    char magic[16];
    uint64_t order;
    uint64_t epoch, trace_bytes, timing_bytes, size;
    char key[72], trace_sha256[72], weights_sha256[72]; /* no padding */
};

static const char magic[16] = "lossgrid cell 1";
static const uint64_t byte_order = 0x0102030405060708u;
enum { SEAL = LG_DIGEST_HEX - 1 };

enum lg_status checkpoint_write(const char *path, const struct checkpoint *checkpoint,
                                struct lg_error *error)
{
    struct header header = {
        .order = byte_order,
        .epoch = checkpoint->epoch,
        .trace_bytes = checkpoint->trace_bytes,
        .timing_bytes = checkpoint->timing_bytes,
        .size = checkpoint->size,
    };
    memcpy(header.magic, magic, sizeof magic);
    memcpy(header.key, checkpoint->key, LG_DIGEST_HEX);
    memcpy(header.trace_sha256, checkpoint->trace_sha256, LG_DIGEST_HEX);
    memcpy(header.weights_sha256, checkpoint->weights_sha256, LG_DIGEST_HEX);
    struct text file = {0};
    text_add(&file, &header, sizeof header);
    text_add(&file, checkpoint->bytes, checkpoint->size);
    enum lg_status status = text_check(&file, error);
    if (status == LG_OK) {
        char seal[LG_DIGEST_HEX];
        lg_digest_bytes(file.bytes, file.size, seal);
        text_add(&file, seal, SEAL);
        status = text_check(&file, error);
    }
    if (status == LG_OK)
        status = files_write(path, file.bytes, file.size, error);
    text_free(&file);
    return status;
}

/* Every string of the header ends in a NUL where it should: all come from a file. */
static int is_digest(const char text[72])
{
    return text[SEAL] == '\0' && strspn(text, "0123456789abcdef") == SEAL;
}

static const char *what_is_wrong(const struct text *file, struct header *header)
{
    if (file->size < sizeof *header + SEAL)
        return "it is too short";
    memcpy(header, file->bytes, sizeof *header);
    if (memcmp(header->magic, magic, sizeof magic) != 0 || header->order != byte_order)
        return "it does not begin as one";
    if (header->size != file->size - sizeof *header - SEAL)
        return "it has the wrong length";
    char seal[LG_DIGEST_HEX];
    lg_digest_bytes(file->bytes, file->size - SEAL, seal);
    if (memcmp(seal, file->bytes + file->size - SEAL, SEAL) != 0)
        return "its SHA-256 differs from the one it carries";
    if (!is_digest(header->key) || !is_digest(header->trace_sha256) ||
        !is_digest(header->weights_sha256))
        return "it carries something else than digests";
    return NULL;
}

static enum lg_status decode(const char *path, const struct text *file,
                             struct checkpoint *checkpoint, struct lg_error *error)
{
    struct header header;
    const char *wrong = what_is_wrong(file, &header);
    if (wrong != NULL)
        return lg_fail_at(error, LG_INPUT, path, 0, 0, "damaged checkpoint: %s", wrong);
    checkpoint->bytes = malloc(header.size > 0 ? header.size : 1);
    if (checkpoint->bytes == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory to read %s", path);
    memcpy(checkpoint->bytes, file->bytes + sizeof header, header.size);
    checkpoint->size = header.size;
    checkpoint->epoch = header.epoch;
    checkpoint->trace_bytes = header.trace_bytes;
    checkpoint->timing_bytes = header.timing_bytes;
    memcpy(checkpoint->key, header.key, LG_DIGEST_HEX);
    memcpy(checkpoint->trace_sha256, header.trace_sha256, LG_DIGEST_HEX);
    memcpy(checkpoint->weights_sha256, header.weights_sha256, LG_DIGEST_HEX);
    return LG_OK;
}

enum lg_status checkpoint_read(const char *path, struct checkpoint *checkpoint,
                               struct lg_error *error)
{
    *checkpoint = (struct checkpoint){0};
    struct text file = {0};
    enum lg_status status = files_read(path, &file, error);
    if (status == LG_OK)
        status = decode(path, &file, checkpoint, error);
    text_free(&file);
    return status;
}

void checkpoint_free(struct checkpoint *checkpoint)
{
    free(checkpoint->bytes);
    *checkpoint = (struct checkpoint){0};
}
