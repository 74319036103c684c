#include "harness/merge/origin.h"

#include <stdlib.h>
#include <string.h>

#include "harness/store/store_run.h"
#include "harness/support/csv.h"

/* ---- Reading --------------------------------------------------------------- */

static void set(char **to, const char *text)
{
    free(*to);
    *to = strdup(text);
}

/* Add a name to a list by commas that is sorted, unless it is there. */
static void add_name(struct text *list, const char *name)
{
    struct text longer = {0};
    bool is_placed = false;
    char *rest = list->bytes != NULL ? strdup(list->bytes) : NULL, *at = NULL;
    for (char *word = rest != NULL ? strtok_r(rest, ",", &at) : NULL; word != NULL;
         word = strtok_r(NULL, ",", &at)) {
        const int order = strcmp(name, word);
        if (!is_placed && order < 0)
            text_print(&longer, "%s%s", longer.size > 0 ? "," : "", name);
        is_placed = is_placed || order <= 0;
        text_print(&longer, "%s%s", longer.size > 0 ? "," : "", word);
    }
    if (!is_placed)
        text_print(&longer, "%s%s", longer.size > 0 ? "," : "", name);
    free(rest);
    text_free(list);
    *list = longer;
}

static enum lg_status take_run(void *to, const struct store_run *run, struct lg_error *error)
{
    struct origin *origin = to;
    const time_t started = (time_t)(run->started_ms / 1000);
    set(&origin->path, run->path);
    set(&origin->text, run->text);
    set(&origin->dataset, run->dataset);
    set(&origin->data_directory, run->data_directory);
    json_decref(origin->overrides);
    origin->overrides = json_loads(run->overrides, 0, NULL);
    origin->substituted = run->substituted;
    text_free(&origin->input);
    if (run->input.bytes != NULL)
        text_add(&origin->input, run->input.bytes, run->input.size);
    add_name(&origin->isas, run->isa);
    if (!origin->is_there || started < origin->started)
        origin->started = started;
    origin->jobs = run->jobs > origin->jobs ? run->jobs : origin->jobs;
    origin->is_there = true;
    if (origin->path == NULL || origin->text == NULL || origin->dataset == NULL ||
        origin->data_directory == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a spec");
    enum lg_status status = text_check(&origin->input, error);
    return status == LG_OK ? text_check(&origin->isas, error) : status;
}

enum lg_status origin_read(struct store *store, const char *directory, struct origin *origin,
                           struct lg_error *error)
{
    *origin = (struct origin){.directory = directory};
    return store_visit_runs(store, take_run, origin, error);
}

void origin_free(struct origin *origin)
{
    free(origin->path);
    free(origin->text);
    free(origin->dataset);
    free(origin->data_directory);
    json_decref(origin->overrides);
    text_free(&origin->input);
    text_free(&origin->isas);
    *origin = (struct origin){0};
}

/* ---- The experiment -------------------------------------------------------- */

enum lg_status origin_overrides(const struct origin *origin, const char ***list, size_t *count,
                                struct lg_error *error)
{
    *count = json_array_size(origin->overrides);
    *list = calloc(*count + 1, sizeof **list);
    if (*list == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    for (size_t i = 0; i < *count; i++) {
        (*list)[i] = json_string_value(json_array_get(origin->overrides, i));
        if ((*list)[i] == NULL) {
            free(*list);
            *list = NULL;
            return lg_fail(error, LG_INPUT,
                           "%s: override %zu of its spec is no UTF-8, so its cells cannot be named",
                           origin->directory, i + 1);
        }
    }
    return LG_OK;
}

enum lg_status origin_experiment(const struct origin *origin, struct experiment *experiment,
                                 struct lg_error *error)
{
    size_t backends, count;
    const char **overrides = NULL;
    const struct lg_backend *const *all = lg_backends(&backends);
    enum lg_status status = origin_overrides(origin, &overrides, &count, error);
    if (status == LG_OK)
        status = experiment_parse(all[0], origin->path, origin->text, strlen(origin->text),
                                  overrides, count, experiment, error);
    free(overrides);
    return status;
}

/* ---- Comparing ------------------------------------------------------------- */

static bool same_cells(const struct experiment *a, const struct experiment *b)
{
    if (a->cell_count != b->cell_count || a->epochs != b->epochs ||
        a->target_count != b->target_count)
        return false;
    for (size_t i = 0; i < a->target_count; i++) /* they decide no bits, but targets.csv */
        if (!csv_same_bits(a->targets[i].value, b->targets[i].value))
            return false;
    for (size_t i = 0; i < a->cell_count; i++) {
        struct cell one, two;
        if (experiment_cell(a, i, &one, NULL) != LG_OK ||
            experiment_cell(b, i, &two, NULL) != LG_OK || strcmp(one.slug, two.slug) != 0 ||
            strcmp(one.key, two.key) != 0)
            return false;
    }
    return true;
}

/* Whether two lists of overrides make the same cells of one spec. */
static enum lg_status compare_experiments(const struct origin *a, const struct origin *b,
                                          bool *same, struct lg_error *error)
{
    struct experiment one = {0}, two = {0};
    enum lg_status status = origin_experiment(a, &one, error);
    if (status == LG_OK)
        status = origin_experiment(b, &two, error);
    *same = status == LG_OK && same_cells(&one, &two);
    experiment_free(&one);
    experiment_free(&two);
    return status;
}

/* For a message. */
static void say_overrides(const struct origin *origin, char *text, size_t size)
{
    struct text words = {0};
    for (size_t i = 0; i < json_array_size(origin->overrides); i++) {
        const char *override = json_string_value(json_array_get(origin->overrides, i));
        text_print(&words, " --set %s", override != NULL ? override : "?");
    }
    snprintf(text, size, "%s", words.size > 0 ? words.bytes + 1 : "no --set");
    text_free(&words);
}

enum lg_status origin_compare(const struct origin *a, const struct origin *b,
                              struct lg_error *error)
{
    enum { SAID = 160 };
    char one[LG_DIGEST_HEX], two[LG_DIGEST_HEX], set_a[SAID], set_b[SAID];
    bool same = true;
    if (strcmp(a->dataset, b->dataset) != 0)
        return lg_fail(error, LG_USAGE, "%s was trained on %s, and %s on %s", a->directory,
                       a->dataset, b->directory, b->dataset);
    if (strcmp(a->text, b->text) != 0) {
        lg_digest_bytes(a->text, strlen(a->text), one);
        lg_digest_bytes(b->text, strlen(b->text), two);
        return lg_fail(error, LG_USAGE,
                       "%s and %s are of different specs: %s with the SHA-256 %.16s..., and %s "
                       "with %.16s...",
                       a->directory, b->directory, a->path, one, b->path, two);
    }
    if (json_equal(a->overrides, b->overrides))
        return LG_OK;
    enum lg_status status = compare_experiments(a, b, &same, error);
    if (status != LG_OK || same)
        return status;
    say_overrides(a, set_a, sizeof set_a);
    say_overrides(b, set_b, sizeof set_b);
    return lg_fail(error, LG_USAGE, "%s and %s are of different cells: %s, and %s", a->directory,
                   b->directory, set_a, set_b);
}
