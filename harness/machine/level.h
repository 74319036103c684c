/* Working sets that lie in one level of the memory hierarchy. */
#ifndef HARNESS_MACHINE_LEVEL_H
#define HARNESS_MACHINE_LEVEL_H

#include <stddef.h>

#include "harness/machine/machine.h"

enum { LEVELS = 4, LEVEL_REASON_MAX = 128 };

struct level {
    const char *name;              /* L1, L2, L3 or DRAM. Static. */
    size_t bytes;                  /* the working set; 0: there is none */
    char absent[LEVEL_REASON_MAX]; /* the reason, or empty */
};

/* Half of L1; between two caches' sizes their geometric mean, which is far from both;
 * for DRAM four times the last cache,
 * or, where a sweep found the caches, 256 MiB. */
void levels_find(const struct machine *machine, struct level levels[LEVELS]);

#endif
