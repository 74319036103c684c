#include "engine/base/real.h"

#if LG_PRECISION != 80 /* it has reference.c */

#include <stdint.h>

#include "engine/math/math.h"
#include "engine/math/parts.h"

/* cos(pi t) for 0 <= t <= 1/4. */
static double cosine(double t)
{
    static const double series[] = {
        -0x1.3bd3cc9be45dep+2, 0x1.03c1f081b5ac4p+2,  -0x1.55d3c7e3cbffap+0,  0x1.e1f506891babbp-3,
        -0x1.a6d1f2a204a8cp-6, 0x1.f9d38a3763cc3p-10, -0x1.b6e24f44b128fp-14, 0x1.20c62c2f2d7f5p-18,
    };
    return 1 + t * t * polynomial(series, 8, t * t);
}

/* sin(pi t) for 0 <= t <= 1/4. */
static double sine(double t)
{
    static const double series[] = {
        -0x1.4abbce625be53p+2, 0x1.466bc6775aae2p+1,  -0x1.32d2cce62bd86p-1,  0x1.50783487ee782p-4,
        -0x1.e3074fde8871fp-8, 0x1.e8f434d018d63p-12, -0x1.6fadb9f155744p-16, 0x1.aaec32af93359p-21,
    };
    return t * 0x1.921fb54442d18p+1 + t * (t * t * polynomial(series, 8, t * t));
}

double math_cospi(double x)
{
    const double magnitude = __builtin_fabs(x);
    if (!(magnitude < 0x1p53)) /* an even number, an infinity or no number */
        return magnitude <= 0x1.fffffffffffffp1023 ? 1 : x - x;
    /* Every step to [0, 1/4] is exact. */
    double t = magnitude - 2 * (double)(int64_t)(magnitude / 2);
    t = t > 1 ? 2 - t : t;
    const double sign = t > 0.5 ? -1 : 1;
    t = t > 0.5 ? 1 - t : t;
    if (t == 0.5)
        return 0;
    return sign * (t <= 0.25 ? cosine(t) : sine(0.5 - t));
}

#endif
