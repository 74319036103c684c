/* manifest.json and machine.json of a timing. */
#ifndef HARNESS_TIMING_TIMING_JSON_H
#define HARNESS_TIMING_TIMING_JSON_H

#include <jansson.h>

#include "harness/store/manifest.h"
#include "harness/timing/timing.h"

/* The facts in the files other than the timing itself. Borrowed. */
struct timing_facts {
    struct manifest manifest; /* spec, data, engine, times; no cells */
    int processor;            /* that it was pinned to; -1: not pinned */
    const char *unpinned;     /* why not, or empty */
    const char *system;       /* a folder read in place of the system's, or empty */
    bool is_strict;
    json_t *env;
    json_t *calibration; /* NULL: absent */
    const char *calibration_absent;
};

/* Objects owned by the caller; NULL when memory is short. */
json_t *timing_manifest_json(const struct timing *timing, const struct timing_facts *facts);
json_t *timing_machine_json(const struct timing_facts *facts);

#endif
