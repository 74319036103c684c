#include "harness/store/cell_folder.h"

#include <stdio.h>
#include <string.h>

static const char checkpoint_name[] = "checkpoint.bin";

enum lg_status cell_folder_part(const struct cell_folder *folder, const char *file,
                                char path[FILES_PATH_MAX], struct lg_error *error)
{
    return files_path(path, error, "%s/cells/%s.part/%s", folder->directory, folder->cell->slug,
                      file);
}

enum lg_status cell_folder_finished(const struct cell_folder *folder, const char *file,
                                    char path[FILES_PATH_MAX], struct lg_error *error)
{
    return files_path(path, error, "%s/cells/%s/%s", folder->directory, folder->cell->slug, file);
}

void cell_folder_image(char file[32], size_t epoch)
{
    snprintf(file, 32, "images/%02zu.png", epoch);
}

/* ---- What is there ------------------------------------------------------- */

/* The content of the file `key`. */
static void identity(const struct cell_folder *folder, struct text *text)
{
    text_print(text, "%s %s\n", folder->cell->key, folder->dataset);
}

static enum lg_status fail_foreign(const struct cell_folder *folder, const struct text *found,
                                   struct lg_error *error)
{
    size_t key = strlen(folder->cell->key);
    const char *dataset =
        found->size > key + 1 && found->bytes[key] == ' ' ? found->bytes + key + 1 : "";
    if (*dataset != '\0' && strncmp(found->bytes, folder->cell->key, key) == 0)
        return lg_fail(error, LG_USAGE,
                       "%s holds cell '%s' trained on %.*s, and this run uses %s: --fresh retrains "
                       "it, --out DIR keeps both",
                       folder->directory, folder->cell->slug, (int)strcspn(dataset, "\n"), dataset,
                       folder->dataset);
    return lg_fail(error, LG_USAGE,
                   "%s holds cell '%s' trained with other settings: --fresh retrains it, --out DIR "
                   "keeps both",
                   folder->directory, folder->cell->slug);
}

/* *same: the key in the file at path is this cell's. */
static enum lg_status compare_key(const struct cell_folder *folder, const char *path, bool *same,
                                  struct lg_error *error)
{
    struct text found = {0}, expected = {0};
    identity(folder, &expected);
    enum lg_status status = text_check(&expected, error);
    if (status == LG_OK && files_exists(path))
        status = files_read(path, &found, error);
    if (status == LG_OK) {
        *same = found.size > 0 && found.size == expected.size &&
                memcmp(found.bytes, expected.bytes, found.size) == 0;
        if (!*same)
            fail_foreign(folder, &found, error);
    }
    text_free(&found);
    text_free(&expected);
    return status;
}

enum lg_status cell_folder_look(const struct cell_folder *folder, enum cell_state *state,
                                struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    bool same = false;
    *state = CELL_ABSENT;
    enum lg_status status = cell_folder_finished(folder, "", path, error);
    if (status != LG_OK)
        return status;
    if (files_exists(path)) {
        status = cell_folder_finished(folder, "key", path, error);
        if (status == LG_OK)
            status = compare_key(folder, path, &same, error);
        *state = same ? CELL_FINISHED : CELL_FOREIGN;
        return status;
    }
    status = cell_folder_part(folder, "key", path, error);
    /* The key is written last: a folder without one had hardly been begun. */
    if (status != LG_OK || !files_exists(path))
        return status;
    status = compare_key(folder, path, &same, error);
    *state = same ? CELL_PART : CELL_FOREIGN;
    return status;
}

/* ---- Training ------------------------------------------------------------ */

static enum lg_status write_header(const struct cell_folder *folder, enum column_file file,
                                   const char *const *metrics, size_t metric_count,
                                   struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv csv = {0};
    columns_header(&csv, file, metrics, metric_count);
    enum lg_status status = csv_check(&csv, error);
    if (status == LG_OK)
        status = cell_folder_part(folder, columns_file_name(file), path, error);
    if (status == LG_OK)
        status = files_write_unsynced(path, csv.text.bytes, csv.text.size, error);
    text_free(&csv.text);
    return status;
}

static enum lg_status write_key(const struct cell_folder *folder, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct text key = {0};
    identity(folder, &key);
    enum lg_status status = text_check(&key, error);
    if (status == LG_OK)
        status = cell_folder_part(folder, "key", path, error);
    if (status == LG_OK)
        status = files_write_unsynced(path, key.bytes, key.size, error);
    text_free(&key);
    return status;
}

enum lg_status cell_folder_begin(const struct cell_folder *folder, const char *const *metrics,
                                 size_t metric_count, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = cell_folder_part(folder, "", path, error);
    if (status == LG_OK)
        status = files_remove_tree(path, error);
    if (status == LG_OK)
        status = cell_folder_part(folder, "images", path, error);
    if (status == LG_OK)
        status = files_make_directories(path, error);
    if (status == LG_OK)
        status = write_header(folder, COLUMNS_TRACE, metrics, metric_count, error);
    if (status == LG_OK)
        status = write_header(folder, COLUMNS_TIMING, metrics, metric_count, error);
    return status == LG_OK ? write_key(folder, error) : status;
}

