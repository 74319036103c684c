#include "harness/compare/roofline.h"

#include <math.h>
#include <string.h>

static const json_t *measures(const struct timed_folder *folder)
{
    return json_object_get(json_object_get(folder->machine, "calibration"), "measures");
}

static bool has_word(const json_t *measure, const char *key, const char *word)
{
    const char *found = json_string_value(json_object_get(measure, key));
    return found != NULL && strcmp(found, word) == 0;
}

static double number_or(const json_t *measure, const char *key, double otherwise)
{
    const json_t *value = json_object_get(measure, key);
    return json_is_number(value) && json_number_value(value) > 0 ? json_number_value(value)
                                                                 : otherwise;
}

struct peak roofline_fma(const struct timed_folder *folder, const char *isa, const char *precision)
{
    size_t index;
    json_t *measure;
    json_array_foreach((json_t *)measures(folder), index, measure)
    {
        if (!has_word(measure, "name", "fma_peak") || !has_word(measure, "isa", isa) ||
            !has_word(measure, "precision", precision))
            continue;
        const double median = number_or(measure, "median", (double)NAN);
        return (struct peak){median, number_or(measure, "low", median),
                             number_or(measure, "high", median)};
    }
    return (struct peak){(double)NAN, (double)NAN, (double)NAN};
}

/* GB/s of copying within the smallest working set measured that holds so many bytes; the
 * largest where none does. (double)NAN: not measured. */
static double bandwidth(const struct timed_folder *folder, double bytes)
{
    double found = (double)NAN, best = (double)INFINITY, largest = 0;
    size_t index;
    json_t *measure;
    json_array_foreach((json_t *)measures(folder), index, measure)
    {
        if (!has_word(measure, "name", "copy_bandwidth"))
            continue;
        const double set = number_or(measure, "working_set_bytes", (double)NAN);
        const double median = number_or(measure, "median", (double)NAN);
        if (set >= bytes && set < best) {
            best = set;
            found = median;
        } else if (isinf(best) && set > largest) { /* none that holds them so far */
            largest = set;
            found = median;
        }
    }
    return found;
}

double roofline_share(const struct timed_folder *folder, const struct timed_cell *cell,
                      enum timed_phase phase)
{
    static const double operations[TIMED_PHASES] = {
        [TIMED_STEP] = 6, [TIMED_FORWARD] = 2, [TIMED_BACKWARD] = 4};
    const struct timed_cost *cost = &cell->costs[phase];
    if (!cost->is_there || !(cost->ns > 0))
        return (double)NAN;
    if (phase == TIMED_UPDATE) {
        const double bytes = cell->parameters * (strcmp(cell->precision, "f32") == 0 ? 4 : 8);
        return 2 * bytes / cost->ns / bandwidth(folder, bytes);
    }
    if (operations[phase] == 0)
        return (double)NAN;
    return operations[phase] * cell->parameters * cell->batch / cost->ns /
           roofline_fma(folder, cell->isa, cell->precision).median;
}
