/* Any bytes as the files of a folder of `lossgrid time`, cut at each form feed: a folder in
 * memory, or a message.
 *
 * Sources: harness/compare/timed_folder.c harness/support/csv.c harness/support/encoding.c
 * Sources: harness/support/files.c harness/support/text.c engine/base/status.c
 * Seeds: tests/fuzz/seeds/timed_folder */
#include "harness/compare/timed_folder.h"
#include "tests/fuzz/fuzz.h"

static void write_files(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"cost.csv",   "samples.csv",    "noise.csv",
                                        "phases.csv", "conditions.csv", "machine.json"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const uint8_t *cut = size > 0 ? memchr(data, '\f', size) : NULL;
        const size_t length = cut != NULL ? (size_t)(cut - data) : size;
        fuzz_file(names[i], data, length);
        data += length + (cut != NULL);
        size -= length + (cut != NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct timed_folder folder;
    struct lg_error error = {.code = LG_OK};
    write_files(data, size);
    const enum lg_status status = timed_folder_read(fuzz_folder(), &folder, &error);
    if (status != LG_OK)
        require_message(status, &error);
    else
        require(folder.count > 0 && folder.machine != NULL);
    for (size_t i = 0; status == LG_OK && i < folder.count; i++) {
        const struct timed_cell *cell = timed_folder_find(&folder, folder.cells[i].cell);
        require(cell != NULL && strcmp(cell->cell, folder.cells[i].cell) == 0);
        for (size_t phase = 0; phase < TIMED_PHASES; phase++)
            require(cell->costs[phase].rounds <= cell->costs[phase].capacity);
    }
    require(timed_folder_fact(&folder, "machine", "cpu") != NULL);
    timed_folder_free(&folder);
    return 0;
}
