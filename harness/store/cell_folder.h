/* The folder of a cell inside a result folder: cells/<slug>.part/ while it is
 * trained, cells/<slug>/ once it is finished. Each holds a `key` that says what
 * the cell is, trace.csv and timing.csv with a row for each epoch, images/, and
 * while it is trained checkpoint.bin. */
#ifndef HARNESS_STORE_CELL_FOLDER_H
#define HARNESS_STORE_CELL_FOLDER_H

#include "harness/spec/experiment.h"
#include "harness/store/checkpoint.h"
#include "harness/store/epoch_columns.h"
#include "harness/support/files.h"

/* The place of a cell and its identity. Borrowed. */
struct cell_folder {
    const char *directory; /* the result folder */
    const struct cell *cell;
    const char *dataset; /* name of the set used */
};

enum cell_state {
    CELL_ABSENT,
    CELL_PART,     /* begun, and the same cell */
    CELL_FINISHED, /* finished, and the same cell */
    CELL_FOREIGN,  /* something of this name that was trained otherwise */
};

/* Find the state of a cell. For CELL_FOREIGN *error says how it differs (LG_USAGE, what to
 * do about it), though the call itself succeeds. */
enum lg_status cell_folder_look(const struct cell_folder *folder, enum cell_state *state,
                                struct lg_error *error);

/* The path of a file in the .part folder, or in the finished one. */
enum lg_status cell_folder_part(const struct cell_folder *folder, const char *file,
                                char path[FILES_PATH_MAX], struct lg_error *error);
enum lg_status cell_folder_finished(const struct cell_folder *folder, const char *file,
                                    char path[FILES_PATH_MAX], struct lg_error *error);

/* The image of an epoch, relative to such a folder: "images/01.png". */
void cell_folder_image(char file[32], size_t epoch);

/* An empty .part folder with the two header lines. */
enum lg_status cell_folder_begin(const struct cell_folder *folder, const char *const *metrics,
                                 size_t metric_count, struct lg_error *error);

/* Read the checkpoint of the .part folder, and check it against the cell and against what
 * the folder holds; epoch 0 when there is none yet. LG_INPUT (what is wrong) when training
 * cannot go on from it. */
enum lg_status cell_folder_checkpoint(const struct cell_folder *folder,
                                      struct checkpoint *checkpoint, struct lg_error *error);

/* Append the rows of an epoch; *trace_bytes and *timing_bytes receive the sizes of
 * the two files after it. */
enum lg_status cell_folder_append(const struct cell_folder *folder,
                                  const struct epoch_record *record, size_t *trace_bytes,
                                  size_t *timing_bytes, struct lg_error *error);

/* Turn the .part folder into the finished one, in one step. */
enum lg_status cell_folder_finish(const struct cell_folder *folder, struct lg_error *error);

/* Remove both folders. */
enum lg_status cell_folder_remove(const struct cell_folder *folder, struct lg_error *error);

#endif
