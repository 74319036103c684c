#include "harness/list/list_command.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/list/catalogue.h"
#include "harness/list/counter_table.h"
#include "harness/spec/metric.h"
#include "harness/spec/schema.h"
#include "harness/spec/value.h"
#include "harness/store/csv_folders.h"
#include "harness/store/epoch_columns.h"
#include "harness/support/output.h"
#include "lossgrid/backend.h"
#include "lossgrid/dataset.h"

/* ---- Registries ---------------------------------------------------------- */

static struct catalogue losses(const struct lg_backend *backend)
{
    return (struct catalogue){"Losses", backend->loss_count, backend->loss, backend->loss_shape};
}

static struct catalogue optimizers(const struct lg_backend *backend)
{
    return (struct catalogue){"Optimizers", backend->optimizer_count, backend->optimizer, NULL};
}

static struct catalogue activations(const struct lg_backend *backend)
{
    return (struct catalogue){"Activations", backend->activation_count, backend->activation, NULL};
}

static struct catalogue initialisations(const struct lg_backend *backend)
{
    return (struct catalogue){"Initialisations", backend->initialisation_count,
                              backend->initialisation, NULL};
}

static struct catalogue schedules(const struct lg_backend *backend)
{
    return (struct catalogue){"Schedules", backend->schedule_count, backend->schedule, NULL};
}

static struct catalogue open_catalogue(struct catalogue (*catalogue)(const struct lg_backend *))
{
    size_t count;
    return catalogue(lg_backends(&count)[0]); /* all have the same registries */
}

/* ---- Other tables -------------------------------------------------------- */

static enum lg_status list_datasets(struct table *table, struct lg_error *error)
{
    (void)error;
    size_t count;
    const struct lg_dataset_info *const *sets = lg_datasets(&count);
    table->columns = 4;
    table_row(table, (const char *const[]){"name", "title", "classes", "source"});
    for (size_t i = 0; i < count; i++) {
        char classes[24];
        snprintf(classes, sizeof classes, "%zu", sets[i]->classes);
        table_row(table,
                  (const char *const[]){sets[i]->name, sets[i]->title, classes, sets[i]->source});
    }
    return LG_OK;
}

/* Best first; the default is the first that runs here. */
static enum lg_status list_isas(struct table *table, struct lg_error *error)
{
    const struct lg_backend *chosen;
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count);
    enum lg_status status = lg_backend_select(LG_F32, NULL, &chosen, error);
    if (status != LG_OK)
        return status;
    table->columns = 3;
    table_row(table, (const char *const[]){"name", "runs_here", "default"});
    for (size_t i = 0; i < count; i++) {
        const char *isa = backends[i]->isa;
        if (backends[i]->precision == LG_F32)
            table_row(table, (const char *const[]){isa, lg_isa_runs_here(isa) ? "yes" : "no",
                                                   strcmp(isa, chosen->isa) == 0 ? "yes" : "no"});
    }
    return LG_OK;
}

static void add_file(struct table *table, const struct csv_file *file)
{
    struct csv_columns columns;
    csv_file_columns(file, NULL, &columns);
    for (size_t i = 0; i < columns.count; i++) {
        const struct csv_column *column = &columns.all[i];
        table_row(table,
                  (const char *const[]){file->name, column->name, csv_type_words[column->type],
                                        column->unit, column->meaning});
    }
}

static enum lg_status list_columns(struct table *table, struct lg_error *error)
{
    (void)error;
    size_t count;
    const struct csv_folder *const *folders = csv_folders(&count);
    table->columns = 5;
    table_row(table, (const char *const[]){"file", "column", "type", "unit", "meaning"});
    for (size_t i = 0; i < count; i++)
        for (const struct csv_file *const *file = folders[i]->files; *file != NULL; file++)
            add_file(table, *file);
    return LG_OK;
}

static enum lg_status list_files(struct table *table, struct lg_error *error)
{
    (void)error;
    size_t count;
    const struct csv_folder *const *folders = csv_folders(&count);
    table->columns = 3;
    table_row(table, (const char *const[]){"command", "file", "rows"});
    for (size_t i = 0; i < count; i++)
        for (const struct csv_file *const *file = folders[i]->files; *file != NULL; file++)
            table_row(table,
                      (const char *const[]){folders[i]->command, (*file)->name, (*file)->meaning});
    return LG_OK;
}

/* "from 0 to 1", "0 or more", "any number". */
static void describe_range(double least, double most, char text[VALUE_EXPECTED_MAX])
{
    char low[VALUE_TEXT_MAX], high[VALUE_TEXT_MAX];
    value_print(least, low);
    value_print(most, high);
    if (isfinite(least) && isfinite(most))
        snprintf(text, VALUE_EXPECTED_MAX, "%s to %s", low, high);
    else if (isfinite(least))
        snprintf(text, VALUE_EXPECTED_MAX, "%s or more", low);
    else if (isfinite(most))
        snprintf(text, VALUE_EXPECTED_MAX, "%s or less", high);
    else
        snprintf(text, VALUE_EXPECTED_MAX, "any number");
}

