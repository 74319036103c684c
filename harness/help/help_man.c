/* The manual page, in the macros of man(7). */
#include <string.h>

#include "harness/help/help.h"

/* Variables that no option reads. */
static const struct {
    const char *name, *meaning;
} variables[] = {
    {"LOSSGRID_DATA", "the folder of the data set's files, where --data is not given"},
    {"LOSSGRID_ISA", "the compiled copy of the engine, where --isa is not given"},
    {"LOSSGRID_SHARED", "1: results lie on a file system that other machines use too; 0: they do "
                        "not; else what the system says of it"},
    {"TMPDIR", "where verify makes a folder for a while; /tmp by default"},
    {"LOSSGRID_SYSTEM", "a name of this machine, for machine.json and comparisons"},
    {"NO_COLOR", "if set, progress has no colours"},
    {"PYTHON", "a Python to try first for reports"},
    {"TERM", "with 'dumb', progress is in whole lines"},
};

/* Text in which nothing is taken for a request or an escape; `code` in bold. */
static void add(struct text *text, const char *words)
{
    bool bold = false;
    for (const char *c = words; *c != '\0'; c++) {
        const bool begins = c == words || c[-1] == '\n';
        if (begins && (*c == '.' || *c == '\''))
            text_print(text, "\\&");
        if (*c == '`') {
            bold = !bold;
            text_print(text, bold ? "\\fB" : "\\fR");
        } else if (*c == '\\') {
            text_print(text, "\\e");
        } else if (*c == '-') {
            text_print(text, "\\-");
        } else if (*c == '\n' && c[1] == '\n') {
            text_print(text, "\n.PP\n");
            c++;
        } else {
            text_add(text, c, 1);
        }
    }
}

static void add_usage(const struct command *command, struct text *text)
{
    size_t form = 0;
    do {
        struct text words = {0};
        help_usage(command, form, &words);
        text_print(text, ".HP\n\\fBlossgrid");
        const char *word = words.bytes != NULL ? words.bytes : "";
        for (size_t i = 0; words.bytes != NULL && *word != '\0'; i++, word += strlen(word) + 1) {
            text_print(text, i == 1 ? "\\fR " : " ");
            for (const char *c = word; *c != '\0'; c++) /* not to be broken */
                text_print(text, *c == ' ' ? "\\ " : *c == '-' ? "\\-" : "%c", *c);
        }
        text_print(text, "\\fR\n");
        text_free(&words);
        form++;
    } while (command->forms != NULL && command->forms[form].name != NULL);
}

static void add_options(const struct option_row *row, struct text *text)
{
    struct text value = {0}, meaning = {0};
    for (; row != NULL && row->name != NULL; row++) {
        help_value(row, &value);
        text_print(text, ".TP\n\\fB");
        add(text, "--");
        add(text, row->name);
        text_print(text, "\\fR");
        if (value.size > 0) {
            text_print(text, " \\fI");
            add(text, value.bytes);
            text_print(text, "\\fR");
        }
        text_print(text, "\n");
        help_meaning(row, &meaning);
        add(text, meaning.bytes != NULL ? meaning.bytes : "");
        text_print(text, "\n");
        text_free(&meaning);
    }
    text_free(&value);
}

static void add_example(const char *lines, struct text *text)
{
    text_print(text, ".PP\nExample:\n.PP\n.nf\n.RS 4\n");
    add(text, lines);
    text_print(text, ".RE\n.fi\n");
}

void help_man(const struct program *program, struct text *text)
{
    text_print(text, ".TH LOSSGRID 1 \"\" \"lossgrid ");
    add(text, program->version);
    text_print(text, "\" \"User Commands\"\n.SH NAME\nlossgrid \\- train grids of losses and "
                     "optimizers, to the same bits everywhere\n.SH SYNOPSIS\n\\fBlossgrid\\fR "
                     "\\fICOMMAND\\fR [\\fIARGUMENTS\\fR]\n.SH DESCRIPTION\n");
    add(text, help_purpose);
    text_print(text, "\n.SH COMMANDS\n");
    for (size_t i = 0; i < program->count; i++) {
        const struct command *command = program->commands[i];
        text_print(text, ".SS \"lossgrid %s: ", command->name);
        add(text, command->summary);
        text_print(text, "\"\n");
        add_usage(command, text);
        text_print(text, ".PP\n");
        add(text, command->about);
        text_print(text, "\n");
        add_options(command->options, text);
        add_example(command->example, text);
    }
    text_print(text, ".SH EXIT STATUS\n");
    add(text, help_exit_codes);
    text_print(text, "\n.SH ENVIRONMENT\n");
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        text_print(text, ".TP\n\\fB%s\\fR\n", variables[i].name);
        add(text, variables[i].meaning);
        text_print(text, "\n");
    }
}
