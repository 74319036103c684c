/* The calibration of a machine: the measurement as a whole, and its output. */
#ifndef HARNESS_MACHINE_CALIBRATION_H
#define HARNESS_MACHINE_CALIBRATION_H

#include <jansson.h>

#include "harness/machine/machine.h"
#include "harness/machine/measure.h"
#include "harness/machine/memory.h"
#include "harness/machine/tsc.h"
#include "harness/support/table.h"
#include "harness/support/text.h"

struct calibration {
    struct machine machine;
    struct memory_facts memory;
    struct tsc_rate tsc;
    bool quick;
    int processor;      /* that it was pinned to; -1: not pinned */
    char unpinned[128]; /* why not, or empty */
    struct measure_effort effort;
    struct measures measures;
};

/* A new calibration, measured on one processor: about 20 s, or 4 if it is quick. The
 * calling thread stays on that processor. show: as of measures_run(). LG_ENVIRONMENT
 * when memory is short for the list itself; *calibration is the caller's to free with
 * calibration_free(). */
enum lg_status calibration_take(struct calibration **calibration, bool quick,
                                void (*show)(void *to, size_t done, size_t steps), void *to,
                                struct lg_error *error);

void calibration_free(struct calibration *calibration);

/* All of it as a JSON object, owned by the caller; NULL when memory is short. What was
 * not measured has its reason under "absent", and no numbers. */
json_t *calibration_json(const struct calibration *calibration);

/* The measurements as CSV, appended to *text; what was not measured has empty fields. */
enum lg_status calibration_csv(const struct calibration *calibration, struct text *text,
                               struct lg_error *error);

/* For a reader, appended to *text. */
enum lg_status calibration_text(const struct calibration *calibration, struct text *text,
                                struct lg_error *error);

#endif
