#include "harness/help/help.h"

#include <string.h>

enum { WIDTH = 88, INDENT = 2, GAP = 3, MEANING_MOST = 28, USAGE_INDENT = 7 };

const char help_purpose[] =
    "lossgrid trains grids of losses and optimizers, to the same bits on every machine.";
const char help_exit_codes[] =
    "0 done; 1 the run or the check failed; 2 wrong command line, or wrong content of a file; "
    "3 the environment lacks something: a file, memory, disk, rights; 128 + N stopped by signal N "
    "(Ctrl-C: 130). A cell that diverges is a result: 0.";
const char help_example[] = "lossgrid run experiments/article-losses.yaml\n";

/* ---- Words in lines -------------------------------------------------------- */

/* Where a line stands: its column, and where the next ones begin. */
struct line {
    struct text *text;
    size_t column, indent;
};

static void put(struct line *line, const char *word, size_t size)
{
    const size_t space = line->column > line->indent;
    if (space > 0 && line->column + space + size > WIDTH) {
        text_print(line->text, "\n%*s", (int)line->indent, "");
        line->column = line->indent;
    } else if (space > 0) {
        text_add(line->text, " ", 1);
        line->column++;
    }
    text_add(line->text, word, size);
    line->column += size;
}

/* Paragraphs, parted by empty lines; what is in backticks stays in one line. */
static void fill(struct line *line, const char *words)
{
    while (*words != '\0') {
        size_t size = strcspn(words, " \n");
        const char *tick = memchr(words, '`', size);
        const char *end = tick != NULL ? strchr(tick + 1, '`') : NULL;
        if (end != NULL && end > words + size)
            size = (size_t)(end - words) + strcspn(end, " \n");
        if (size > 0)
            put(line, words, size);
        words += size;
        if (strncmp(words, "\n\n", 2) == 0) {
            text_print(line->text, "\n\n%*s", (int)line->indent, "");
            line->column = line->indent;
        }
        words += strspn(words, " \n");
    }
}

/* ---- Usage ----------------------------------------------------------------- */

const char *help_value(const struct option_row *row, struct text *text)
{
    text_free(text);
    if (row->value != NULL)
        text_print(text, "%s", row->value);
    for (size_t i = 0; row->value == NULL && row->words != NULL && row->words[i] != NULL; i++)
        text_print(text, "%s%s", i > 0 ? "|" : "", row->words[i]);
    return text->bytes != NULL ? text->bytes : "";
}

/* Each word, and the NUL that ends it. */
static void add_word(struct text *text, const char *word)
{
    text_add(text, word, strlen(word) + 1);
}

static void add_operands(const struct operand_row *row, struct text *text)
{
    struct text word = {0};
    for (; row != NULL && row->name != NULL; row++) {
        for (size_t i = 0; i < row->least; i++)
            if (i + 1 < row->least || row->most == row->least)
                add_word(text, row->name);
        if (row->most == row->least)
            continue;
        text_print(&word, row->least > 0 ? "%s" : "[%s]", row->name);
        text_print(&word, row->most > 1 ? "..." : "");
        add_word(text, word.bytes != NULL ? word.bytes : "");
        text_free(&word);
    }
}

static void add_options(const struct command *command, size_t form, struct text *text)
{
    struct text word = {0}, value = {0};
    for (const struct option_row *row = command->options; row != NULL && row->name != NULL; row++) {
        if (!option_is_for(row, form))
            continue;
        const bool needed = (row->needed >> form & 1) != 0;
        help_value(row, &value);
        text_print(&word, "%s--%s%s%s%s%s", needed ? "" : "[", row->name, value.size > 0 ? " " : "",
                   value.size > 0 ? value.bytes : "", needed ? "" : "]",
                   row->kind == OPTION_LIST ? "..." : "");
        add_word(text, word.bytes != NULL ? word.bytes : "");
        text_free(&word);
    }
    text_free(&value);
}

void help_usage(const struct command *command, size_t form, struct text *text)
{
    const struct operand_row *operands = command->operands;
    add_word(text, command->name);
    if (command->forms != NULL)
        add_word(text, command->forms[form].name);
    add_operands(command->forms != NULL ? operands + 1 : operands, text);
    add_options(command, form, text);
    add_word(text, "");
}

