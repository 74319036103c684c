#include "lossgrid/pair_sampler.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <string.h>

#include "lossgrid/pcg.h"

enum { SAMPLES = 300, CLASSES = 4 };

struct set {
    uint8_t labels[SAMPLES];
    uint32_t order[SAMPLES], by_class[SAMPLES];
    struct lg_classes classes;
};

static void make(struct set *set)
{
    struct lg_pcg pcg = lg_pcg_seed(3, 3);
    for (size_t i = 0; i < SAMPLES; i++) {
        set->labels[i] = (uint8_t)(lg_pcg_below(&pcg, CLASSES) * 80); /* not contiguous */
        set->order[i] = (uint32_t)(SAMPLES - 1 - i);
    }
    set->labels[17] = 255; /* alone in its class */
    set->classes.by_class = set->by_class;
    lg_classes_sort(&set->classes, set->labels, SAMPLES);
}

Test(paired, same_and_other_are_what_they_say)
{
    struct set set;
    uint32_t paired[SAMPLES];
    make(&set);
    for (uint64_t epoch = 1; epoch < 20; epoch++)
        for (int kind = LG_PAIR_SAME; kind <= LG_PAIR_OTHER; kind++) {
            const uint32_t *order = epoch % 2 ? set.order : NULL;
            lg_pairs_draw(paired, (enum lg_pair_kind)kind, &set.classes, set.labels, order, SAMPLES,
                          1, epoch);
            for (size_t p = 0; p < SAMPLES; p++) {
                const uint32_t sample = order ? order[p] : (uint32_t)p;
                const bool same = set.labels[sample] == set.labels[paired[p]];
                if (kind == LG_PAIR_SAME)
                    cr_assert(same && (paired[p] != sample || sample == 17));
                else
                    cr_assert(!same);
            }
        }
}

Test(paired, all_others_are_drawn_about_equally_often)
{
    struct set set;
    uint32_t paired[SAMPLES], seen[2][SAMPLES] = {{0}}, same_class = 0;
    make(&set);
    enum { EPOCHS = 4000 };
    for (uint64_t epoch = 1; epoch <= EPOCHS; epoch++)
        for (int kind = LG_PAIR_SAME; kind <= LG_PAIR_OTHER; kind++) {
            lg_pairs_draw(paired, (enum lg_pair_kind)kind, &set.classes, set.labels, NULL, 1, 1,
                          epoch);
            seen[kind][paired[0]]++;
        }
    for (size_t i = 0; i < SAMPLES; i++)
        same_class += set.labels[i] == set.labels[0];
    for (size_t i = 1; i < SAMPLES; i++) {
        const bool same = set.labels[i] == set.labels[0];
        const double mean = (double)EPOCHS / (same ? same_class - 1 : SAMPLES - same_class);
        const double count = seen[same ? LG_PAIR_SAME : LG_PAIR_OTHER][i];
        /* six standard deviations of a Poisson count */
        cr_expect((count - mean) * (count - mean) < 36 * mean, "sample %zu: %g draws, mean %g", i,
                  count, mean);
    }
}

Test(paired, either_is_half_and_half_and_epochs_differ)
{
    struct set set;
    uint32_t first[SAMPLES], second[SAMPLES], again[SAMPLES];
    make(&set);
    lg_pairs_draw(first, LG_PAIR_EITHER, &set.classes, set.labels, NULL, SAMPLES, 1, 1);
    lg_pairs_draw(second, LG_PAIR_EITHER, &set.classes, set.labels, NULL, SAMPLES, 1, 2);
    lg_pairs_draw(again, LG_PAIR_EITHER, &set.classes, set.labels, NULL, SAMPLES, 1, 1);
    cr_assert(memcmp(first, again, sizeof first) == 0 && memcmp(first, second, sizeof first) != 0);
    int same = 0;
    for (size_t i = 0; i < SAMPLES; i++)
        same += set.labels[i] == set.labels[first[i]];
    cr_assert(same > SAMPLES / 2 - 50 && same < SAMPLES / 2 + 50, "%d of %d", same, SAMPLES);
}

Test(paired, keeping_classes_moves_pixels_and_numbers_labels)
{
    uint8_t labels[] = {3, 7, 1, 3, 9, 7}, kept[] = {7, 3};
    uint8_t pixels[] = {30, 31, 70, 71, 10, 11, 32, 33, 90, 91, 72, 73};
    const uint8_t expected_labels[] = {1, 0, 1, 0};
    const uint8_t expected_pixels[] = {30, 31, 70, 71, 32, 33, 72, 73};
    cr_assert_eq(lg_samples_keep(pixels, labels, 6, 2, kept, 2), 4);
    cr_assert(memcmp(labels, expected_labels, 4) == 0 && memcmp(pixels, expected_pixels, 8) == 0);
}
