/* Random images, labels, pairs and triplets for networks, without any data set. */
#ifndef HARNESS_GRADCHECK_SAMPLES_H
#define HARNESS_GRADCHECK_SAMPLES_H

#include "lossgrid/backend.h"

struct samples {
    struct lg_images images; /* owned */
    uint32_t *paired[2];     /* (count) each: by position, for pairs and triplets; owned */
};

/* `count` images of `inputs` pixels, most of them 0, as MNIST's are, with labels below
 * `classes`. A triplet's other samples are of its class and of another. Returns whether there
 * was memory; the caller ends it with samples_free() either way. */
bool samples_draw(struct samples *samples, enum lg_task task, size_t count, size_t inputs,
                  size_t classes, uint64_t seed);

/* The samples first..first + count - 1. */
struct lg_pass samples_pass(const struct samples *samples, size_t first, size_t count);

void samples_free(struct samples *samples);

#endif
