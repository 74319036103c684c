#include "harness/store/cell_folder.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static char directory[FIXTURE_PATH];
static struct cell cell = {.slug = "mse-s1", .has_images = true};
static struct cell_folder folder = {"r", &cell, "mnist"};
static struct lg_error error;
static const char *const metrics[] = {"mse"};

static void make(void)
{
    fixture_make_folder(directory);
    cr_assert_eq(chdir(directory), 0);
    lg_digest_bytes("key", 3, cell.key);
    cr_assert_eq(cell_folder_begin(&folder, metrics, 1, &error), LG_OK, "%s", error.message);
}

static void clean(void)
{
    cr_assert_eq(files_remove_tree(directory, &error), LG_OK, "%s", error.message);
}

TestSuite(cell_folder, .init = make, .fini = clean);

static enum cell_state look(void)
{
    enum cell_state state;
    cr_assert_eq(cell_folder_look(&folder, &state, &error), LG_OK, "%s", error.message);
    return state;
}

/* Append an epoch's rows, and write the checkpoint that goes with them. */
static void finish_epoch(uint64_t epoch)
{
    struct epoch_record record = {.cell = "mse-s1",
                                  .loss = "mse",
                                  .optimizer = "sgd",
                                  .label = "mse",
                                  .dataset = "mnist",
                                  .status = "ok",
                                  .epoch = epoch,
                                  .precision = "f32",
                                  .isa = "generic"};
    char path[FILES_PATH_MAX], file[32];
    size_t trace_bytes, timing_bytes;
    struct text trace = {0};
    cr_assert_eq(cell_folder_append(&folder, &record, &trace_bytes, &timing_bytes, &error), LG_OK);
    cell_folder_image(file, epoch);
    cr_assert_eq(cell_folder_part(&folder, file, path, &error), LG_OK);
    cr_assert_eq(files_write(path, "x", 1, &error), LG_OK);
    struct checkpoint checkpoint = {.epoch = epoch,
                                    .trace_bytes = trace_bytes,
                                    .timing_bytes = timing_bytes,
                                    .bytes = "state",
                                    .size = 5};
    memcpy(checkpoint.key, cell.key, sizeof checkpoint.key);
    memcpy(checkpoint.weights_sha256, cell.key, sizeof checkpoint.key);
    cr_assert_eq(files_read("r/cells/mse-s1.part/trace.csv", &trace, &error), LG_OK);
    lg_digest_bytes(trace.bytes, trace.size, checkpoint.trace_sha256);
    text_free(&trace);
    cr_assert_eq(checkpoint_write("r/cells/mse-s1.part/checkpoint.bin", &checkpoint, &error),
                 LG_OK);
}

static void assert_damaged(const char *message)
{
    struct checkpoint checkpoint;
    cr_assert_eq(cell_folder_checkpoint(&folder, &checkpoint, &error), LG_INPUT);
    cr_assert_not_null(strstr(error.message, message), "%s", error.message);
    cr_assert_null(checkpoint.bytes);
}

Test(cell_folder, goes_through_its_states)
{
    cr_assert_eq(look(), CELL_PART);
    finish_epoch(1);
    cr_assert_eq(cell_folder_finish(&folder, &error), LG_OK, "%s", error.message);
    cr_assert_eq(look(), CELL_FINISHED);
    cr_assert(!files_exists("r/cells/mse-s1.part"));
    cr_assert(!files_exists("r/cells/mse-s1/checkpoint.bin"));
    cr_assert_eq(cell_folder_remove(&folder, &error), LG_OK, "%s", error.message);
    cr_assert_eq(look(), CELL_ABSENT);
    cr_assert(!files_exists("r/cells/mse-s1"));
}

Test(cell_folder, other_settings_or_data_are_foreign)
{
    folder.dataset = "fashion_mnist";
    cr_assert_eq(look(), CELL_FOREIGN);
    cr_assert_not_null(strstr(error.message, "trained on mnist, and this run uses fashion_mnist"),
                       "%s", error.message);
    folder.dataset = "mnist";
    cell.key[0] = cell.key[0] == '0' ? '1' : '0';
    cr_assert_eq(look(), CELL_FOREIGN);
    cr_assert_not_null(strstr(error.message, "other settings"), "%s", error.message);
}

Test(cell_folder, hardly_begun_is_absent_and_nameless_is_foreign)
{
    cr_assert_eq(unlink("r/cells/mse-s1.part/key"), 0);
    cr_assert_eq(look(), CELL_ABSENT);
    cr_assert_eq(files_rename("r/cells/mse-s1.part", "r/cells/mse-s1", &error), LG_OK);
    cr_assert_eq(look(), CELL_FOREIGN);
}

Test(cell_folder, checkpoint_fits_its_folder)
{
    struct checkpoint checkpoint;
    cr_assert_eq(cell_folder_checkpoint(&folder, &checkpoint, &error), LG_OK);
    cr_assert_eq(checkpoint.epoch, 0);
    finish_epoch(1);
    finish_epoch(2);
    /* Rows of an epoch that no checkpoint knows do no harm. */
    fixture_append("r/cells/mse-s1.part", "trace.csv", "mse-s1,m", 8);
    cr_assert_eq(cell_folder_checkpoint(&folder, &checkpoint, &error), LG_OK, "%s", error.message);
    cr_assert_eq(checkpoint.epoch, 2);
    checkpoint_free(&checkpoint);
}

Test(cell_folder, checkpoint_that_does_not_fit)
{
    finish_epoch(1);
    finish_epoch(2);
    cr_assert_eq(unlink("r/cells/mse-s1.part/images/01.png"), 0);
    assert_damaged("images/01.png is missing");
    /* The same length with another byte, then cut short. */
    char rows[1024];
    size_t size = fixture_read("r/cells/mse-s1.part", "trace.csv", rows, sizeof rows);
    rows[size - 2] ^= 1;
    fixture_write("r/cells/mse-s1.part", "trace.csv", rows, size);
    assert_damaged("its rows are not those of the checkpoint");
    cr_assert_eq(files_cut("r/cells/mse-s1.part/trace.csv", 200, &error), LG_OK);
    assert_damaged("its rows are not those of the checkpoint");
    cell.key[0] = cell.key[0] == '0' ? '1' : '0';
    assert_damaged("another cell's");
}
