#include "lossgrid/dataset.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/data/idx.h"
#include "tests/unit/fixture.h"

/* A set small enough to be made here: 6 and 4 images of 2 x 3 pixels, 3 classes. */
enum { ROWS = 2, COLUMNS = 3, CLASSES = 3, FILE_ROOM = 128 };
static const uint32_t counts[] = {6, 4};

static char folder[FIXTURE_PATH];
static char digests[LG_DATASET_FILES][LG_DIGEST_HEX];
static struct lg_dataset_info tiny = {
    .name = "tiny",
    .title = "Tiny",
    .classes = CLASSES,
    .files = {{.name = "train-images-idx3-ubyte"},
              {.name = "train-labels-idx1-ubyte"},
              {.name = "t10k-images-idx3-ubyte"},
              {.name = "t10k-labels-idx1-ubyte"}},
};
static struct lg_dataset dataset;
static struct lg_error error;

/* The right content of a file of the tiny set. */
static size_t content(int which, uint8_t bytes[FILE_ROOM])
{
    const uint32_t dimensions[] = {counts[which / 2], ROWS, COLUMNS};
    return which % 2 == 0 ? fixture_idx(bytes, 3, dimensions, 256)
                          : fixture_idx(bytes, 1, dimensions, CLASSES);
}

static void make(void)
{
    fixture_make_folder(folder);
    for (int which = 0; which < LG_DATASET_FILES; which++) {
        uint8_t bytes[FILE_ROOM];
        size_t size = content(which, bytes);
        lg_digest_bytes(bytes, size, digests[which]);
        tiny.files[which].size_bytes = size;
        tiny.files[which].sha256 = digests[which];
        fixture_write(folder, tiny.files[which].name, bytes, size);
    }
}

static void clean(void)
{
    lg_dataset_free(&dataset);
    fixture_remove_folder(folder);
}

TestSuite(dataset, .init = make, .fini = clean);

/* A skipped test does not reach its .fini. */
static void skip(const char *why)
{
    clean();
    cr_skip_test("%s", why);
}

