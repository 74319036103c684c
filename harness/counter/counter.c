#include "harness/counter/counter.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "harness/support/command.h"
#include "registry.h"

#define DECLARE(name) extern const struct counter counter_##name;
LG_COUNTERS(DECLARE)

#define ADDRESS(name) &counter_##name,
static const struct counter *const registry[] = {LG_COUNTERS(ADDRESS)};

enum { REGISTRY_COUNT = sizeof registry / sizeof *registry, NAME_BYTES = 64 };
static_assert((int)REGISTRY_COUNT <= (int)COUNTERS_MAX, "COUNTERS_MAX is too small");

const struct counter *const *counters(size_t *count)
{
    *count = REGISTRY_COUNT;
    return registry;
}

/* The word at *list into name, cut to what messages show; *list goes on to the next
 * one, or becomes NULL. */
static void next_word(const char **list, char name[NAME_BYTES])
{
    size_t length = strcspn(*list, ",");
    snprintf(name, NAME_BYTES, "%.*s", (int)length, *list);
    *list = (*list)[length] == ',' ? *list + length + 1 : NULL;
}

enum lg_status counters_choose(const char *list, bool chosen[COUNTERS_MAX], struct lg_error *error)
{
    const char *words[REGISTRY_COUNT + 3] = {[REGISTRY_COUNT] = "all", "none", NULL};
    for (size_t i = 0; i < REGISTRY_COUNT; i++)
        words[i] = registry[i]->name;
    memset(chosen, 0, COUNTERS_MAX * sizeof *chosen);
    const bool is_one_word = strchr(list, ',') == NULL;
    while (list != NULL) {
        char name[NAME_BYTES];
        size_t index = 0;
        next_word(&list, name);
        enum lg_status status = command_word("counter", name, words, &index, error);
        if (status != LG_OK)
            return status;
        if (index >= REGISTRY_COUNT && !is_one_word)
            return lg_fail(error, LG_USAGE, "counters: '%s' stands alone, not in a list", name);
        for (size_t i = 0; i < REGISTRY_COUNT; i++)
            chosen[i] = chosen[i] || i == index || index == REGISTRY_COUNT;
    }
    return LG_OK;
}
