#include "harness/spec/registry.h"

#include <stdint.h>
#include <string.h>

static enum lg_status collect(struct pool *pool, const char *kind, size_t count,
                              const struct lg_info *(*info)(size_t), struct registry *registry,
                              struct lg_error *error)
{
    const char **names = pool_take(pool, count * sizeof *names, error);
    if (names == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < count; i++)
        names[i] = info(i)->name;
    *registry = (struct registry){.kind = kind, .count = count, .names = names, .info = info};
    return LG_OK;
}

static enum lg_status collect_datasets(struct pool *pool, struct registry *registry,
                                       struct lg_error *error)
{
    size_t count = 0;
    const struct lg_dataset_info *const *sets = lg_datasets(&count);
    const char **names = pool_take(pool, count * sizeof *names, error);
    if (names == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < count; i++)
        names[i] = sets[i]->name;
    *registry = (struct registry){.kind = "dataset", .count = count, .names = names};
    return LG_OK;
}

enum lg_status registries_collect(struct pool *pool, const struct lg_backend *backend,
                                  struct registries *registries, struct lg_error *error)
{
    enum lg_status status =
        collect(pool, "loss", backend->loss_count, backend->loss, &registries->loss, error);
    if (status == LG_OK)
        status = collect(pool, "optimizer", backend->optimizer_count, backend->optimizer,
                         &registries->optimizer, error);
    if (status == LG_OK)
        status = collect(pool, "activation", backend->activation_count, backend->activation,
                         &registries->activation, error);
    if (status == LG_OK)
        status = collect(pool, "initialisation", backend->initialisation_count,
                         backend->initialisation, &registries->initialisation, error);
    if (status == LG_OK)
        status = collect(pool, "schedule", backend->schedule_count, backend->schedule,
                         &registries->schedule, error);
    if (status == LG_OK)
        status = collect_datasets(pool, &registries->dataset, error);
    struct registry *const all[] = {&registries->loss, &registries->optimizer,
                                    &registries->activation, &registries->initialisation,
                                    &registries->schedule};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        all[i]->power = backend->power;
    registries_set_precision(registries, backend->precision);
    return status;
}

void registries_set_precision(struct registries *registries, enum lg_precision precision)
{
    registries->loss.precision = precision;
    registries->optimizer.precision = precision;
    registries->activation.precision = precision;
    registries->initialisation.precision = precision;
    registries->schedule.precision = LG_F64;
}

size_t registry_find(const struct registry *registry, const char *name)
{
    for (size_t i = 0; i < registry->count; i++) {
        if (strcmp(registry->names[i], name) == 0)
            return i;
    }
    return SIZE_MAX;
}

enum { NAMES_MAX = 256 };

enum lg_status registry_lookup(const char *kind, size_t count,
                               const struct lg_info *(*info)(size_t index), const char *name,
                               size_t *index, struct lg_error *error)
{
    const char *names[NAMES_MAX];
    for (*index = 0; *index < count; ++*index)
        if (strcmp(info(*index)->name, name) == 0)
            return LG_OK;
    const size_t listed = count < NAMES_MAX ? count : NAMES_MAX;
    for (size_t i = 0; i < listed; i++)
        names[i] = info(i)->name;
    lg_fail_unknown(error, NULL, 0, 0, kind, name, names, (int)listed);
    if (error != NULL)
        error->code = LG_USAGE;
    return LG_USAGE;
}

enum lg_status registry_choose(const char *kind, size_t count,
                               const struct lg_info *(*info)(size_t index), const char *name,
                               struct lg_choice *choice, struct lg_error *error)
{
    const enum lg_status status = registry_lookup(kind, count, info, name, &choice->index, error);
    if (status == LG_OK)
        choice->options = lg_options_default(info(choice->index));
    return status;
}
