#include <assert.h>
#include <string.h>

#include "harness/gradcheck/formula/formula.h"
#include "registry.h"

#define DECLARE(name) extern const struct formula formula_##name;
LG_FORMULAS(DECLARE)

#define ENTRY(name) {#name, &formula_##name},
const struct formula_entry formula_entries[] = {LG_FORMULAS(ENTRY){NULL, NULL}};

const struct formula *formula_find(const char *name)
{
    const struct formula_entry *entry = formula_entries;
    while (entry->name != NULL && strcmp(entry->name, name) != 0)
        entry++;
    return entry->formula;
}

long double formula_option(const struct formula_run *run, const char *name)
{
    const int index = lg_option_find(run->info, name);
    assert(index >= 0);
    return index < 0 ? (long double)NAN : (long double)run->options->value[index];
}

bool formula_chose(const struct formula_run *run, const char *name, const char *word)
{
    const int index = lg_option_find(run->info, name);
    assert(index >= 0);
    const size_t choice = (size_t)run->options->value[index];
    return strcmp(run->info->options[index].choices[choice], word) == 0;
}

long double formula_lr(const struct formula_run *run, size_t t)
{
    return run->lr != NULL ? (long double)run->lr[t - 1] : formula_option(run, "lr");
}

struct bounded formula_decayed(const struct bounded *x, size_t t, long double keep,
                               long double gain, struct bounded first)
{
    long double value = 0, error = 0, weight = gain, unit = first.unit;
    for (size_t i = t; i > 0; i--, weight *= keep) {
        const long double roundings = 3 * (long double)(t - i) + 4;
        unit = x[i - 1].unit > unit ? x[i - 1].unit : unit;
        value += weight * x[i - 1].value;
        error +=
            bounded_abs(weight) * (bounded_abs(x[i - 1].value) * roundings * unit + x[i - 1].error);
    }
    const long double power = elementary_power(keep, t), steps = (long double)t;
    value += power * first.value;
    error += power * (first.error + bounded_abs(first.value) * (3 * steps + 1) * unit);
    if (value != 0 || error != 0) /* and what every step may lose below the range */
        error += 4 * steps * bounded_tiny(unit) + steps * 0x1p-64L * bounded_abs(value);
    return (struct bounded){value, error, unit};
}

struct bounded formula_sum(const struct bounded *x, size_t t, struct bounded first)
{
    struct bounded sum = first;
    for (size_t i = 0; i < t; i++)
        sum = plus(sum, x[i]);
    return sum;
}

void formula_penalised(const struct formula_line *line, size_t t, long double weight_decay,
                       struct bounded *to)
{
    const long double unit = line->run->unit;
    for (size_t i = 1; i <= t; i++) {
        to[i - 1] = line->g[i - 1];
        if (weight_decay != 0)
            to[i - 1] =
                plus(to[i - 1], times(coefficient(weight_decay, 0, unit), formula_before(line, i)));
    }
}

void formula_squares(const struct bounded *x, size_t t, struct bounded *to)
{
    for (size_t i = 0; i < t; i++)
        to[i] = times(x[i], x[i]);
}

struct bounded formula_norm(const struct bounded *x, size_t n)
{
    struct bounded sum = known(0, BOUNDED_ACCUMULATOR);
    for (size_t i = 0; i < n; i++)
        sum = plus(sum, times(in_accumulator(x[i]), in_accumulator(x[i])));
    return root(sum);
}

struct bounded formula_unbiased(long double beta, size_t t)
{
    const long double power = elementary_power(beta, t);
    return bounded_rounded(1 - power, power * (long double)t * BOUNDED_ACCUMULATOR,
                           BOUNDED_ACCUMULATOR);
}
