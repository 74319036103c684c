/* Any bytes as a spec, and what follows a NUL byte as an override: whatever they
 * are, the checker returns, leaks nothing, and gives cells or a message.
 *
 * Sources: harness/spec harness/support/encoding.c tests/unit/harness/spec/fake_backend.c
 * Sources: engine/base/status.c engine/base/option.c
 * Seeds: experiments */
#include "harness/spec/experiment.h"
#include "harness/spec/set_size.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/harness/spec/fake_backend.h"

const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 does not free a buffer that it grows to read a long run of
 * '' inside single quotes. */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml.so\n";
}

static void check_cells(const struct experiment *experiment)
{
    require(experiment->cell_count > 0);
    /* The first ones, the last one, and some between. */
    const size_t step = experiment->cell_count / 64 + 1;
    for (size_t i = 0; i < experiment->cell_count + step - 1; i += step) {
        struct cell cell;
        struct lg_error error;
        const size_t number = i < experiment->cell_count ? i : experiment->cell_count - 1;
        require(experiment_cell(experiment, number, &cell, &error) == LG_OK);
        require(strspn(cell.slug, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(cell.slug));
        require(cell.label[0] != '\0');
        require(strlen(cell.key) == LG_DIGEST_HEX - 1);
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
