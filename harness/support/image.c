#include "harness/support/image.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/files.h"
#include "harness/support/text.h"

/* Images here are thumbnails: a header that claims more is damaged. */
enum { SIDE_MAX = 1 << 14 };

enum lg_status image_encode(const char *name, const uint8_t *pixels, size_t rows, size_t columns,
                            struct text *png, struct lg_error *error)
{
    png_image header = {
        .version = PNG_IMAGE_VERSION,
        .width = (png_uint_32)columns,
        .height = (png_uint_32)rows,
        .format = PNG_FORMAT_GRAY,
    };
    png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(header);
    void *bytes = malloc(size);
    if (bytes == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory to write %s", name);
    enum lg_status status = LG_OK;
    if (png_image_write_to_memory(&header, bytes, &size, 0, pixels, 0, NULL))
        text_add(png, bytes, size);
    else
        status = lg_fail(error, LG_ENVIRONMENT, "cannot write %s: %s", name, header.message);
    free(bytes);
    return status == LG_OK ? text_check(png, error) : status;
}

enum lg_status image_write(const char *path, const uint8_t *pixels, size_t rows, size_t columns,
                           struct lg_error *error)
{
    struct text png = {0};
    enum lg_status status = image_encode(path, pixels, rows, columns, &png, error);
    if (status == LG_OK)
        status = files_write_unsynced(path, png.bytes, png.size, error);
    text_free(&png);
    return status;
}

static enum lg_status decode(const char *path, const struct text *content, struct image *image,
                             struct lg_error *error)
{
    png_image header = {.version = PNG_IMAGE_VERSION};
    if (content->size == 0 ||
        !png_image_begin_read_from_memory(&header, content->bytes, content->size))
        return lg_fail_at(error, LG_INPUT, path, 0, 0, "no PNG image: %s",
                          content->size == 0 ? "empty" : header.message);
    enum lg_status status = LG_OK;
    if (header.format != PNG_FORMAT_GRAY || header.width > SIDE_MAX || header.height > SIDE_MAX)
        status = lg_fail_at(error, LG_INPUT, path, 0, 0,
                            "expected a small grey image of at most 8 bits without transparency");
    if (status == LG_OK) {
        *image = (struct image){.rows = header.height, .columns = header.width};
        image->pixels = malloc(PNG_IMAGE_SIZE(header));
        if (image->pixels == NULL)
            status = lg_fail(error, LG_ENVIRONMENT, "not enough memory to read %s", path);
        else if (!png_image_finish_read(&header, NULL, image->pixels, 0, NULL))
            status = lg_fail_at(error, LG_INPUT, path, 0, 0, "damaged image: %s", header.message);
    }
    png_image_free(&header);
    return status;
}

enum lg_status image_read(const char *path, struct image *image, struct lg_error *error)
{
    *image = (struct image){0};
    struct text content = {0};
    enum lg_status status = files_read(path, &content, error);
    if (status == LG_OK)
        status = decode(path, &content, image, error);
    text_free(&content);
    if (status != LG_OK)
        image_free(image);
    return status;
}

enum lg_status image_decode(const char *name, const void *png, size_t size, struct image *image,
                            struct lg_error *error)
{
    struct text content = {0};
    *image = (struct image){0};
    text_add(&content, png, size);
    enum lg_status status = text_check(&content, error);
    if (status == LG_OK)
        status = decode(name, &content, image, error);
    text_free(&content);
    if (status != LG_OK)
        image_free(image);
    return status;
}

void image_free(struct image *image)
{
    free(image->pixels);
    *image = (struct image){0};
}
