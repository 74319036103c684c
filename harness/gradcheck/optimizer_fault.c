#include "harness/gradcheck/optimizer_fault.h"

#include <string.h>

enum optimizer_fault { HALF, SIGN, TRANSPOSED, SWAPPED, ELEMENT, STALE, AHEAD, ZERO, FAULTS };
static const char *const names[FAULTS] = {
    "missing factor 2",  "wrong sign",   "transposed weight", "swapped bias",
    "one wrong element", "stale buffer", "off-by-one batch",  "all zero"};

/* Entry i of step s. */
static double entry(enum optimizer_fault fault, const struct optimizer_case *own, size_t s,
                    size_t i)
{
    const size_t size = own->rows * own->columns;
    const double *g = own->gradients + s * size;
    switch (fault) {
    case HALF:
        return g[i] / 2;
    case SIGN:
        return -g[i];
    case TRANSPOSED:
        return g[i % own->rows * own->columns + i / own->rows];
    case SWAPPED:
        return i < 2 ? g[1 - i] : g[i];
    case ELEMENT:
        return i == size / 2 ? g[i] + 1 : g[i];
    case STALE:
        return s > 0 ? own->gradients[(s - 1) * size + i] : g[i];
    case AHEAD:
        return s + 1 < own->steps ? own->gradients[(s + 1) * size + i] : g[i];
    case ZERO:
    case FAULTS:
        break;
    }
    return 0;
}

bool optimizer_inject(const char *name, const struct optimizer_case *own, double *wrong)
{
    const size_t size = own->rows * own->columns;
    size_t fault = 0;
    while (fault < FAULTS && strcmp(names[fault], name) != 0)
        fault++;
    for (size_t i = 0; fault < FAULTS && i < own->steps * size; i++)
        wrong[i] = entry((enum optimizer_fault)fault, own, i / size, i % size);
    return fault < FAULTS;
}
