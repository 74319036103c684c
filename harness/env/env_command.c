#include "harness/env/env_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/environment.h"
#include "harness/support/output.h"

/* ---- As text ------------------------------------------------------------- */

/* A JSON value for a reader: words joined by blanks, null as "unknown". */
static void add_value(struct text *text, const json_t *value)
{
    size_t index;
    const char *key;
    json_t *part;
    bool is_first = true;
    if (json_is_string(value))
        text_print(text, "%s", json_string_value(value));
    else if (json_is_integer(value))
        text_print(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        text_print(text, "%.2f", json_real_value(value));
    else if (json_is_boolean(value))
        text_print(text, "%s", json_is_true(value) ? "yes" : "no");
    else if (json_is_null(value))
        text_print(text, "unknown");
    json_array_foreach(value, index, part)
    {
        text_print(text, "%s", index == 0 ? "" : json_is_object(part) ? "; " : " ");
        add_value(text, part);
    }
    json_object_foreach((json_t *)value, key, part)
    {
        if (strcmp(key, "name") != 0)
            text_print(text, "%s%s ", is_first ? "" : ", ", key);
        add_value(text, part);
        is_first = false;
    }
}

static void add_rows(struct table *table, const json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        struct text text = {0};
        if (strcmp(key, "machine") == 0) {
            add_rows(table, value);
            continue;
        }
        add_value(&text, value);
        table_row(table, (const char *const[]){key, text.bytes != NULL ? text.bytes : ""});
        text_free(&text);
    }
}

static enum lg_status print_text(const json_t *root, struct lg_error *error)
{
    struct table table = {.columns = 2};
    add_rows(&table, root);
    enum lg_status status = output_table(&table, TABLE_TEXT, error);
    table_free(&table);
    return status;
}

static enum lg_status print_json(const json_t *root, struct lg_error *error)
{
    char *json = json_dumps(root, JSON_INDENT(2));
    if (json == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    puts(json);
    free(json);
    return output_flush(error);
}

/* ---- The command --------------------------------------------------------- */

enum format { FORMAT_TEXT, FORMAT_JSON };
static const char *const formats[] = {"text", "json", NULL};

struct request {
    size_t format; /* an enum format */
};

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct request request = {.format = FORMAT_TEXT};
    struct operands operands;
    enum lg_status status = command_read(&env_command, argc, argv, &request, &operands, error);
    if (status != LG_OK)
        return status;
    json_t *root = environment_json();
    if (root == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    status = request.format == FORMAT_TEXT ? print_text(root, error) : print_json(root, error);
    json_decref(root);
    return status;
}

static const struct option_row options[] = {
    {"format", .meaning = "how it is printed", .kind = OPTION_WORD, .words = formats,
     .fallback = "text", .offset = offsetof(struct request, format)},
    {.name = NULL},
};

const struct command env_command = {
    .name = "env",
    .summary = "what this machine and this build are",
    .about = "Prints the processor, memory, system, compiler, flags and the data that a run would "
             "take: what a measurement depends on. What the system does not say is \"unknown\", "
             "in JSON null.",
    .example = "lossgrid env --format=json\n",
    .options = options,
    .run = run,
};
