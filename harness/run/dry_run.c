#include "harness/run/dry_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/spec/grid.h"
#include "harness/spec/set_size.h"
#include "harness/spec/value.h"
#include "harness/support/output.h"

/* ---- The values of each axis --------------------------------------------- */

/* The different values of something in which cells differ, in the order of the grid. */
struct values {
    char name[160]; /* "optimizer.sgd.lr" */
    size_t count;
    char **all; /* (count) owned, as is each */
    bool failed;
};

static void add_value(struct values *values, const char *text)
{
    for (size_t i = values->count; i-- > 0;) /* the last one is the likeliest */
        if (strcmp(values->all[i], text) == 0)
            return;
    char **all = realloc(values->all, (values->count + 1) * sizeof *all);
    char *copy = strdup(text);
    values->failed = values->failed || all == NULL || copy == NULL;
    if (all != NULL)
        values->all = all;
    if (all != NULL && copy != NULL)
        all[values->count++] = copy;
    else
        free(copy);
}

/* Add the row where there are at least so many, and end them. */
static void end_values(struct table *table, struct values *values, size_t least)
{
    char number[32];
    struct text line = {0};
    snprintf(number, sizeof number, "%zu", values->count);
    for (size_t i = 0; i < values->count; i++) {
        text_print(&line, "%s%s", i > 0 ? " " : "", values->all[i]);
        free(values->all[i]);
    }
    if (values->count >= least)
        table_row(table, (const char *const[]){values->name, number, line.bytes});
    table->failed = table->failed || line.failed || values->failed;
    text_free(&line);
    free(values->all);
    *values = (struct values){.count = 0};
}

/* The choices of one kind that a product's arms have: sets of them. */
struct kind {
    const char *name; /* "optimizer" */
    size_t least;     /* values of its name that make a row */
    const struct registry *registry;
    size_t (*sets)(const struct experiment *experiment, const struct product *product,
                   const struct choice_set **sets, struct choice_set *single);
};

static size_t losses_of(const struct experiment *experiment, const struct product *product,
                        const struct choice_set **sets, struct choice_set *single)
{
    (void)experiment;
    (void)single;
    *sets = product->losses;
    return 1;
}

static size_t optimizers_of(const struct experiment *experiment, const struct product *product,
                            const struct choice_set **sets, struct choice_set *single)
{
    (void)experiment;
    (void)single;
    *sets = product->optimizers;
    return 1;
}

static size_t one(const struct lg_choice *choice, const struct choice_set **sets,
                  struct choice_set *single)
{
    *single = (struct choice_set){.base = *choice};
    *sets = single;
    return 1;
}

static size_t activations_of(const struct experiment *experiment, const struct product *product,
                             const struct choice_set **sets, struct choice_set *single)
{
    return one(product->block->has_activation
                   ? &product->block->activation
                   : &experiment->layers[experiment->layer_count - 1].activation,
               sets, single);
}

static size_t initialisations_of(const struct experiment *experiment, const struct product *product,
                                 const struct choice_set **sets, struct choice_set *single)
{
    const struct setups *setups = &product->block->setups;
    (void)experiment;
    if (setups->initialisations.count == 0)
        return one(&setups->common.initialisation, sets, single);
    *sets = setups->initialisations.sets;
    return setups->initialisations.set_count;
}

/* None: arms have no schedule. */
static size_t schedules_of(const struct experiment *experiment, const struct product *product,
                           const struct choice_set **sets, struct choice_set *single)
{
    const struct setups *setups = &product->block->setups;
    (void)experiment;
    if (setups->schedules.count == 0)
        return setups->common.has_schedule ? one(&setups->common.schedule, sets, single) : 0;
    *sets = setups->schedules.sets;
    return setups->schedules.set_count;
}

/* The values of option `option` of entry `entry`, or the names of all entries: SIZE_MAX. */
static void add_sets(struct values *values, const struct experiment *experiment,
                     const struct kind *kind, size_t entry, size_t option)
{
    for (size_t i = 0; i < experiment->grid->product_count; i++) {
        const struct choice_set *sets = NULL;
        struct choice_set single;
        char text[VALUE_OPTION_MAX];
        const size_t count = kind->sets(experiment, &experiment->grid->products[i], &sets, &single);
        if (count == 0 && entry == SIZE_MAX)
            add_value(values, "none");
        for (size_t j = 0; j < count; j++) {
            const struct choice_set *set = &sets[j];
            const struct lg_info *info = kind->registry->info(set->base.index);
            size_t axis = 0;
            if (entry == SIZE_MAX)
                add_value(values, info->name);
            if (set->base.index != entry)
                continue;
            while (axis < set->axis_count && set->axes[axis].option != option)
                axis++;
            if (axis == set->axis_count)
                add_value(values, value_option_print(info, &set->base.options, option, text));
            for (size_t k = 0; axis < set->axis_count && k < set->axes[axis].count; k++) {
                const struct lg_choice choice = choice_set_with(kind->registry, set, axis, k);
                if (grid_uses(&experiment->grid->products[i], set, axis, k))
                    add_value(values, value_option_print(info, &choice.options, option, text));
            }
        }
    }
}

