#include "harness/run/collect.h"

#include <string.h>

#include "harness/store/cell_folder.h"
#include "harness/store/configuration_columns.h"
#include "harness/store/epoch_columns.h"
#include "harness/store/schema_json.h"
#include "harness/support/image.h"

static struct cell_folder folder_of(const struct cell_context *context, size_t cell)
{
    return (struct cell_folder){context->directory, &context->experiment->cells[cell],
                                context->dataset->info->name};
}

/* ---- What is there ------------------------------------------------------- */

static enum lg_status measure_finished(const struct cell_folder *folder, struct cell_extent *extent,
                                       struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv_table table = {0};
    enum lg_status status = cell_folder_finished(folder, "trace.csv", path, error);
    if (status == LG_OK)
        status = csv_read(path, &table, error);
    if (status != LG_OK)
        return status;
    int column = csv_column(&table, "status");
    *extent = (struct cell_extent){
        .finished = true,
        .epochs = table.rows - 1,
        .trace_bytes = SIZE_MAX,
        .timing_bytes = SIZE_MAX,
    };
    if (column >= 0 && table.rows > 1)
        extent->diverged =
            strcmp(csv_field(&table, table.rows - 1, (size_t)column), "diverged") == 0;
    csv_free(&table);
    return LG_OK;
}

static enum lg_status measure(const struct cell_folder *folder, struct cell_extent *extent,
                              struct lg_error *error)
{
    enum cell_state state;
    struct checkpoint checkpoint = {0};
    *extent = (struct cell_extent){0};
    enum lg_status status = cell_folder_look(folder, &state, error);
    if (status != LG_OK || state == CELL_ABSENT || state == CELL_FOREIGN)
        return status;
    if (state == CELL_FINISHED)
        return measure_finished(folder, extent, error);
    status = cell_folder_checkpoint(folder, &checkpoint, error);
    extent->epochs = checkpoint.epoch;
    extent->trace_bytes = checkpoint.trace_bytes;
    extent->timing_bytes = checkpoint.timing_bytes;
    checkpoint_free(&checkpoint);
    /* A damaged one counts for nothing: that cell starts again. */
    return status == LG_INPUT ? LG_OK : status;
}

static enum lg_status path_in(const struct cell_folder *folder, const struct cell_extent *extent,
                              const char *file, char path[FILES_PATH_MAX], struct lg_error *error)
{
    return extent->finished ? cell_folder_finished(folder, file, path, error)
                            : cell_folder_part(folder, file, path, error);
}

/* ---- Rows ---------------------------------------------------------------- */

/* Append the rows of a cell's file to *all, which begins with the header. */
static enum lg_status add_rows(const struct cell_folder *folder, const struct cell_extent *extent,
                               enum column_file file, size_t header_bytes, struct text *all,
                               struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct text content = {0};
    enum lg_status status = path_in(folder, extent, columns_file_name(file), path, error);
    if (status == LG_OK)
        status = files_read(path, &content, error);
    size_t limit = file == COLUMNS_TRACE ? extent->trace_bytes : extent->timing_bytes;
    size_t size = content.size < limit ? content.size : limit;
    if (status == LG_OK &&
        (size < header_bytes || memcmp(content.bytes, all->bytes, header_bytes) != 0))
        status = lg_fail_at(error, LG_INPUT, path, 1, 1,
                            "other columns than this version writes: --fresh trains the cells "
                            "again, --out DIR keeps both");
    if (status == LG_OK)
        text_add(all, content.bytes + header_bytes, size - header_bytes);
    text_free(&content);
    return status;
}

static enum lg_status gather_rows(const struct cell_context *context,
                                  const struct cell_extent *extents, enum column_file file,
                                  struct text *all, struct lg_error *error)
{
    const char *metrics[RECORD_METRICS_MAX];
    size_t metric_count = cell_metric_names(context, metrics);
    struct csv header = {0};
    columns_header(&header, file, metrics, metric_count);
    *all = header.text;
    size_t header_bytes = all->size;
    enum lg_status status = text_check(all, error);
    for (size_t i = 0; status == LG_OK && i < context->experiment->cell_count; i++) {
        struct cell_folder folder = folder_of(context, i);
        if (extents[i].epochs > 0)
            status = add_rows(&folder, &extents[i], file, header_bytes, all, error);
    }
    return status == LG_OK ? text_check(all, error) : status;
}

static enum lg_status write_rows(const struct cell_context *context, enum column_file file,
                                 const struct text *rows, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status =
        files_path(path, error, "%s/%s", context->directory, columns_file_name(file));
    return status == LG_OK ? files_write(path, rows->bytes, rows->size, error) : status;
}