static enum lg_status append_row(const struct cell_folder *folder, enum column_file file,
                                 const struct epoch_record *record, size_t *end,
                                 struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv csv = {0};
    columns_row(&csv, file, record);
    enum lg_status status = csv_check(&csv, error);
    if (status == LG_OK)
        status = cell_folder_part(folder, columns_file_name(file), path, error);
    if (status == LG_OK)
        status = files_append(path, csv.text.bytes, csv.text.size, end, error);
    text_free(&csv.text);
    return status;
}

enum lg_status cell_folder_append(const struct cell_folder *folder,
                                  const struct epoch_record *record, size_t *trace_bytes,
                                  size_t *timing_bytes, struct lg_error *error)
{
    enum lg_status status = append_row(folder, COLUMNS_TRACE, record, trace_bytes, error);
    if (status == LG_OK)
        status = append_row(folder, COLUMNS_TIMING, record, timing_bytes, error);
    return status;
}

/* ---- Going on ------------------------------------------------------------ */

/* trace.csv, as far as the checkpoint goes, is what it was then; timing.csv is
 * long enough; every image is there. */
static enum lg_status check_part(const struct cell_folder *folder,
                                 const struct checkpoint *checkpoint, struct lg_error *error)
{
    char path[FILES_PATH_MAX], file[32], sha256[LG_DIGEST_HEX];
    struct text trace = {0}, timing = {0};
    enum lg_status status = cell_folder_part(folder, "trace.csv", path, error);
    if (status == LG_OK)
        status = files_read(path, &trace, error);
    if (status == LG_OK)
        status = cell_folder_part(folder, "timing.csv", path, error);
    if (status == LG_OK)
        status = files_read(path, &timing, error);
    bool whole = status == LG_OK && trace.size >= checkpoint->trace_bytes &&
                 timing.size >= checkpoint->timing_bytes;
    if (whole) {
        lg_digest_bytes(trace.bytes, checkpoint->trace_bytes, sha256);
        whole = strcmp(sha256, checkpoint->trace_sha256) == 0;
    }
    text_free(&trace);
    text_free(&timing);
    if (status == LG_OK && !whole)
        status = lg_fail(error, LG_INPUT, "its rows are not those of the checkpoint");
    for (size_t epoch = 1;
         status == LG_OK && folder->cell->has_images && epoch <= checkpoint->epoch; epoch++) {
        cell_folder_image(file, epoch);
        status = cell_folder_part(folder, file, path, error);
        if (status == LG_OK && !files_exists(path))
            status = lg_fail(error, LG_INPUT, "%s is missing", file);
    }
    return status;
}

enum lg_status cell_folder_checkpoint(const struct cell_folder *folder,
                                      struct checkpoint *checkpoint, struct lg_error *error)
{
    *checkpoint = (struct checkpoint){0};
    char path[FILES_PATH_MAX];
    enum lg_status status = cell_folder_part(folder, checkpoint_name, path, error);
    if (status != LG_OK)
        return status;
    if (!files_exists(path))
        return LG_OK;
    status = checkpoint_read(path, checkpoint, error);
    if (status == LG_OK && strcmp(checkpoint->key, folder->cell->key) != 0)
        status = lg_fail(error, LG_INPUT, "its checkpoint is another cell's");
    if (status == LG_OK)
        status = check_part(folder, checkpoint, error);
    if (status != LG_OK)
        checkpoint_free(checkpoint);
    return status;
}

/* The two folders themselves, without a slash at the end. */
static enum lg_status both_folders(const struct cell_folder *folder, char part[FILES_PATH_MAX],
                                   char finished[FILES_PATH_MAX], struct lg_error *error)
{
    const char *slug = folder->cell->slug;
    enum lg_status status = files_path(part, error, "%s/cells/%s.part", folder->directory, slug);
    if (status == LG_OK)
        status = files_path(finished, error, "%s/cells/%s", folder->directory, slug);
    return status;
}

enum lg_status cell_folder_finish(const struct cell_folder *folder, struct lg_error *error)
{
    char checkpoint[FILES_PATH_MAX], part[FILES_PATH_MAX], finished[FILES_PATH_MAX];
    enum lg_status status = cell_folder_part(folder, checkpoint_name, checkpoint, error);
    if (status == LG_OK)
        status = files_remove_tree(checkpoint, error);
    if (status == LG_OK)
        status = both_folders(folder, part, finished, error);
    if (status == LG_OK)
        status = files_sync_tree(part, error);
    return status == LG_OK ? files_rename(part, finished, error) : status;
}

enum lg_status cell_folder_remove(const struct cell_folder *folder, struct lg_error *error)
{
    char part[FILES_PATH_MAX], finished[FILES_PATH_MAX];
    enum lg_status status = both_folders(folder, part, finished, error);
    if (status == LG_OK)
        status = files_remove_tree(part, error);
    if (status != LG_OK || !files_exists(finished))
        return status;
    /* First renamed: cut short, a removal leaves no half of a finished cell. */
    status = files_rename(finished, part, error);
    return status == LG_OK ? files_remove_tree(part, error) : status;
}
