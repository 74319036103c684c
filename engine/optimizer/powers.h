/* The bias correction 1 - beta^step, which Adam and its relatives divide by. */
#ifndef LG_OPTIMIZER_POWERS_H
#define LG_OPTIMIZER_POWERS_H

#include "engine/math/math.h"
#include "engine/optimizer/optimizer.h"

/* True if 1 - beta^step would lose too many digits. */
static inline bool is_near_one(double beta)
{
    return 1 - (accumulator)beta < (accumulator)0x1p-14;
}

/* 1 - beta^step, where power is beta^step as it is multiplied up from step to step. */
static inline accumulator left_of_power(double beta, uint64_t step, accumulator power)
{
    return is_near_one(beta) ? -math_expm1((accumulator)step * math_log1p((accumulator)beta - 1))
                             : 1 - power;
}

/* The same, with *power going on from the step before. */
static inline accumulator left_of_one(double beta, uint64_t step, accumulator *power)
{
    *power = (step == 1 ? 1 : *power) * beta;
    return left_of_power(beta, step, *power);
}

#endif
