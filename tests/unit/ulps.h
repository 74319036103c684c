/* Errors in units in the last place against tests/golden/math.csv, whose format
 * stands in tests/golden/math.c. */
#ifndef TESTS_UNIT_ULPS_H
#define TESTS_UNIT_ULPS_H

#include <math.h>

#include "tests/unit/golden.h"

/* One unit in the last place of a finite double. */
static inline double ulp_of(double value)
{
    int exponent;
    frexp(value, &exponent);
    return value == 0 || exponent - 53 < -1074 ? 0x1p-1074 : ldexp(1, exponent - 53);
}

/* What becomes of f(x) where the exact result is value and rest ulps; infinity when
 * one of the two is not finite and the other is something else. */
static inline double ulps_off(double got, double value, double rest)
{
    if (isfinite(got) && isfinite(value))
        return fabs((got - value) / ulp_of(value) - rest);
    return got == value ? 0 : __builtin_inf();
}

struct worst {
    double ulps, x;
    size_t points;
};

/* The largest error of f over the golden points of a function. */
static inline struct worst worst_of(const char *function, double (*f)(double x))
{
    FILE *file = golden_open("tests/golden/math.csv", "function,x,value,rest\n");
    struct worst worst = {0};
    char line[256], name[32];
    double x, value, rest;
    while (fgets(line, sizeof line, file)) {
        cr_assert(sscanf(line, "%31[^,],%lf,%lf,%lf", name, &x, &value, &rest) == 4, "%s", line);
        if (strcmp(name, function) != 0)
            continue;
        const double ulps = ulps_off(f(x), value, rest);
        worst.points++;
        if (ulps > worst.ulps) {
            worst.ulps = ulps;
            worst.x = x;
        }
    }
    fclose(file);
    return worst;
}

#endif