/* Loading info from the folder fails in `which`, with all of the words. */
static void expect_failure(const struct lg_dataset_info *info, const char *from,
                           enum lg_status status, int which, const char *const *words)
{
    cr_assert_eq(lg_dataset_load(info, from, &dataset, &error), status, "%s", error.message);
    cr_assert(strstr(error.file, info->files[which].name) != NULL, "%s", error.file);
    for (; *words != NULL; words++)
        cr_assert(strstr(error.message, *words) != NULL, "'%s' is not in: %s", *words,
                  error.message);
    cr_assert_null(dataset.train.pixels);
    cr_assert_null(dataset.test.labels);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void write_file(int which, const void *bytes, size_t size)
{
    fixture_write(folder, tiny.files[which].name, bytes, size);
}

Test(dataset, loads_four_files)
{
    cr_assert_eq(lg_dataset_load(&tiny, folder, &dataset, &error), LG_OK, "%s", error.message);
    cr_assert_eq(dataset.info, &tiny);
    const struct lg_images *parts[] = {&dataset.train, &dataset.test};
    for (int part = 0; part < 2; part++) {
        cr_assert_eq(parts[part]->count, counts[part]);
        cr_assert_eq(parts[part]->rows, ROWS);
        cr_assert_eq(parts[part]->columns, COLUMNS);
        for (uint32_t i = 0; i < counts[part]; i++) {
            cr_assert_eq(parts[part]->labels[i], i % CLASSES);
            cr_assert_eq(parts[part]->pixels[i * ROWS * COLUMNS], i * ROWS * COLUMNS);
        }
    }
    lg_dataset_free(&dataset);
    cr_assert_null(dataset.train.pixels);
}

Test(dataset, each_missing_file_is_named)
{
    for (int which = 0; which < LG_DATASET_FILES; which++) {
        char path[2 * FIXTURE_PATH];
        uint8_t bytes[FILE_ROOM];
        snprintf(path, sizeof path, "%s/%s", folder, tiny.files[which].name);
        cr_assert_eq(unlink(path), 0);
        expect_failure(&tiny, folder, LG_ENVIRONMENT, which, WORDS("missing"));
        write_file(which, bytes, content(which, bytes));
    }
}

Test(dataset, each_damaged_file_is_recognised_by_its_digest)
{
    for (int which = 0; which < LG_DATASET_FILES; which++) {
        uint8_t bytes[FILE_ROOM];
        char found[LG_DIGEST_HEX];
        size_t size = content(which, bytes);
        bytes[size - 1] = (uint8_t)((bytes[size - 1] + 1) % CLASSES); /* a label still */
        lg_digest_bytes(bytes, size, found);
        write_file(which, bytes, size);
        expect_failure(&tiny, folder, LG_INPUT, which,
                       WORDS("right format", "corrupt", found, digests[which]));
        write_file(which, bytes, content(which, bytes));
    }
}

Test(dataset, a_cut_file_fails)
{
    uint8_t bytes[FILE_ROOM];
    write_file(LG_TEST_IMAGES, bytes, content(LG_TEST_IMAGES, bytes) - 1);
    expect_failure(&tiny, folder, LG_INPUT, LG_TEST_IMAGES, WORDS("truncated"));
}

Test(dataset, images_under_a_labels_name)
{
    uint8_t bytes[FILE_ROOM];
    write_file(LG_TRAIN_LABELS, bytes, content(LG_TRAIN_IMAGES, bytes));
    expect_failure(&tiny, folder, LG_INPUT, LG_TRAIN_LABELS,
                   WORDS("found 0x00000803 (images)", "expected 0x00000801 (labels)"));
}

Test(dataset, labels_under_an_images_name)
{
    uint8_t bytes[FILE_ROOM];
    write_file(LG_TEST_IMAGES, bytes, content(LG_TEST_LABELS, bytes));
    expect_failure(&tiny, folder, LG_INPUT, LG_TEST_IMAGES,
                   WORDS("found 0x00000801 (labels)", "expected 0x00000803 (images)"));
}

Test(dataset, neither_images_nor_labels)
{
    uint8_t bytes[FILE_ROOM];
    const uint32_t dimensions[] = {6, 6};
    write_file(LG_TRAIN_IMAGES, bytes, fixture_idx(bytes, 2, dimensions, 256));
    expect_failure(&tiny, folder, LG_INPUT, LG_TRAIN_IMAGES, WORDS("found 0x00000802 (neither"));
}

Test(dataset, wrong_dimensions)
{
    uint8_t bytes[FILE_ROOM];
    const uint32_t larger[] = {6, 3, 3}, fewer[] = {5, 2, 3};
    write_file(LG_TRAIN_IMAGES, bytes, fixture_idx(bytes, 3, larger, 256));
    expect_failure(&tiny, folder, LG_INPUT, LG_TRAIN_IMAGES,
                   WORDS("found 6 images of 3 x 3", "expected 6 images of 6 pixels"));
    write_file(LG_TRAIN_IMAGES, bytes, fixture_idx(bytes, 3, fewer, 256));
    expect_failure(&tiny, folder, LG_INPUT, LG_TRAIN_IMAGES,
                   WORDS("found 5 images of 2 x 3", "expected 6 images"));
    write_file(LG_TRAIN_IMAGES, bytes, content(LG_TRAIN_IMAGES, bytes));
    write_file(LG_TRAIN_LABELS, bytes, fixture_idx(bytes, 1, fewer, CLASSES));
    expect_failure(&tiny, folder, LG_INPUT, LG_TRAIN_LABELS, WORDS("found 5 labels", "expected 6"));
}

Test(dataset, labels_out_of_range)
{
    uint8_t bytes[FILE_ROOM];
    size_t size = content(LG_TEST_LABELS, bytes);
    bytes[size - 2] = CLASSES;
    write_file(LG_TEST_LABELS, bytes, size);
    expect_failure(&tiny, folder, LG_INPUT, LG_TEST_LABELS,
                   WORDS("found 3 at sample 3", "expected 0 to 2"));
}

Test(dataset, registry_is_sorted_and_whole)
{
    size_t count;
    const struct lg_dataset_info *const *sets = lg_datasets(&count);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(lg_dataset_find(sets[i]->name), sets[i]);
        if (i > 0)
            cr_assert_lt(strcmp(sets[i - 1]->name, sets[i]->name), 0);
        cr_assert_not_null(sets[i]->directories);
        for (int j = 0; j < LG_DATASET_FILES; j++)
            cr_assert_eq(strspn(sets[i]->files[j].sha256, "0123456789abcdef"), 64, "%s %d",
                         sets[i]->name, j);
    }
    cr_assert_not_null(lg_dataset_find("mnist"));
    cr_assert_not_null(lg_dataset_find("fashion_mnist"));
    cr_assert_null(lg_dataset_find("fashion"));
}

