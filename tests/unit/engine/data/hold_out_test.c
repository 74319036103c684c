#include "lossgrid/hold_out.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "lossgrid/pcg.h"
#include "tests/unit/golden.h"

enum { FEATURES = 2, MOST = 400 };

/* `count` samples of `classes` classes, of which the later ones are rarer; the pixels say which
 * sample it is. */
static struct lg_dataset make(size_t a, size_t count, size_t classes)
{
    struct lg_dataset dataset = {.train = {.count = count, .rows = 1, .columns = FEATURES}};
    dataset.train.pixels = malloc(count * FEATURES);
    dataset.train.labels = malloc(count);
    for (size_t i = 0; i < count; i++) {
        dataset.train.pixels[i * FEATURES] = (uint8_t)(i & 0xff);
        dataset.train.pixels[i * FEATURES + 1] = (uint8_t)(i >> 8);
        dataset.train.labels[i] = (uint8_t)((i * i % a + i % 3) % classes);
    }
    return dataset;
}

static size_t number_of(const struct lg_images *images, size_t i)
{
    return images->pixels[i * FEATURES] + 256u * images->pixels[i * FEATURES + 1];
}

static void count_classes(const struct lg_images *images, uint32_t counts[256])
{
    memset(counts, 0, 256 * sizeof *counts);
    for (size_t i = 0; i < images->count; i++)
        counts[images->labels[i]]++;
}

/* Each sample is in one part, in file order and with its own label. */
static void expect_partition(const struct lg_dataset *dataset, const struct lg_dataset *before,
                             size_t used)
{
    bool seen[MOST] = {false};
    const struct lg_images *parts[] = {&dataset->train, &dataset->validation};
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < parts[p]->count; i++) {
            const size_t number = number_of(parts[p], i);
            cr_assert_lt(number, used);
            cr_assert_not(seen[number]);
            cr_assert(i == 0 || number > number_of(parts[p], i - 1));
            cr_assert_eq(parts[p]->labels[i], before->train.labels[number]);
            seen[number] = true;
        }
    cr_assert_eq(dataset->train.count + dataset->validation.count, used);
}

Test(hold_out, parts_the_samples_that_are_used)
{
    static const size_t sizes[][2] = {{MOST, 100}, {MOST, 1}, {MOST, MOST - 1}, {37, 11}, {2, 1}};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t used = sizes[s][0], held = sizes[s][1];
        struct lg_error error;
        struct lg_dataset before = make(31, MOST, 7), dataset = make(31, MOST, 7);
        uint32_t all[256], part[256];
        before.train.count = used;
        count_classes(&before.train, all);
        cr_assert_eq(lg_dataset_hold_out(&dataset, used, held, 3, &error), LG_OK);
        cr_assert_eq(dataset.validation.count, held);
        expect_partition(&dataset, &before, used);
        count_classes(&dataset.validation, part);
        for (size_t c = 0; c < 256; c++) {
            const double share = (double)all[c] * (double)held / (double)used;
            cr_assert(part[c] > share - 1 && part[c] < share + 1, "class %zu: %u of %u", c, part[c],
                      all[c]);
        }
        lg_dataset_free(&before);
        lg_dataset_free(&dataset);
    }
}

/* By hand: 10, 6 and 4 samples, 7 held: 3.5, 2.1 and 1.4; the one left over goes to the largest
 * remainder. Of equal remainders the first class has it. */
Test(hold_out, shares_by_the_largest_remainder)
{
    const uint32_t counts[256] = {[0] = 10, [5] = 6, [255] = 4};
    uint32_t shares[256];
    lg_hold_out_shares(counts, 7, shares);
    cr_expect_eq(shares[0], 4);
    cr_expect_eq(shares[5], 2);
    cr_expect_eq(shares[255], 1);
    const uint32_t equal[256] = {[2] = 3, [3] = 3, [4] = 3};
    lg_hold_out_shares(equal, 4, shares);
    cr_expect_eq(shares[2], 2);
    cr_expect_eq(shares[3], 1);
    cr_expect_eq(shares[4], 1);
}

/* The draw by hand, on the stream that the header names, of a set of one class. */
Test(hold_out, follows_the_stream)
{
    struct lg_error error;
    struct lg_dataset dataset = make(31, 6, 1);
    struct lg_pcg pcg = lg_pcg_stream(9, LG_PURPOSE_VALIDATION, 0);
    bool is_held[6] = {false};
    size_t left[] = {0, 1, 2, 3, 4, 5};
    for (size_t i = 0; i < 3; i++) {
        const size_t place = i + lg_pcg_below(&pcg, (uint32_t)(6 - i)), drawn = left[place];
        left[place] = left[i];
        is_held[drawn] = true;
    }
    cr_assert_eq(lg_dataset_hold_out(&dataset, 6, 3, 9, &error), LG_OK);
    for (size_t i = 0; i < 3; i++) {
        cr_expect(is_held[number_of(&dataset.validation, i)]);
        cr_expect_not(is_held[number_of(&dataset.train, i)]);
    }
    lg_dataset_free(&dataset);
}

/* Each of 6 samples is among the 2 held out in a third of the seeds: chi-square with 5 degrees of
 * freedom (times 5/4: two of six are drawn without replacement) stays below 20.5 in 999 of 1000
 * draws, and this one is always the same. */
Test(hold_out, is_uniform)
{
    enum { DRAWS = 6000 };
    double counts[6] = {0}, chi_square = 0;
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        struct lg_error error;
        struct lg_dataset dataset = make(31, 6, 1);
        cr_assert_eq(lg_dataset_hold_out(&dataset, 6, 2, seed, &error), LG_OK);
        for (size_t i = 0; i < 2; i++)
            counts[number_of(&dataset.validation, i)]++;
        lg_dataset_free(&dataset);
    }
    for (size_t i = 0; i < 6; i++)
        chi_square += (counts[i] - DRAWS / 3.0) * (counts[i] - DRAWS / 3.0) / (DRAWS / 3.0);
    cr_expect_lt(chi_square * 1.25, 20.5);
}

/* Against the splits of tests/golden/hold_out.py, which knows nothing of the engine. */
Test(hold_out, is_what_was_computed_elsewhere)
{
    static char line[4096];
    size_t rows = 0;
    FILE *file = golden_open("tests/golden/hold_out.csv", "a,classes,used,held,seed,numbers\n");
    for (; fgets(line, sizeof line, file) != NULL; rows++) {
        size_t row[5];
        char *at = line;
        for (size_t i = 0; i < 5; i++, at++)
            row[i] = strtoul(at, &at, 10);
        struct lg_error error;
        struct lg_dataset dataset = make(row[0], MOST, row[1]);
        cr_assert_eq(lg_dataset_hold_out(&dataset, row[2], row[3], row[4], &error), LG_OK);
        cr_assert_eq(dataset.validation.count, row[3]);
        for (size_t i = 0; i < row[3]; i++)
            cr_assert_eq(number_of(&dataset.validation, i), strtoul(at, &at, 10), "%s", line);
        lg_dataset_free(&dataset);
    }
    fclose(file);
    cr_assert_eq(rows, 9);
}