static void print_usage(const struct command *command, struct text *text)
{
    size_t form = 0;
    do {
        struct text words = {0};
        help_usage(command, form, &words);
        text_print(text, form == 0 ? "Usage: " : "       ");
        struct line line = {text, USAGE_INDENT, USAGE_INDENT};
        put(&line, "lossgrid", strlen("lossgrid"));
        const char *word = words.bytes != NULL ? words.bytes : "";
        put(&line, word, strlen(word));
        line.indent = line.column + 1; /* what follows the name stands under each other */
        for (word += strlen(word) + 1; words.bytes != NULL && *word != '\0';
             word += strlen(word) + 1) {
            if (line.column + 1 == line.indent) {
                text_add(text, " ", 1);
                line.column++;
            }
            put(&line, word, strlen(word));
        }
        text_print(text, "\n");
        text_free(&words);
        form++;
    } while (command->forms != NULL && command->forms[form].name != NULL);
}

/* ---- Options --------------------------------------------------------------- */

void help_meaning(const struct option_row *row, struct text *text)
{
    const char *otherwise = row->absent != NULL ? row->absent : row->fallback;
    text_print(text, "%s", row->meaning);
    if (row->kind == OPTION_LIST)
        text_print(text, "; may be repeated");
    if (row->environment != NULL && otherwise != NULL)
        text_print(text, " (default: %s, else %s)", row->environment, otherwise);
    else if (otherwise != NULL || row->environment != NULL)
        text_print(text, " (default: %s)", otherwise != NULL ? otherwise : row->environment);
}

/* The width of "--name value" of the widest that has its meaning beside it. */
static size_t name_width(const struct option_row *row)
{
    struct text value = {0};
    size_t widest = 0;
    for (; row != NULL && row->name != NULL; row++) {
        help_value(row, &value);
        const size_t width = 2 + strlen(row->name) + (value.size > 0) + value.size;
        if (width > widest && width <= MEANING_MOST)
            widest = width;
    }
    text_free(&value);
    return widest;
}

static void print_options(const struct option_row *row, struct text *text)
{
    struct text value = {0}, meaning = {0};
    const size_t indent = INDENT + name_width(row) + GAP;
    for (; row != NULL && row->name != NULL; row++) {
        const size_t before = text->size;
        help_value(row, &value);
        text_print(text, "%*s--%s%s%s", INDENT, "", row->name, value.size > 0 ? " " : "",
                   value.size > 0 ? value.bytes : "");
        const size_t width = text->size - before;
        if (width + GAP > indent)
            text_print(text, "\n%*s", (int)indent, "");
        else
            text_print(text, "%*s", (int)(indent - width), "");
        struct line line = {text, indent, indent};
        help_meaning(row, &meaning);
        fill(&line, meaning.bytes != NULL ? meaning.bytes : "");
        text_print(text, "\n");
        text_free(&meaning);
    }
    text_free(&value);
}

/* Each line of an example, indented. */
static void print_example(const char *lines, struct text *text)
{
    text_print(text, "Example:\n");
    for (size_t size; (size = strcspn(lines, "\n")) > 0; lines += size + (lines[size] == '\n'))
        text_print(text, "%*s%.*s\n", INDENT, "", (int)size, lines);
}

/* ---- Pages ----------------------------------------------------------------- */

void help_command(const struct command *command, struct text *text)
{
    text_print(text, "lossgrid %s: %s\n\n", command->name, command->summary);
    print_usage(command, text);
    text_print(text, "\n");
    struct line line = {text, 0, 0};
    fill(&line, command->about);
    text_print(text, "\n\n");
    if (command->options != NULL) {
        print_options(command->options, text);
        text_print(text, "\n");
    }
    print_example(command->example, text);
}

void help_overview(const struct program *program, struct text *text)
{
    text_print(text, "%s\n\nUsage: lossgrid COMMAND [ARGUMENTS]\n\n", help_purpose);
    for (size_t i = 0; i < program->count; i++)
        text_print(text, "  %-9s  %s\n", program->commands[i]->name, program->commands[i]->summary);
    text_print(text, "\n`lossgrid help COMMAND` says what one does.\n\n");
    struct line line = {text, 0, 0};
    fill(&line, "Exit codes:");
    fill(&line, help_exit_codes);
    text_print(text, "\n\n");
    print_example(help_example, text);
}
