/* Any bytes as manifest.json: what it says of its folder, or a message.
 *
 * Sources: harness/store/manifest.c harness/support/files.c harness/support/text.c
 * Sources: engine/base/status.c engine/base/digest.c
 * Seeds: results/reference/article-losses/manifest.json */
#include "harness/store/manifest.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct manifest_found found;
    struct lg_error error = {.code = LG_OK};
    const enum lg_status status =
        manifest_read(fuzz_file("manifest.json", data, size), &found, &error);
    if (status != LG_OK) {
        require_message(status, &error);
        return 0;
    }
    require(found.cells > 0 && found.finished <= found.cells && found.diverged <= found.finished);
    require(strlen(found.trace_sha256) == LG_DIGEST_HEX - 1);
    require(memchr(found.first_missing, '\0', sizeof found.first_missing) != NULL);
    return 0;
}
