#include "harness/list/catalogue.h"

#include <stdio.h>
#include <string.h>

#include "harness/spec/domain.h"
#include "harness/spec/value.h"

enum { COMPARED_MAX = 256 };

/* "2 predictions, each a number from 0 to 1; target: -1 or 1 for each prediction" */
static const char *describe_shape(const struct lg_loss_shape *shape, char text[COMPARED_MAX])
{
    char range[VALUE_EXPECTED_MAX];
    snprintf(text, COMPARED_MAX, "%zu prediction%s of %.96s; target: %s", shape->inputs,
             shape->inputs > 1 ? "s" : "", domain_describe(shape, range),
             target_describe(shape->target));
    return text;
}

/* ---- A table ------------------------------------------------------------- */

/* "lr=0.01 nesterov=false": each option and its default. */
static void describe_options(const struct lg_info *info, struct text *text)
{
    const struct lg_options defaults = lg_options_default(info);
    for (size_t i = 0; i < info->option_count; i++) {
        char value[VALUE_OPTION_MAX];
        text_print(text, "%s%s=%s", i > 0 ? " " : "", info->options[i].name,
                   value_option_print(info, &defaults, i, value));
    }
}

enum lg_status catalogue_table(const struct catalogue *catalogue, struct table *table,
                               struct lg_error *error)
{
    table->columns = catalogue->shape != NULL ? 6 : 5;
    table->text_columns = 3;
    table_row(table,
              (const char *const[]){"name", "summary", "options", "formula", "source", "compares"});
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < catalogue->count; i++) {
        const struct lg_info *entry = catalogue->info(i);
        char compared[COMPARED_MAX] = "";
        struct text options = {0};
        describe_options(entry, &options);
        if (catalogue->shape != NULL)
            describe_shape(catalogue->shape(i), compared);
        status = text_check(&options, error);
        table_row(table, (const char *const[]){entry->name, entry->summary,
                                               options.bytes != NULL ? options.bytes : "",
                                               entry->formula, entry->source, compared});
        text_free(&options);
    }
    return status;
}

/* ---- Markdown ------------------------------------------------------------ */

/* Prose: what Markdown would take for its own is escaped. */
static void add_prose(struct text *text, const char *prose)
{
    for (; *prose != '\0'; prose++)
        text_print(text, strchr("|<*", *prose) != NULL ? "\\%c" : "%c", *prose);
}

static void add_options(struct text *text, const struct lg_info *info)
{
    const struct lg_options defaults = lg_options_default(info);
    if (info->option_count == 0)
        return;
    text_print(text, "\n| option | default | takes | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < info->option_count; i++) {
        char value[VALUE_OPTION_MAX], expected[VALUE_EXPECTED_MAX];
        text_print(text, "| `%s` | `%s` | %s | ", info->options[i].name,
                   value_option_print(info, &defaults, i, value),
                   value_option_expected(&info->options[i], expected));
        add_prose(text, info->options[i].meaning);
        text_print(text, " |\n");
    }
}

static void add_entry(struct text *text, const struct catalogue *catalogue, size_t index)
{
    const struct lg_info *info = catalogue->info(index);
    char compared[COMPARED_MAX];
    text_print(text, "\n### %s\n\n", info->name);
    add_prose(text, info->summary);
    text_print(text, "\n\n- formula: `%s`\n", info->formula);
    if (catalogue->shape != NULL)
        text_print(text, "- compares: %s\n", describe_shape(catalogue->shape(index), compared));
    text_print(text, "- source: ");
    add_prose(text, info->source);
    text_print(text, "\n");
    add_options(text, info);
}

enum lg_status catalogue_markdown(const struct catalogue *catalogue, struct text *text,
                                  struct lg_error *error)
{
    text_print(text, "## %s\n\n| name | summary |\n|---|---|\n", catalogue->title);
    for (size_t i = 0; i < catalogue->count; i++) {
        const char *name = catalogue->info(i)->name;
        text_print(text, "| [%s](#%s) | ", name, name);
        add_prose(text, catalogue->info(i)->summary);
        text_print(text, " |\n");
    }
    for (size_t i = 0; i < catalogue->count; i++)
        add_entry(text, catalogue, i);
    return text_check(text, error);
}
