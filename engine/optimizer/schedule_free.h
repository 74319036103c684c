/* Parts that the schedule-free optimizers share: the weight of a step in the average. */
#ifndef LG_OPTIMIZER_SCHEDULE_FREE_H
#define LG_OPTIMIZER_SCHEDULE_FREE_H

#include "engine/math/math.h"
#include "engine/optimizer/optimizer.h"

/* The first scalars: the largest rate so far, the sum of weights. */
enum { LARGEST, SUM, SCHEDULE_FREE_SCALARS };

/* x^power for x >= 0. */
static inline accumulator power_of(accumulator x, accumulator power)
{
    if (power == 0 || x == 0)
        return power == 0;
    return math_exp(power * math_log(x));
}

/* The rate's part while it warms up over so many steps. */
static inline accumulator warm_up(uint64_t step, accumulator steps)
{
    return (accumulator)step < steps ? (accumulator)step / steps : 1;
}

/* The share of this step in the average: step^r times the largest rate^power, over the sum
 * of these so far. Weights and sum are in units of the largest rate's, so that a power of a
 * small rate cannot underflow. */
static inline accumulator share_of_average(uint64_t step, accumulator rate, accumulator r,
                                           accumulator power,
                                           accumulator scalars[OPTIMIZER_SCALARS_MAX])
{
    if (step == 1) {
        scalars[LARGEST] = rate;
        scalars[SUM] = 0;
    } else if (scalars[LARGEST] < rate) {
        scalars[SUM] *= power_of(scalars[LARGEST] / rate, power);
        scalars[LARGEST] = rate;
    }
    const accumulator weight = power_of((accumulator)step, r);
    scalars[SUM] += weight;
    return weight / scalars[SUM];
}

#endif
