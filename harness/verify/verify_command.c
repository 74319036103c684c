#include "harness/verify/verify_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/manifest.h"
#include "harness/store/store.h"
#include "harness/store/trace_compare.h"
#include "harness/store/tuned.h"
#include "harness/support/files.h"
#include "harness/support/image.h"
#include "harness/support/output.h"
#include "harness/verify/check_files.h"
#include "lossgrid/digest.h"

/* ---- A folder by itself -------------------------------------------------- */

static enum lg_status read_manifest(const char *directory, struct manifest_found *found,
                                    struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/manifest.json", directory);
    if (status == LG_OK)
        status = manifest_read(path, found, error);
    if (status == LG_OK && strcmp(found->spec_sha256, found->text_sha256) != 0)
        status = lg_fail_at(error, LG_FAILED, path, 0, 0,
                            "the SHA-256 of the spec's text is %s, the manifest has %s",
                            found->text_sha256, found->spec_sha256);
    return status;
}

/* trace.csv is the one that the manifest was written for. */
static enum lg_status check_trace(const char *directory, const struct manifest_found *manifest,
                                  struct lg_error *error)
{
    char path[FILES_PATH_MAX], found[LG_DIGEST_HEX];
    struct text trace = {0};
    enum lg_status status = files_path(path, error, "%s/trace.csv", directory);
    if (status == LG_OK)
        status = files_read(path, &trace, error);
    if (status == LG_OK) {
        lg_digest_bytes(trace.bytes, trace.size, found);
        if (strcmp(found, manifest->trace_sha256) != 0)
            status =
                lg_fail_at(error, LG_FAILED, path, 0, 0, "its SHA-256 is %s, the manifest says %s",
                           found, manifest->trace_sha256);
    }
    text_free(&trace);
    return status;
}

/* Say how many cells have ended; LG_FAILED when some have not. */
static enum lg_status check_cells(const char *directory, const struct manifest_found *manifest,
                                  struct lg_error *error)
{
    output_line(stdout, "%s: %zu of %zu cells are finished, %zu of them diverged", directory,
                manifest->finished, manifest->cells, manifest->diverged);
    if (manifest->finished == manifest->cells)
        return LG_OK;
    return lg_fail(error, LG_FAILED,
                   "%s: %zu of %zu cells are not finished, the first '%s': `lossgrid run` goes on",
                   directory, manifest->cells - manifest->finished, manifest->cells,
                   manifest->first_missing);
}

static enum lg_status check_image(const char *path, const char *expected, struct lg_error *error)
{
    char found[LG_DIGEST_HEX];
    struct image image;
    enum lg_status status = image_read(path, &image, error);
    if (status != LG_OK)
        return status;
    lg_digest_bytes(image.pixels, image.rows * image.columns, found);
    image_free(&image);
    if (strcmp(found, expected) != 0)
        return lg_fail_at(error, LG_FAILED, path, 0, 0,
                          "the SHA-256 of its pixels is %s, trace.csv says %s", found, expected);
    return LG_OK;
}

/* Check every image against the digest of its row; *count receives how many. */
static enum lg_status check_images(const char *directory, size_t *count, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv_table trace = {0};
    enum lg_status status = files_path(path, error, "%s/trace.csv", directory);
    if (status == LG_OK)
        status = csv_read(path, &trace, error);
    if (status != LG_OK)
        return status;
    int cell = csv_column(&trace, "cell"), epoch = csv_column(&trace, "epoch");
    int digest = csv_column(&trace, "image_sha256");
    if (cell < 0 || epoch < 0 || digest < 0)
        status = lg_fail_at(error, LG_INPUT, path, 1, 1,
                            "expected the columns cell, epoch and image_sha256");
    for (size_t row = 1; status == LG_OK && row < trace.rows; row++) {
        const char *expected = csv_field(&trace, row, (size_t)digest);
        if (expected[0] == '\0') /* a diverged epoch leaves none */
            continue;
        status = files_path(path, error, "%s/images/%s/%02lu.png", directory,
                            csv_field(&trace, row, (size_t)cell),
                            strtoul(csv_field(&trace, row, (size_t)epoch), NULL, 10));
        if (status == LG_OK)
            status = check_image(path, expected, error);
        *count += status == LG_OK;
    }
    csv_free(&trace);
    return status;
}

