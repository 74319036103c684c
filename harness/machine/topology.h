/* The arrangement of this machine's processors. */
#ifndef HARNESS_MACHINE_TOPOLOGY_H
#define HARNESS_MACHINE_TOPOLOGY_H

#include "harness/machine/system.h"

/* 0 is unknown. */
struct topology {
    size_t sockets, cores, threads_per_core, numa_nodes;
};

/* Read the arrangement of the processors that are online; root as in system.h. */
struct topology topology_look(const char *root);

/* The processors that share a core with this one, itself among them, into set. Returns how
 * many they are, 0 when unknown. */
size_t topology_siblings(const char *root, size_t processor, bool set[SYSTEM_PROCESSORS_MAX]);

#endif
