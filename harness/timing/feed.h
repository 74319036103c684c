/* The samples that the steps of an arm see: the orders of its epochs, one after the other,
 * cut into batches of one size. A batch may hold the end of one epoch and the beginning of
 * the next, so that every step does the same amount of work. */
#ifndef HARNESS_TIMING_FEED_H
#define HARNESS_TIMING_FEED_H

#include "harness/dataset/pair_sampler.h"
#include "harness/spec/experiment.h"

struct feed {
    size_t batch;
    uint64_t from; /* the step that it begins with, counted from 0 */
    size_t steps;
    uint32_t *order;              /* (steps, batch); owned */
    uint32_t *paired[PAIRED_MAX]; /* like order; NULL where the task has none; owned */
};

/* The source of a feed. Borrowed. */
struct feed_source {
    const struct experiment *experiment;
    const struct lg_images *images;
    size_t samples; /* of the images, those that are used */
    uint64_t seed;
};

/* So many steps of `batch` samples each, at most source->samples, from step `from` on. A
 * step has the same samples in every feed that holds it. LG_ENVIRONMENT when memory is
 * short. */
enum lg_status feed_make(struct feed *feed, const struct feed_source *source, size_t batch,
                         uint64_t from, size_t steps, struct lg_error *error);

/* Steps `first` to first + steps - 1 of those that the feed holds, counted from 0. */
struct lg_pass feed_pass(const struct feed *feed, const struct lg_images *images, size_t first,
                         size_t steps);

/* Free. Safe on a zeroed struct. */
void feed_free(struct feed *feed);

#endif
