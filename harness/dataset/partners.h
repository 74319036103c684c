/* The other samples of the pairs or triplets that a task compares. */
#ifndef HARNESS_DATASET_PARTNERS_H
#define HARNESS_DATASET_PARTNERS_H

#include "lossgrid/backend.h"
#include "lossgrid/partner.h"

enum { PARTNERS_MAX = LG_LOSS_INPUTS_MAX - 1 };

/* Those of one part of a data set; the lists are as lg_pass.partner. */
struct partners {
    enum lg_task task;
    size_t count; /* samples each; 0: the task compares none */
    struct lg_classes classes;
    uint32_t *lists[PARTNERS_MAX];
};

/* Take the memory from the arena; count: samples of the part that are used. */
void partners_place(struct partners *partners, struct lg_arena *arena, enum lg_task task,
                    size_t count);

/* Learn the classes of the part's samples. */
void partners_sort(struct partners *partners, const struct lg_images *images);

/* New partners for the samples in their order (NULL: file order). */
void partners_draw(struct partners *partners, const struct lg_images *images, const uint32_t *order,
                   uint64_t seed, uint64_t epoch);

#endif
