#include "harness/stats/verdict.h"

#include <assert.h>
#include <math.h>

const char *const verdict_words[] = {
    "faster", "slower", "same within the noise floor", "undecided", "not comparable", NULL,
};

void ratio_summarise(const double *a, const double *b, size_t count, struct sample_summary *summary)
{
    double ratios[SAMPLE_MOST];
    assert(count > 0 && count <= SAMPLE_MOST);
    for (size_t i = 0; i < count; i++)
        ratios[i] = a[i] / b[i];
    sample_summarise(ratios, count, summary);
}

double ratio_floor(const struct sample_summary *control)
{
    if (!control->has_interval)
        return (double)NAN;
    const double below = fabs(control->low - 1), above = fabs(control->high - 1);
    return below > above ? below : above;
}

enum verdict verdict_of_interval(bool has_interval, double low, double high, double floor)
{
    const double highest = 1 + floor, lowest = 1 / highest;
    if (!has_interval || isnan(floor))
        return VERDICT_UNDECIDED;
    if (high < lowest)
        return VERDICT_FASTER;
    if (low > highest)
        return VERDICT_SLOWER;
    return low >= lowest && high <= highest ? VERDICT_SAME : VERDICT_UNDECIDED;
}

enum verdict verdict_of(const struct sample_summary *ratio, double floor)
{
    return verdict_of_interval(ratio->has_interval, ratio->low, ratio->high, floor);
}
