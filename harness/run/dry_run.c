#include "harness/run/dry_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/spec/set_size.h"
#include "harness/spec/value.h"
#include "harness/support/output.h"

/* An axis: something in which cells differ. */
struct axis {
    const char *kind;           /* "optimizer" */
    const struct lg_info *info; /* cells of this entry only; NULL: of all */
    size_t option;              /* of the entry; SIZE_MAX: none */
    /* True if two cells have the same value. */
    bool (*same)(const struct axis *axis, const struct cell *a, const struct cell *b);
    const char *(*print)(const struct axis *axis, const struct cell *cell,
                         char buffer[VALUE_OPTION_MAX]);
    /* The entry of a cell, and its options. */
    const struct lg_choice *(*choice)(const struct cell *cell);
    const struct lg_info *(*entry)(size_t index);
};

static const struct lg_choice *loss_of(const struct cell *cell)
{
    return &cell->loss;
}

static const struct lg_choice *optimizer_of(const struct cell *cell)
{
    return &cell->optimizer;
}

static const struct lg_choice *activation_of(const struct cell *cell)
{
    return &cell->activation;
}

static const struct lg_choice *initialisation_of(const struct cell *cell)
{
    return &cell->setup->initialisation;
}

/* NULL: there is none. */
static const struct lg_choice *schedule_of(const struct cell *cell)
{
    return cell->setup->has_schedule ? &cell->setup->schedule : NULL;
}

static bool same_name(const struct axis *axis, const struct cell *a, const struct cell *b)
{
    const struct lg_choice *first = axis->choice(a), *second = axis->choice(b);
    return first == NULL || second == NULL ? first == second : first->index == second->index;
}

static const char *print_name(const struct axis *axis, const struct cell *cell,
                              char buffer[VALUE_OPTION_MAX])
{
    (void)buffer;
    return axis->choice(cell) != NULL ? axis->entry(axis->choice(cell)->index)->name : "none";
}

static bool same_option(const struct axis *axis, const struct cell *a, const struct cell *b)
{
    return value_option_same(axis->info, &axis->choice(a)->options, &axis->choice(b)->options,
                             axis->option);
}

static const char *print_option(const struct axis *axis, const struct cell *cell,
                                char buffer[VALUE_OPTION_MAX])
{
    return value_option_print(axis->info, &axis->choice(cell)->options, axis->option, buffer);
}

static bool same_seed(const struct axis *axis, const struct cell *a, const struct cell *b)
{
    (void)axis;
    return a->seed == b->seed;
}

static const char *print_seed(const struct axis *axis, const struct cell *cell,
                              char buffer[VALUE_OPTION_MAX])
{
    (void)axis;
    snprintf(buffer, VALUE_OPTION_MAX, "%" PRIu64, cell->seed);
    return buffer;
}

static bool same_draw(const struct axis *axis, const struct cell *a, const struct cell *b)
{
    (void)axis;
    return a->draw == b->draw;
}

static const char *print_draw(const struct axis *axis, const struct cell *cell,
                              char buffer[VALUE_OPTION_MAX])
{
    (void)axis;
    snprintf(buffer, VALUE_OPTION_MAX, "%" PRIu64, cell->draw);
    return buffer;
}

static bool same_batch(const struct axis *axis, const struct cell *a, const struct cell *b)
{
    (void)axis;
    return a->setup->batch == b->setup->batch;
}

static const char *print_batch(const struct axis *axis, const struct cell *cell,
                               char buffer[VALUE_OPTION_MAX])
{
    (void)axis;
    snprintf(buffer, VALUE_OPTION_MAX, "%zu", cell->setup->batch);
    return buffer;
}

static bool has_value(const struct axis *axis, const struct cell *cell)
{
    if (axis->info == NULL)
        return true;
    return axis->choice(cell) != NULL && axis->entry(axis->choice(cell)->index) == axis->info;
}

/* The cells of the first occurrence of each value, into found: (cell_count). */
static size_t find_values(const struct experiment *experiment, const struct axis *axis,
                          const struct cell **found)
{
    size_t count = 0, last = 0;
    for (size_t i = 0; i < experiment->cell_count; i++) {
        const struct cell *cell = &experiment->cells[i];
        if (!has_value(axis, cell) || (count > 0 && axis->same(axis, found[last], cell)))
            continue;
        for (last = 0; last < count && !axis->same(axis, found[last], cell); last++) {
        }
        if (last == count)
            found[count++] = cell;
    }
    return count;
}

/* Add the row of an axis that has at least so many values. */
static void add_axis(struct table *table, const struct experiment *experiment,
                     const struct axis *axis, size_t least, const struct cell **found)
{
    const size_t count = find_values(experiment, axis, found);
    if (count < least)
        return;
    char name[160], number[32], value[VALUE_OPTION_MAX];
    struct text values = {0};
    snprintf(name, sizeof name, "%s%s%s%s%s", axis->kind, axis->info != NULL ? "." : "",
             axis->info != NULL ? axis->info->name : "", axis->info != NULL ? "." : "",
             axis->info != NULL ? axis->info->options[axis->option].name : "");
    snprintf(number, sizeof number, "%zu", count);
    for (size_t i = 0; i < count; i++)
        text_print(&values, "%s%s", i > 0 ? " " : "", axis->print(axis, found[i], value));
    table_row(table, (const char *const[]){name, number, values.size > 0 ? values.bytes : ""});
    table->failed = table->failed || values.failed;
    text_free(&values);
}

