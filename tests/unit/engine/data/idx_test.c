#include "engine/data/idx.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

enum { HEADER = 16, PAYLOAD = 5 * 7 * 3 };

static const uint32_t dimensions[] = {5, 7, 3};
static char folder[FIXTURE_PATH];
static uint8_t file[HEADER + PAYLOAD];
static struct lg_idx idx;
static struct lg_error error;

static void make(void)
{
    fixture_make_folder(folder);
    cr_assert_eq(fixture_idx(file, 3, dimensions, 256), sizeof file);
}

static void clean(void)
{
    lg_idx_free(&idx);
    fixture_remove_folder(folder);
}

TestSuite(idx, .init = make, .fini = clean);

/* Reading "set" fails with this status and a message that holds all of the words
 * (NULL-terminated), on the file called name. */
static void expect_failure(enum lg_status status, const char *name, const char *const *words)
{
    char path[2 * FIXTURE_PATH];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(lg_idx_read(folder, "set", &idx, &error), status, "%s", error.message);
    cr_assert_str_eq(error.file, path);
    for (; *words != NULL; words++)
        cr_assert(strstr(error.message, *words) != NULL, "'%s' is not in: %s", *words,
                  error.message);
    cr_assert_null(idx.bytes);
}

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void expect_success(void)
{
    char sha256[LG_DIGEST_HEX];
    cr_assert_eq(lg_idx_read(folder, "set", &idx, &error), LG_OK, "%s: %s", error.file,
                 error.message);
    cr_assert_eq(idx.rank, 3);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(idx.dimensions[i], dimensions[i]);
    cr_assert_eq(idx.count, PAYLOAD);
    cr_assert_arr_eq(idx.bytes, file + HEADER, PAYLOAD);
    lg_digest_bytes(file, sizeof file, sha256);
    cr_assert_str_eq(idx.sha256, sha256);
}

Test(idx, reads_a_plain_file)
{
    fixture_write(folder, "set", file, sizeof file);
    expect_success();
}

Test(idx, reads_a_gz_file)
{
    fixture_write_gz(folder, "set.gz", file, sizeof file);
    expect_success();
    cr_assert(strstr(idx.path, "/set.gz") != NULL, "%s", idx.path);
}

Test(idx, content_and_not_the_name_shows_compression)
{
    fixture_write(folder, "set.gz", file, sizeof file);
    expect_success();
    lg_idx_free(&idx);
    fixture_write_gz(folder, "set", file, sizeof file);
    expect_success();
}

Test(idx, the_plain_file_goes_first)
{
    fixture_write(folder, "set", file, sizeof file);
    fixture_write(folder, "set.gz", "junk", 4);
    expect_success();
}

Test(idx, reads_a_stream_of_two_members)
{
    uint8_t bytes[256];
    fixture_write_gz(folder, "set.gz", file, 50);
    fixture_write_gz(folder, "rest", file + 50, sizeof file - 50);
    size_t size = fixture_read(folder, "rest", bytes, sizeof bytes);
    fixture_append(folder, "set.gz", bytes, size);
    expect_success();
}

Test(idx, reads_more_than_its_first_chunk)
{
    const uint32_t large[] = {3000, 1000};
    uint8_t *bytes = malloc(12 + 3000000);
    size_t size = fixture_idx(bytes, 2, large, 251);
    fixture_write_gz(folder, "set.gz", bytes, size);
    cr_assert_eq(lg_idx_read(folder, "set", &idx, &error), LG_OK, "%s", error.message);
    cr_assert_eq(idx.count, 3000000);
    cr_assert_eq(memcmp(idx.bytes, bytes + 12, idx.count), 0);
    free(bytes);
}

Test(idx, an_empty_set_is_well_formed)
{
    const uint32_t none[] = {0};
    size_t size = fixture_idx(file, 1, none, 256);
    fixture_write(folder, "set", file, size);
    cr_assert_eq(lg_idx_read(folder, "set", &idx, &error), LG_OK, "%s", error.message);
    cr_assert_eq(idx.count, 0);
    cr_assert_not_null(idx.bytes);
}

Test(idx, exists_sees_both_names)
{
    cr_assert_not(lg_idx_exists(folder, "set"));
    fixture_write(folder, "set.gz", "", 0);
    cr_assert(lg_idx_exists(folder, "set"));
    cr_assert_not(lg_idx_exists(folder, "other"));
    fixture_write(folder, "other", "", 0);
    cr_assert(lg_idx_exists(folder, "other"));
}

Test(idx, missing)
{
    expect_failure(LG_ENVIRONMENT, "set", WORDS("missing", "set.gz"));
    cr_assert_eq(lg_idx_read("/nonexistent", "set", &idx, &error), LG_ENVIRONMENT);
    fixture_write(folder, "file", "", 0);
    strcat(folder, "/file"); /* a file where the folder should be */
    cr_assert_eq(lg_idx_read(folder, "set", &idx, &error), LG_ENVIRONMENT);
    *strrchr(folder, '/') = '\0';
}

Test(idx, unreadable)
{
    char path[FIXTURE_PATH + 8];
    snprintf(path, sizeof path, "%s/set", folder);
    cr_assert_eq(mkdir(path, 0700), 0);
    expect_failure(LG_ENVIRONMENT, "set", WORDS("Is a directory"));
    cr_assert_eq(rmdir(path), 0);
    if (geteuid() == 0) /* whom no permission stops */
        return;
    fixture_write(folder, "set", file, sizeof file);
    cr_assert_eq(chmod(path, 0), 0);
    expect_failure(LG_ENVIRONMENT, "set", WORDS("Permission denied"));
}

