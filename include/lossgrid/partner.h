/* Which other samples a sample is compared with, in tasks of pairs and triplets. */
#ifndef LOSSGRID_PARTNER_H
#define LOSSGRID_PARTNER_H

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

/* What a partner is to its sample. */
enum lg_partner {
    LG_PARTNER_SAME,   /* another sample of its class; itself where it is alone */
    LG_PARTNER_OTHER,  /* a sample of another class; itself where there is none */
    LG_PARTNER_EITHER, /* one or the other, with equal chance */
};

/* partner[p] = a partner of sample order[p] (order NULL: p), drawn from the stream of
 * (seed, epoch, kind). partner: (count), labels: of all samples in classes. */
void lg_partner_draw(uint32_t *partner, enum lg_partner kind, const struct lg_classes *classes,
                     const uint8_t *labels, const uint32_t *order, size_t count, uint64_t seed,
                     uint64_t epoch);

/* Keep only the samples whose label is listed, numbered anew in the list's order.
 * pixels: (count, features), labels: (count), both changed in place. Returns how many
 * are left. */
size_t lg_samples_keep(uint8_t *pixels, uint8_t *labels, size_t count, size_t features,
                       const uint8_t *kept, size_t kept_count);

#endif
