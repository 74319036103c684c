/* Completion for bash: a table of what stands behind which option and operand, and the
 * few lines that read it. It needs no package, and asks the program that is completed. */
#include <stdint.h>
#include <string.h>

#include "harness/help/help.h"

/* `$1` is the program, `$2` what is offered, `$3` what is typed already. A word is not
 * taken for a pattern: names come from the program, files are quoted by readline. */
static const char functions[] =
    "_lossgrid_names() { \"$1\" list \"$2\" --format=csv 2>/dev/null | sed -n '2,$ s/,.*//p'; }\n"
    "_lossgrid_offer() {\n"
    "    local program=$1 offer=$2 typed=$3\n"
    "    case $offer in\n"
    "    file) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$typed\") ;;\n"
    "    spec) compopt -o filenames\n"
    "        mapfile -t COMPREPLY < <(compgen -d -- \"$typed\"; compgen -f -X '!*.yaml' -- "
    "\"$typed\") ;;\n"
    "    folder) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$typed\") ;;\n"
    "    names:*) mapfile -t COMPREPLY < <(compgen -W \"$(_lossgrid_names \"$program\" "
    "\"${offer#*:}\")\" -- \"$typed\") ;;\n"
    "    keys) compopt -o nospace\n"
    "        mapfile -t COMPREPLY < <(compgen -S = -W \"$(_lossgrid_names \"$program\" keys | grep "
    "-v '\\[')\" -- \"$typed\") ;;\n"
    "    words:*) mapfile -t COMPREPLY < <(compgen -W \"${offer#*:}\" -- \"$typed\") ;;\n"
    "    esac\n"
    "}\n";

/* readline parts words at '=', and hands it over as a word. */
static const char entry[] =
    "_lossgrid() {\n"
    "    local program=${COMP_WORDS[0]} command=${COMP_WORDS[1]} typed=${COMP_WORDS[COMP_CWORD]}\n"
    "    local option='' form='' word i operands=0 at\n"
    "    COMPREPLY=()\n"
    "    [ \"$typed\" = = ] && typed=''\n"
    "    if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
    "        _lossgrid_offer \"$program\" \"words:$_lossgrid_commands --help --version\" "
    "\"$typed\"\n"
    "        return\n"
    "    fi\n"
    "    for ((i = 2; i < COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if [ \"$word\" = = ]; then\n"
    "            continue\n"
    "        elif [[ $word == --* ]]; then\n"
    "            option=$word\n"
    "            [ -n \"$(_lossgrid_of \"$command $option\")\" ] || option=''\n"
    "        elif [ -n \"$option\" ]; then\n"
    "            option='' # this was its value\n"
    "            # KEY=VALUE: the value is a word of its own\n"
    "            [ \"${COMP_WORDS[i + 1]}\" = = ] && i=$((i + 2))\n"
    "        else\n"
    "            [ $operands -gt 0 ] || form=$word\n"
    "            operands=$((operands + 1))\n"
    "        fi\n"
    "    done\n"
    "    if [ -n \"$option\" ]; then\n"
    "        _lossgrid_offer \"$program\" \"$(_lossgrid_of \"$command $option\")\" \"$typed\"\n"
    "    elif [[ $typed == -* ]]; then\n"
    "        at=$(_lossgrid_of \"$command $form --\")\n"
    "        [ -n \"$at\" ] || at=$(_lossgrid_of \"$command --\")\n"
    "        _lossgrid_offer \"$program\" \"words:$at --help\" \"$typed\"\n"
    "    else\n"
    "        at=$(_lossgrid_of \"$command $form $operands\")\n"
    "        [ -n \"$at\" ] || at=$(_lossgrid_of \"$command $operands\")\n"
    "        [ -n \"$at\" ] || at=$(_lossgrid_of \"$command +\")\n"
    "        _lossgrid_offer \"$program\" \"$at\" \"$typed\"\n"
    "    fi\n"
    "}\n"
    "complete -F _lossgrid lossgrid\n";

/* The completion of an offer in a row of the table; "none" marks an option that takes any
 * value. */