Test(dataset, identify_finds_nothing_in_damaged_and_incomplete)
{
    const struct lg_dataset_info *info = &tiny;
    cr_assert_eq(lg_dataset_identify("/nonexistent", &info, &error), LG_OK);
    cr_assert_null(info);

    cr_assert_eq(lg_dataset_identify(folder, &info, &error), LG_INPUT);
    cr_assert_null(info);
    cr_assert(strstr(error.message, digests[LG_TRAIN_IMAGES]) != NULL, "%s", error.message);
    cr_assert(strstr(error.message, "(MNIST)") != NULL, "%s", error.message);
    cr_assert(strstr(error.message, "(Fashion-MNIST)") != NULL, "%s", error.message);

    fixture_write(folder, tiny.files[LG_TRAIN_IMAGES].name, "", 0);
    cr_assert_eq(lg_dataset_identify(folder, &info, &error), LG_INPUT);
    cr_assert(strstr(error.message, "empty") != NULL, "%s", error.message);

    char path[2 * FIXTURE_PATH];
    snprintf(path, sizeof path, "%s/%s", folder, tiny.files[LG_TRAIN_IMAGES].name);
    cr_assert_eq(unlink(path), 0);
    cr_assert_eq(lg_dataset_identify(folder, &info, &error), LG_ENVIRONMENT);
    cr_assert(strstr(error.message, "train-images-idx3-ubyte is missing") != NULL, "%s",
              error.message);
}

/* The packaged folder of Fashion-MNIST; the test is skipped where it is not. */
static const char *fashion_folder(void)
{
    const struct lg_dataset_info *fashion = lg_dataset_find("fashion_mnist");
    if (!lg_idx_exists(fashion->directories[0], fashion->files[LG_TRAIN_IMAGES].name))
        skip("Fashion-MNIST is not installed");
    return fashion->directories[0];
}

Test(dataset, packaged_fashion_mnist_is_right)
{
    const struct lg_dataset_info *fashion = lg_dataset_find("fashion_mnist"), *info;
    const char *from = fashion_folder();
    cr_assert_eq(lg_dataset_identify(from, &info, &error), LG_OK, "%s", error.message);
    cr_assert_eq(info, fashion);
    cr_assert_eq(lg_dataset_load(fashion, from, &dataset, &error), LG_OK, "%s", error.message);
    cr_assert_eq(dataset.train.count, 60000);
    cr_assert_eq(dataset.test.count, 10000);
    cr_assert_eq(dataset.test.rows, 28);
    cr_assert_eq(dataset.train.labels[0], 9); /* an ankle boot */
}

Test(dataset, fashion_under_mnists_names_is_reported)
{
    expect_failure(
        lg_dataset_find("mnist"), fashion_folder(), LG_INPUT, LG_TRAIN_IMAGES,
        WORDS("this is Fashion-MNIST's train-images-idx3-ubyte, not MNIST's train-images"));
}

Test(dataset, another_sets_labels_are_reported)
{
    char from[FIXTURE_PATH], to[2 * FIXTURE_PATH];
    snprintf(from, sizeof from, "%s/t10k-labels-idx1-ubyte.gz", fashion_folder());
    snprintf(to, sizeof to, "%s/%s", folder, tiny.files[LG_TRAIN_LABELS].name);
    cr_assert_eq(unlink(to), 0);
    cr_assert_eq(symlink(from, to), 0);
    expect_failure(&tiny, folder, LG_INPUT, LG_TRAIN_LABELS,
                   WORDS("this is Fashion-MNIST's t10k-labels-idx1-ubyte, not Tiny's "
                         "train-labels-idx1-ubyte"));
}

Test(dataset, test_images_are_no_training_images)
{
    char from[FIXTURE_PATH], to[2 * FIXTURE_PATH];
    const struct lg_dataset_info *info;
    snprintf(from, sizeof from, "%s/t10k-images-idx3-ubyte.gz", fashion_folder());
    snprintf(to, sizeof to, "%s/%s", folder, tiny.files[LG_TRAIN_IMAGES].name);
    cr_assert_eq(unlink(to), 0);
    cr_assert_eq(symlink(from, to), 0);
    cr_assert_eq(lg_dataset_identify(folder, &info, &error), LG_INPUT);
    cr_assert(strstr(error.message, "this is Fashion-MNIST's t10k-images-idx3-ubyte") != NULL, "%s",
              error.message);
}

Test(dataset, real_mnist_is_right)
{
    const struct lg_dataset_info *mnist = lg_dataset_find("mnist"), *info = NULL;
    const char *from = getenv("LOSSGRID_DATA");
    if (from == NULL || lg_dataset_identify(from, &info, NULL) != LG_OK || info != mnist)
        skip("LOSSGRID_DATA names no folder with MNIST");
    cr_assert_eq(lg_dataset_load(mnist, from, &dataset, &error), LG_OK, "%s", error.message);
    cr_assert_eq(dataset.train.count, 60000);
    cr_assert_eq(dataset.train.labels[0], 5);
    cr_assert_eq(dataset.test.labels[0], 7);
}
