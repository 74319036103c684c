/* Completion for zsh: one call of _arguments for each command. */
#include <string.h>

#include "harness/help/help.h"

/* _arguments puts words for compadd before the words of an action. */
static const char functions[] =
    "_lossgrid_names() {\n"
    "    local -a names\n"
    "    names=(${(f)\"$($lossgrid_program list ${@[-1]} --format=csv 2>/dev/null | sed -n '2,$ "
    "s/,.*//p')\"})\n"
    "    compadd \"${@[1,-2]}\" -a names\n"
    "}\n"
    "_lossgrid_keys() {\n"
    "    local -a names\n"
    "    names=(${(f)\"$($lossgrid_program list keys --format=csv 2>/dev/null | sed -n '2,$ "
    "s/,.*//p' | grep -v '\\[')\"})\n"
    "    compadd \"$@\" -S = -a names\n"
    "}\n";

/* Within single quotes and within a spec of _arguments. */
static void add_quoted(struct text *text, const char *words)
{
    for (; *words != '\0'; words++) {
        if (*words == '\'')
            text_print(text, "'\\''");
        else if (strchr("[]:\\", *words) != NULL)
            text_print(text, "\\%c", *words);
        else
            text_add(text, words, 1);
    }
}

static void add_action(const struct program *program, enum offer offer, const char *list,
                       const char *const *words, const char *(*word)(size_t), struct text *text)
{
    static const char *const actions[] = {[OFFER_FILE] = "_files",
                                          [OFFER_SPEC] = "_files -g \"*.yaml\"",
                                          [OFFER_FOLDER] = "_files -/",
                                          [OFFER_KEYS] = "_lossgrid_keys"};
    if (words == NULL && offer < sizeof actions / sizeof *actions && actions[offer] != NULL) {
        text_print(text, "%s", actions[offer]);
        return;
    }
    if (offer == OFFER_NAMES && list != NULL)
        text_print(text, "_lossgrid_names %s", list);
    if (offer == OFFER_NAMES || (offer == OFFER_NOTHING && words == NULL))
        return;
    text_print(text, "(");
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        text_print(text, " %s", words[i]);
    for (size_t i = 0; word != NULL && word(i) != NULL; i++)
        text_print(text, " %s", word(i));
    for (size_t i = 0; offer == OFFER_COMMANDS && i < program->count; i++)
        text_print(text, " %s", program->commands[i]->name);
    text_print(text, " )");
}

/* '--name=[meaning]:VALUE:action', the first sentence of the meaning. */
static void add_option(const struct program *program, const struct option_row *row,
                       struct text *text)
{
    struct text value = {0}, meaning = {0};
    const char *end = strstr(row->meaning, ". ");
    text_print(&meaning, "%.*s", end != NULL ? (int)(end - row->meaning) : -1, row->meaning);
    help_value(row, &value);
    text_print(text, " \\\n            '%s--%s%s[", row->kind == OPTION_LIST ? "*" : "", row->name,
               value.size > 0 ? "=" : "");
    add_quoted(text, meaning.bytes != NULL ? meaning.bytes : "");
    text_print(text, "]");
    if (value.size > 0) {
        text_print(text, ":");
        add_quoted(text, value.bytes);
        text_print(text, ":");
        add_action(program, row->offer, row->list, row->words, NULL, text);
    }
    text_print(text, "'");
    text_free(&value);
    text_free(&meaning);
}

static void add_operands(const struct program *program, const struct command *command, size_t form,
                         struct text *text)
{
    if (command->forms != NULL) {
        text_print(text, " \\\n            ':kind:(%s)' ':name:_lossgrid_names %s'",
                   command->forms[form].name, command->forms[form].list);
        return;
    }
    for (const struct operand_row *row = command->operands; row != NULL && row->name != NULL;
         row++) {
        text_print(text, " \\\n            '%s:%s:", row->most > 1 ? "*" : "", row->name);
        add_action(program, row->offer, NULL, NULL, row->word, text);
        text_print(text, "'");
    }
}

static void add_arguments(const struct program *program, const struct command *command, size_t form,
                          struct text *text)
{
    text_print(text, "        _arguments '--help[what it does, its options, an example]'");
    for (const struct option_row *row = command->options; row != NULL && row->name != NULL; row++)
        if (option_is_for(row, form))
            add_option(program, row, text);
    add_operands(program, command, form, text);
    text_print(text, " ;;\n");
}

static void add_command(const struct program *program, const struct command *command,
                        struct text *text)
{
    for (size_t i = 0; command->forms != NULL && command->forms[i].name != NULL; i++) {
        text_print(text, "    '%s %s')\n", command->name, command->forms[i].name);
        add_arguments(program, command, i, text);
    }
    text_print(text, "    '%s '*)\n", command->name);
    if (command->forms == NULL) {
        add_arguments(program, command, 0, text);
        return;
    }
    text_print(text, "        compadd");
    for (size_t i = 0; command->forms[i].name != NULL; i++)
        text_print(text, " %s", command->forms[i].name);
    text_print(text, " ;;\n");
}

void help_zsh(const struct program *program, struct text *text)
{
    text_print(text,
               "#compdef lossgrid\n# Written by `lossgrid help --format=zsh`.\n%s_lossgrid() {\n"
               "    local lossgrid_program=${words[1]}\n"
               "    if (( CURRENT == 2 )); then\n        local -a commands\n        commands=(\n",
               functions);
    for (size_t i = 0; i < program->count; i++) {
        text_print(text, "            '%s:", program->commands[i]->name);
        add_quoted(text, program->commands[i]->summary);
        text_print(text, "'\n");
    }
    text_print(text,
               "        )\n        _describe command commands\n        return\n    fi\n"
               "    shift words\n    (( CURRENT-- ))\n"
               "    local lossgrid_form=${words[2]}\n    (( CURRENT == 2 )) && lossgrid_form=''\n"
               "    case \"${words[1]} $lossgrid_form\" in\n");
    for (size_t i = 0; i < program->count; i++)
        add_command(program, program->commands[i], text);
    text_print(text, "    esac\n}\n# Called when loaded by name, declared when sourced.\n"
                     "if [ \"$funcstack[1]\" = _lossgrid ]; then\n    _lossgrid \"$@\"\nelse\n"
                     "    compdef _lossgrid lossgrid\nfi\n");
}