static void add_offer(const struct program *program, enum offer offer, const char *list,
                      const char *const *words, const char *(*word)(size_t), struct text *text)
{
    static const char *const fixed[] = {[OFFER_NOTHING] = "none",
                                        [OFFER_FILE] = "file",
                                        [OFFER_SPEC] = "spec",
                                        [OFFER_FOLDER] = "folder",
                                        [OFFER_KEYS] = "keys"};
    if (words == NULL && offer < sizeof fixed / sizeof *fixed && fixed[offer] != NULL) {
        text_print(text, "%s", fixed[offer]);
        return;
    }
    if (offer == OFFER_NAMES && list != NULL) {
        text_print(text, "names:%s", list);
        return;
    }
    text_print(text, "'words:");
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        text_print(text, "%s%s", i > 0 ? " " : "", words[i]);
    for (size_t i = 0; word != NULL && word(i) != NULL; i++)
        text_print(text, "%s%s", i > 0 ? " " : "", word(i));
    for (size_t i = 0; offer == OFFER_COMMANDS && i < program->count; i++)
        text_print(text, "%s%s", i > 0 ? " " : "", program->commands[i]->name);
    text_print(text, "'");
}

static void add_option_names(const struct command *command, size_t form, struct text *text)
{
    text_print(text, "echo '");
    for (const struct option_row *row = command->options; row->name != NULL; row++)
        if (option_is_for(row, form))
            text_print(text, "--%s ", row->name);
    text_print(text, "' ;;\n");
}

static void add_options(const struct program *program, const struct command *command,
                        struct text *text)
{
    for (const struct option_row *row = command->options; row != NULL && row->name != NULL; row++) {
        if (row->kind == OPTION_FLAG)
            continue;
        text_print(text, "    '%s --%s') echo ", command->name, row->name);
        add_offer(program, row->offer, row->list, row->words, NULL, text);
        text_print(text, " ;;\n");
    }
    if (command->options == NULL)
        return;
    for (size_t i = 0; command->forms != NULL && command->forms[i].name != NULL; i++) {
        text_print(text, "    '%s %s --') ", command->name, command->forms[i].name);
        add_option_names(command, i, text);
    }
    if (command->forms == NULL) {
        text_print(text, "    '%s --') ", command->name);
        add_option_names(command, 0, text);
    }
}

static void add_operands(const struct program *program, const struct command *command,
                         struct text *text)
{
    size_t at = 0;
    for (size_t i = 0; command->forms != NULL && command->forms[i].name != NULL; i++)
        text_print(text, "    '%s %s 1') echo names:%s ;;\n", command->name, command->forms[i].name,
                   command->forms[i].list);
    if (command->forms != NULL) {
        text_print(text, "    '%s 0') echo 'words:", command->name);
        for (size_t i = 0; command->forms[i].name != NULL; i++)
            text_print(text, "%s%s", i > 0 ? " " : "", command->forms[i].name);
        text_print(text, "' ;;\n");
        return;
    }
    for (const struct operand_row *row = command->operands; row != NULL && row->name != NULL;
         row++) {
        if (row->most > 1)
            text_print(text, "    '%s +') echo ", command->name);
        else
            text_print(text, "    '%s %zu') echo ", command->name, at++);
        add_offer(program, row->offer, NULL, NULL, row->word, text);
        text_print(text, " ;;\n");
    }
}

void help_bash(const struct program *program, struct text *text)
{
    text_print(text,
               "# Completion of lossgrid for bash, written by `lossgrid help --format=bash`.\n"
               "# shellcheck shell=bash disable=SC2207\n_lossgrid_commands='");
    for (size_t i = 0; i < program->count; i++)
        text_print(text, "%s%s", i > 0 ? " " : "", program->commands[i]->name);
    text_print(text, "'\n%s_lossgrid_of() {\n    case $1 in\n", functions);
    for (size_t i = 0; i < program->count; i++) {
        add_options(program, program->commands[i], text);
        add_operands(program, program->commands[i], text);
    }
    text_print(text, "    esac\n}\n%s", entry);
}
