/* A store with bytes changed, and any bytes as cells.sqlite: opened and read whole. What is given
 * out of it is what was put in: a changed row is never given.
 *
 * Sources: harness/store/store.c harness/store/database.c harness/store/seal.c
 * Sources: harness/store/store_read.c harness/support/files.c harness/support/text.c
 * Sources: engine/base/status.c engine/base/digest.c
 * Seeds: experiments/xor.yaml */
#include "harness/store/store.h"
#include "harness/support/files.h"
#include "tests/fuzz/fuzz.h"

enum { EPOCHS = 3, PATCH = 3 };

static const struct store_cell cell = {"r", "key", "mnist", "a-s1", 0, 0};
static const char row[] = "a-s1,mse,sgd,mse,1,";

static struct store_bytes bytes_of(const char *text)
{
    return (struct store_bytes){text, strlen(text)};
}

/* The bytes of a store with a cell in it; kept. */
static const struct text *whole_store(const char *folder)
{
    static struct text file;
    struct store *store;
    struct lg_error error;
    int64_t id;
    char path[512];
    if (file.size > 0)
        return &file;
    snprintf(path, sizeof path, "%s/cells.sqlite", folder);
    remove(path);
    require(store_open(folder, STORE_WRITE, &store, &error) == LG_OK);
    require(store_begin(store, &cell, &id, &error) == LG_OK);
    for (size_t epoch = 1; epoch <= EPOCHS; epoch++) {
        struct store_epoch added = {.epoch = epoch,
                                    .trace = bytes_of(row),
                                    .timing = bytes_of(row),
                                    .image = bytes_of(row),
                                    .state = bytes_of(row)};
        require(store_add(store, id, &added, &error) == LG_OK);
    }
    require(store_settle(store, &error) == LG_OK);
    store_close(store);
    require(files_read(path, &file, &error) == LG_OK);
    return &file;
}

static enum lg_status visit(void *to, const struct store_epoch *epoch, struct lg_error *error)
{
    (void)error;
    require(epoch->epoch == ++*(size_t *)to);
    require(epoch->trace.size == strlen(row) && memcmp(epoch->trace.bytes, row, strlen(row)) == 0);
    return LG_OK;
}

static enum lg_status read_store(struct store *store, struct lg_error *error)
{
    char slug[64], why[STORE_WHY_MAX];
    size_t cells, epochs = 0;
    struct store_found found;
    struct store_checkpoint checkpoint = {0};
    enum lg_status status = store_verify_all(store, &cells, slug, sizeof slug, why, error);
    if (status == LG_OK)
        status = store_look(store, &cell, &found, error);
    if (status != LG_OK || found.state == STORE_ABSENT || found.state == STORE_FOREIGN)
        return status;
    status = store_visit(store, found.id, visit, &epochs, error);
    if (status == LG_OK)
        status = store_resume(store, found.id, &checkpoint, why, error);
    if (status == LG_OK && checkpoint.epoch > 0)
        require(checkpoint.size == strlen(row) && memcmp(checkpoint.bytes, row, strlen(row)) == 0);
    free(checkpoint.bytes);
    return status;
}

static void open_and_read(const char *folder)
{
    struct store *store;
    struct lg_error error = {.code = LG_OK};
    enum lg_status status = store_open(folder, STORE_READ, &store, &error);
    if (status == LG_OK)
        status = read_store(store, &error);
    if (status != LG_OK)
        require_message(status, &error);
    store_close(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct text *whole = whole_store(fuzz_folder());
    char *changed = malloc(whole->size);
    require(changed != NULL);
    memcpy(changed, whole->bytes, whole->size);
    for (size_t at = 0; at + PATCH <= size && at < 64 * PATCH; at += PATCH)
        changed[(data[at] * 256u + data[at + 1]) % whole->size] = (char)data[at + 2];
    fuzz_file("cells.sqlite", changed, whole->size);
    open_and_read(fuzz_folder());
    free(changed);
    fuzz_file("cells.sqlite", data, size);
    open_and_read(fuzz_folder());
    return 0;
}
