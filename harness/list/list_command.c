#include "harness/list/list_command.h"

#include <stdio.h>
#include <string.h>

#include "engine/backend.h"
#include "engine/data/dataset.h"
#include "harness/command/output.h"
#include "harness/record/columns.h"
#include "harness/record/csv.h"

typedef const struct lg_info *(*lookup)(size_t index);

/* ---- Registries ---------------------------------------------------------- */

/* "lr=0.01 nesterov=false": each option and its default. */
static void describe_options(const struct lg_info *info, struct text *text)
{
    for (size_t i = 0; i < info->option_count; i++) {
        const struct lg_option *option = &info->options[i];
        char number[CSV_REAL_MAX];
        const char *value = number;
        csv_format_real(option->default_value, number);
        if (option->kind == LG_OPTION_FLAG)
            value = option->default_value != 0.0 ? "true" : "false";
        else if (option->kind == LG_OPTION_CHOICE)
            value = option->choices[(size_t)option->default_value];
        text_print(text, "%s%s=%s", i > 0 ? " " : "", option->name, value);
    }
}

static enum lg_status list_registry(struct table *table, lookup info, size_t count,
                                    struct lg_error *error)
{
    table->columns = 5;
    table->text_columns = 3;
    table_row(table, (const char *const[]){"name", "summary", "options", "formula", "source"});
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < count; i++) {
        const struct lg_info *entry = info(i);
        struct text options = {0};
        describe_options(entry, &options);
        status = text_check(&options, error);
        table_row(table, (const char *const[]){entry->name, entry->summary,
                                               options.bytes != NULL ? options.bytes : "",
                                               entry->formula, entry->source});
        text_free(&options);
    }
    return status;
}

static const struct lg_backend *any_backend(void)
{
    size_t count;
    return lg_backends(&count)[0]; /* all have the same registries */
}

static enum lg_status list_losses(struct table *table, struct lg_error *error)
{
    return list_registry(table, any_backend()->loss, any_backend()->loss_count, error);
}

static enum lg_status list_optimizers(struct table *table, struct lg_error *error)
{
    return list_registry(table, any_backend()->optimizer, any_backend()->optimizer_count, error);
}

static enum lg_status list_activations(struct table *table, struct lg_error *error)
{
    return list_registry(table, any_backend()->activation, any_backend()->activation_count, error);
}

static enum lg_status list_initialisations(struct table *table, struct lg_error *error)
{
    return list_registry(table, any_backend()->initialisation, any_backend()->initialisation_count,
                         error);
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

static void add_columns(struct table *table, enum column_file file, bool measured_only)
{
    size_t count;
    const struct column *columns = columns_table(file, &count);
    for (size_t i = 0; i < count; i++) {
        char name[64];
        if (measured_only && columns[i].role != COLUMN_MEASURED)
            continue;
        snprintf(name, sizeof name, "%s%s", columns[i].name,
                 columns[i].kind == COLUMN_METRICS ? "<metric>" : "");
        table_row(table, (const char *const[]){columns_file_name(file), name, columns[i].unit,
                                               columns[i].meaning});
    }
}

static enum lg_status list_columns(struct table *table, struct lg_error *error)
{
    (void)error;
    table->columns = 4;
    table_row(table, (const char *const[]){"file", "column", "unit", "meaning"});
    add_columns(table, COLUMNS_TRACE, false);
    add_columns(table, COLUMNS_TIMING, false);
    return LG_OK;
}

static enum lg_status list_metrics(struct table *table, struct lg_error *error)
{
    (void)error;
    table->columns = 4;
    table_row(table, (const char *const[]){"file", "column", "unit", "meaning"});
    add_columns(table, COLUMNS_TRACE, true);
    add_columns(table, COLUMNS_TIMING, true);
    return LG_OK;
}

static enum lg_status list_counters(struct table *table, struct lg_error *error)
{
    (void)error;
    table->columns = 3;
    table_row(table, (const char *const[]){"name", "columns", "meaning"});
    table_row(table, (const char *const[]){"CLOCK_MONOTONIC", "wall_ns, evaluation_wall_ns",
                                           "time that passes for everyone"});
    table_row(table, (const char *const[]){"CLOCK_PROCESS_CPUTIME_ID", "cpu_ns",
                                           "time that the cell's process has computed"});
    return LG_OK;
}

/* ---- The command --------------------------------------------------------- */

static const struct {
    const char *name;
    enum lg_status (*list)(struct table *table, struct lg_error *error);
} lists[] = {
    {"losses", list_losses},           {"optimizers", list_optimizers},
    {"activations", list_activations}, {"initialisations", list_initialisations},
    {"datasets", list_datasets},       {"isas", list_isas},
    {"counters", list_counters},       {"metrics", list_metrics},
    {"columns", list_columns},
};
enum { LISTS = sizeof lists / sizeof *lists };

static enum lg_status find_list(const char *name, size_t *index, struct lg_error *error)
{
    const char *names[LISTS + 1] = {NULL};
    for (size_t i = 0; i < LISTS; i++)
        names[i] = lists[i].name;
    return command_word("list", name, names, index, error);
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    static const struct option long_options[] = {{"format", required_argument, NULL, 1},
                                                 {NULL, 0, NULL, 0}};
    size_t format = TABLE_TEXT, which = 0;
    enum lg_status status = LG_OK;
    for (int option = 0; status == LG_OK && option >= 0;) {
        status = command_next_option(argc, argv, long_options, &option, error);
        if (status == LG_OK && option > 0)
            status = command_word("format", optarg, table_formats, &format, error);
    }
    if (status == LG_OK)
        status = command_operands(argc, argv, 1, 1, "what to list", error);
    if (status == LG_OK)
        status = find_list(argv[optind], &which, error);
    struct table table = {0};
    if (status == LG_OK)
        status = lists[which].list(&table, error);
    if (status == LG_OK)
        status = output_table(&table, (enum table_format)format, error);
    table_free(&table);
    return status;
}

const struct command list_command = {
    .name = "list",
    .synopsis = "losses | optimizers | activations | initialisations | datasets | isas |\n"
                "              counters | metrics | columns   [--format text|csv|markdown]",
    .summary = "what a spec may name, and what is measured",
    .help = "Prints what this build knows: the names that a spec may use with their options\n"
            "and defaults, the instruction sets and which of them run here, the clocks, and\n"
            "the columns of trace.csv and timing.csv (metrics: those that are measured).\n"
            "Formulas and sources are in the CSV and Markdown forms.\n"
            "\n"
            "  --format text|csv|markdown   (default: text)\n"
            "\n"
            "Example:\n"
            "  lossgrid list optimizers --format=csv\n",
    .run = run,
};
