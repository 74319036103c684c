/* 8-bit grey PNG files through libpng. */
#ifndef HARNESS_SUPPORT_IMAGE_H
#define HARNESS_SUPPORT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "harness/support/text.h"
#include "lossgrid/status.h"

/* Write pixels: (rows, columns), row-major, 0 black to 255 white.
 * Atomic, unsynced. */
enum lg_status image_write(const char *path, const uint8_t *pixels, size_t rows, size_t columns,
                           struct lg_error *error);

/* The same, appended to *png; messages call the image `name`. */
enum lg_status image_encode(const char *name, const uint8_t *pixels, size_t rows, size_t columns,
                            struct text *png, struct lg_error *error);

/* A grey image in memory. */
struct image {
    uint8_t *pixels; /* (rows, columns), row-major; owned */
    size_t rows, columns;
};

/* Read a grey PNG of at most 8 bits. LG_ENVIRONMENT when the file cannot be
 * opened, LG_INPUT when it is no such image. On success the caller ends *image
 * with image_free(). */
enum lg_status image_read(const char *path, struct image *image, struct lg_error *error);

/* The same of bytes in memory, which messages call `name`. */
enum lg_status image_decode(const char *name, const void *png, size_t size, struct image *image,
                            struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void image_free(struct image *image);

#endif
