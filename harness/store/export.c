#include "harness/store/export.h"

#include <stdlib.h>
#include <string.h>

#include "harness/spec/metric.h"
#include "harness/store/configuration_columns.h"
#include "harness/store/epoch_columns.h"
#include "harness/store/evaluation_columns.h"
#include "harness/store/failed_columns.h"
#include "harness/store/parameters_columns.h"
#include "harness/store/places.h"
#include "harness/store/reach.h"
#include "harness/store/schema_json.h"
#include "harness/support/files.h"

/* The files in the making. */
struct collection {
    const struct export *of;
    struct extent *extent;
    size_t next;           /* number of the cell behind the last that was seen */
    size_t missing;        /* of the cells that are listed, those of which nothing is there */
    size_t arms, lackings; /* that there is room for in *extent */
    struct text trace, timing, parameters; /* each begins with its header */
    size_t parameters_header;              /* bytes of that */
    struct csv evaluations, targets;       /* empty where the spec asks for none */
    struct csv failed;                     /* empty where no cell did */
    struct reach_finder finder;
    char images[FILES_PATH_MAX]; /* the folder in the making; "" without images */
};

/* What a cell adds. */
struct addition {
    struct collection *to;
    const char *slug;
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

static void add_failure(struct collection *collection, const struct cell *cell,
                        const struct store_found *found)
{
    const struct lg_backend *registries = collection->of->experiment->registries;
    const struct failed_row row = {
        .cell = cell,
        .loss = registries->loss(cell->loss.index)->name,
        .optimizer = registries->optimizer(cell->optimizer.index)->name,
        .epochs = found->epochs,
        .why = found->why,
    };
    if (collection->failed.text.size == 0)
        csv_file_header(&failed_csv, NULL, &collection->failed);
    csv_file_row(&failed_csv, NULL, &collection->failed, &row);
}

static enum lg_status write_image(const struct addition *addition, const struct store_epoch *epoch,
                                  struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/%s", addition->to->images, addition->slug);
    if (status == LG_OK && epoch->epoch == 1)
        status = files_make_directories(path, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s/%02zu.png", addition->to->images, addition->slug,
                            epoch->epoch);
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

/* ---- Cells ----------------------------------------------------------------- */

/* Room for one more of size bytes each, behind `count`. */
static enum lg_status grow(void *list, size_t count, size_t *capacity, size_t size,
                           struct lg_error *error)
{
    void **bytes = list;
    if (count < *capacity)
        return LG_OK;
    const size_t wanted = *capacity > 0 ? 2 * *capacity : 16;
    void *more = realloc(*bytes, wanted * size);
    if (more == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu cells", wanted);
    *bytes = more;
    *capacity = wanted;
    return LG_OK;
}

static enum lg_status note_lacking(struct collection *collection, const struct lacking *lacking,
                                   struct lg_error *error)
{
    struct extent *extent = collection->extent;
    size_t *others = &collection->missing;
    const bool has_failed = lacking->why[0] != '\0';
    if (has_failed ? extent->lacking_count - *others >= LACKING_MOST : *others >= LACKING_MOST)
        return LG_OK;
    enum lg_status status = grow(&extent->lacking, extent->lacking_count, &collection->lackings,
                                 sizeof *extent->lacking, error);
    if (status != LG_OK)
        return status;
    extent->lacking[extent->lacking_count++] = *lacking;
    *others += !has_failed;
    return LG_OK;
}

/* Nothing is there of the cells up to that number. */
static enum lg_status note_missing(struct collection *collection, size_t end,
                                   struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (; status == LG_OK && collection->next < end && collection->missing < LACKING_MOST;
         collection->next++)
        status = note_lacking(collection, &(struct lacking){.number = collection->next}, error);
    collection->next = end + 1;
    return status;
}

static enum lg_status note_arm(struct collection *collection, size_t number, struct lg_error *error)
{
    struct extent *extent = collection->extent;
    const size_t arm = experiment_arm_of(collection->of->experiment, number);
    if (extent->arm_count > 0 && extent->arms[extent->arm_count - 1] == arm)
        return LG_OK;
    enum lg_status status =
        grow(&extent->arms, extent->arm_count, &collection->arms, sizeof *extent->arms, error);
    if (status == LG_OK)
        extent->arms[extent->arm_count++] = arm;
    return status;
}

/* Count the cell. */
static enum lg_status note_cell(struct collection *collection, const struct place *place,
                                struct lg_error *error)
{
    struct extent *extent = collection->extent;
    const struct store_found *found = &place->found;
    const bool is_finished = found->state == STORE_DONE || found->state == STORE_DIVERGED ||
                             found->state == STORE_STOPPED;
    const size_t shards = collection->of->shards;
    enum lg_status status = note_missing(collection, place->number, error);
    if (status == LG_OK)
        status = note_arm(collection, place->number, error);
    extent->finished += is_finished;
    extent->diverged += found->state == STORE_DIVERGED;
    extent->stopped += found->state == STORE_STOPPED;
    extent->own += is_finished && shards > 0 && place->number % shards == collection->of->shard;
    if (is_finished || status != LG_OK)
        return status;
    struct lacking lacking = {.number = place->number, .is_begun = true, .epochs = found->epochs};
    memcpy(lacking.why, found->why, sizeof found->why);
    extent->failed += found->why[0] != '\0';
    extent->unfinished += found->why[0] == '\0' && found->epochs > 0;
    return note_lacking(collection, &lacking, error);
}

static enum lg_status add_cell(void *to, const struct place *place, struct lg_error *error)
{
    struct collection *collection = to;
    const struct experiment *experiment = collection->of->experiment;
    const struct store_found *found = &place->found;
    struct addition addition = {collection, place->slug, 0};
    if (place->is_foreign || found->state == STORE_FOREIGN)
        return LG_OK;
    if (found->state != STORE_PART && found->state != STORE_SHORT)
        addition.last = found->epochs;
    enum lg_status status = note_cell(collection, place, error);
    reach_cell(&collection->finder);
    if (status == LG_OK)
        status = store_visit(collection->of->store, found->id, add_epoch, &addition, error);
    const bool has_failed = addition.last == 0 && found->why[0] != '\0';
    if (status != LG_OK || (experiment->target_count == 0 && !has_failed))
        return status;
    struct cell cell;
    status = experiment_cell(experiment, place->number, &cell, error);
    if (status == LG_OK && has_failed)
        add_failure(collection, &cell, found);
    if (status == LG_OK && experiment->target_count > 0)
        reach_rows(&collection->finder, &cell, found, &collection->targets);
    return status;
}

static enum lg_status add_cells(struct collection *collection, struct lg_error *error)
{
    const struct export *of = collection->of;
    collection->extent->count = of->experiment->cell_count;
    enum lg_status status =
        places_visit(of->store, of->experiment->epochs, add_cell, collection, error);
    return status == LG_OK ? note_missing(collection, of->experiment->cell_count, error) : status;
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
        status = csv_check(&collection->failed, error);
    if (status == LG_OK)
        status = write_if(collection, collection->failed.text.size > 0, failed_csv.name,
                          &collection->failed.text, error);
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
                                   collection->failed.text.size > 0, error)
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
    const bool has_images = experiment->task == LG_TASK_RECONSTRUCT && experiment->keep.images &&
                            !collection->of->rows_only;
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
        status =
            configurations_write(collection->of->experiment, collection->extent->arms,
                                 collection->extent->arm_count, collection->of->directory, error);
    if (status == LG_OK)
        status = write_schema(collection, error);
    if (status == LG_OK && has_images)
        status = end_images(collection, error);
    else if (has_images) /* the failure to speak of is the first one */
        (void)files_remove_tree(collection->images, NULL);
    return status;
}

enum lg_status export_write(const struct export *export, struct extent *extent,
                            char trace_sha256[LG_DIGEST_HEX], struct lg_error *error)
{
    struct collection collection = {.of = export, .extent = extent};
    size_t foreign;
    enum lg_status status = places_find(export->store, STORE_WRITE, export->experiment,
                                        export->dataset, &foreign, error);
    if (status == LG_OK)
        status = store_hold(export->store, error);
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
    text_free(&collection.failed.text);
    return status;
}

void extent_free(struct extent *extent)
{
    free(extent->lacking);
    free(extent->arms);
    *extent = (struct extent){0};
}
