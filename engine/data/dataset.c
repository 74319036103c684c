#include "lossgrid/dataset.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/data/idx.h"
#include "registry.h"

#define DECLARE(name) extern const struct lg_dataset_info lg_dataset_##name;
LG_DATASETS(DECLARE)

#define ADDRESS(name) &lg_dataset_##name,
static const struct lg_dataset_info *const registry[] = {LG_DATASETS(ADDRESS)};

enum { REGISTRY_COUNT = sizeof registry / sizeof registry[0] };

/* Bytes before the payload, which is what a file's size says its count by. */
enum { IMAGES_RANK = 3, LABELS_RANK = 1, IMAGES_HEADER = 16, LABELS_HEADER = 8 };

const struct lg_dataset_info *const *lg_datasets(size_t *count)
{
    *count = REGISTRY_COUNT;
    return registry;
}

const struct lg_dataset_info *lg_dataset_find(const char *name)
{
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        if (strcmp(registry[i]->name, name) == 0)
            return registry[i];
    return NULL;
}

static bool is_images(int which)
{
    return which == LG_TRAIN_IMAGES || which == LG_TEST_IMAGES;
}

/* Samples of a part and pixels of an image, as the files' sizes give them. */
static size_t expected_count(const struct lg_dataset_info *info, int which)
{
    int labels = is_images(which) ? which + 1 : which;
    return info->files[labels].size_bytes - LABELS_HEADER;
}

static size_t expected_pixels(const struct lg_dataset_info *info, int which)
{
    return (info->files[which].size_bytes - IMAGES_HEADER) / expected_count(info, which);
}

/* "MNIST's train-labels-idx1-ubyte" if the digest is a known file's. */
static bool name_known(const char *sha256, char *text, size_t size)
{
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        for (int j = 0; j < LG_DATASET_FILES; j++)
            if (strcmp(sha256, registry[i]->files[j].sha256) == 0) {
                snprintf(text, size, "%s's %s", registry[i]->title, registry[i]->files[j].name);
                return true;
            }
    return false;
}

/* A file under another's name is the likeliest mistake, and a digest shows whose it is. */
static enum lg_status check_not_another(const struct lg_dataset_info *info, int which,
                                        const struct lg_idx *idx, struct lg_error *error)
{
    const struct lg_dataset_file *expected = &info->files[which];
    char found[128];
    if (strcmp(idx->sha256, expected->sha256) == 0 || !name_known(idx->sha256, found, sizeof found))
        return LG_OK;
    return lg_fail_at(error, LG_INPUT, idx->path, 0, 0, "this is %s, not %s's %s", found,
                      info->title, expected->name);
}

static enum lg_status check_kind(int which, const struct lg_idx *idx, struct lg_error *error)
{
    int rank = is_images(which) ? IMAGES_RANK : LABELS_RANK;
    if (idx->rank == rank)
        return LG_OK;
    const char *found = idx->rank == IMAGES_RANK   ? "images"
                        : idx->rank == LABELS_RANK ? "labels"
                                                   : "neither images nor labels";
    return lg_fail_at(error, LG_INPUT, idx->path, 0, 0,
                      "wrong magic number: found 0x%08x (%s), expected 0x%08x (%s)",
                      0x800U + (unsigned int)idx->rank, found, 0x800U + (unsigned int)rank,
                      is_images(which) ? "images" : "labels");
}

static enum lg_status check_dimensions(const struct lg_dataset_info *info, int which,
                                       const struct lg_idx *idx, struct lg_error *error)
{
    size_t count = expected_count(info, which);
    if (!is_images(which)) {
        if (idx->count == count)
            return LG_OK;
        return lg_fail_at(error, LG_INPUT, idx->path, 0, 0,
                          "wrong dimensions: found %zu labels, expected %zu", idx->count, count);
    }
    size_t pixels = expected_pixels(info, which);
    const size_t *found = idx->dimensions;
    if (found[0] == count && found[1] * found[2] == pixels)
        return LG_OK;
    return lg_fail_at(error, LG_INPUT, idx->path, 0, 0,
                      "wrong dimensions: found %zu images of %zu x %zu pixels, expected %zu images "
                      "of %zu pixels",
                      found[0], found[1], found[2], count, pixels);
}

static enum lg_status check_labels(const struct lg_dataset_info *info, const struct lg_idx *idx,
                                   struct lg_error *error)
{
    for (size_t i = 0; i < idx->count; i++)
        if (idx->bytes[i] >= info->classes)
            return lg_fail_at(error, LG_INPUT, idx->path, 0, 0,
                              "label out of range: found %d at sample %zu (counted from 1), "
                              "expected 0 to %zu",
                              idx->bytes[i], i + 1, info->classes - 1);
    return LG_OK;
}

static enum lg_status check_digest(const struct lg_dataset_info *info, int which,
                                   const struct lg_idx *idx, struct lg_error *error)
{
    const char *expected = info->files[which].sha256;
    if (strcmp(idx->sha256, expected) == 0)
        return LG_OK;
    return lg_fail_at(error, LG_INPUT, idx->path, 0, 0,
                      "right format but other content than %s's, so corrupt or another set's: "
                      "found SHA-256 %s of the raw bytes, expected %s",
                      info->title, idx->sha256, expected);
}

/* From the most telling message to the least. */
static enum lg_status check(const struct lg_dataset_info *info, int which, const struct lg_idx *idx,
                            struct lg_error *error)
{
    enum lg_status status = check_not_another(info, which, idx, error);
    if (status == LG_OK)
        status = check_kind(which, idx, error);
    if (status == LG_OK)
        status = check_dimensions(info, which, idx, error);
    if (status == LG_OK && !is_images(which))
        status = check_labels(info, idx, error);
    if (status == LG_OK)
        status = check_digest(info, which, idx, error);
    return status;
}