/* The registry's metrics, then what timing.csv measures. */
static enum lg_status list_metrics(struct table *table, struct lg_error *error)
{
    (void)error;
    size_t count;
    const struct lg_backend *registries = lg_backends(&count)[0];
    table->columns = 7;
    table_row(table, (const char *const[]){"name", "file", "better", "unit", "range", "defined_on",
                                           "meaning"});
    for (size_t i = 0; i < metrics_count(registries); i++) {
        const struct metric metric = metrics_get(registries, i);
        char range[VALUE_EXPECTED_MAX];
        describe_range(metric.minimum, metric.maximum, range);
        table_row(table, (const char *const[]){metric.name, columns_file_name(COLUMNS_TRACE),
                                               better_words[metric.better], metric.unit, range,
                                               metric.defined_on, metric.meaning});
    }
    const struct column *columns = columns_table(COLUMNS_TIMING, &count);
    for (size_t i = 0; i < count; i++)
        if (columns[i].better != BETTER_NONE)
            table_row(table,
                      (const char *const[]){columns[i].name, columns_file_name(COLUMNS_TIMING),
                                            better_words[columns[i].better], columns[i].unit,
                                            "0 or more", "every run", columns[i].meaning});
    return LG_OK;
}

/* The keys of a spec. */
static enum lg_status list_keys(struct table *table, struct lg_error *error)
{
    (void)error;
    struct schema_row row;
    table->columns = 4;
    table_row(table, (const char *const[]){"key", "takes", "when absent", "meaning"});
    for (size_t i = 0; schema_row(i, &row); i++)
        table_row(table, (const char *const[]){row.key, row.takes, row.absent, row.meaning});
    return LG_OK;
}

/* ---- The command --------------------------------------------------------- */

static const struct {
    const char *name;
    struct catalogue (*catalogue)(const struct lg_backend *backend); /* of a registry; or */
    enum lg_status (*list)(struct table *table, struct lg_error *error);
} lists[] = {
    {"losses", losses, NULL},           {"optimizers", optimizers, NULL},
    {"activations", activations, NULL}, {"initialisations", initialisations, NULL},
    {"schedules", schedules, NULL},     {"datasets", NULL, list_datasets},
    {"isas", NULL, list_isas},          {"counters", NULL, counter_table},
    {"metrics", NULL, list_metrics},    {"columns", NULL, list_columns},
    {"files", NULL, list_files},        {"keys", NULL, list_keys},
};
enum { LISTS = sizeof lists / sizeof *lists };

static enum lg_status find_list(const char *name, size_t *index, struct lg_error *error)
{
    const char *names[LISTS + 1] = {NULL};
    for (size_t i = 0; i < LISTS; i++)
        names[i] = lists[i].name;
    return command_word("list", name, names, index, error);
}

static enum lg_status print_markdown(const struct catalogue *catalogue, struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = catalogue_markdown(catalogue, &text, error);
    if (status == LG_OK)
        status = output_text(&text, error);
    text_free(&text);
    return status;
}

static enum lg_status print_list(size_t which, enum table_format format, struct lg_error *error)
{
    struct table table = {0};
    struct catalogue catalogue = {0};
    enum lg_status status;
    if (lists[which].catalogue != NULL)
        catalogue = open_catalogue(lists[which].catalogue);
    if (lists[which].catalogue != NULL && format == TABLE_MARKDOWN)
        return print_markdown(&catalogue, error);
    if (lists[which].catalogue != NULL)
        status = catalogue_table(&catalogue, &table, error);
    else
        status = lists[which].list(&table, error);
    if (status == LG_OK)
        status = output_table(&table, format, error);
    table_free(&table);
    return status;
}

struct request {
    size_t format; /* an enum table_format */
};

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct request request = {.format = TABLE_TEXT};
    struct operands operands;
    size_t which = 0;
    enum lg_status status = command_read(&list_command, argc, argv, &request, &operands, error);
    if (status == LG_OK)
        status = find_list(operands.list[0], &which, error);
    return status == LG_OK ? print_list(which, (enum table_format)request.format, error) : status;
}

static const char *list_name(size_t i)
{
    return i < LISTS ? lists[i].name : NULL;
}

static const struct option_row options[] = {
    {"format", .meaning = "how it is printed", .kind = OPTION_WORD, .words = table_formats,
     .fallback = "text", .offset = offsetof(struct request, format)},
    {.name = NULL},
};

static const struct operand_row operands[] = {
    {"LIST", "what to list", NULL, 1, 1, OFFER_WORDS, list_name},
    {.name = NULL},
};

const struct command list_command = {
    .name = "list",
    .summary = "what a spec may name, and what is measured",
    .about =
        "Prints what this build knows. Of losses, optimizers, activations, initialisations, "
        "schedules and datasets: the names that a spec may use, with their options and defaults. "
        "isas: the instruction sets, and which of them run here. counters: which of them count "
        "here or why not, and what a region of one costs. metrics: which way of each is better, "
        "its unit and range, and the outputs on which it is what its name says. files: the CSV "
        "files that commands write. columns: those of these files. keys: those that a spec may "
        "have, with what each takes and what holds when it is absent.\n\n"
        "CSV adds formulas, sources and what a loss compares; Markdown also the ranges and "
        "meanings of options.",
    .example = "lossgrid list optimizers --format=csv\n",
    .options = options,
    .operands = operands,
    .run = run,
};
