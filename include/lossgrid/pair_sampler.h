/* The samples that a sample is compared with, in tasks of pairs and triplets. */
#ifndef LOSSGRID_PAIR_SAMPLER_H
#define LOSSGRID_PAIR_SAMPLER_H

#include <stddef.h>
#include <stdint.h>

/* Samples by class: those of class c are by_class[start[c]] .. by_class[start[c + 1] - 1],
 * ascending. */
struct lg_classes {
    uint32_t start[257];
    uint32_t *by_class; /* (count), the caller's */
};

/* Fill classes from labels: (count), 0..255. */
void lg_classes_sort(struct lg_classes *classes, const uint8_t *labels, size_t count);

/* The relation of a pair's other sample to the first. */
enum lg_pair_kind {
    LG_PAIR_SAME,   /* another sample of its class; itself where it is alone */
    LG_PAIR_OTHER,  /* a sample of another class; itself where there is none */
    LG_PAIR_EITHER, /* one or the other, with equal chance */
};

/* paired[p] = the other sample of order[p] (order NULL: p), drawn from the stream of
 * (seed, epoch, kind). paired: (count), labels: of all samples in classes. */
void lg_pairs_draw(uint32_t *paired, enum lg_pair_kind kind, const struct lg_classes *classes,
                   const uint8_t *labels, const uint32_t *order, size_t count, uint64_t seed,
                   uint64_t epoch);

/* Keep only the samples whose label is listed, renumbered in the list's order.
 * pixels: (count, features), labels: (count), both changed in place. Returns how many
 * are left. */
size_t lg_samples_keep(uint8_t *pixels, uint8_t *labels, size_t count, size_t features,
                       const uint8_t *kept, size_t kept_count);

#endif
