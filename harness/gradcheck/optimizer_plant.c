#include "harness/gradcheck/optimizer_plant.h"

#include <string.h>

enum defect { HALF, SIGN, TRANSPOSED, SWAPPED, ELEMENT, STALE, AHEAD, ZERO, DEFECTS };
static const char *const names[DEFECTS] = {
    "missing factor 2",  "wrong sign",   "transposed weight", "swapped bias",
    "one wrong element", "stale buffer", "off-by-one batch",  "all zero"};

/* Entry i of step s. */
static double entry(enum defect defect, const struct optimizer_case *own, size_t s, size_t i)
{
    const size_t size = own->rows * own->columns;
    const double *g = own->gradients + s * size;
    switch (defect) {
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
    case DEFECTS:
        break;
    }
    return 0;
}

bool optimizer_plant(const char *name, const struct optimizer_case *own, double *wrong)
{
    const size_t size = own->rows * own->columns;
    size_t defect = 0;
    while (defect < DEFECTS && strcmp(names[defect], name) != 0)
        defect++;
    for (size_t i = 0; defect < DEFECTS && i < own->steps * size; i++)
        wrong[i] = entry((enum defect)defect, own, i / size, i % size);
    return defect < DEFECTS;
}