/* An entry's name, then each option of each entry that varies. */
static void add_choices(struct table *table, const struct experiment *experiment, const char *kind,
                        size_t least, const struct lg_choice *(*choice)(const struct cell *),
                        size_t count, const struct lg_info *(*entry)(size_t),
                        const struct cell **found)
{
    struct axis axis = {
        .kind = kind, .same = same_name, .print = print_name, .choice = choice, .entry = entry};
    add_axis(table, experiment, &axis, least, found);
    axis.same = same_option;
    axis.print = print_option;
    for (size_t i = 0; i < count; i++) {
        axis.info = entry(i);
        for (axis.option = 0; axis.option < axis.info->option_count; axis.option++)
            add_axis(table, experiment, &axis, 2, found);
    }
}

static enum lg_status print_axes(const struct experiment *experiment, struct lg_error *error)
{
    const struct lg_backend *registries = experiment->registries;
    struct table table = {.columns = 3};
    const struct cell **found = calloc(experiment->cell_count, sizeof(const struct cell *));
    if (found == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    table_row(&table, (const char *const[]){"axis", "count", "values"});
    add_choices(&table, experiment, "loss", 1, loss_of, registries->loss_count, registries->loss,
                found);
    add_choices(&table, experiment, "optimizer", 1, optimizer_of, registries->optimizer_count,
                registries->optimizer, found);
    add_choices(&table, experiment, "activation", 2, activation_of, registries->activation_count,
                registries->activation, found);
    add_choices(&table, experiment, "initialisation", 2, initialisation_of,
                registries->initialisation_count, registries->initialisation, found);
    add_choices(&table, experiment, "schedule", 2, schedule_of, registries->schedule_count,
                registries->schedule, found);
    const struct axis batches = {.kind = "batch", .same = same_batch, .print = print_batch};
    add_axis(&table, experiment, &batches, 1, found);
    const struct axis draws = {.kind = "draw", .same = same_draw, .print = print_draw};
    const struct axis seeds = {.kind = "seed", .same = same_seed, .print = print_seed};
    add_axis(&table, experiment, &draws, 2, found);
    add_axis(&table, experiment, &seeds, 1, found);
    free(found);
    enum lg_status status = output_table(&table, TABLE_TEXT, error);
    table_free(&table);
    return status;
}

/* Arms are cells that differ in more than the seed; their seeds stand together. */
static size_t count_arms(const struct experiment *experiment)
{
    size_t count = 0;
    for (size_t i = 0; i < experiment->cell_count; i++)
        count += i == 0 || experiment->cells[i].arm != experiment->cells[i - 1].arm;
    return count;
}

/* The most bytes that the network, its gradients and its optimizer take in any cell. */
static size_t measure_memory(const struct study *study)
{
    const struct experiment *experiment = study->experiment;
    size_t most = 0;
    for (size_t i = 0; i < experiment->cell_count; i++) {
        struct lg_net_config config = experiment_net_config(experiment, &experiment->cells[i]);
        struct lg_arena measured = {0};
        if (i > 0 && experiment->cells[i].arm == experiment->cells[i - 1].arm)
            continue;
        if (study->backend->optimizer_full_batch(config.optimizer.index))
            config.batch = experiment_sample_count(experiment);
        (void)study->backend->create(&measured, &config);
        most = measured.used_bytes > most ? measured.used_bytes : most;
    }
    return most;
}

static void print_memory(const struct study *study, size_t cells)
{
    const size_t jobs = study->jobs < cells ? study->jobs : cells;
    const double each = (double)measure_memory(study), all = each * (double)jobs;
    const double machine = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    output_line(stdout, "memory: %.1f MB a cell for the network, %zu at a time", each / 1e6, jobs);
    if (machine > 0 && all > machine)
        output_line(stdout, "does not fit: %.1f MB, and this machine has %.1f MB", all / 1e6,
                    machine / 1e6);
}

/* The trials are what follows; then what is chosen. */
static void print_tuning(const struct experiment *experiment)
{
    const struct tuning *tuning = &experiment->tuning;
    if (!tuning->is_there || tuning->is_final)
        return;
    output_line(stdout, "these are trials: %zu in each of %zu groups, chosen by %s", tuning->budget,
                tuning->group_count, tuning->metric);
    output_line(stdout, "then %zu cells of what is chosen", tuning->final_count);
}

enum lg_status dry_run_print(const struct study *study, struct lg_error *error)
{
    const struct experiment *experiment = study->experiment;
    const size_t count = experiment->cell_count, shards = study->shard.count;
    const size_t own = (count + shards - 1 - study->shard.index) / shards;
    output_line(stdout, "%s: %zu arms, %zu cells, %zu of them in this shard", experiment->name,
                count_arms(experiment), count, own);
    print_tuning(experiment);
    output_line(stdout, "each cell: epochs %zu, samples %zu", experiment->epochs,
                experiment_sample_count(experiment));
    print_memory(study, own);
    for (size_t i = 0; i < experiment->unmeasured_count; i++)
        output_line(stdout, "not measured on all arms: %s", experiment->unmeasured[i].why);
    return print_axes(experiment, error);
}
