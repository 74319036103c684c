#include "harness/support/words.h"

#include <string.h>

void words_add(json_t **words, const char *word)
{
    if (*words == NULL || json_array_append_new(*words, json_string(word)) == 0)
        return;
    json_decref(*words);
    *words = NULL;
}

void words_option(json_t **words, const char *option, const char *value)
{
    if (value == NULL)
        return;
    words_add(words, option);
    words_add(words, value);
}

void words_quote(struct text *line, const char *word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,+@%";
    if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
        text_print(line, "%s", word);
        return;
    }
    text_print(line, "'");
    for (const char *at = word; *at != '\0'; at++)
        if (*at == '\'')
            text_print(line, "'\\''");
        else
            text_add(line, at, 1);
    text_print(line, "'");
}
