#include "harness/store/configuration_columns.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/grid.h"
#include "harness/spec/set_size.h"
#include "harness/spec/value.h"
#include "harness/support/files.h"

#define OPTION "option of that name; empty where there is none"

/* An arm. */
struct row {
    const struct experiment *experiment;
    const struct cell *cell; /* the first */
    const char *id, *sha256, *seeds, *model, *canonical;
};

/* ---- Options of any entry ------------------------------------------------ */

static bool is_number(const struct lg_option *option)
{
    return option->kind == LG_OPTION_REAL || option->kind == LG_OPTION_INTEGER;
}

static void use(struct option_columns *columns, const struct lg_info *info)
{
    for (size_t i = 0; i < info->option_count; i++) {
        const struct lg_option *option = &info->options[i];
        size_t at = 0;
        while (at < columns->count && strcmp(columns->all[at].name, option->name) != 0)
            at++;
        assert(at < CONFIGURATION_OPTIONS_MAX); /* a test counts those of all entries */
        if (at == columns->count)
            columns->all[columns->count++] = (struct option_column){option->name, true};
        columns->all[at].is_number = columns->all[at].is_number && is_number(option);
    }
}

static void use_setups(struct configuration_columns *columns, const struct lg_backend *registries,
                       const struct setups *setups)
{
    for (size_t i = 0; i < setups->initialisations.set_count; i++)
        use(&columns->initialisation,
            registries->initialisation(setups->initialisations.sets[i].base.index));
    if (setups->initialisations.count == 0)
        use(&columns->initialisation,
            registries->initialisation(setups->common.initialisation.index));
    for (size_t i = 0; i < setups->schedules.set_count; i++)
        use(&columns->schedule, registries->schedule(setups->schedules.sets[i].base.index));
    if (setups->schedules.count == 0 && setups->common.has_schedule)
        use(&columns->schedule, registries->schedule(setups->common.schedule.index));
}

struct configuration_columns configuration_columns_of(const struct experiment *experiment)
{
    const struct lg_backend *registries = experiment->registries;
    struct configuration_columns columns = {.experiment = experiment};
    const struct lg_choice *last = &experiment->layers[experiment->layer_count - 1].activation;
    for (size_t i = 0; i < experiment->grid->product_count; i++) {
        const struct product *product = &experiment->grid->products[i];
        const struct block *block = product->block;
        use(&columns.loss, registries->loss(product->losses->base.index));
        use(&columns.optimizer, registries->optimizer(product->optimizers->base.index));
        use(&columns.activation,
            registries->activation(block->has_activation ? block->activation.index : last->index));
        use_setups(&columns, registries, &block->setups);
    }
    return columns;
}

/* ---- Columns ------------------------------------------------------------- */

static void add_option(struct csv_columns *to, const char *prefix,
                       const struct option_column *column, const struct lg_info *info,
                       const struct lg_choice *choice)
{
    char name[CSV_COLUMN_NAME_MAX], value[VALUE_OPTION_MAX] = "";
    snprintf(name, sizeof name, "%s.%s", prefix, column->name);
    const int option = info != NULL ? lg_option_find(info, column->name) : -1;
    if (column->is_number) {
        csv_column_real_if(to, name, "", OPTION, option >= 0,
                           option >= 0 ? choice->options.value[option] : 0);
        return;
    }
    if (option >= 0)
        value_option_print(info, &choice->options, (size_t)option, value);
    csv_column_text(to, name, OPTION, NULL, value);
}

/* The name of an entry, and its options; info NULL: there is none, or no row. */
static void add_entry(struct csv_columns *to, const char *prefix, const char *meaning,
                      const struct option_columns *columns, const struct lg_info *info,
                      const struct lg_choice *choice)
{
    char name[CSV_COLUMN_NAME_MAX];
    snprintf(name, sizeof name, "%s.name", prefix);
    csv_column_text(to, name, meaning, NULL, info != NULL ? info->name : "");
    for (size_t i = 0; columns != NULL && i < columns->count; i++)
        add_option(to, prefix, &columns->all[i], info, choice);
    if (columns != NULL)
        return;
    snprintf(name, sizeof name, "%s.<option>", prefix);
    csv_column_text(to, name, OPTION, NULL, "");
}

static void add_entries(struct csv_columns *to, const struct row *row)
{
    const struct configuration_columns *of = to->context;
    const struct experiment *experiment = row != NULL ? row->experiment : NULL;
    const struct lg_backend *from = row != NULL ? experiment->registries : NULL;
    const struct cell *cell = row != NULL ? row->cell : NULL;
    const bool has_schedule = row != NULL && cell->setup.has_schedule;
    add_entry(to, "loss", "the loss to train under", of != NULL ? &of->loss : NULL,
              row != NULL ? from->loss(cell->loss.index) : NULL, row != NULL ? &cell->loss : NULL);
    add_entry(to, "optimizer", "the optimizer to train with", of != NULL ? &of->optimizer : NULL,
              row != NULL ? from->optimizer(cell->optimizer.index) : NULL,
              row != NULL ? &cell->optimizer : NULL);
    add_entry(to, "activation", "of the last layer", of != NULL ? &of->activation : NULL,
              row != NULL ? from->activation(cell->activation.index) : NULL,
              row != NULL ? &cell->activation : NULL);
    add_entry(to, "initialisation", "how first weights are drawn",
              of != NULL ? &of->initialisation : NULL,
              row != NULL ? from->initialisation(cell->setup.initialisation.index) : NULL,
              row != NULL ? &cell->setup.initialisation : NULL);
    add_entry(to, "schedule", "of the learning rate; empty: none",
              of != NULL ? &of->schedule : NULL,
              has_schedule ? from->schedule(cell->setup.schedule.index) : NULL,
              has_schedule ? &cell->setup.schedule : NULL);
}

