/* The article's network and images as sparse as MNIST's, for programs that measure. */
#ifndef TESTS_BENCH_ARTICLE_H
#define TESTS_BENCH_ARTICLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lossgrid/backend.h"
#include "lossgrid/pcg.h"

enum { BENCH_FEATURES = 784 };

static inline size_t bench_find(const struct lg_info *(*entry)(size_t), size_t count,
                                const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entry(i)->name, name) == 0)
            return i;
    fprintf(stderr, "bench: no '%s' in the registry\n", name);
    exit(2);
}

/* A disc of random pixels on black: as with digits, one pixel in five, and two thirds
 * of the pixels in some image of a hundred. */
static inline void bench_draw(struct lg_images *images)
{
    struct lg_pcg pcg = lg_pcg_seed(7, 7);
    for (size_t s = 0; s < images->count; s++) {
        const int x0 = 8 + (int)lg_pcg_below(&pcg, 12), y0 = 8 + (int)lg_pcg_below(&pcg, 12);
        for (int y = 0; y < 28; y++)
            for (int x = 0; x < 28; x++) {
                const int d = (x - x0) * (x - x0) + (y - y0) * (y - y0);
                images->pixels[s * BENCH_FEATURES + (size_t)(y * 28 + x)] =
                    d < 49 ? (uint8_t)(1 + lg_pcg_below(&pcg, 255)) : 0;
            }
    }
}

static inline struct lg_net_config bench_article(const struct lg_backend *b, const char *optimizer,
                                                 size_t batch)
{
    struct lg_net_config config = {.inputs = BENCH_FEATURES, .layer_count = 4, .batch = batch};
    const size_t outputs[] = {128, 32, 128, BENCH_FEATURES};
    for (size_t l = 0; l < 4; l++) {
        config.layers[l].outputs = outputs[l];
        config.layers[l].activation.index = bench_find(b->activation, b->activation_count, "relu");
    }
    config.loss.index = bench_find(b->loss, b->loss_count, "mse");
    config.loss.options = lg_options_default(b->loss(config.loss.index));
    config.optimizer.index = bench_find(b->optimizer, b->optimizer_count, optimizer);
    config.optimizer.options = lg_options_default(b->optimizer(config.optimizer.index));
    return config;
}

#endif
