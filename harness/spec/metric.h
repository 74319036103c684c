/* The facts of a metric known before measuring: the better direction, its unit, the range
 * of its values and the outputs it is defined on. The metrics are the losses, each with its
 * default options, and the accuracy of a classification; code that orders results takes the
 * direction from here (or from schema.json, which is written from here), never from a name. */
#ifndef HARNESS_SPEC_METRIC_H
#define HARNESS_SPEC_METRIC_H

#include "harness/spec/experiment.h"
#include "lossgrid/backend.h"

enum better { BETTER_NONE, BETTER_LOWER, BETTER_HIGHER };

/* "none", "lower", "higher". */
extern const char *const better_words[];

enum { METRIC_TEXT_MAX = 384 };

struct metric {
    const char *name; /* of its columns without train_ or test_ */
    const char *unit; /* "1": a pure number */
    enum better better;
    double minimum, maximum; /* inclusive; infinite: no bound */
    double chance;           /* value of random guessing; NaN: not known */
    char meaning[METRIC_TEXT_MAX];
    char defined_on[METRIC_TEXT_MAX];
};

/* Losses and accuracy: indices from 0 on, the last is accuracy. */
size_t metrics_count(const struct lg_backend *registries);
struct metric metrics_get(const struct lg_backend *registries, size_t index);

/* The metric that an experiment's i-th metric column is: those of the spec, then, where
 * classes are learnt, accuracy, whose chance is then known. */
size_t metrics_measured(const struct experiment *experiment);
struct metric metrics_of(const struct experiment *experiment, size_t i);

/* The one that a run is judged by first: accuracy where classes are learnt, else the first
 * of the spec. SIZE_MAX: there is none. */
size_t metrics_primary(const struct experiment *experiment);

/* The loss that arms are trained under. `why` receives the reason why arms cannot be
 * ranked by it, or "": they have different losses, or one is outside its domain, when
 * better is BETTER_NONE too. */
struct metric metrics_own_loss(const struct experiment *experiment, char why[METRIC_TEXT_MAX]);

#endif
