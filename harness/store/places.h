/* The numbers that the store's cells have in an experiment's grid: so that what is there of an
 * experiment is known without making each of its cells. They are kept in the store, with the
 * digest of the numbering (harness/spec/numbering.h) that they are of; a spec of another digest,
 * one that was extended or reordered, finds them again. */
#ifndef HARNESS_STORE_PLACES_H
#define HARNESS_STORE_PLACES_H

#include "harness/spec/experiment.h"
#include "harness/store/store.h"

/* Find the number of every cell: its slug's in the experiment. *foreign receives the number of
 * one whose key or data set is another than the cell's here, SIZE_MAX where there is none.
 * dataset: name of the set used. What is found is kept where the store is open to be written
 * (mode). A NULL store has no cell. */
enum lg_status places_find(struct store *store, enum store_mode mode,
                           const struct experiment *experiment, const char *dataset,
                           size_t *foreign, struct lg_error *error);

/* A cell of the experiment that the store has. */
struct place {
    size_t number;
    bool is_foreign; /* it was trained otherwise */
    const char *slug;
    struct store_found found; /* state STORE_FOREIGN where it is */
};

/* Give each cell of the experiment that the store has, in the order of their numbers, behind the
 * foreign ones in none; places_find() was called for the same experiment. It stops at a status that
 * is not LG_OK. epochs: as in struct store_cell. The visitor does not change the store. */
typedef enum lg_status places_visitor(void *to, const struct place *place, struct lg_error *error);
enum lg_status places_visit(struct store *store, size_t epochs, places_visitor *visit, void *to,
                            struct lg_error *error);

#endif
