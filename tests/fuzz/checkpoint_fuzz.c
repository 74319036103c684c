/* Any bytes as checkpoint.bin; and, as its seal is one that no mutation meets, the same bytes
 * behind a right beginning and before a right seal. What was read is written as it was read.
 *
 * Sources: harness/store/checkpoint.c harness/support/files.c harness/support/text.c
 * Sources: engine/base/status.c engine/base/digest.c
 * Seeds: experiments/xor.yaml */
#include "harness/store/checkpoint.h"
#include "harness/support/files.h"
#include "tests/fuzz/fuzz.h"

enum { SIZE_AT = 48, STRINGS_AT = 56, HEADER = 272, SEAL = LG_DIGEST_HEX - 1 };

static void read_file(const char *path, bool is_sealed)
{
    struct checkpoint checkpoint;
    struct lg_error error = {.code = LG_OK};
    struct text before = {0}, after = {0};
    const enum lg_status status = checkpoint_read(path, &checkpoint, &error);
    if (status != LG_OK) {
        require_message(status, &error);
        require(!is_sealed || strstr(error.message, "SHA-256 differs") == NULL);
        return;
    }
    require(files_read(path, &before, &error) == LG_OK);
    require(checkpoint_write(path, &checkpoint, &error) == LG_OK);
    require(files_read(path, &after, &error) == LG_OK && after.size == before.size);
    /* Behind the NUL of a digest may lie anything; written are zeros, and another seal. */
    require(memcmp(before.bytes, after.bytes, STRINGS_AT) == 0);
    require(memcmp(before.bytes + HEADER, after.bytes + HEADER, before.size - HEADER - SEAL) == 0);
    text_free(&before);
    text_free(&after);
    checkpoint_free(&checkpoint);
}

/* Two bits of the first byte say whether the size is right, and the strings digests. */
static void read_sealed(const uint8_t *data, size_t size)
{
    char *file = malloc(size + SEAL + 1);
    const uint64_t order = 0x0102030405060708u, payload = size - HEADER;
    require(file != NULL);
    memcpy(file, data, size);
    memcpy(file, "lossgrid cell 1", 16);
    memcpy(file + 16, &order, sizeof order);
    if ((data[0] & 2) == 0)
        memcpy(file + SIZE_AT, &payload, sizeof payload);
    for (size_t string = 0; string < 3 && (data[0] & 1) == 0; string++) {
        char *digest = file + STRINGS_AT + string * 72;
        for (size_t i = 0; i < SEAL; i++)
            digest[i] = "0123456789abcdef"[(unsigned char)digest[i] & 15];
        digest[SEAL] = '\0';
    }
    lg_digest_bytes(file, size, file + size);
    read_file(fuzz_file("sealed.bin", file, size + SEAL), true);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_file(fuzz_file("checkpoint.bin", data, size), false);
    if (size >= HEADER)
        read_sealed(data, size);
    return 0;
}
