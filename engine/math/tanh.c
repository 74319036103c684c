#include "engine/math/math.h"

double math_tanh(double x)
{
    const double magnitude = __builtin_fabs(x);
    if (magnitude > 20) /* 1 - tanh is below half an ulp of 1 */
        return x > 0 ? 1 : -1;
    const double e = math_expm1(2 * magnitude), t = e / (e + 2);
    return x < 0 ? -t : x == 0 ? x : t;
}

real real_tanh(real x)
{
    return (real)math_tanh((double)x);
}
