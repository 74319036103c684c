/* SHA-256 (FIPS 180-4) through libcrypto. */
#ifndef LOSSGRID_DIGEST_H
#define LOSSGRID_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { LG_DIGEST_HEX = 65 }; /* 64 lower-case hex digits and a NUL */

/* A digest being computed. Opaque; one owner; end it with lg_digest_end(). */
struct lg_digest;

/* Start a digest; NULL when memory is short. */
struct lg_digest *lg_digest_begin(void);

/* Add size bytes. */
void lg_digest_add(struct lg_digest *digest, const void *bytes, size_t size);

/* Finish, free, and write 64 hex digits and a NUL to hex. */
void lg_digest_end(struct lg_digest *digest, char hex[LG_DIGEST_HEX]);

/* The digest of one buffer. */
void lg_digest_bytes(const void *bytes, size_t size, char hex[LG_DIGEST_HEX]);

#endif
