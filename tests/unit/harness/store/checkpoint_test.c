#include "harness/store/checkpoint.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "harness/support/files.h"
#include "tests/unit/fixture.h"

enum { STATE = 100, FILE_MAX = 1024 };

static char folder[FIXTURE_PATH], file[FILE_MAX];
static unsigned char state[STATE];
static struct lg_error error;
static size_t size;

static struct checkpoint example(void)
{
    struct checkpoint checkpoint = {
        .epoch = 12, .trace_bytes = 345, .timing_bytes = 678, .bytes = state, .size = STATE};
    lg_digest_bytes("key", 3, checkpoint.key);
    lg_digest_bytes("trace", 5, checkpoint.trace_sha256);
    lg_digest_bytes("weights", 7, checkpoint.weights_sha256);
    return checkpoint;
}

/* A good checkpoint, in the folder and in `file`. */
static void make(void)
{
    fixture_make_folder(folder);
    cr_assert_eq(chdir(folder), 0);
    for (int i = 0; i < STATE; i++)
        state[i] = (unsigned char)(i * 7);
    struct checkpoint checkpoint = example();
    cr_assert_eq(checkpoint_write("c", &checkpoint, &error), LG_OK, "%s", error.message);
    size = fixture_read(folder, "c", file, sizeof file);
}

static void clean(void)
{
    cr_assert_eq(files_remove_tree(folder, &error), LG_OK, "%s", error.message);
}

TestSuite(checkpoint, .init = make, .fini = clean);

Test(checkpoint, comes_back)
{
    struct checkpoint expected = example(), found;
    cr_assert_eq(checkpoint_read("c", &found, &error), LG_OK, "%s", error.message);
    cr_assert_eq(found.epoch, 12);
    cr_assert_eq(found.trace_bytes, 345);
    cr_assert_eq(found.timing_bytes, 678);
    cr_assert_str_eq(found.key, expected.key);
    cr_assert_str_eq(found.trace_sha256, expected.trace_sha256);
    cr_assert_str_eq(found.weights_sha256, expected.weights_sha256);
    cr_assert_eq(found.size, STATE);
    cr_assert_arr_eq(found.bytes, state, STATE);
    checkpoint_free(&found);
}

/* Any bit that is not as it was is found. */
Test(checkpoint, every_flipped_byte_is_damage)
{
    for (size_t i = 0; i < size; i++) {
        struct checkpoint found;
        file[i] ^= 1;
        fixture_write(folder, "d", file, size);
        file[i] ^= 1;
        cr_assert_eq(checkpoint_read("d", &found, &error), LG_INPUT, "byte %zu", i);
        cr_assert_null(found.bytes);
    }
}

Test(checkpoint, every_other_length_is_damage)
{
    for (size_t length = 0; length < size; length++) {
        struct checkpoint found;
        fixture_write(folder, "d", file, length);
        cr_assert_eq(checkpoint_read("d", &found, &error), LG_INPUT, "%zu bytes", length);
    }
    struct checkpoint found;
    fixture_append(folder, "c", "x", 1);
    cr_assert_eq(checkpoint_read("c", &found, &error), LG_INPUT);
    cr_assert_eq(checkpoint_read("nowhere", &found, &error), LG_ENVIRONMENT);
}

/* Another length in the header under a seal that fits: nothing is read beyond the
 * end. The length follows the magic, the byte order and three numbers. */
Test(checkpoint, sealed_with_another_length)
{
    enum { LENGTH_AT = 16 + 8 + 3 * 8, SEAL = LG_DIGEST_HEX - 1 };
    struct checkpoint found;
    char seal[LG_DIGEST_HEX];
    uint64_t length;
    memcpy(&length, file + LENGTH_AT, sizeof length);
    cr_assert_eq(length, STATE);
    length = STATE + 1;
    memcpy(file + LENGTH_AT, &length, sizeof length);
    lg_digest_bytes(file, size - SEAL, seal);
    memcpy(file + size - SEAL, seal, SEAL);
    fixture_write(folder, "d", file, size);
    cr_assert_eq(checkpoint_read("d", &found, &error), LG_INPUT);
    cr_assert_not_null(strstr(error.message, "wrong length"), "%s", error.message);
}
