#include "lossgrid/pcg.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { PER_ROW = 8 };

/* The next number of a CSV row, and *text past it and its comma. */
static uint64_t next_number(char **text)
{
    char *end;
    uint64_t number = strtoull(*text, &end, 10);
    cr_assert_neq(end, *text, "no number at '%s'", *text);
    *text = *end == ',' ? end + 1 : end;
    return number;
}

/* A golden file, past its header. */
static FILE *open_golden(const char *path)
{
    char header[256];
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "%s: run the tests from the top of the repository", path);
    cr_assert_not_null(fgets(header, sizeof header, file));
    return file;
}

Test(pcg, draws_are_the_reference_implementations)
{
    FILE *file = open_golden("tests/golden/pcg.csv");
    struct lg_pcg pcg = {0};
    char line[256];
    int rows = 0;
    for (; fgets(line, sizeof line, file) != NULL; rows++) {
        char *text = line;
        uint64_t seed = next_number(&text), stream = next_number(&text);
        uint32_t bound = (uint32_t)next_number(&text);
        if (next_number(&text) == 0) /* else the row goes on where the last one ended */
            pcg = lg_pcg_seed(seed, stream);
        for (int i = 0; i < PER_ROW; i++) {
            uint32_t value = bound == 0 ? lg_pcg_next(&pcg) : lg_pcg_below(&pcg, bound);
            cr_assert_eq(value, next_number(&text), "value %d of %s", i, line);
        }
    }
    fclose(file);
    cr_assert_eq(rows, 435);
}

Test(pcg, streams_are_as_documented)
{
    FILE *file = open_golden("tests/golden/pcg_stream.csv");
    char line[256];
    int rows = 0;
    for (; fgets(line, sizeof line, file) != NULL; rows++) {
        char *text = line;
        uint64_t seed = next_number(&text);
        enum lg_purpose purpose = (enum lg_purpose)next_number(&text);
        struct lg_pcg pcg = lg_pcg_stream(seed, purpose, next_number(&text));
        for (int i = 0; i < PER_ROW; i++)
            cr_assert_eq(lg_pcg_next(&pcg), next_number(&text), "value %d of %s", i, line);
    }
    fclose(file);
    cr_assert_eq(rows, 32);
}

/* Bits in which the first `words` draws of two streams agree. */
static int agreeing_bits(struct lg_pcg a, struct lg_pcg b, int words)
{
    int agreeing = 0;
    for (int i = 0; i < words; i++)
        agreeing += 32 - __builtin_popcount(lg_pcg_next(&a) ^ lg_pcg_next(&b));
    return agreeing;
}

/* Neighbours in every part of the triple agree in half of their bits: 1024 draws
 * of 32 bits have a standard deviation of 90.5; six of them are allowed. */
Test(pcg, neighbouring_streams_are_unrelated)
{
    enum { WORDS = 1024, HALF = WORDS * 16, ALLOWED = 543 };
    for (uint64_t seed = 0; seed < 8; seed++) {
        for (uint64_t epoch = 0; epoch < 8; epoch++) {
            struct lg_pcg here = lg_pcg_stream(seed, LG_PURPOSE_INITIALISE, epoch);
            struct lg_pcg others[] = {
                lg_pcg_stream(seed + 1, LG_PURPOSE_INITIALISE, epoch),
                lg_pcg_stream(seed + (UINT64_C(1) << 63), LG_PURPOSE_INITIALISE, epoch),
                lg_pcg_stream(seed, LG_PURPOSE_SHUFFLE, epoch),
                lg_pcg_stream(seed, LG_PURPOSE_INITIALISE, epoch + 1),
                lg_pcg_stream(epoch, LG_PURPOSE_INITIALISE, seed + 8),
            };
            for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
                int off = abs(agreeing_bits(here, others[i], WORDS) - HALF);
                cr_assert_leq(off, ALLOWED,
                              "seed %" PRIu64 ", epoch %" PRIu64 ", other %zu: off by %d", seed,
                              epoch, i, off);
            }
        }
    }
}

Test(pcg, below_stays_below_and_reaches_every_value)
{
    struct lg_pcg pcg = lg_pcg_seed(1, 1);
    int seen[7] = {0};
    for (int i = 0; i < 7000; i++) {
        uint32_t value = lg_pcg_below(&pcg, 7);
        cr_assert_lt(value, 7);
        seen[value]++;
    }
    for (int i = 0; i < 7; i++) /* 1000 +- six standard deviations */
        cr_assert(abs(seen[i] - 1000) < 176, "value %d came %d times", i, seen[i]);
}

Test(pcg, uniform_takes_53_bits_high_word_first)
{
    struct lg_pcg words = lg_pcg_seed(42, 54), pcg = words;
    for (int i = 0; i < 1000; i++) {
        double high = lg_pcg_next(&words), low = lg_pcg_next(&words) >> 11;
        double value = lg_pcg_uniform(&pcg);
        cr_assert_eq(value, high * 0x1p-32 + low * 0x1p-53);
        cr_assert(value >= 0 && value < 1);
    }
}
