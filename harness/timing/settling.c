#include "harness/timing/settling.h"

#include <assert.h>
#include <math.h>

const char *const settling_words[SETTLING_ENDS] = {"goes on", "trained", "asked", "budget",
                                                   "diverges"};
const char *const settling_sentences[SETTLING_ENDS] = {
    "it goes on", "training ends there", "it was asked for that step",
    "the budget had no room to look further", "it diverges after that"};

void settling_begin(struct settling *settling, uint64_t first, double tolerance)
{
    assert(first > 0 && tolerance > 0);
    *settling = (struct settling){
        .tolerance = tolerance,
        .anchor = first,
        .reached = first,
        .count = 1,
        .looks = {{.steps = first}},
    };
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* The largest distance from 1 in the interval of a ratio. */
static double distance(const struct sample_summary *ratio)
{
    return ratio->has_interval ? larger(ratio->high - 1, 1 / ratio->low - 1) : (double)INFINITY;
}

void settling_add(struct settling *settling, const struct settling_look *look)
{
    const double highest = 1 + settling->tolerance;
    assert(look->steps > settling->reached && settling->count < SETTLING_LOOKS_MAX);
    struct settling_look *added = &settling->looks[settling->count++];
    *added = *look;
    added->is_changed =
        look->ratio.has_interval && (look->ratio.low > highest || look->ratio.high < 1 / highest);
    settling->reached = look->steps;
    if (added->is_changed) {
        settling->anchor = look->steps;
        settling->resolution = 0;
    } else {
        settling->resolution = larger(settling->resolution, distance(&look->ratio));
    }
}

uint64_t settling_next(const struct settling *settling, uint64_t most)
{
    const uint64_t next = 2 * settling->reached;
    return next < most ? next : most;
}

bool settling_is_settled(const struct settling *settling)
{
    return settling->reached >= SETTLING_FACTOR * settling->anchor &&
           isfinite(settling->resolution);
}
