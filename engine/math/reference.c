/* The elementary functions of the reference copy, in long double of any size: slow, and
 * without tables or fitted polynomials. Series end where the last place of the widest
 * long double (113 bits) no longer sees them. Every step is plain arithmetic, so that
 * nothing here knows how a long double is stored. Errors are below 4 ulp
 * (tests/unit/engine/reference_math_test.c); the functions' limits are those of math.h. */
#include "engine/math/exact.h"
#include "engine/math/math.h"

#if LG_PRECISION == 80

static const accumulator LN2 = 0x1.62e42fefa39ef35793c7673007e6p-1L;
/* ln 2 in two parts; the first has 32 bits, so that k * first is exact (|k| < 2^15). */
static const accumulator LN2_HIGH = 0x1.62e42feep-1L;
static const accumulator LN2_LOW = 0x1.a39ef35793c7673007e5ed5e81e7p-33L;
static const accumulator PI = 0x1.921fb54442d18469898cc51701b8p+1L;
static const accumulator ROOT_HALF = 0x1.6a09e667f3bcc908b2fb1366ea95p-1L;
static const accumulator ONE_OVER_ROOT_PI = 0x1.20dd750429b6d11ae3a914fed7fep-1L;

static const accumulator INFINITE = __builtin_inf();

/* 2^k, |k| < LDBL_MAX_EXP. */
static accumulator power_of_two(int k)
{
    accumulator power = 1, square = k < 0 ? 0.5 : 2;
    for (int left = k < 0 ? -k : k; left > 0; left /= 2) {
        if (left % 2)
            power *= square;
        if (left > 1)
            square *= square;
    }
    return power;
}

/* ---- Exponentials ------------------------------------------------------------ */

/* (e^r - 1) / r for |r| <= ln 2 / 2, Taylor's series from the inside out. */
static accumulator taylor(accumulator r)
{
    accumulator sum = 1;
    for (int n = 30; n > 1; n--)
        sum = 1 + r / n * sum;
    return sum;
}

/* e^r - 1 with x = *k ln 2 + r, |r| <= ln 2 / 2; |x| below 2^14. */
static accumulator expm1_reduced(accumulator x, int *k)
{
    *k = (int)(x / LN2 + (x < 0 ? -0.5L : 0.5L));
    const accumulator high = x - *k * LN2_HIGH, low = *k * LN2_LOW;
    const accumulator r = high - low, lost = (high - r) - low; /* what rounding took from r */
    return r * taylor(r) + (lost + lost * r);
}

accumulator math_expm1(accumulator x)
{
    if (x != x || x == 0 || x > LDBL_MAX_EXP * LN2)
        return x > 0 ? INFINITE : x;
    if (x < -100) /* e^x is below half an ulp of 1 */
        return -1;
    int k;
    const accumulator p = expm1_reduced(x, &k);
    if (k == 0)
        return p;
    const accumulator half = power_of_two(k - 1); /* 2^k may be too large */
    return (half * p + (half - 0.5L)) * 2;
}

accumulator math_exp(accumulator x)
{
    if (x != x || x > LDBL_MAX_EXP * LN2)
        return x > 0 ? INFINITE : x;
    if (x < (LDBL_MIN_EXP - LDBL_MANT_DIG - 2) * LN2)
        return 0;
    int k;
    const accumulator p = 1 + expm1_reduced(x, &k);
    const int first = k / 2; /* in two steps, neither of which leaves the range */
    return p * power_of_two(first) * power_of_two(k - first);
}

accumulator math_tanh(accumulator x)
{
    const accumulator magnitude = accumulator_abs(x);
    if (!(magnitude <= 45)) /* 1 - tanh is below half an ulp of 1 */
        return x > 0 ? 1 : x < 0 ? -1 : x;
    const accumulator e = math_expm1(2 * magnitude), t = e / (e + 2);
    return x > 0 ? t : x < 0 ? -t : x;
}

/* ---- Logarithms -------------------------------------------------------------- */

/* x = m * 2^*k with m in [sqrt(1/2), sqrt(2)), for a finite x > 0. */
static accumulator split(accumulator x, int *k)
{
    *k = 0;
    for (int step = LDBL_MAX_EXP / 2; step > 0; step /= 2) {
        const accumulator power = power_of_two(step);
        for (; x >= power; *k += step)
            x /= power;
        for (; x < 1 / power; *k -= step)
            x *= power;
    }
    if (x >= 2 * ROOT_HALF) {
        *k += 1;
        return x / 2;
    }
    if (x < ROOT_HALF) {
        *k -= 1;
        return x * 2;
    }
    return x;
}