/* What the store holds is what was written there. A reference has none: nothing is asked. */
static enum lg_status check_store(const char *directory, struct lg_error *error)
{
    char slug[SPEC_NAME_MAX], why[STORE_WHY_MAX];
    size_t cells;
    struct store *store;
    enum lg_status status = store_open(directory, STORE_READ, &store, error);
    if (status == LG_OK)
        status = store_verify_all(store, &cells, slug, sizeof slug, why, error);
    if (status == LG_OK && why[0] != '\0')
        status = lg_fail(error, LG_FAILED, "%s/cells.sqlite: cell '%s': %s", directory, slug, why);
    store_close(store);
    return status;
}

static enum lg_status verify_itself(const char *directory, struct lg_error *error)
{
    size_t images = 0, files = 0;
    struct manifest_found manifest;
    enum lg_status status = read_manifest(directory, &manifest, error);
    if (status == LG_OK)
        status = check_trace(directory, &manifest, error);
    if (status == LG_OK && manifest.keeps_images)
        status = check_images(directory, &images, error);
    if (status == LG_OK)
        status = check_store(directory, error);
    if (status == LG_OK)
        status = check_files(directory, manifest.dataset, &files, error);
    if (status != LG_OK)
        return status;
    if (files > 0)
        output_line(stdout, "%s: %zu CSV files are what cells.sqlite holds", directory, files);
    output_line(stdout, "%s: spec and trace.csv are the manifest's, and %zu images are the trace's",
                directory, images);
    return check_cells(directory, &manifest, error);
}

/* What was chosen, where something was: the trials, and the choice made again. */
static enum lg_status verify_choice(const char *directory, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/tuned.csv", directory);
    if (status != LG_OK || !files_exists(path))
        return status;
    status = files_path(path, error, "%s/" TUNED_TRIALS, directory);
    if (status == LG_OK)
        status = verify_itself(path, error);
    if (status == LG_OK)
        status = tuned_verify(directory, error);
    if (status == LG_OK)
        output_line(stdout, "%s: the choice made again from %s is the same", directory, path);
    return status;
}

/* ---- A folder against another -------------------------------------------- */

static void print_lonely(size_t count, const struct compared_place *first, const char *where)
{
    if (count > 0)
        output_line(stdout, "%zu rows are only in %s; the first: cell '%s', epoch %s", count, where,
                    first->cell, first->epoch);
}

static const char *shown(const char *value)
{
    return value[0] != '\0' ? value : "(empty)";
}

static void print_comparison(const struct comparison *comparison, const char *here,
                             const char *there)
{
    const struct compared_place *first = &comparison->first_different;
    if (strcmp(comparison->dataset_here, comparison->dataset_there) != 0)
        output_line(stdout, "other data: %s in %s, %s in %s", shown(comparison->dataset_here), here,
                    shown(comparison->dataset_there), there);
    if (first->column[0] != '\0') {
        output_line(stdout, "first difference: cell '%s', epoch %s, column %s", first->cell,
                    first->epoch, first->column);
        output_line(stdout, "  %s in %s", shown(first->here), here);
        output_line(stdout, "  %s in %s", shown(first->there), there);
    }
    print_lonely(comparison->missing, &comparison->first_missing, there);
    print_lonely(comparison->extra, &comparison->first_extra, here);
    if (comparison->columns_missing.size > 0)
        output_line(stdout, "columns only in %s: %s", there, comparison->columns_missing.bytes);
    if (comparison->columns_extra.size > 0)
        output_line(stdout, "columns only in %s: %s", here, comparison->columns_extra.bytes);
    printf("%zu of %zu rows and %zu of %zu values are equal\n", comparison->rows_equal,
           comparison->rows, comparison->values_equal, comparison->values);
}

