#include "harness/store/seal.h"

#include <stdio.h>
#include <string.h>

static void add_sized(struct lg_digest *digest, struct store_bytes bytes)
{
    char size[32];
    const int length = snprintf(size, sizeof size, "%zu:", bytes.size);
    lg_digest_add(digest, size, (size_t)length);
    if (bytes.size > 0)
        lg_digest_add(digest, bytes.bytes, bytes.size);
}

static void add_text(struct lg_digest *digest, const char *text)
{
    add_sized(digest, (struct store_bytes){text, strlen(text)});
}

enum lg_status seal_begin(const char *key, const char *dataset, const char *slug,
                          char seal[LG_DIGEST_HEX], struct lg_error *error)
{
    struct lg_digest *digest = lg_digest_begin();
    if (digest == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    add_text(digest, key);
    add_text(digest, dataset);
    add_text(digest, slug);
    lg_digest_end(digest, seal);
    return LG_OK;
}

enum lg_status seal_add(const struct store_epoch *epoch, char seal[LG_DIGEST_HEX],
                        struct lg_error *error)
{
    char number[32];
    struct lg_digest *digest = lg_digest_begin();
    if (digest == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    snprintf(number, sizeof number, "%zu", epoch->epoch);
    add_text(digest, seal);
    add_text(digest, number);
    add_sized(digest, epoch->trace);
    add_sized(digest, epoch->timing);
    add_sized(digest, epoch->image);
    add_sized(digest, epoch->parameters);
    add_sized(digest, epoch->evaluations);
    lg_digest_end(digest, seal);
    return LG_OK;
}

void seal_end(int state, char seal[LG_DIGEST_HEX])
{
    char text[LG_DIGEST_HEX + 16];
    const int size = snprintf(text, sizeof text, "%s:%d", seal, state);
    lg_digest_bytes(text, (size_t)size, seal);
}