/* k ln 2 + log(1 + f) + low, |low| tiny. log(1 + f) is 2 artanh(s), s = f / (2 + f), and
 * 2 s = f - s f: f, which is exact, stands apart from the rest, which is small. */
static accumulator log_from(int k, accumulator f, accumulator low)
{
    const accumulator s = f / (2 + f), z = s * s;
    accumulator series = 0; /* 2/3 z + 2/5 z^2 + ...; |s| < 0.172 */
    for (int n = 51; n > 1; n -= 2)
        series = z * (series + 2.0L / n);
    return k * LN2_HIGH + (f - (s * (f - series) - (k * LN2_LOW + low)));
}

/* Where log(x) is no ordinary number. */
static accumulator log_limit(accumulator x)
{
    return x < 0 ? (accumulator)__builtin_nan("") : x == 0 ? -INFINITE : x;
}

accumulator math_log(accumulator x)
{
    if (!(x > 0 && x <= REAL_MAX))
        return log_limit(x);
    int k;
    const accumulator m = split(x, &k);
    return log_from(k, m - 1, 0);
}

accumulator math_log1p(accumulator x)
{
    const accumulator u = 1 + x;
    if (x == 0)
        return x;
    if (!(u > 0 && u <= REAL_MAX))
        return log_limit(u);
    const accumulator lost = x < 1 ? x - (u - 1) : 1 - (u - x); /* what rounding took from u */
    int k;
    const accumulator m = split(u, &k);
    return k == 0 ? log_from(0, x, 0) : log_from(k, m - 1, lost / u);
}

/* ---- The error function ------------------------------------------------------ */

/* Taylor's series, |x| < 1: 2 x / sqrt(pi) times the sum of (-x^2)^n / (n! (2 n + 1)). */
static accumulator erf_near_zero(accumulator x)
{
    accumulator sum = 0;
    for (int n = 40; n > 0; n--) /* from the inside out: - x^2 / n (1 / (2 n + 1) + ...) */
        sum = -x * x / n * (1 / (2 * (accumulator)n + 1) + sum);
    return x * (2 * ONE_OVER_ROOT_PI) * (1 + sum);
}

/* e^(x^2) (1 - erf(x)) for x > 0: 1 / sqrt(pi) over x + (1/2) / (x + 1 / (x + (3/2) / (x +
 * ...))), P.-S. Laplace's continued fraction, from so deep that what is left out is below
 * e^(-2 x sqrt(2 depth)). */
static accumulator scaled_complement(accumulator x)
{
    accumulator fraction = x;
    for (int n = 20 + (int)(1000 / (x * x)); n > 0; n--)
        fraction = x + n / (2 * fraction);
    return ONE_OVER_ROOT_PI / fraction;
}

/* 1 - erf(x) for x >= 1/2: times e^(-x^2), by the square to twice the digits and in two
 * steps, so that digits are lost to the range at the very end only. */
static accumulator complement(accumulator x)
{
    if (!(x < 200)) /* 0, before x^2 overflows */
        return x > 0 ? 0 : x;
    const struct twofold square = exact_product(x, x);
    const accumulator half = math_exp(-square.high / 2), scaled = scaled_complement(x);
    return (scaled - scaled * square.low) * half * half;
}

accumulator math_erfcx(accumulator x)
{
    return x < 0.5L ? math_exp(x * x) * (1 - erf_near_zero(x)) : scaled_complement(x);
}

accumulator math_erfc(accumulator x)
{
    if (x < 0.5L)
        return x < -0.5L ? 2 - complement(-x) : 1 - erf_near_zero(x);
    return complement(x);
}

accumulator math_erf(accumulator x)
{
    const accumulator magnitude = accumulator_abs(x);
    if (magnitude < 1)
        return erf_near_zero(x);
    if (!(magnitude < 12)) /* the complement is below half an ulp of 1 */
        return x > 0 ? 1 : x < 0 ? -1 : x;
    return x > 0 ? 1 - complement(magnitude) : complement(magnitude) - 1;
}

