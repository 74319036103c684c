/* The facts of this machine. What the system does not report is "unknown" or 0 here, and
 * "unknown" or null where it is printed: never a made-up number. */
#ifndef HARNESS_MACHINE_MACHINE_H
#define HARNESS_MACHINE_MACHINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/machine/processor.h"
#include "harness/machine/topology.h"

enum { MACHINE_TEXT_MAX = SYSTEM_TEXT_MAX, MACHINE_CACHES_MAX = 8 };

/* machine.caches_from, of sizes that were measured. */
#define MACHINE_SWEEP "a sweep"

struct machine_cache {
    char name[16]; /* L1d, L1i, L2, ... */
    size_t size_bytes, line_bytes;
};

struct machine {
    const char *root;                    /* the folder that was read as the system's; borrowed */
    char architecture[MACHINE_TEXT_MAX]; /* as uname -m */
    char vendor[MACHINE_TEXT_MAX];
    char cpu[MACHINE_TEXT_MAX];  /* the model's name */
    int family, model, stepping; /* -1: unknown */
    char microcode[MACHINE_TEXT_MAX];
    char flags[MACHINE_TEXT_MAX]; /* those that bear on this program, by spaces */
    size_t cores;                 /* online processors */
    size_t usable;                /* of them, those that this process may use */
    struct topology topology;
    size_t cache_count;
    struct machine_cache caches[MACHINE_CACHES_MAX]; /* of the first processor */
    const char *caches_from; /* their source: "/sys", "sysconf" or "a sweep"; "unknown". Static. */
    size_t memory_bytes;
    char kernel[MACHINE_TEXT_MAX];
    char hypervisor[MACHINE_TEXT_MAX]; /* "none" on bare metal */
    char libc[MACHINE_TEXT_MAX];
    char governor[MACHINE_TEXT_MAX]; /* of the first processor's frequency */
    enum processor_answer turbo;     /* may the frequency rise above the nominal one? */
    enum processor_answer tick_is_invariant;
    char perf_event_paranoid[MACHINE_TEXT_MAX];
    bool has_load;
    double load[3]; /* of the last 1, 5 and 15 minutes */
};

/* Take the sizes of the data caches from a sweep of latencies, which takes a second: for a
 * machine whose system does not report them. */
void machine_sweep_caches(struct machine *machine);

/* True if the system reported the size of a data cache. */
bool machine_knows_caches(const struct machine *machine);

/* Read the facts, under the folder of LOSSGRID_SYSTEM where that is set. Never fails: what
 * cannot be read is unknown. */
void machine_look(struct machine *machine);

/* The same, with /proc and /sys under a folder: root as in system.h. */
void machine_look_at(struct machine *machine, const char *root);

/* The answer to whether the frequency may rise above the nominal one. */
enum processor_answer machine_turbo(const char *root);

/* As a JSON object, owned by the caller; NULL when memory is short. */
json_t *machine_json(const struct machine *machine);

/* Processors that this process may use, at least 1. */
size_t machine_usable_processors(void);

#endif
