/* Image sets: bytes in memory, and the registry of known ones. */
#ifndef LOSSGRID_DATASET_H
#define LOSSGRID_DATASET_H

#include <stddef.h>
#include <stdint.h>

#include "lossgrid/digest.h"
#include "lossgrid/status.h"

/* One part (train or test) of a set. */
struct lg_images {
    uint8_t *pixels; /* (count, rows * columns), row-major, 0..255; owned */
    uint8_t *labels; /* (count), 0-based; owned */
    size_t count, rows, columns;
};

/* A file of a known set: its name without .gz, its exact raw size and the
 * SHA-256 of its raw (uncompressed) content. */
struct lg_dataset_file {
    const char *name;
    size_t size_bytes;
    const char *sha256;
};

enum { LG_TRAIN_IMAGES, LG_TRAIN_LABELS, LG_TEST_IMAGES, LG_TEST_LABELS, LG_DATASET_FILES };

/* A known set: one file in engine/data/set/ each. */
struct lg_dataset_info {
    const char *name;  /* as in a spec: "mnist" */
    const char *title; /* as printed: "MNIST" */
    const char *source;
    const char *const *directories; /* where a distribution's package puts it; NULL-terminated */
    size_t classes;
    struct lg_dataset_file files[LG_DATASET_FILES]; /* of a made set: as if they were written */
    /* A set that is made, not read: the shape of a part's images, (count, rows, columns),
     * and pixels (LG_..._IMAGES) or labels of one of the files. NULL: it is read. */
    void (*shape)(size_t dimensions[3]);
    void (*make)(int which, uint8_t *bytes);
};

/* A set in memory. `validation` is empty until lg_dataset_hold_out() takes it from `train`. */
struct lg_dataset {
    const struct lg_dataset_info *info;
    struct lg_images train, validation, test;
};

/* The registry, sorted by name. *count receives its length. */
const struct lg_dataset_info *const *lg_datasets(size_t *count);

/* The known set called name, or NULL. */
const struct lg_dataset_info *lg_dataset_find(const char *name);

/* The known set whose train-images file is the one in directory (plain or .gz), identified
 * by its digest; the other three are left to lg_dataset_load(). *info is NULL, and the
 * status LG_OK, when the folder holds none of the four files. LG_INPUT for a file that is
 * there but is no known set's; the message says what was found and what was expected.
 * LG_ENVIRONMENT for one that cannot be read, or when only train-images is missing. */
enum lg_status lg_dataset_identify(const char *directory, const struct lg_dataset_info **info,
                                   struct lg_error *error);

/* Make the set, or read the four files of info from directory, plain or .gz, and
 * verify each: exact raw length, IDX header and SHA-256. LG_ENVIRONMENT for a missing or
 * unreadable file, LG_INPUT for wrong content. On success the caller owns
 * *dataset and ends it with lg_dataset_free(). */
enum lg_status lg_dataset_load(const struct lg_dataset_info *info, const char *directory,
                               struct lg_dataset *dataset, struct lg_error *error);

/* Free what lg_dataset_load() took. Safe on a zeroed struct. */
void lg_dataset_free(struct lg_dataset *dataset);

#endif
