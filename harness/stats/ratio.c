#include "harness/stats/ratio.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/sample.h"
#include "lossgrid/pcg.h"

/* (RESAMPLES + 1) times 2.5 % is a whole number: the interval's ends are two of them. */
enum { RESAMPLES = 1999, LOW_RANK = 50, HIGH_RANK = 1950 };

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* One side: its values, sorted, and how often each was drawn. */
struct side {
    size_t count;
    double *values;
    size_t *drawn;
};

static bool open_side(struct side *side, const double *values, size_t count)
{
    *side = (struct side){count, malloc(count * sizeof(double)), calloc(count, sizeof(size_t))};
    if (side->values == NULL || side->drawn == NULL)
        return false;
    memcpy(side->values, values, count * sizeof(double));
    qsort(side->values, count, sizeof(double), compare);
    return true;
}

static void close_side(struct side *side)
{
    free(side->values);
    free(side->drawn);
}

static double median(const struct side *side)
{
    return 0.5 * (side->values[(side->count - 1) / 2] + side->values[side->count / 2]);
}

/* The median of as many draws as there are values. Since these are sorted, the middle ones
 * are found by counting. */
static double drawn_median(struct side *side, struct lg_pcg *pcg)
{
    const size_t lower = (side->count - 1) / 2, upper = side->count / 2;
    memset(side->drawn, 0, side->count * sizeof *side->drawn);
    for (size_t i = 0; i < side->count; i++)
        side->drawn[lg_pcg_below(pcg, (uint32_t)side->count)]++;
    size_t at = 0, seen = side->drawn[0];
    while (seen <= lower)
        seen += side->drawn[++at];
    const double first = side->values[at];
    while (seen <= upper)
        seen += side->drawn[++at];
    return 0.5 * (first + side->values[at]);
}

static void add_interval(struct side *a, struct side *b, struct ratio *ratio)
{
    double ratios[RESAMPLES];
    struct lg_pcg pcg = lg_pcg_seed(1, 1);
    for (size_t i = 0; i < RESAMPLES; i++) {
        const double below = drawn_median(a, &pcg);
        ratios[i] = drawn_median(b, &pcg) / below;
    }
    qsort(ratios, RESAMPLES, sizeof *ratios, compare);
    ratio->has_interval = true;
    ratio->low = ratios[LOW_RANK - 1];
    ratio->high = ratios[HIGH_RANK - 1];
}

enum lg_status ratio_estimate(const double *a, size_t a_count, const double *b, size_t b_count,
                              struct ratio *ratio, struct lg_error *error)
{
    assert(a_count > 0 && b_count > 0);
    struct side sides[2] = {0};
    *ratio = (struct ratio){.value = (double)NAN};
    const bool ready = open_side(&sides[0], a, a_count) && open_side(&sides[1], b, b_count);
    if (ready) {
        ratio->value = median(&sides[1]) / median(&sides[0]);
        if (a_count >= SAMPLE_LEAST && b_count >= SAMPLE_LEAST)
            add_interval(&sides[0], &sides[1], ratio);
    }
    close_side(&sides[0]);
    close_side(&sides[1]);
    return ready ? LG_OK : lg_fail(error, LG_ENVIRONMENT, "not enough memory for the samples");
}
