#include "harness/support/image.h"

#include <criterion/criterion.h>
#include <png.h>
#include <string.h>
#include <unistd.h>

#include "harness/support/files.h"
#include "tests/unit/fixture.h"

static char folder[FIXTURE_PATH];
static struct lg_error error;

static void make(void)
{
    fixture_make_folder(folder);
    cr_assert_eq(chdir(folder), 0);
}

static void clean(void)
{
    cr_assert_eq(files_remove_tree(folder, &error), LG_OK, "%s", error.message);
}

TestSuite(image, .init = make, .fini = clean);

/* All 256 greys: none is bent by a gamma on the way. */
Test(image, every_grey_comes_back)
{
    uint8_t pixels[256];
    struct image image;
    for (int i = 0; i < 256; i++)
        pixels[i] = (uint8_t)i;
    cr_assert_eq(image_write("x.png", pixels, 8, 32, &error), LG_OK, "%s", error.message);
    cr_assert_eq(image_read("x.png", &image, &error), LG_OK, "%s", error.message);
    cr_assert_eq(image.rows, 8);
    cr_assert_eq(image.columns, 32);
    cr_assert_arr_eq(image.pixels, pixels, sizeof pixels);
    image_free(&image);
}

Test(image, is_the_same_file_every_time)
{
    static const uint8_t pixels[4] = {0, 85, 170, 255};
    char first[1024], second[1024];
    image_write("x.png", pixels, 2, 2, &error);
    image_write("y.png", pixels, 2, 2, &error);
    size_t size = fixture_read(folder, "x.png", first, sizeof first);
    cr_assert_eq(fixture_read(folder, "y.png", second, sizeof second), size);
    cr_assert_arr_eq(first, second, size);
}

Test(image, refuses_what_is_none)
{
    static const uint8_t pixels[12] = {0};
    struct image image;
    char bytes[1024];
    cr_assert_eq(image_read("nowhere.png", &image, &error), LG_ENVIRONMENT);
    fixture_write(folder, "x.png", "", 0);
    cr_assert_eq(image_read("x.png", &image, &error), LG_INPUT);
    fixture_write(folder, "x.png", "no image", 8);
    cr_assert_eq(image_read("x.png", &image, &error), LG_INPUT);

    image_write("x.png", pixels, 3, 4, &error);
    size_t size = fixture_read(folder, "x.png", bytes, sizeof bytes);
    fixture_write(folder, "cut.png", bytes, size - 20);
    cr_assert_eq(image_read("cut.png", &image, &error), LG_INPUT);
    cr_assert_str_eq(error.file, "cut.png");

    png_image colour = {
        .version = PNG_IMAGE_VERSION, .width = 2, .height = 2, .format = PNG_FORMAT_RGB};
    cr_assert(png_image_write_to_file(&colour, "colour.png", 0, pixels, 0, NULL));
    cr_assert_eq(image_read("colour.png", &image, &error), LG_INPUT);
    cr_assert_not_null(strstr(error.message, "grey"), "%s", error.message);
    cr_assert_null(image.pixels);
}
