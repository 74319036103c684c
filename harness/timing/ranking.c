#include "harness/timing/ranking.h"

#include <math.h>

bool ranking_summarise(double *values, size_t count, struct sample_summary *summary)
{
    size_t known = 0;
    for (size_t i = 0; i < count; i++)
        if (!isnan(values[i]))
            values[known++] = values[i];
    if (known > 0)
        sample_summarise(values, known, summary);
    return known > 0;
}

bool ranking_ratio(const struct timing *timing, enum arm_state state, const struct timed_arm *a,
                   const struct timed_arm *b, struct sample_summary *summary)
{
    double over[SAMPLE_MOST], under[SAMPLE_MOST];
    const struct series *first = timing_series(timing, a, state, false);
    const struct series *second = timing_series(timing, b, state, false);
    if (first == NULL || second == NULL || timing->rounds == 0)
        return false;
    series_step_ns(timing, first, over);
    series_step_ns(timing, second, under);
    for (size_t i = 0; a->batch != b->batch && i < timing->rounds; i++) {
        over[i] /= (double)a->batch;
        under[i] /= (double)b->batch;
    }
    ratio_summarise(over, under, timing->rounds, summary);
    return true;
}

bool ranking_is_by_sample(const struct timing *timing)
{
    const struct timed_arm *first = NULL;
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        if (arm->skipped[0] != '\0')
            continue;
        first = first == NULL ? arm : first;
        if (arm->batch != first->batch)
            return true;
    }
    return false;
}

double ranking_floor(const struct timing *timing, enum arm_state state)
{
    const struct timed_arm *control = timing_control(timing);
    struct sample_summary ratio;
    if (control == NULL || !ranking_ratio(timing, state, control, timing_original(timing), &ratio))
        return (double)NAN;
    return ratio_floor(&ratio);
}

size_t ranking_order(const struct timing *timing, enum arm_state state,
                     const struct timed_arm *ranked[ARMS_MAX])
{
    double ratios[ARMS_MAX];
    size_t count = 0;
    const struct timed_arm *reference = NULL;
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        struct sample_summary ratio;
        reference = reference == NULL && arm->skipped[0] == '\0' ? arm : reference;
        if (arm->is_control || reference == NULL ||
            !ranking_ratio(timing, state, arm, reference, &ratio))
            continue;
        size_t at = count++;
        for (; at > 0 && ratios[at - 1] > ratio.median; at--) {
            ranked[at] = ranked[at - 1];
            ratios[at] = ratios[at - 1];
        }
        ranked[at] = arm;
        ratios[at] = ratio.median;
    }
    return count;
}

bool ranking_against_training(const struct timed_arm *arm, struct sample_summary *summary)
{
    const struct settling *settling = &arm->settling;
    if (settling->count < 2)
        return false;
    const struct settling_look *last = &settling->looks[settling->count - 1];
    const struct sample_summary *block = &last->block, *training = &last->training;
    if (training->count == 0 || !(training->median > 0))
        return false;
    *summary = (struct sample_summary){
        .count = block->count,
        .median = block->median / training->median,
        .has_interval = block->has_interval && training->has_interval && training->low > 0,
    };
    if (summary->has_interval) {
        summary->low = block->low / training->high;
        summary->high = block->high / training->low;
    }
    return true;
}
