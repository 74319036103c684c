#include "lossgrid/digest.h"

#include <assert.h>
#include <stdlib.h>

#include <openssl/evp.h>

enum { DIGEST_BYTES = (LG_DIGEST_HEX - 1) / 2 };

struct lg_digest {
    EVP_MD_CTX *context;
};

struct lg_digest *lg_digest_begin(void)
{
    struct lg_digest *digest = malloc(sizeof *digest);
    if (digest == NULL)
        return NULL;
    digest->context = EVP_MD_CTX_new();
    if (digest->context == NULL || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(digest->context);
        free(digest);
        return NULL;
    }
    return digest;
}

void lg_digest_add(struct lg_digest *digest, const void *bytes, size_t size)
{
    /* Once begun, a digest takes no more memory: these calls have nothing to
     * fail of but misuse. */
    int ok = EVP_DigestUpdate(digest->context, bytes, size);
    assert(ok == 1);
    (void)ok;
}

static void write_hex(const unsigned char bytes[DIGEST_BYTES], char hex[LG_DIGEST_HEX])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[LG_DIGEST_HEX - 1] = '\0';
}

void lg_digest_end(struct lg_digest *digest, char hex[LG_DIGEST_HEX])
{
    unsigned char bytes[DIGEST_BYTES];
    unsigned int size = 0;
    int ok = EVP_DigestFinal_ex(digest->context, bytes, &size);
    assert(ok == 1 && size == DIGEST_BYTES);
    (void)ok;
    write_hex(bytes, hex);
    EVP_MD_CTX_free(digest->context);
    free(digest);
}

void lg_digest_bytes(const void *bytes, size_t size, char hex[LG_DIGEST_HEX])
{
    unsigned char raw[DIGEST_BYTES];
    int ok = EVP_Digest(bytes, size, raw, NULL, EVP_sha256(), NULL);
    assert(ok == 1);
    (void)ok;
    write_hex(raw, hex);
}