static enum lg_status write_schema(const struct cell_context *context, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/" CSV_SCHEMA_FILE, context->directory);
    return status == LG_OK ? schema_json_write(path, context->experiment, error) : status;
}

/* ---- Images -------------------------------------------------------------- */

static enum lg_status copy_images(const struct cell_folder *folder,
                                  const struct cell_extent *extent, const char *images,
                                  struct lg_error *error)
{
    char from[FILES_PATH_MAX], to[FILES_PATH_MAX], file[32];
    size_t count = extent->epochs - (extent->diverged ? 1 : 0);
    enum lg_status status = files_path(to, error, "%s/%s", images, folder->cell->slug);
    if (status == LG_OK && count > 0)
        status = files_make_directories(to, error);
    for (size_t epoch = 1; status == LG_OK && epoch <= count; epoch++) {
        cell_folder_image(file, epoch);
        status = path_in(folder, extent, file, from, error);
        if (status == LG_OK)
            status = files_path(to, error, "%s/%s/%s", images, folder->cell->slug,
                                strchr(file, '/') + 1);
        if (status == LG_OK)
            status = files_copy(from, to, error);
    }
    return status;
}

static enum lg_status write_input(const struct cell_context *context, const char *images,
                                  struct lg_error *error)
{
    const struct lg_images *train = &context->dataset->train;
    size_t sample = cell_image_sample(context->experiment, context->dataset);
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/input.png", images);
    return status == LG_OK
               ? image_write(path, train->pixels + sample * train->rows * train->columns,
                             train->rows, train->columns, error)
               : status;
}

/* Put the folder `fresh` in the place of `images`. */
static enum lg_status swap_in(const char *fresh, const char *images, struct lg_error *error)
{
    char old[FILES_PATH_MAX];
    enum lg_status status = files_path(old, error, "%s.old", images);
    if (status == LG_OK)
        status = files_remove_tree(old, error);
    if (status == LG_OK && files_exists(images))
        status = files_rename(images, old, error);
    if (status == LG_OK)
        status = files_rename(fresh, images, error);
    return status == LG_OK ? files_remove_tree(old, error) : status;
}

static enum lg_status rebuild_images(const struct cell_context *context,
                                     const struct cell_extent *extents, struct lg_error *error)
{
    char images[FILES_PATH_MAX], fresh[FILES_PATH_MAX];
    enum lg_status status = files_path(images, error, "%s/images", context->directory);
    if (status == LG_OK)
        status = files_path(fresh, error, "%s.new", images);
    if (status == LG_OK)
        status = files_remove_tree(fresh, error);
    if (status == LG_OK)
        status = files_make_directories(fresh, error);
    if (status == LG_OK)
        status = write_input(context, fresh, error);
    for (size_t i = 0; status == LG_OK && i < context->experiment->cell_count; i++) {
        struct cell_folder folder = folder_of(context, i);
        if (extents[i].epochs > 0)
            status = copy_images(&folder, &extents[i], fresh, error);
    }
    if (status == LG_OK)
        return swap_in(fresh, images, error);
    (void)files_remove_tree(fresh, NULL); /* the failure to tell is the first one */
    return status;
}

enum lg_status collect_results(const struct cell_context *context, struct cell_extent *extents,
                               char trace_sha256[LG_DIGEST_HEX], struct lg_error *error)
{
    struct text trace = {0}, timing = {0};
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < context->experiment->cell_count; i++) {
        struct cell_folder folder = folder_of(context, i);
        status = measure(&folder, &extents[i], error);
    }
    if (status == LG_OK)
        status = gather_rows(context, extents, COLUMNS_TRACE, &trace, error);
    if (status == LG_OK)
        status = gather_rows(context, extents, COLUMNS_TIMING, &timing, error);
    if (status == LG_OK)
        status = write_rows(context, COLUMNS_TRACE, &trace, error);
    if (status == LG_OK)
        status = write_rows(context, COLUMNS_TIMING, &timing, error);
    if (status == LG_OK)
        status = configurations_write(context->experiment, context->directory, error);
    if (status == LG_OK)
        status = write_schema(context, error);
    if (status == LG_OK && context->experiment->task == LG_TASK_RECONSTRUCT)
        status = rebuild_images(context, extents, error);
    if (status == LG_OK)
        lg_digest_bytes(trace.bytes, trace.size, trace_sha256);
    text_free(&trace);
    text_free(&timing);
    return status;
}
