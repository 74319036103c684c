#include "harness/timing/verdict.h"

#include <assert.h>
#include <math.h>

const char *const verdict_words[] = {"faster", "tied", "slower"};

void ratio_summarise(const double *a, const double *b, size_t count, struct sample_summary *summary)
{
    double ratios[SAMPLE_MOST];
    assert(count > 0 && count <= SAMPLE_MOST);
    for (size_t i = 0; i < count; i++)
        ratios[i] = a[i] / b[i];
    sample_summarise(ratios, count, summary);
}

double ratio_floor(const struct sample_summary *twins)
{
    if (!twins->has_interval)
        return (double)NAN;
    const double below = fabs(twins->low - 1), above = fabs(twins->high - 1);
    return below > above ? below : above;
}

enum verdict verdict_of(const struct sample_summary *ratio, double floor)
{
    if (!ratio->has_interval || isnan(floor))
        return VERDICT_TIED;
    if (ratio->low > 1 + floor)
        return VERDICT_SLOWER;
    /* a / b and b / a must tell the same story. */
    return ratio->high < 1 / (1 + floor) ? VERDICT_FASTER : VERDICT_TIED;
}