/* ---- Powers ------------------------------------------------------------------ */

accumulator math_pow(accumulator x, accumulator p)
{
    if (!(x > 0 && x <= REAL_MAX))
        return x < 0 ? (accumulator)__builtin_nan("") : x;
    int k;
    const accumulator m = split(x, &k);
    const struct twofold power = exact_product(k, p); /* of 2 */
    const accumulator limit = 2 * (accumulator)LDBL_MAX_EXP;
    const accumulator near = power.high > limit ? limit : power.high < -limit ? -limit : power.high;
    const int whole = (int)(near + (near < 0 ? -0.5L : 0.5L)), first = whole / 4;
    const accumulator rest = power.high == near ? (power.high - whole) + power.low : 0;
    accumulator y = math_exp(p * math_log(m) + rest * LN2);
    for (int step = 0; step < 3; step++)
        y *= power_of_two(first);
    return y * power_of_two(whole - 3 * first);
}

/* ---- The cosine -------------------------------------------------------------- */

/* 1 - a^2 / (from (from + 1)) (1 - a^2 / ((from + 2) (from + 3)) (1 - ...)): cos(a) from 1,
 * sin(a) / a from 2; 0 <= a <= pi / 4. */
static accumulator alternating(accumulator a, int from)
{
    accumulator sum = 1;
    for (int n = from + 26; n >= from; n -= 2)
        sum = 1 - a * a / (n * (n + 1)) * sum;
    return sum;
}

accumulator math_cospi(accumulator x)
{
    accumulator t = accumulator_abs(x);
    if (!(t <= REAL_MAX))
        return x - x;
    for (int k = LDBL_MAX_EXP - 1; k > 0; k--) { /* every step to [0, 1/4] is exact */
        const accumulator power = power_of_two(k);
        t = t >= power ? t - power : t;
    }
    t = t > 1 ? 2 - t : t;
    const accumulator sign = t > 0.5L ? -1 : 1;
    t = t > 0.5L ? 1 - t : t;
    if (t <= 0.25L)
        return sign * alternating(PI * t, 1);
    const accumulator a = PI * (0.5L - t);
    return t == 0.5L ? 0 : sign * a * alternating(a, 2);
}

/* ---- The other names --------------------------------------------------------- */

static void each(accumulator (*f)(accumulator), accumulator *y, const accumulator *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        y[i] = f(x[i]);
}

void math_exp_all(accumulator *y, const accumulator *x, size_t n)
{
    each(math_exp, y, x, n);
}

void math_expm1_all(accumulator *y, const accumulator *x, size_t n)
{
    each(math_expm1, y, x, n);
}

void math_log_all(accumulator *y, const accumulator *x, size_t n)
{
    each(math_log, y, x, n);
}

void math_log1p_all(accumulator *y, const accumulator *x, size_t n)
{
    each(math_log1p, y, x, n);
}

void math_tanh_all(accumulator *y, const accumulator *x, size_t n)
{
    each(math_tanh, y, x, n);
}

void math_erf_all(accumulator *y, const accumulator *x, size_t n)
{
    each(math_erf, y, x, n);
}

void math_erfcx_all(accumulator *y, const accumulator *x, size_t n)
{
    each(math_erfcx, y, x, n);
}

real real_exp(real x)
{
    return math_exp(x);
}

real real_expm1(real x)
{
    return math_expm1(x);
}

real real_log(real x)
{
    return math_log(x);
}

real real_log1p(real x)
{
    return math_log1p(x);
}

real real_tanh(real x)
{
    return math_tanh(x);
}

real real_erf(real x)
{
    return math_erf(x);
}

void real_exp_all(real *y, const real *x, size_t n)
{
    each(math_exp, y, x, n);
}

void real_expm1_all(real *y, const real *x, size_t n)
{
    each(math_expm1, y, x, n);
}

void real_log_all(real *y, const real *x, size_t n)
{
    each(math_log, y, x, n);
}

void real_log1p_all(real *y, const real *x, size_t n)
{
    each(math_log1p, y, x, n);
}

void real_tanh_all(real *y, const real *x, size_t n)
{
    each(math_tanh, y, x, n);
}

void real_erf_all(real *y, const real *x, size_t n)
{
    each(math_erf, y, x, n);
}

#endif
