/* The pair sampler: the other samples of the pairs or triplets that a task compares. */
#ifndef HARNESS_DATASET_PAIR_SAMPLER_H
#define HARNESS_DATASET_PAIR_SAMPLER_H

#include "lossgrid/backend.h"
#include "lossgrid/pair_sampler.h"

enum { PAIRED_MAX = LG_LOSS_INPUTS_MAX - 1 };

/* The other samples of one part of a data set; the lists are as lg_pass.paired. */
struct pair_sampler {
    enum lg_task task;
    size_t count; /* samples each; 0: the task compares none */
    struct lg_classes classes;
    uint32_t *lists[PAIRED_MAX];
};

/* Take the memory from the arena; count: samples of the part that are used. */
void pair_sampler_place(struct pair_sampler *pairs, struct lg_arena *arena, enum lg_task task,
                        size_t count);

/* Learn the classes of the part's samples. */
void pair_sampler_sort(struct pair_sampler *pairs, const struct lg_images *images);

/* Draw the other samples for those in their order (NULL: file order). */
void pair_sampler_draw(struct pair_sampler *pairs, const struct lg_images *images,
                       const uint32_t *order, uint64_t seed, uint64_t epoch);

#endif