/* The names of a kind's entries, then each option of each entry that varies. */
static void add_kind(struct table *table, const struct experiment *experiment,
                     const struct kind *kind)
{
    struct values values = {.count = 0};
    snprintf(values.name, sizeof values.name, "%s", kind->name);
    add_sets(&values, experiment, kind, SIZE_MAX, 0);
    end_values(table, &values, kind->least);
    for (size_t i = 0; i < kind->registry->count; i++) {
        const struct lg_info *info = kind->registry->info(i);
        for (size_t j = 0; j < info->option_count; j++) {
            snprintf(values.name, sizeof values.name, "%s.%s.%s", kind->name, info->name,
                     info->options[j].name);
            add_sets(&values, experiment, kind, i, j);
            end_values(table, &values, 2);
        }
    }
}

static void add_number(struct values *values, uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, number);
    add_value(values, text);
}

/* Numbers that belong to a block. */
static void add_blocks(struct table *table, const struct experiment *experiment)
{
    struct values batches = {.name = "batch"}, draws = {.name = "draw"}, seeds = {.name = "seed"};
    for (size_t i = 0; i < experiment->grid->block_count; i++) {
        const struct block *block = &experiment->grid->blocks[i];
        for (size_t j = 0; j < block->setups.batch_count; j++)
            add_number(&batches, (uint64_t)block->setups.batches[j]);
        if (block->setups.batch_count == 0)
            add_number(&batches, block->setups.common.batch);
        add_number(&draws, block->draw);
        for (size_t j = 0; j < block->seeds.count; j++)
            add_number(&seeds, block->seeds.values[j]);
    }
    end_values(table, &batches, 1);
    end_values(table, &draws, 2);
    end_values(table, &seeds, 1);
}

static enum lg_status print_axes(const struct experiment *experiment, struct lg_error *error)
{
    const struct registries *registries = &experiment->grid->registries;
    const struct kind kinds[] = {
        {"loss", 1, &registries->loss, losses_of},
        {"optimizer", 1, &registries->optimizer, optimizers_of},
        {"activation", 2, &registries->activation, activations_of},
        {"initialisation", 2, &registries->initialisation, initialisations_of},
        {"schedule", 2, &registries->schedule, schedules_of},
    };
    struct table table = {.columns = 3};
    table_row(&table, (const char *const[]){"axis", "count", "values"});
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        add_kind(&table, experiment, &kinds[i]);
    add_blocks(&table, experiment);
    enum lg_status status = output_table(&table, TABLE_TEXT, error);
    table_free(&table);
    return status;
}

/* ---- Memory -------------------------------------------------------------- */

/* Arms of a product that are measured: all of a small one, else so many, evenly spread, the
 * last among them. */
enum { MEASURED_MOST = 1024 };

/* The most bytes that the network, its gradients and its optimizer take in any cell. */
static size_t measure_memory(const struct study *study)
{
    const struct experiment *experiment = study->experiment;
    const size_t arms = experiment->arm_count;
    const size_t step = (arms + MEASURED_MOST - 1) / MEASURED_MOST;
    size_t most = 0;
    for (size_t i = 0; i < arms + step - 1; i += step) {
        struct cell cell;
        struct lg_arena measured = {0};
        const size_t arm = i < arms ? i : arms - 1;
        if (experiment_cell(experiment, experiment_first_cell(experiment, arm), &cell, NULL) !=
            LG_OK)
            continue;
        struct lg_net_config config = experiment_net_config(experiment, &cell);
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
                experiment->arm_count, count, own);
    print_tuning(experiment);
    output_line(stdout, "each cell: epochs %s%zu, samples %zu",
                experiment->stop_count > 0 ? "at most " : "", experiment->epochs,
                experiment_sample_count(experiment));
    if (experiment->validation.samples > 0)
        output_line(stdout, "held out for validation: %zu samples, by class, seed %" PRIu64,
                    experiment->validation.samples, experiment->validation.seed);
    print_memory(study, own);
    for (size_t i = 0; i < experiment->unmeasured_count; i++)
        output_line(stdout, "not measured on all arms: %s", experiment->unmeasured[i].why);
    return print_axes(experiment, error);
}