Test(idx, path_too_long)
{
    char long_name[600];
    memset(long_name, 'a', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    cr_assert_eq(lg_idx_read(long_name, "set", &idx, &error), LG_INPUT);
    cr_assert(strstr(error.message, "too long") != NULL, "%s", error.message);
}

Test(idx, empty)
{
    fixture_write(folder, "set", "", 0);
    expect_failure(LG_INPUT, "set", WORDS("empty"));
}

Test(idx, empty_gz)
{
    fixture_write(folder, "set.gz", "", 0);
    expect_failure(LG_INPUT, "set.gz", WORDS("empty"));
    fixture_write_gz(folder, "set.gz", "", 0);
    expect_failure(LG_INPUT, "set.gz", WORDS("empty"));
}

Test(idx, cut_in_the_header)
{
    fixture_write(folder, "set", file, 3);
    expect_failure(LG_INPUT, "set", WORDS("holds 3 raw bytes", "IDX header"));
    fixture_write(folder, "set", file, 10);
    expect_failure(LG_INPUT, "set", WORDS("holds 10 raw bytes", "header of 16"));
}

Test(idx, plain_file_cut_in_the_data)
{
    fixture_write(folder, "set", file, sizeof file - 1);
    expect_failure(LG_INPUT, "set", WORDS("truncated", "holds 120 raw bytes", "expected 121"));
}

Test(idx, whole_gz_of_too_little_data)
{
    fixture_write_gz(folder, "set.gz", file, sizeof file - 20);
    expect_failure(LG_INPUT, "set.gz", WORDS("truncated", "holds 101 raw bytes", "expected 121"));
}

/* Wherever a gzip stream is cut, trailer included, it is no whole file. */
Test(idx, gz_cut_anywhere)
{
    uint8_t bytes[256];
    fixture_write_gz(folder, "set.gz", file, sizeof file);
    size_t size = fixture_read(folder, "set.gz", bytes, sizeof bytes);
    for (size_t left = size - 1; left >= 2; left--) {
        fixture_write(folder, "set.gz", bytes, left);
        expect_failure(LG_INPUT, "set.gz", WORDS("is truncated"));
        if (left >= size - 8) /* in the trailer */
            expect_failure(LG_INPUT, "set.gz", WORDS("after 121 raw bytes", "trailer"));
    }
}

Test(idx, damaged_gz)
{
    uint8_t bytes[256];
    fixture_write_gz(folder, "set.gz", file, sizeof file);
    size_t size = fixture_read(folder, "set.gz", bytes, sizeof bytes);
    bytes[size - 8] ^= 1; /* the checksum */
    fixture_write(folder, "set.gz", bytes, size);
    expect_failure(LG_INPUT, "set.gz", WORDS("damaged", "incorrect data check"));
    bytes[size - 8] ^= 1;
    bytes[2] = 7; /* the method */
    fixture_write(folder, "set.gz", bytes, size);
    expect_failure(LG_INPUT, "set.gz", WORDS("damaged", "unknown compression method"));
}

Test(idx, trailing_garbage)
{
    fixture_write(folder, "set", file, sizeof file);
    fixture_append(folder, "set", "xyz", 3);
    expect_failure(LG_INPUT, "set", WORDS("trailing garbage", "124 raw bytes", "expected 121"));
}

Test(idx, trailing_garbage_inside_and_behind_a_gz)
{
    uint8_t longer[sizeof file + 2] = {0};
    memcpy(longer, file, sizeof file);
    fixture_write_gz(folder, "set.gz", longer, sizeof longer);
    expect_failure(LG_INPUT, "set.gz", WORDS("trailing garbage", "123 raw bytes", "expected 121"));
    fixture_write_gz(folder, "set.gz", file, sizeof file);
    fixture_append(folder, "set.gz", "x", 1);
    expect_failure(LG_INPUT, "set.gz", WORDS("trailing garbage", "gzip"));
}

Test(idx, wrong_magic)
{
    static const uint8_t wrong[][4] = {{'P', 'N', 'G', 3}, {0, 1, 8, 3}, {1, 0, 8, 3}, {0, 0, 9, 3},
                                       {0, 0, 13, 3},      {0, 0, 8, 0}, {0, 0, 8, 5}};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char found[16];
        memcpy(file, wrong[i], 4);
        snprintf(found, sizeof found, "0x%02x%02x%02x%02x", wrong[i][0], wrong[i][1], wrong[i][2],
                 wrong[i][3]);
        fixture_write(folder, "set", file, sizeof file);
        expect_failure(LG_INPUT, "set", WORDS(found, "expected", "0x00000803"));
    }
}

Test(idx, dimensions_beyond_memory)
{
    memset(file + 4, 0xff, 12);
    fixture_write(folder, "set", file, sizeof file);
    expect_failure(LG_INPUT, "set", WORDS("dimensions", "memory"));
    /* Four times 2^16: the product is 2^64, which wraps to nothing. */
    static const uint8_t wrapping[] = {0, 0, 8, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0};
    fixture_write(folder, "set", wrapping, sizeof wrapping);
    expect_failure(LG_INPUT, "set", WORDS("dimensions", "memory"));
}

/* A header that claims 4 GB over a hundred bytes must not cost 4 GB. */
Test(idx, the_headers_claim_is_not_allocated)
{
#ifndef __SANITIZE_ADDRESS__ /* which needs address space for itself */
    struct rlimit limit = {1U << 30, 1U << 30};
    cr_assert_eq(setrlimit(RLIMIT_AS, &limit), 0);
#endif
    const uint8_t claim[] = {0, 0, 8, 1, 0xff, 0xff, 0xff, 0xff};
    memcpy(file, claim, sizeof claim);
    fixture_write_gz(folder, "set.gz", file, sizeof file);
    expect_failure(LG_INPUT, "set.gz", WORDS("truncated", "expected 4294967303"));
}
