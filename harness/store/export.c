#include "harness/store/export.h"

#include <string.h>

#include "harness/spec/metric.h"
#include "harness/store/configuration_columns.h"
#include "harness/store/epoch_columns.h"
#include "harness/store/evaluation_columns.h"
#include "harness/store/parameters_columns.h"
#include "harness/store/reach.h"
#include "harness/store/schema_json.h"
#include "harness/support/files.h"

/* The files in the making. */
struct collection {
    const struct export *of;
    struct cell_extent *extents;
    struct text trace, timing, parameters; /* each begins with its header */
    size_t parameters_header;              /* bytes of that */
    struct csv evaluations, targets;       /* empty where the spec asks for none */
    struct reach_finder finder;
    char images[FILES_PATH_MAX]; /* the folder in the making; "" without images */
};

/* What a cell adds. */
struct addition {
    struct collection *to;
    const struct cell *cell;
    size_t last; /* epoch of a finished one; 0: it is not */
};

/* ---- Rows and images ------------------------------------------------------- */

static void add_headers(struct collection *collection)
{
    const struct columns_measured measured = columns_measured(collection->of->experiment);
    struct csv trace = {0}, timing = {0}, parameters = {0};
    columns_header(&trace, COLUMNS_TRACE, &measured);
    columns_header(&timing, COLUMNS_TIMING, &measured);
    csv_file_header(&parameters_csv, NULL, &parameters);
    collection->trace = trace.text;
    collection->timing = timing.text;
    collection->parameters = parameters.text;
    collection->parameters_header = parameters.text.size;
    if (collection->of->experiment->evaluate_every > 0)
        csv_file_header(&evaluations_csv, &measured, &collection->evaluations);
    if (collection->of->experiment->target_count > 0)
        csv_file_header(&targets_csv, NULL, &collection->targets);
}

static enum lg_status write_image(const struct addition *addition, const struct store_epoch *epoch,
                                  struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status =
        files_path(path, error, "%s/%s", addition->to->images, addition->cell->slug);
    if (status == LG_OK && epoch->epoch == 1)
        status = files_make_directories(path, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s/%02zu.png", addition->to->images,
                            addition->cell->slug, epoch->epoch);
    return status == LG_OK
               ? files_write_unsynced(path, epoch->image.bytes, epoch->image.size, error)
               : status;
}

static enum lg_status add_epoch(void *to, const struct store_epoch *epoch, struct lg_error *error)
{
    const struct addition *addition = to;
    struct collection *collection = addition->to;
    text_add(&collection->trace, epoch->trace.bytes, epoch->trace.size);
    text_add(&collection->timing, epoch->timing.bytes, epoch->timing.size);
    /* A cell that goes on after it was finished has those of its earlier end too. */
    if (epoch->parameters.bytes != NULL && epoch->epoch == addition->last)
        text_add(&collection->parameters, epoch->parameters.bytes, epoch->parameters.size);
    if (epoch->evaluations.bytes != NULL)
        text_add(&collection->evaluations.text, epoch->evaluations.bytes, epoch->evaluations.size);
    enum lg_status status = LG_OK;
    if (collection->of->experiment->target_count > 0)
        status = reach_epoch(&collection->finder, epoch, error);
    if (status == LG_OK && epoch->image.bytes != NULL && collection->images[0] != '\0')
        status = write_image(addition, epoch, error);
    return status;
}

static enum lg_status add_cells(struct collection *collection, struct lg_error *error)
{
    const struct experiment *experiment = collection->of->experiment;
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < experiment->cell_count; i++) {
        struct cell cell;
        struct addition addition = {collection, &cell, 0};
        struct cell_extent *extent = &collection->extents[i];
        struct store_found found;
        *extent = (struct cell_extent){0};
        status = experiment_cell(experiment, i, &cell, error);
        const struct store_cell what = {collection->of->directory, cell.key,
                                        collection->of->dataset, cell.slug, experiment->epochs};
        if (status == LG_OK)
            status = store_look(collection->of->store, &what, &found, error);
        if (status != LG_OK || found.state == STORE_ABSENT || found.state == STORE_FOREIGN)
            continue;
        if (found.state == STORE_SHORT)
            found.state = STORE_PART;
        extent->finished = found.state != STORE_PART;
        extent->diverged = found.state == STORE_DIVERGED;
        extent->stopped = found.state == STORE_STOPPED;
        addition.last = extent->finished ? found.epochs : 0;
        extent->epochs = found.epochs;
        memcpy(extent->why, found.why, sizeof found.why);
        reach_cell(&collection->finder);
        status = store_visit(collection->of->store, found.id, add_epoch, &addition, error);
        if (status == LG_OK && experiment->target_count > 0)
            reach_rows(&collection->finder, addition.cell, found.state, found.epochs,
                       &collection->targets);
    }
    return status;
}

