#include "harness/spec/spacing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lossgrid/digest.h"
#include "lossgrid/pcg.h"

/* Draws for each value that is wanted, before there are taken to be no more. */
enum { DRAWS_FOR_EACH = 100, TEXT_MAX = 64 };

/* Round a number of which `sure` decimal digits are to be trusted, to SPACING_DIGITS. */
static double round_digits(double value, int sure)
{
    char text[TEXT_MAX], digits[TEXT_MAX] = "";
    snprintf(text, sizeof text, "%.*e", sure - 1, fabs(value)); /* d.dddddddddddde-05 */
    if (sure > SPACING_DIGITS) {
        const long power = strtol(strchr(text, 'e') + 1, NULL, 10);
        digits[0] = text[0];
        memcpy(digits + 1, text + 2, (size_t)sure - 1);
        const int order =
            strncmp(digits + SPACING_DIGITS, "500000000000", (size_t)(sure - SPACING_DIGITS));
        digits[SPACING_DIGITS] = '\0';
        long kept = strtol(digits, NULL, 10);
        kept += order > 0 || (order == 0 && kept % 2 == 1);
        snprintf(text, sizeof text, "%lde%ld", kept, power - SPACING_DIGITS + 1);
    }
    const double rounded = strtod(text, NULL);
    return value < 0 ? -rounded : rounded;
}

/* The sum of two ends cancels: of its digits only those are sure that are not below the
 * last sure one of the larger end. 0: none. */
static int sure_digits(double value, double largest)
{
    int sure = SPACING_SURE;
    for (double limit = largest / 10; sure > 0 && !(fabs(value) > limit); limit /= 10)
        sure--;
    return sure;
}

static double round_whole(double value)
{
    char text[400]; /* the largest double has 309 digits */
    snprintf(text, sizeof text, "%.*e", SPACING_SURE - 1, value);
    snprintf(text, sizeof text, "%.0f", strtod(text, NULL)); /* half to even */
    return strtod(text, NULL);
}

double spacing_between(const struct spacing *spacing, double from, double to)
{
    const double low = spacing->low, high = spacing->high;
    if (to == 0 || low == high)
        return low;
    if (from == 0)
        return high;
    const bool is_log = spacing->kind == SPACING_LOG;
    const double largest = fabs(low) > fabs(high) ? fabs(low) : fabs(high);
    const double value =
        is_log ? spacing->power(low, from) * spacing->power(high, to) : low * from + high * to;
    const int sure = is_log ? SPACING_SURE : sure_digits(value, largest);
    double rounded = 0;
    if (sure > 0)
        rounded = spacing->is_whole ? round_whole(value) : round_digits(value, sure);
    rounded = rounded < low ? low : rounded > high ? high : rounded;
    return rounded == 0 ? 0 : rounded; /* not -0 */
}

double spacing_point(const struct spacing *spacing, size_t index, size_t count)
{
    const double last = (double)(count - 1);
    return spacing_between(spacing, (double)(count - 1 - index) / last, (double)index / last);
}

static struct lg_pcg stream(const char *name, uint64_t seed)
{
    char hex[LG_DIGEST_HEX];
    lg_digest_bytes(name, strlen(name), hex);
    hex[16] = '\0';
    return lg_pcg_stream(seed, LG_PURPOSE_AXIS, strtoull(hex, NULL, 16));
}

static bool contains(const double *values, size_t count, double value)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] == value)
            return true;
    return false;
}

size_t spacing_draw(const struct spacing *spacing, const char *name, uint64_t seed, double *values,
                    size_t count)
{
    struct lg_pcg pcg = stream(name, seed);
    size_t found = 0;
    for (size_t left = count * DRAWS_FOR_EACH; found < count && left > 0; left--) {
        const double to = lg_pcg_uniform(&pcg);
        const double value = spacing_between(spacing, 1 - to, to);
        if (!contains(values, found, value))
            values[found++] = value;
    }
    return found;
}

size_t spacing_draw_whole(int64_t low, uint32_t span, const char *name, uint64_t seed,
                          double *values, size_t count)
{
    struct lg_pcg pcg = stream(name, seed);
    size_t found = 0;
    while (found < count && found <= span) {
        const uint32_t above =
            span == UINT32_MAX ? lg_pcg_next(&pcg) : lg_pcg_below(&pcg, span + 1);
        const double value = (double)(low + (int64_t)above);
        if (!contains(values, found, value))
            values[found++] = value;
    }
    return found;
}