/* How many of the cells that its manifest names the folder has; one without a manifest, as
 * a reference is, cannot be asked. */
static enum lg_status check_whole(const char *directory, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct manifest_found manifest;
    enum lg_status status = files_path(path, error, "%s/manifest.json", directory);
    if (status == LG_OK && !files_exists(path)) {
        output_line(stdout, "%s: no manifest.json with the number of cells", directory);
        return LG_OK;
    }
    if (status == LG_OK)
        status = read_manifest(directory, &manifest, error);
    return status == LG_OK ? check_cells(directory, &manifest, error) : status;
}

static enum lg_status read_trace(const char *directory, struct csv_table *trace,
                                 struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/trace.csv", directory);
    return status == LG_OK ? csv_read(path, trace, error) : status;
}

static enum lg_status verify_against(const char *here, const char *there, struct lg_error *error)
{
    struct csv_table trace_here = {0}, trace_there = {0};
    struct comparison comparison = {0};
    enum lg_status status = read_trace(here, &trace_here, error);
    if (status == LG_OK)
        status = read_trace(there, &trace_there, error);
    if (status == LG_OK)
        status = trace_compare(&trace_here, &trace_there, &comparison, error);
    if (status == LG_OK) {
        print_comparison(&comparison, here, there);
        if (!comparison_is_equal(&comparison))
            status = lg_fail(error, LG_FAILED, "%s and %s are not the same bits", here, there);
    }
    if (status == LG_OK)
        status = check_whole(here, error);
    if (status == LG_OK)
        status = check_whole(there, error);
    if (status == LG_OK)
        printf("same bits\n");
    comparison_free(&comparison);
    csv_free(&trace_here);
    csv_free(&trace_there);
    return status;
}

/* ---- The command --------------------------------------------------------- */

struct request {
    const char *against; /* or NULL */
};

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct request request = {.against = NULL};
    struct operands operands;
    enum lg_status status = command_read(&verify_command, argc, argv, &request, &operands, error);
    if (status != LG_OK)
        return status;
    status = request.against != NULL ? verify_against(operands.list[0], request.against, error)
                                     : verify_itself(operands.list[0], error);
    if (status == LG_OK && request.against == NULL)
        status = verify_choice(operands.list[0], error);
    enum lg_status flushed = output_flush(status == LG_OK ? error : NULL);
    return status == LG_OK ? flushed : status;
}

static const struct option_row options[] = {
    {"against", "DIR", "a folder with a trace.csv to compare with", OPTION_TEXT,
     offsetof(struct request, against), .offer = OFFER_FOLDER},
    {.name = NULL},
};

static const struct operand_row operands[] = {
    {"DIR", "a result folder", NULL, 1, 1, OFFER_FOLDER, NULL},
    {.name = NULL},
};

const struct command verify_command = {
    .name = "verify",
    .summary = "whether results are whole, or the same bits as others",
    .about =
        "Trains nothing. Alone, it reads whether the folder is whole and as `run` left it: every "
        "cell of the spec is finished, the spec's text and trace.csv have the SHA-256 that the "
        "manifest says, the pixels of every image the one that trace.csv says, and each cell of "
        "cells.sqlite the one that it was sealed with, and each CSV file what cells.sqlite holds; "
        "where something was chosen, the trials "
        "likewise, "
        "and that the choice made from them again is the one of tuned.csv. With --against: "
        "both folders' trace.csv have the same rows, columns and bits (else the first cell, epoch "
        "and column that differ are named), and neither lacks cells that its manifest names. Exit "
        "code 0 only if all of it holds, 1 if not, 2 if a file cannot be understood, 3 if one is "
        "not there.",
    .example =
        "lossgrid verify results/article-losses --against results/reference/article-losses\n",
    .options = options,
    .operands = operands,
    .run = run,
};
