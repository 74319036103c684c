/* The factors of an arm: each thing that a grid can vary, and its level in that arm. A factor's
 * name is "loss", "loss.beta", "optimizer", "optimizer.lr", "batch" and so on; an option may be
 * named without its entry ("lr"). */
#ifndef HARNESS_SPEC_FACTOR_H
#define HARNESS_SPEC_FACTOR_H

#include "harness/spec/experiment.h"
#include "harness/spec/value.h"

enum { FACTORS_MAX = 128, FACTOR_NAME_MAX = 64 };

struct factor {
    const char *kind;           /* "loss", "optimizer", "batch", ... */
    const struct lg_info *info; /* the entry; NULL: there is none */
    const struct lg_choice *choice;
    size_t option;   /* of the entry's options; SIZE_MAX: the entry itself */
    uint64_t number; /* of a factor that is a whole number: its info is NULL */
    bool is_number;
};

/* Fill factors with those of a cell's arm, in a fixed order; returns how many. They point into
 * the cell, which has to outlive them. */
size_t factors_of(const struct experiment *experiment, const struct cell *cell,
                  struct factor factors[FACTORS_MAX]);

/* "optimizer.lr". Returns buffer. */
const char *factor_name(const struct factor *factor, char buffer[FACTOR_NAME_MAX]);

/* True if `name` means this factor: its whole name, or of an option the part behind the dot. */
bool factor_is(const struct factor *factor, const char *name);

/* The level as a spec writes it: "adam", "0.001", "64"; "none" for a schedule that is absent.
 * Returns buffer. */
const char *factor_print(const struct factor *factor, char buffer[VALUE_OPTION_MAX]);

/* True, and *level, if the level is a number: its order means something. */
bool factor_level(const struct factor *factor, double *level);

#endif
