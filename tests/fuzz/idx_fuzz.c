/* Any bytes as an IDX file, plain or gzip: exactly what its header says, or a message.
 *
 * Sources: engine/data/idx.c engine/data/raw.c engine/base/status.c engine/base/digest.c
 * Seeds: tests/fuzz/seeds/idx */
#include "engine/data/idx.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lg_idx idx;
    struct lg_error error = {.code = LG_OK};
    fuzz_file("images", data, size);
    const enum lg_status status = lg_idx_read(fuzz_folder(), "images", &idx, &error);
    if (status != LG_OK) {
        require_message(status, &error);
        return 0;
    }
    size_t product = 1;
    require(idx.rank >= 1 && idx.rank <= LG_IDX_DIMENSIONS_MAX);
    for (int i = 0; i < idx.rank; i++)
        product *= idx.dimensions[i];
    require(product == idx.count && strlen(idx.sha256) == LG_DIGEST_HEX - 1);
    unsigned sum = 0;
    for (size_t i = 0; i < idx.count; i++)
        sum += idx.bytes[i];
    require(sum <= 255 * idx.count);
    lg_idx_free(&idx);
    return 0;
}