/* ---- Files ----------------------------------------------------------------- */

static enum lg_status write_rows(const struct collection *collection, const char *name,
                                 const struct text *rows, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = text_check(rows, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s", collection->of->directory, name);
    return status == LG_OK ? files_write(path, rows->bytes, rows->size, error) : status;
}

/* A file, or none, not even an older one. */
static enum lg_status write_if(const struct collection *collection, bool is_there, const char *name,
                               const struct text *rows, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    if (is_there)
        return write_rows(collection, name, rows, error);
    enum lg_status status = files_path(path, error, "%s/%s", collection->of->directory, name);
    return status == LG_OK ? files_remove_tree(path, error) : status;
}

/* The files that not every experiment has. */
static enum lg_status write_others(const struct collection *collection, struct lg_error *error)
{
    const bool has_parameters = collection->parameters.size > collection->parameters_header;
    enum lg_status status = csv_check(&collection->targets, error);
    if (status == LG_OK)
        status = write_if(collection, has_parameters, parameters_csv.name, &collection->parameters,
                          error);
    if (status == LG_OK)
        status = write_if(collection, collection->evaluations.text.size > 0, evaluations_csv.name,
                          &collection->evaluations.text, error);
    return status == LG_OK ? write_if(collection, collection->targets.text.size > 0,
                                      targets_csv.name, &collection->targets.text, error)
                           : status;
}

static enum lg_status write_schema(const struct collection *collection, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status =
        files_path(path, error, "%s/" CSV_SCHEMA_FILE, collection->of->directory);
    return status == LG_OK
               ? schema_json_write(path, collection->of->experiment,
                                   collection->parameters.size > collection->parameters_header,
                                   error)
               : status;
}

/* ---- Images ---------------------------------------------------------------- */

/* A folder for them beside the one that is there. */
static enum lg_status begin_images(struct collection *collection, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status =
        files_path(collection->images, error, "%s/images.new", collection->of->directory);
    if (status == LG_OK)
        status = files_remove_tree(collection->images, error);
    if (status == LG_OK)
        status = files_make_directories(collection->images, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/input.png", collection->images);
    return status == LG_OK ? files_write_unsynced(path, collection->of->input.bytes,
                                                  collection->of->input.size, error)
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

static enum lg_status end_images(const struct collection *collection, struct lg_error *error)
{
    char images[FILES_PATH_MAX];
    enum lg_status status = files_path(images, error, "%s/images", collection->of->directory);
    return status == LG_OK ? swap_in(collection->images, images, error) : status;
}

/* ---- The whole ------------------------------------------------------------- */

static enum lg_status collect(struct collection *collection, struct lg_error *error)
{
    const struct experiment *experiment = collection->of->experiment;
    const bool has_images = experiment->task == LG_TASK_RECONSTRUCT && experiment->keep.images;
    enum lg_status status = has_images ? begin_images(collection, error) : LG_OK;
    add_headers(collection);
    if (status == LG_OK)
        status = reach_begin(&collection->finder, collection->of->experiment, error);
    if (status == LG_OK)
        status = add_cells(collection, error);
    if (status == LG_OK)
        status =
            write_rows(collection, columns_file_name(COLUMNS_TRACE), &collection->trace, error);
    if (status == LG_OK)
        status =
            write_rows(collection, columns_file_name(COLUMNS_TIMING), &collection->timing, error);
    if (status == LG_OK)
        status = write_others(collection, error);
    if (status == LG_OK)
        status = configurations_write(collection->of->experiment, collection->of->directory, error);
    if (status == LG_OK)
        status = write_schema(collection, error);
    if (status == LG_OK && has_images)
        status = end_images(collection, error);
    else if (has_images) /* the failure to speak of is the first one */
        (void)files_remove_tree(collection->images, NULL);
    return status;
}

enum lg_status export_write(const struct export *export, struct cell_extent *extents,
                            char trace_sha256[LG_DIGEST_HEX], struct lg_error *error)
{
    struct collection collection = {.of = export, .extents = extents};
    enum lg_status status = store_hold(export->store, error);
    if (status == LG_OK)
        status = collect(&collection, error);
    store_release(export->store);
    if (status == LG_OK)
        lg_digest_bytes(collection.trace.bytes, collection.trace.size, trace_sha256);
    text_free(&collection.trace);
    text_free(&collection.timing);
    text_free(&collection.parameters);
    text_free(&collection.evaluations.text);
    text_free(&collection.targets.text);
    return status;
}
