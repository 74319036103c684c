#include "harness/gradcheck/samples.h"

#include <stdlib.h>

#include "lossgrid/pcg.h"

/* Fewer pixels than this are all in use. */
enum { SPARSE_FROM = 8 };

/* No image is blank: units without a bias would stand at their kinks. */
static void draw_pixels(struct lg_images *images, struct lg_pcg *pcg)
{
    for (size_t i = 0; i < images->count * images->columns; i++) {
        const bool on = images->columns < SPARSE_FROM || lg_pcg_below(pcg, 10) < 3;
        images->pixels[i] = (uint8_t)(on ? 1 + lg_pcg_below(pcg, 255) : 0);
    }
    for (size_t i = 0; i < images->count; i++)
        images->pixels[i * images->columns + lg_pcg_below(pcg, (uint32_t)images->columns)] = 255;
}

/* A sample other than i whose label is, or is not, that of i; any other where there is
 * none such. */
static uint32_t draw_paired(const struct lg_images *images, struct lg_pcg *pcg, size_t i, bool same)
{
    uint32_t paired = 0;
    for (int attempt = 0; attempt < 1000; attempt++) {
        paired = lg_pcg_below(pcg, (uint32_t)images->count);
        if (paired != i && (images->labels[paired] == images->labels[i]) == same)
            break;
    }
    return paired;
}

bool samples_draw(struct samples *samples, enum lg_task task, size_t count, size_t inputs,
                  size_t classes, uint64_t seed)
{
    struct lg_pcg pcg = lg_pcg_seed(seed, 2);
    struct lg_images *images = &samples->images;
    *samples = (struct samples){.images = {.count = count, .rows = 1, .columns = inputs}};
    images->pixels = malloc(count * inputs);
    images->labels = malloc(count);
    for (int way = 0; way < 2; way++)
        samples->paired[way] = malloc(count * sizeof *samples->paired[way]);
    if (images->pixels == NULL || images->labels == NULL || samples->paired[0] == NULL ||
        samples->paired[1] == NULL)
        return false;
    draw_pixels(images, &pcg);
    for (size_t i = 0; i < count; i++)
        images->labels[i] = (uint8_t)((i + lg_pcg_below(&pcg, 2)) % classes);
    for (size_t i = 0; i < count; i++) {
        const bool same = task == LG_TASK_TRIPLET || (task == LG_TASK_PAIR && i % 2 == 0);
        samples->paired[0][i] = draw_paired(images, &pcg, i, same);
        samples->paired[1][i] = draw_paired(images, &pcg, i, false);
    }
    return true;
}

struct lg_pass samples_pass(const struct samples *samples, size_t first, size_t count)
{
    return (struct lg_pass){
        .images = &samples->images,
        .first = first,
        .count = count,
        .capture = SIZE_MAX,
        .paired = {samples->paired[0], samples->paired[1]},
    };
}

void samples_free(struct samples *samples)
{
    free(samples->images.pixels);
    free(samples->images.labels);
    free(samples->paired[0]);
    free(samples->paired[1]);
    *samples = (struct samples){.images = {.pixels = NULL}};
}
