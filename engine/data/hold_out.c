#include "lossgrid/hold_out.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lossgrid/pair_sampler.h"
#include "lossgrid/pcg.h"

void lg_hold_out_shares(const uint32_t counts[256], size_t held, uint32_t shares[256])
{
    uint64_t total = 0, given = 0;
    uint64_t remainders[256];
    for (size_t c = 0; c < 256; c++)
        total += counts[c];
    assert(held <= total);
    for (size_t c = 0; c < 256; c++) {
        const uint64_t part = total > 0 ? counts[c] * (uint64_t)held : 0;
        shares[c] = total > 0 ? (uint32_t)(part / total) : 0;
        remainders[c] = total > 0 ? part % total : 0;
        given += shares[c];
    }
    for (; given < held; given++) {
        size_t largest = 0;
        for (size_t c = 1; c < 256; c++)
            if (remainders[c] > remainders[largest])
                largest = c;
        shares[largest]++;
        remainders[largest] = 0;
    }
}

/* Mark `share` of the samples of a class, which are changed in their order (D. E. Knuth, The Art
 * of Computer Programming 2, algorithm 3.4.2P, ended early). */
static void draw(uint32_t *samples, uint32_t count, uint32_t share, struct lg_pcg pcg,
                 bool *is_held)
{
    for (uint32_t i = 0; i < share; i++) {
        const uint32_t place = i + lg_pcg_below(&pcg, count - i), drawn = samples[place];
        samples[place] = samples[i];
        samples[i] = drawn;
        is_held[drawn] = true;
    }
}

/* Move the samples that are held to `to`, whose memory is there. */
static void move(struct lg_images *from, struct lg_images *to, const bool *is_held)
{
    const size_t features = from->rows * from->columns, used = from->count;
    from->count = 0;
    for (size_t i = 0; i < used; i++) {
        struct lg_images *part = is_held[i] ? to : from;
        memmove(part->pixels + part->count * features, from->pixels + i * features, features);
        part->labels[part->count++] = from->labels[i];
    }
}

enum lg_status lg_dataset_hold_out(struct lg_dataset *dataset, size_t used, size_t held,
                                   uint64_t seed, struct lg_error *error)
{
    struct lg_images *train = &dataset->train, *validation = &dataset->validation;
    assert(held > 0 && held < used && used <= train->count && validation->pixels == NULL);
    struct lg_classes classes = {.by_class = calloc(used, sizeof(uint32_t))};
    bool *is_held = calloc(used, sizeof *is_held);
    *validation = (struct lg_images){.rows = train->rows, .columns = train->columns};
    validation->pixels = malloc(held * train->rows * train->columns);
    validation->labels = malloc(held);
    const bool is_short = classes.by_class == NULL || is_held == NULL ||
                          validation->pixels == NULL || validation->labels == NULL;
    if (!is_short) {
        uint32_t counts[256], shares[256];
        train->count = used;
        lg_classes_sort(&classes, train->labels, used);
        for (size_t c = 0; c < 256; c++)
            counts[c] = classes.start[c + 1] - classes.start[c];
        lg_hold_out_shares(counts, held, shares);
        for (size_t c = 0; c < 256; c++)
            draw(classes.by_class + classes.start[c], counts[c], shares[c],
                 lg_pcg_stream(seed, LG_PURPOSE_VALIDATION, c), is_held);
        move(train, validation, is_held);
    }
    free(classes.by_class);
    free(is_held);
    return is_short ? lg_fail(error, LG_ENVIRONMENT,
                              "not enough memory for a validation split of %zu samples", held)
                    : LG_OK;
}
