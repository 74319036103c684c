#include "harness/stats/sample.h"

#include <assert.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The largest rank k (1-based) such that the k-th smallest value lies above the true
 * median with a chance of at most 2.5 %: fewer than k of the values would have fallen
 * below it, as with a coin. 0 when there is none. */
static size_t lower_rank(size_t count)
{
    assert(count <= SAMPLE_MOST); /* 2^-count is still a double of full precision */
    double chance = 1.0, below = 0.0;
    for (size_t i = 0; i < count; i++)
        chance *= 0.5;
    for (size_t k = 0; k < count; k++) {
        below += chance;
        if (below > 0.025)
            return k;
        chance *= (double)(count - k) / (double)(k + 1);
    }
    return count;
}

void sample_summarise(double *values, size_t count, struct sample_summary *summary)
{
    assert(count > 0);
    qsort(values, count, sizeof *values, compare);
    const size_t rank = lower_rank(count);
    *summary = (struct sample_summary){
        .count = count,
        .minimum = values[0],
        .median = 0.5 * (values[(count - 1) / 2] + values[count / 2]),
        .maximum = values[count - 1],
        .has_interval = rank > 0,
    };
    if (rank > 0) {
        summary->low = values[rank - 1];
        summary->high = values[count - rank];
    }
}
