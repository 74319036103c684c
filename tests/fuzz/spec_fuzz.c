/* Any bytes as a spec, and what follows a NUL byte as an override: whatever they
 * are, the checker returns, leaks nothing, and gives cells or a message. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/experiment.h"
#include "harness/spec/set_size.h"
#include "tests/unit/harness/spec/fake_backend.h"

/* experiment_load() is linked but never called, and this spares the target the
 * whole engine. */
enum lg_status lg_backend_select(enum lg_precision precision, const char *isa,
                                 const struct lg_backend **backend, struct lg_error *error)
{
    (void)precision;
    (void)isa;
    (void)backend;
    return lg_fail(error, LG_FAILED, "the fuzz target has no engine");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 does not free a buffer that it grows to read a long run of
 * '' inside single quotes. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml.so\n";
}

static void require(bool truth)
{
    if (!truth)
        abort();
}

static void check_cells(const struct experiment *experiment)
{
    require(experiment->cell_count > 0);
    for (size_t i = 0; i < experiment->cell_count; i++) {
        const struct cell *cell = &experiment->cells[i];
        require(strspn(cell->slug, "abcdefghijklmnopqrstuvwxyz0123456789._-") ==
                strlen(cell->slug));
        require(strpbrk(cell->label, ",\"'\r\n") == NULL && cell->label[0] != '\0');
        require(strlen(cell->key) == LG_DIGEST_HEX - 1);
    }
    require(experiment->image_sample >= 1 &&
            experiment->image_sample <= experiment_sample_count(experiment));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *nul = size > 0 ? memchr(data, 0, size) : NULL;
    size_t text_size = nul != NULL ? (size_t)(nul - data) : size;
    char *override = calloc(1, size - text_size + 1);
    if (override == NULL)
        return 0;
    if (nul != NULL)
        memcpy(override, nul + 1, size - text_size - 1);
    const char *overrides[] = {override};
    struct experiment experiment;
    struct lg_error error = {.code = LG_OK};
    enum lg_status status =
        experiment_parse(&fake_backend, "fuzz.yaml", (const char *)data, text_size, overrides,
                         nul != NULL ? 1 : 0, &experiment, &error);
    if (status == LG_OK) {
        check_cells(&experiment);
        experiment_free(&experiment);
    } else {
        require(error.code == status && error.message[0] != '\0');
    }
    free(override);
    return 0;
}
