/* Images for tests that train: made up, sparse like digits, the same everywhere. */
#ifndef TESTS_GOLDEN_SYNTHETIC_H
#define TESTS_GOLDEN_SYNTHETIC_H

#include <stdlib.h>

#include "lossgrid/dataset.h"
#include "lossgrid/pcg.h"

/* `count` images of which the first column is always 0, three fifths of the other
 * pixels are 0, and every ninth image is all 0. Owned by the caller:
 * lg_images' pixels are malloc()ed, NULL when memory is short; there are no labels. */
static inline struct lg_images synthetic_images(uint64_t seed, size_t count, size_t rows,
                                                size_t columns)
{
    const size_t features = rows * columns;
    struct lg_images images = {.count = count, .rows = rows, .columns = columns};
    images.pixels = calloc(count, features);
    struct lg_pcg pcg = lg_pcg_seed(seed, 77);
    for (size_t i = 0; images.pixels && i < count * features; i++) {
        const uint32_t draw = lg_pcg_below(&pcg, 640);
        const int blank = i % columns == 0 || i / features % 9 == 8;
        images.pixels[i] = (uint8_t)(blank || draw >= 256 ? 0 : draw);
    }
    return images;
}

#endif
