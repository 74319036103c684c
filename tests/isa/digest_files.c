/* In place of engine/base/digest.c, for programs on a machine without libcrypto: the
 * bytes of each digest go into a numbered file of the working folder, and the number
 * stands where the digest would. tests/isa/table.sh lets sha256sum do the rest. */
#include "lossgrid/digest.h"

#include <stdio.h>
#include <stdlib.h>

struct lg_digest {
    FILE *file;
    unsigned number;
};

struct lg_digest *lg_digest_begin(void)
{
    static unsigned count;
    struct lg_digest *digest = malloc(sizeof *digest);
    char name[LG_DIGEST_HEX];
    if (digest == NULL)
        return NULL;
    digest->number = count++;
    snprintf(name, sizeof name, "%064u", digest->number);
    digest->file = fopen(name, "wb");
    if (digest->file == NULL) {
        free(digest);
        return NULL;
    }
    return digest;
}

void lg_digest_add(struct lg_digest *digest, const void *bytes, size_t size)
{
    if (fwrite(bytes, 1, size, digest->file) != size)
        exit(3);
}

void lg_digest_end(struct lg_digest *digest, char hex[LG_DIGEST_HEX])
{
    snprintf(hex, LG_DIGEST_HEX, "%064u", digest->number);
    if (fclose(digest->file) != 0)
        exit(3);
    free(digest);
}

void lg_digest_bytes(const void *bytes, size_t size, char hex[LG_DIGEST_HEX])
{
    struct lg_digest *digest = lg_digest_begin();
    if (digest == NULL)
        exit(3);
    lg_digest_add(digest, bytes, size);
    lg_digest_end(digest, hex);
}