/* Hand the payload over to images. */
static void keep(struct lg_images *images, int which, struct lg_idx *idx)
{
    if (is_images(which)) {
        images->pixels = idx->bytes;
        images->count = idx->dimensions[0];
        images->rows = idx->dimensions[1];
        images->columns = idx->dimensions[2];
    } else {
        images->labels = idx->bytes;
    }
    *idx = (struct lg_idx){0};
}

/* The SHA-256 of the file that the payload would be. */
static void digest_of_file(struct lg_idx *idx)
{
    uint8_t header[IMAGES_HEADER] = {0, 0, 8, (uint8_t)idx->rank};
    for (int d = 0; d < idx->rank; d++)
        for (int byte = 0; byte < 4; byte++)
            header[4 * (d + 1) + byte] = (uint8_t)(idx->dimensions[d] >> (24 - 8 * byte));
    struct lg_digest *digest = lg_digest_begin();
    lg_digest_add(digest, header, 4 * ((size_t)idx->rank + 1));
    lg_digest_add(digest, idx->bytes, idx->count);
    lg_digest_end(digest, idx->sha256);
}

/* A part of a made set as if it had been read. */
static enum lg_status make(const struct lg_dataset_info *info, int which, struct lg_idx *idx,
                           struct lg_error *error)
{
    *idx = (struct lg_idx){.rank = is_images(which) ? IMAGES_RANK : LABELS_RANK};
    info->shape(idx->dimensions);
    idx->count = idx->dimensions[0];
    if (is_images(which))
        idx->count *= idx->dimensions[1] * idx->dimensions[2];
    snprintf(idx->path, sizeof idx->path, "%s's %s", info->title, info->files[which].name);
    idx->bytes = malloc(idx->count);
    if (idx->bytes == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %s", info->title);
    info->make(which, idx->bytes);
    digest_of_file(idx);
    return LG_OK;
}

enum lg_status lg_dataset_load(const struct lg_dataset_info *info, const char *directory,
                               struct lg_dataset *dataset, struct lg_error *error)
{
    *dataset = (struct lg_dataset){.info = info};
    for (int which = 0; which < LG_DATASET_FILES; which++) {
        bool train = which == LG_TRAIN_IMAGES || which == LG_TRAIN_LABELS;
        struct lg_idx idx;
        enum lg_status status = info->make
                                    ? make(info, which, &idx, error)
                                    : lg_idx_read(directory, info->files[which].name, &idx, error);
        if (status == LG_OK)
            status = check(info, which, &idx, error);
        if (status != LG_OK) {
            lg_idx_free(&idx);
            lg_dataset_free(dataset);
            return status;
        }
        keep(train ? &dataset->train : &dataset->test, which, &idx);
    }
    return LG_OK;
}

void lg_dataset_free(struct lg_dataset *dataset)
{
    free(dataset->train.pixels);
    free(dataset->train.labels);
    free(dataset->validation.pixels);
    free(dataset->validation.labels);
    free(dataset->test.pixels);
    free(dataset->test.labels);
    *dataset = (struct lg_dataset){0};
}

/* No training images: nothing at all, or a set that lacks them? */
static enum lg_status expect_nothing(const char *directory, struct lg_error *error)
{
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        for (int j = 0; j < LG_DATASET_FILES; j++)
            if (lg_idx_exists(directory, registry[i]->files[j].name))
                return lg_fail_at(error, LG_ENVIRONMENT, directory, 0, 0,
                                  "incomplete: %s is there, %s is missing",
                                  registry[i]->files[j].name,
                                  registry[i]->files[LG_TRAIN_IMAGES].name);
    return LG_OK;
}

/* "<digest> (MNIST), ..." for the known sets. */
static void list_digests(char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < REGISTRY_COUNT && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%s (%s)", i > 0 ? ", " : "",
                                 registry[i]->files[LG_TRAIN_IMAGES].sha256, registry[i]->title);
}

static enum lg_status recognise(const char *name, const struct lg_idx *idx,
                                const struct lg_dataset_info **info, struct lg_error *error)
{
    for (size_t i = 0; i < REGISTRY_COUNT; i++) {
        const struct lg_dataset_file *file = &registry[i]->files[LG_TRAIN_IMAGES];
        if (strcmp(file->name, name) == 0 && strcmp(file->sha256, idx->sha256) == 0) {
            *info = registry[i];
            return LG_OK;
        }
    }
    char found[128];
    if (name_known(idx->sha256, found, sizeof found))
        return lg_fail_at(error, LG_INPUT, idx->path, 0, 0,
                          "this is %s, not a set's training images", found);
    enum lg_status status = check_kind(LG_TRAIN_IMAGES, idx, error);
    if (status != LG_OK)
        return status;
    char known[512];
    list_digests(known, sizeof known);
    return lg_fail_at(error, LG_INPUT, idx->path, 0, 0,
                      "no known set's training images, so corrupt or another set's: found SHA-256 "
                      "%s of the raw bytes, expected %s",
                      idx->sha256, known);
}

enum lg_status lg_dataset_identify(const char *directory, const struct lg_dataset_info **info,
                                   struct lg_error *error)
{
    *info = NULL;
    for (size_t i = 0; i < REGISTRY_COUNT; i++) {
        const char *name = registry[i]->files[LG_TRAIN_IMAGES].name;
        if (!lg_idx_exists(directory, name))
            continue;
        struct lg_idx idx;
        enum lg_status status = lg_idx_read(directory, name, &idx, error);
        if (status == LG_OK)
            status = recognise(name, &idx, info, error);
        lg_idx_free(&idx);
        return status;
    }
    return expect_nothing(directory, error);
}
