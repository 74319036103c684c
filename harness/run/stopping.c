#include "harness/run/stopping.h"

#include "harness/spec/metric.h"
#include "harness/spec/stop.h"

/* Better by more than the least change. A number that is none is never better, and any is better
 * than it. */
static bool improves(const struct stop_rule *stop, double value, double best)
{
    const double gain = stop->of.better == BETTER_HIGHER ? value - best : best - value;
    return gain > stop->least_change || (best != best && value == value);
}

bool stopping_look(struct stop_memory *stopping, const struct experiment *experiment,
                   enum part part, const struct measurement *measurement)
{
    bool stops = false;
    for (size_t i = 0; i < experiment->stop_count; i++) {
        const struct stop_rule *stop = &experiment->stops[i];
        if (stop->of.part != part)
            continue;
        const double value =
            stop->of.metric == SIZE_MAX ? measurement->loss : measurement->metrics[stop->of.metric];
        const bool is_first = stopping->rules[i].seen++ == 0;
        if (is_first || improves(stop, value, stopping->rules[i].best)) {
            stopping->rules[i].best = value;
            stopping->rules[i].waited = 0;
        } else {
            stopping->rules[i].waited++;
        }
        stops = stops || (stop->patience > 0 && stopping->rules[i].waited >= stop->patience) ||
                (stop->has_value && measured_is_reached(&stop->of, value, stop->value));
    }
    return stops;
}
