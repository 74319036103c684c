/* The valid names of a kind of thing, as the spec's checker needs them. */
#ifndef HARNESS_SPEC_REGISTRY_H
#define HARNESS_SPEC_REGISTRY_H

#include "harness/spec/node.h"
#include "lossgrid/backend.h"

struct registry {
    const char *kind; /* "loss" */
    size_t count;
    const char *const *names;
    const struct lg_info *(*info)(size_t index); /* NULL for datasets */
    enum lg_precision precision;                 /* that options' values must be held in */
    double (*power)(double x, double p);         /* the engine's, for values of an axis */
};

struct registries {
    struct registry loss, optimizer, activation, initialisation, schedule, dataset;
};

/* The registries of a compiled copy of the engine (all copies have the same), with its
 * precision, and of the known datasets. The name tables live in the pool. */
enum lg_status registries_collect(struct pool *pool, const struct lg_backend *backend,
                                  struct registries *registries, struct lg_error *error);

/* From now on options must be held in this precision, which a spec may say after its
 * registries are collected. A schedule's factors are computed in f64 whatever it is. */
void registries_set_precision(struct registries *registries, enum lg_precision precision);

/* Index of the name in the registry, SIZE_MAX when it is not there. */
size_t registry_find(const struct registry *registry, const char *name);

/* Index of the entry of that name among `count` of a compiled copy's, by their info().
 * LG_USAGE for a name that is not there: it says the nearest, and lists them all. */
enum lg_status registry_lookup(const char *kind, size_t count,
                               const struct lg_info *(*info)(size_t index), const char *name,
                               size_t *index, struct lg_error *error);

/* The same, as a choice with its default options. */
enum lg_status registry_choose(const char *kind, size_t count,
                               const struct lg_info *(*info)(size_t index), const char *name,
                               struct lg_choice *choice, struct lg_error *error);

#endif
