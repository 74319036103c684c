#include "lossgrid/pair_sampler.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "lossgrid/pcg.h"

void lg_classes_sort(struct lg_classes *classes, const uint8_t *labels, size_t count)
{
    assert(count <= UINT32_MAX);
    uint32_t *start = classes->start;
    memset(start, 0, sizeof classes->start);
    for (size_t i = 0; i < count; i++)
        start[labels[i] + 1]++;
    for (size_t c = 0; c < 256; c++)
        start[c + 1] += start[c];
    uint32_t next[256];
    memcpy(next, start, sizeof next);
    for (size_t i = 0; i < count; i++)
        classes->by_class[next[labels[i]]++] = (uint32_t)i;
}

/* Another sample of the class. */
static uint32_t draw_same(struct lg_pcg *pcg, const struct lg_classes *classes, uint32_t sample,
                          unsigned label)
{
    const uint32_t first = classes->start[label], count = classes->start[label + 1] - first;
    if (count < 2)
        return sample;
    const uint32_t drawn = classes->by_class[first + lg_pcg_below(pcg, count - 1)];
    /* The last one stands in for the sample itself, which is left out. */
    return drawn == sample ? classes->by_class[first + count - 1] : drawn;
}

/* A sample of another class: a place outside of the class's stretch. */
static uint32_t draw_other(struct lg_pcg *pcg, const struct lg_classes *classes, uint32_t sample,
                           unsigned label)
{
    const uint32_t first = classes->start[label], end = classes->start[label + 1];
    const uint32_t others = classes->start[256] - (end - first);
    if (others == 0)
        return sample;
    const uint32_t place = lg_pcg_below(pcg, others);
    return classes->by_class[place < first ? place : place + (end - first)];
}

void lg_pairs_draw(uint32_t *paired, enum lg_pair_kind kind, const struct lg_classes *classes,
                   const uint8_t *labels, const uint32_t *order, size_t count, uint64_t seed,
                   uint64_t epoch)
{
    struct lg_pcg pcg = lg_pcg_stream(seed, LG_PURPOSE_PAIR, 3 * epoch + kind);
    for (size_t p = 0; p < count; p++) {
        const uint32_t sample = order ? order[p] : (uint32_t)p;
        const unsigned label = labels[sample];
        const bool same =
            kind == LG_PAIR_SAME || (kind == LG_PAIR_EITHER && lg_pcg_below(&pcg, 2) == 0);
        paired[p] = (same ? draw_same : draw_other)(&pcg, classes, sample, label);
    }
}

size_t lg_samples_keep(uint8_t *pixels, uint8_t *labels, size_t count, size_t features,
                       const uint8_t *kept, size_t kept_count)
{
    size_t left = 0;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *found = memchr(kept, labels[i], kept_count);
        if (!found)
            continue;
        memmove(pixels + left * features, pixels + i * features, features);
        labels[left++] = (uint8_t)(found - kept);
    }
    return left;
}