static void configurations(struct csv_columns *to, const void *given)
{
    const struct row *row = given;
    COLUMN_TEXT("id", "the first 12 digits of sha256: the same in every experiment", row->id);
    COLUMN_TEXT("label", "of trace.csv and timing.csv, where it goes with the seed",
                row->cell->label);
    COLUMN_TEXT("seeds", "the seeds it is trained from, with spaces between them", row->seeds);
    COLUMN_TEXT("dataset", "the data set asked for", row->experiment->dataset->name);
    COLUMN_TEXT("task", "what is learnt", lg_task_names[row->experiment->task]);
    COLUMN_TEXT("precision", "f32 or f64", lg_precision_name(row->experiment->precision));
    COLUMN_TEXT("model", "the inputs, then the outputs and the activation of each layer",
                row->model);
    COLUMN_INTEGER("batch", "samples", "of a training step", row->cell->setup.batch);
    COLUMN_INTEGER("epochs", "epochs", "passes over the training samples", row->experiment->epochs);
    COLUMN_INTEGER("samples", "samples", "training samples of an epoch",
                   experiment_sample_count(row->experiment));
    COLUMN_INTEGER("validation", "samples", "held out of the training samples; 0: none",
                   row->experiment->validation.samples);
    COLUMN_INTEGER("shuffle", "1", "1: in a new order in every epoch; 0: not",
                   row->experiment->shuffle);
    COLUMN_INTEGER("draw", "1", "the network's number among those drawn after the seeding",
                   row->cell->draw);
    COLUMN_TEXT("rng", "the generator of first weights",
                row->experiment->rng == LG_RNG_TORCH7 ? "torch7" : "pcg");
    COLUMN_REAL("clip.value", "", "each entry of the gradient to plus or minus this; 0: not",
                row->experiment->clip_value);
    COLUMN_REAL("clip.norm", "", "the gradient to this Euclidean norm; 0: not",
                row->experiment->clip_norm);
    COLUMN_REAL("penalty.l1", "", "this times the sum of the absolute parameters",
                row->experiment->penalty_l1);
    add_entries(to, row);
    COLUMN_TEXT("sha256", "of the text in canonical", row->sha256);
    COLUMN_TEXT("canonical", "everything that decides the training, but the seed", row->canonical);
}

const struct csv_file configurations_csv = {
    "configurations.csv", "a row for each arm: every option of it", configurations};

const struct csv_folder csv_folder_configuration = {
    "run", (const struct csv_file *const[]){&configurations_csv, NULL}};

/* ---- Rows ---------------------------------------------------------------- */

/* "784 32:relu 784:identity" */
static void print_model(const struct experiment *experiment, const struct cell *cell,
                        struct text *text)
{
    text_print(text, "%zu", experiment->inputs);
    for (size_t i = 0; i < experiment->layer_count; i++) {
        const struct lg_choice *activation =
            i + 1 < experiment->layer_count ? &experiment->layers[i].activation : &cell->activation;
        text_print(text, " %zu:%s", experiment->layers[i].outputs,
                   experiment->registries->activation(activation->index)->name);
    }
}

static enum lg_status add_row(const struct configuration_columns *columns, size_t arm,
                              struct csv *csv, struct lg_error *error)
{
    const struct experiment *experiment = columns->experiment;
    const struct seeds of = experiment_seeds(experiment, arm);
    struct text seeds = {0}, model = {0};
    char id[EXPERIMENT_ID_BYTES + 1], sha256[LG_DIGEST_HEX];
    struct cell cell;
    enum lg_status status =
        experiment_cell(experiment, experiment_first_cell(experiment, arm), &cell, error);
    if (status != LG_OK)
        return status;
    for (size_t i = 0; i < of.count; i++)
        text_print(&seeds, "%s%" PRIu64, i > 0 ? " " : "", of.values[i]);
    print_model(experiment, &cell, &model);
    char *canonical = experiment_configuration(experiment, &cell);
    status = text_check(&seeds, error);
    if (status == LG_OK)
        status = text_check(&model, error);
    if (status == LG_OK && canonical == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "out of memory");
    if (status == LG_OK && canonical != NULL) {
        lg_digest_bytes(canonical, strlen(canonical), sha256);
        snprintf(id, sizeof id, "%.*s", EXPERIMENT_ID_BYTES, sha256);
        const struct row row = {experiment, &cell, id, sha256, seeds.bytes, model.bytes, canonical};
        csv_file_row(&configurations_csv, columns, csv, &row);
    }
    free(canonical);
    text_free(&seeds);
    text_free(&model);
    return status;
}

enum lg_status configurations_rows(const struct experiment *experiment, const size_t *arms,
                                   size_t count, struct csv *csv, struct lg_error *error)
{
    const struct configuration_columns columns = configuration_columns_of(experiment);
    enum lg_status status = LG_OK;
    csv_file_header(&configurations_csv, &columns, csv);
    for (size_t i = 0; status == LG_OK && i < count; i++)
        status = add_row(&columns, arms[i], csv, error);
    return status == LG_OK ? csv_check(csv, error) : status;
}

enum lg_status configurations_write(const struct experiment *experiment, const size_t *arms,
                                    size_t count, const char *directory, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv csv = {0};
    enum lg_status status = configurations_rows(experiment, arms, count, &csv, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s", directory, configurations_csv.name);
    if (status == LG_OK)
        status = files_write(path, csv.text.bytes, csv.text.size, error);
    text_free(&csv.text);
    return status;
}
