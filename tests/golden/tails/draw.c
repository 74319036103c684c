#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/golden/tails/check.h"

static uint64_t counter;

void draw_seed(uint64_t seed)
{
    counter = seed;
}

/* SplitMix64. */
double draw(void)
{
    uint64_t z = counter += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

size_t draw_below(size_t n)
{
    return (size_t)(draw() * (double)n);
}

double rounded_to(enum lg_precision precision, double x)
{
    return precision == LG_F32 ? (double)(float)x : x;
}

/* 2^low .. 2^high, uniform in the logarithm. */
static double magnitude(double low, double high)
{
    const double at = low + (high - low) * draw();
    return ldexp(1 + draw(), (int)floor(at));
}

static double any_magnitude(enum lg_precision precision)
{
    return precision == LG_F32 ? magnitude(-149, 127) : magnitude(-1074, 1023);
}

/* Where functions saturate, change their formula, cross zero, or leave a range. */
static double special_point(void)
{
    static const double points[] = {
        0,   0.25,  0.5,    0.75, 0.7517915, 0.7524614, 1,      1.0986, 1.2784645, 2,      3,
        5.3, 6,     8,      10,   13.1,      16.6,      18.7,   20,     21.3,      24,     27,
        34,  37.5,  38.5,   44,   52,        87.336,    88.72,  103.97, 104,       300,    600,
        700, 708.4, 709.78, 744,  745.1,     760,       0x1p23, 0x1p24, 0x1p52,    0x1p53,
    };
    const double at = points[draw_below(sizeof points / sizeof *points)];
    const double away = ldexp(draw() * 2 - 1, -(int)draw_below(55));
    return at == 0 ? away : at * (1 + away);
}

double draw_number(enum lg_precision precision)
{
    const double sign = draw() < 0.5 ? -1 : 1;
    switch (draw_below(8)) {
    case 0:
    case 1:
        return rounded_to(precision, sign * any_magnitude(precision));
    case 2:
        return rounded_to(precision, sign * magnitude(-60, 10));
    case 3:
        return rounded_to(precision, sign * 800 * draw());
    case 4:
        return rounded_to(precision, sign * 40 * draw());
    case 5:
    case 6:
        return rounded_to(precision, sign * special_point());
    default:
        return rounded_to(precision, sign * 3 * draw());
    }
}

double draw_unit(enum lg_precision precision)
{
    switch (draw_below(8)) {
    case 0:
        return 0;
    case 1:
        return 1;
    case 2:
        return rounded_to(precision, any_magnitude(precision) * 0x1p-1074);
    case 3:
        return rounded_to(precision, magnitude(-140, -1) / 2);
    case 4:
    case 5:
        return rounded_to(precision, 1 - magnitude(precision == LG_F32 ? -25 : -54, -1) / 2);
    default:
        return rounded_to(precision, draw());
    }
}

/* ---- Errors ------------------------------------------------------------------ */

double ulps_between(enum lg_precision precision, double got, num exact, num size)
{
    const double largest = precision == LG_F32 ? (double)FLT_MAX : DBL_MAX;
    if (mpfr_nan_p(size) || mpfr_cmp_d(size, largest) > 0)
        return -1;
    if (!isfinite(got))
        return INFINITY;
    const int digits = precision == LG_F32 ? 24 : 53, least = precision == LG_F32 ? -149 : -1074;
    const long exponent = mpfr_zero_p(size) ? least : mpfr_get_exp(size) - digits;
    const num error = sub(of(got), exact);
    mpfr_ptr ulps = fresh();
    mpfr_mul_2si(ulps, error, -(exponent < least ? least : exponent), MPFR_RNDN);
    return fabs(mpfr_get_d(ulps, MPFR_RNDN));
}

bool worst_add(struct worst *worst, double ulps)
{
    worst->points++;
    if (ulps < 0)
        worst->skipped++;
    if (!(ulps > worst->ulps))
        return false;
    worst->ulps = ulps;
    return true;
}

/* ---- Options ----------------------------------------------------------------- */

static double draw_real(const struct lg_option *option)
{
    const double low = option->minimum, high = option->maximum;
    if (draw() < 0.3)
        return option->default_value;
    double x = draw() < 0.5 ? magnitude(-12, 4) : magnitude(-100, 100);
    if (low < 0 && draw() < 0.5)
        x = -x;
    if (high - low <= 2)
        x = low + (high - low) * draw();
    if (x < low || x > high || (option->above_minimum && x == low))
        x = option->default_value;
    return x;
}

static void draw_list(const struct lg_info *info, size_t i, size_t features,
                      struct lg_options *options)
{
    double list[LG_LIST_MAX];
    const size_t count = draw() < 0.5 ? 0 : features;
    for (size_t k = 0; k < count; k++)
        list[k] = draw() < 0.1 ? 0 : magnitude(-8, 8);
    if (count)
        list[draw_below(count)] = 1; /* not all 0 */
    if (2 * features <= LG_LIST_MAX)
        lg_options_set_list(info, options, i, list, count);
}

void draw_options(const struct lg_info *info, size_t features, struct lg_options *options)
{
    *options = lg_options_default(info);
    for (size_t i = 0; i < info->option_count; i++) {
        const struct lg_option *option = &info->options[i];
        switch (option->kind) {
        case LG_OPTION_REAL:
            options->value[i] = draw_real(option);
            break;
        case LG_OPTION_LIST:
            draw_list(info, i, features, options);
            break;
        case LG_OPTION_INTEGER:
            if (option->maximum - option->minimum < 10)
                options->value[i] =
                    option->minimum +
                    (double)draw_below((size_t)(option->maximum - option->minimum) + 1);
            break;
        default:
            options->value[i] = (double)draw_below((size_t)option->maximum + 1);
        }
    }
}

void print_options(const struct lg_info *info, const struct lg_options *options, char *text,
                   size_t size)
{
    *text = '\0';
    for (size_t i = 0; i < info->option_count; i++) {
        const struct lg_option *option = &info->options[i];
        const size_t used = strlen(text);
        if (option->kind == LG_OPTION_LIST)
            continue;
        if (option->kind == LG_OPTION_CHOICE)
            snprintf(text + used, size - used, " %s=%s", option->name,
                     option->choices[(size_t)options->value[i]]);
        else
            snprintf(text + used, size - used, " %s=%.17g", option->name, options->value[i]);
    }
}
