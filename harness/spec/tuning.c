#include "harness/spec/tuning.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/grid.h"
#include "harness/spec/groups.h"
#include "harness/spec/metric.h"
#include "lossgrid/pcg.h"

/* Most seeds of a trial where a spec gives their number; the seed of which trials are drawn. */
enum { TRIAL_SEEDS_MAX = 4096, DRAW_SEED = 1, NAMES_MAX = 4 * FACTORS_MAX };

/* The key being read. */
struct reading {
    struct section section;
    struct experiment *experiment;
    struct tuning *tuning;
    uint64_t budget;    /* 0: all arms of a group */
    struct seeds seeds; /* of the trials, in the pool */
};

static struct path path_of(const struct reading *reading, const char *key)
{
    return path_key(reading->section.path.text, key);
}

/* The place of a key, or of `tune` where it is absent. */
static const struct node *place_of(const struct reading *reading, const char *key)
{
    const struct node *node = node_get(reading->section.node, key);
    return node != NULL ? node : reading->section.node;
}

/* ---- Factors ----------------------------------------------------------------- */

/* Names of the factors that some arm has, each once. */
struct names {
    size_t count;
    char whole[NAMES_MAX][FACTOR_NAME_MAX];
    const char *list[NAMES_MAX];
};

static void add_name(struct names *names, const struct factor *factor)
{
    char name[FACTOR_NAME_MAX];
    size_t at = 0;
    factor_name(factor, name);
    while (at < names->count && strcmp(names->whole[at], name) != 0)
        at++;
    if (at < names->count || at == NAMES_MAX)
        return;
    memcpy(names->whole[at], name, sizeof name);
    names->list[at] = names->whole[at];
    names->count++;
}

static void collect_names(const struct experiment *experiment, struct names *names)
{
    for (size_t arm = 0; arm < experiment->arm_count; arm++) {
        struct cell cell;
        struct factor factors[FACTORS_MAX];
        experiment_arm(experiment, arm, &cell);
        const size_t count = factors_of(experiment, &cell, factors);
        for (size_t f = 0; f < count; f++)
            add_name(names, &factors[f]);
    }
}

/* True if `name` means the factor of that whole name. */
static bool means(const char *name, const char *whole)
{
    const char *dot = strchr(whole, '.');
    return strcmp(name, whole) == 0 || (dot != NULL && strcmp(name, dot + 1) == 0);
}

static bool is_known(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (means(name, names->whole[i]))
            return true;
    return false;
}

/* A list of factors that some arm has; an absent one gives none. */
static enum lg_status read_factors(struct reading *reading, const struct names *names,
                                   const char *key, size_t *count,
                                   char factors[TUNING_NAMES_MAX][TUNING_NAME_MAX])
{
    const struct node *list = NULL;
    enum lg_status status = section_list(&reading->section, key, &list);
    *count = 0;
    for (size_t i = 0; status == LG_OK && list != NULL && i < list->count; i++) {
        const struct node *node = list->members[i].value;
        const struct path path = path_entry(path_of(reading, key).text, i);
        if (node->kind != NODE_SCALAR || node_is_nothing(node))
            return node_fail_expected(node, reading->section.error, path.text,
                                      "the name of a factor, such as optimizer or optimizer.lr");
        if (!is_known(names, node->text) || strlen(node->text) >= TUNING_NAME_MAX)
            return node_fail_unknown(node, reading->section.error, "factor", names->list,
                                     names->count);
        for (size_t j = 0; j < i; j++)
            if (strcmp(factors[j], node->text) == 0)
                return node_fail_expected(node, reading->section.error, path.text,
                                          "a factor that is not in the list yet");
        snprintf(factors[(*count)++], TUNING_NAME_MAX, "%s", node->text);
    }
    return status;
}

/* With `over`, nothing else varies within a group. */
static enum lg_status check_axes(const struct reading *reading, const struct group *group)
{
    const struct tuning *tuning = reading->tuning;
    struct group_axes axes;
    if (tuning->over_count == 0)
        return LG_OK;
    enum lg_status status = group_axes(reading->experiment, group, &axes, reading->section.error);
    if (status != LG_OK)
        return status;
    for (size_t i = 0; i < axes.count; i++) {
        bool is_tuned = false;
        for (size_t j = 0; j < tuning->over_count; j++)
            is_tuned = is_tuned || means(tuning->over[j], axes.names[i]);
        if (!is_tuned)
            return node_fail(place_of(reading, "over"), reading->section.error,
                             "%s: the arms of the group '%s' differ in %s, which is neither here "
                             "nor in tune.by",
                             path_of(reading, "over").text, group->name, axes.names[i]);
    }
    return LG_OK;
}

/* ---- Seeds ------------------------------------------------------------------- */

/* True if a cell of the grid has that seed. */
static bool is_used(const struct experiment *experiment, uint64_t seed)
{
    for (size_t arm = 0; arm < experiment->arm_count; arm++) {
        const struct seeds seeds = experiment_seeds(experiment, arm);
        for (size_t i = 0; i < seeds.count; i++)
            if (seeds.values[i] == seed)
                return true;
    }
    return false;
}

/* The first `count` whole numbers from 1 on that are no seed of the grid. */
static enum lg_status find_seeds(struct reading *reading, size_t count)
{
    uint64_t *values =
        pool_take(reading->section.pool, count * sizeof *values, reading->section.error);
    if (values == NULL)
        return LG_ENVIRONMENT;
    uint64_t seed = 0;
    for (size_t i = 0; i < count; i++) {
        do
            seed++;
        while (is_used(reading->experiment, seed));
        values[i] = seed;
    }
    reading->seeds = (struct seeds){count, values};
    return LG_OK;
}

static enum lg_status read_seeds(struct reading *reading)
{
    const struct node *node = NULL;
    const struct path path = path_of(reading, "seeds");
    struct lg_error *error = reading->section.error;
    uint64_t count = 0;
    enum lg_status status = section_node(&reading->section, "seeds", &node);
    if (status != LG_OK)
        return status;
    if (node->kind != NODE_LIST) {
        status = schema_integer(node, path.text, 1, TRIAL_SEEDS_MAX, NULL, &count, error);
        return status == LG_OK ? find_seeds(reading, (size_t)count) : status;
    }
    if (node->count == 0)
        return node_fail_expected(node, error, path.text, "a number of seeds, or a list of them");
    status = grid_read_seeds(reading->section.pool, node, path.text, &reading->seeds, error);
    for (size_t i = 0; status == LG_OK && i < reading->seeds.count; i++)
        if (is_used(reading->experiment, reading->seeds.values[i]))
            status = node_fail_expected(
                node->members[i].value, error, path_entry(path.text, i).text,
                "a seed that is none of `seeds`: what is chosen is trained from fresh ones");
    return status;
}

/* ---- Metric ------------------------------------------------------------------ */

static const char *const prefixes[] = {"validation_", "train_"};
enum { PARTS_TO_CHOOSE_BY = sizeof prefixes / sizeof *prefixes };

/* The metric without its part; NULL for a part that is not one to choose by. */
static const char *without_part(const char *name)
{
    for (size_t i = 0; i < PARTS_TO_CHOOSE_BY; i++)
        if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
            return name + strlen(prefixes[i]);
    return NULL;
}

static enum lg_status fail_metric(const struct reading *reading, const struct node *node)
{
    const struct experiment *experiment = reading->experiment;
    const size_t count = metrics_measured(experiment);
    const char *list[PARTS_TO_CHOOSE_BY * (LG_METRICS_MAX + 2)];
    char names[PARTS_TO_CHOOSE_BY * (LG_METRICS_MAX + 2)][TUNING_NAME_MAX];
    size_t used = 0;
    for (size_t p = experiment->validation.samples > 0 ? 0 : 1; p < PARTS_TO_CHOOSE_BY; p++) {
        for (size_t i = 0; i <= count; i++) {
            snprintf(names[used], TUNING_NAME_MAX, "%s%s", prefixes[p],
                     i < count ? metrics_of(experiment, i).name : "loss");
            list[used] = names[used];
            used++;
        }
    }
    return node_fail_unknown(node, reading->section.error, "metric to choose by", list, used);
}

/* Each arm's own loss judges where it is what its name says, and all arms of a group are trained
 * under the same. */
static enum lg_status check_own_loss(const struct reading *reading, const struct groups *groups)
{
    const struct node *node = place_of(reading, "metric");
    const struct path path = path_of(reading, "metric");
    struct lg_error *error = reading->section.error;
    struct group_axes axes;
    char why[METRIC_TEXT_MAX];
    if (metrics_own_loss(reading->experiment, why).better == BETTER_NONE)
        return node_fail(node, error, "%s: nothing is ranked by the arms' own loss: %s", path.text,
                         why);
    for (size_t g = 0; g < groups->count; g++) {
        enum lg_status status = group_axes(reading->experiment, &groups->all[g], &axes, error);
        if (status != LG_OK)
            return status;
        for (size_t i = 0; i < axes.count; i++)
            if (strncmp(axes.names[i], "loss", 4) == 0)
                return node_fail(node, error,
                                 "%s: the arms of the group '%s' are trained under different "
                                 "losses (%s varies), whose values cannot be compared: expected a "
                                 "metric that all of them have",
                                 path.text, groups->all[g].name, axes.names[i]);
    }
    return LG_OK;
}

/* Its name as given, or the one that a run is judged by first. */
static enum lg_status name_metric(struct reading *reading)
{
    const struct experiment *experiment = reading->experiment;
    struct tuning *tuning = reading->tuning;
    const size_t primary = metrics_primary(experiment);
    const char *given = NULL;
    enum lg_status status = section_text(&reading->section, "metric", &given);
    if (given != NULL)
        snprintf(tuning->metric, sizeof tuning->metric, "%s", given);
    else
        snprintf(tuning->metric, sizeof tuning->metric, "validation_%s",
                 primary != SIZE_MAX ? metrics_of(experiment, primary).name : "loss");
    return status;
}

static enum lg_status read_metric(struct reading *reading, const struct groups *groups)
{
    const struct experiment *experiment = reading->experiment;
    struct tuning *tuning = reading->tuning;
    const struct node *node = place_of(reading, "metric");
    const struct path path = path_of(reading, "metric");
    enum lg_status status = name_metric(reading);
    if (status != LG_OK)
        return status;
    if (strncmp(tuning->metric, "validation_", 11) == 0 && experiment->validation.samples == 0)
        return node_fail(node, reading->section.error,
                         "%s: found %s, but no samples are held out: `validation: 10000` does it",
                         path.text, tuning->metric);
    if (strncmp(tuning->metric, "test_", 5) == 0)
        return node_fail(node, reading->section.error,
                         "%s: found %s, but nothing is chosen on the test set, which is measured "
                         "once, at the end: expected a validation_ or train_ metric",
                         path.text, tuning->metric);
    const char *name = without_part(tuning->metric);
    if (name != NULL && strcmp(name, "loss") == 0)
        return check_own_loss(reading, groups);
    for (size_t i = 0; name != NULL && i < metrics_measured(experiment); i++) {
        const struct metric metric = metrics_of(experiment, i);
        if (strcmp(metric.name, name) != 0)
            continue;
        tuning->is_higher_better = metric.better == BETTER_HIGHER;
        return LG_OK;
    }
    return fail_metric(reading, node);
}

/* ---- Trials ------------------------------------------------------------------ */

/* Take `budget` arms of the group by chance; a larger budget takes the same and others. */
static void draw_trials(struct group *group, size_t budget)
{
    char hex[LG_DIGEST_HEX];
    lg_digest_bytes(group->name, strlen(group->name), hex);
    hex[16] = '\0';
    struct lg_pcg pcg = lg_pcg_stream(DRAW_SEED, LG_PURPOSE_TRIALS, strtoull(hex, NULL, 16));
    for (size_t i = 0; i < budget; i++) {
        const size_t j = i + lg_pcg_below(&pcg, (uint32_t)(group->count - i));
        const size_t arm = group->arms[i];
        group->arms[i] = group->arms[j];
        group->arms[j] = arm;
    }
    group->count = budget;
}

/* The same number of trials for every group. */
static enum lg_status choose_trials(struct reading *reading, struct groups *groups)
{
    const struct node *node = place_of(reading, "budget");
    const struct path path = path_of(reading, "budget");
    const struct group *least = &groups->all[0], *most = &groups->all[0];
    for (size_t i = 1; i < groups->count; i++) {
        least = groups->all[i].count < least->count ? &groups->all[i] : least;
        most = groups->all[i].count > most->count ? &groups->all[i] : most;
    }
    if (reading->budget == 0 && least->count != most->count)
        return node_fail(node, reading->section.error,
                         "%s: the group '%s' has %zu arms and '%s' has %zu: a fair choice has the "
                         "same number of trials in each, such as `budget: %zu`",
                         path.text, least->name, least->count, most->name, most->count,
                         least->count);
    if (least->count < reading->budget)
        return node_fail(node, reading->section.error,
                         "%s: found %" PRIu64 ", but the group '%s' has %zu arms: give its options "
                         "more values, or a budget of at most %zu",
                         path.text, reading->budget, least->name, least->count, least->count);
    reading->tuning->budget = reading->budget > 0 ? (size_t)reading->budget : least->count;
    for (size_t i = 0; i < groups->count; i++)
        if (groups->all[i].count > reading->tuning->budget)
            draw_trials(&groups->all[i], reading->tuning->budget);
    return LG_OK;
}

static int compare_arms(const void *a, const void *b)
{
    const size_t first = *(const size_t *)a, second = *(const size_t *)b;
    return (first > second) - (first < second);
}

/* Arms, ascending. */
struct selection {
    size_t count;
    size_t *arms; /* (count), in the pool */
};

static enum lg_status select_trials(const struct reading *reading, const struct groups *groups,
                                    struct selection *selection)
{
    selection->count = 0;
    selection->arms =
        pool_take(reading->section.pool, groups->count * reading->tuning->budget * sizeof(size_t),
                  reading->section.error);
    if (selection->arms == NULL)
        return LG_ENVIRONMENT;
    for (size_t g = 0; g < groups->count; g++)
        for (size_t i = 0; i < groups->all[g].count; i++)
            selection->arms[selection->count++] = groups->all[g].arms[i];
    qsort(selection->arms, selection->count, sizeof *selection->arms, compare_arms);
    return LG_OK;
}

/* ---- What was chosen ----------------------------------------------------------- */

/* The trial of that id, in a group from which nothing was taken yet. */
static enum lg_status find_chosen(const struct reading *reading, struct groups *groups,
                                  const struct node *node, const char *path, size_t *arm)
{
    char id[EXPERIMENT_ID_BYTES + 1];
    for (size_t g = 0; g < groups->count; g++) {
        for (size_t i = 0; i < groups->all[g].count; i++) {
            struct cell cell;
            experiment_arm(reading->experiment, groups->all[g].arms[i], &cell);
            if (!experiment_id(reading->experiment, &cell, id))
                return lg_fail(reading->section.error, LG_ENVIRONMENT, "out of memory");
            if (strcmp(id, node->text) != 0)
                continue;
            *arm = groups->all[g].arms[i];
            groups->all[g].count = 0;
            return LG_OK;
        }
    }
    return node_fail_expected(node, reading->section.error, path,
                              "the id (12 digits, see trials/configurations.csv) of a trial, and "
                              "one of each group at most");
}

static enum lg_status select_chosen(const struct reading *reading, const struct node *list,
                                    struct groups *groups, struct selection *selection)
{
    enum lg_status status = LG_OK;
    selection->count = list->count;
    selection->arms =
        pool_take(reading->section.pool, list->count * sizeof(size_t), reading->section.error);
    if (selection->arms == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; status == LG_OK && i < list->count; i++) {
        const struct node *node = list->members[i].value;
        const struct path path = path_entry(path_of(reading, "chosen").text, i);
        status = node->kind == NODE_SCALAR
                     ? find_chosen(reading, groups, node, path.text, &selection->arms[i])
                     : node_fail_expected(node, reading->section.error, path.text, "an id");
    }
    qsort(selection->arms, selection->count, sizeof *selection->arms, compare_arms);
    return status;
}

/* ---- The whole --------------------------------------------------------------- */

/* What follows the trials: of each group the arm with the most seeds, if it is that one. */
static void count_final(struct reading *reading, const struct groups *groups)
{
    reading->tuning->group_count = groups->count;
    for (size_t g = 0; g < groups->count; g++) {
        size_t most = 0;
        for (size_t i = 0; i < groups->all[g].count; i++) {
            const size_t seeds = experiment_seed_count(reading->experiment, groups->all[g].arms[i]);
            most = seeds > most ? seeds : most;
        }
        reading->tuning->final_count += most;
    }
}

static enum lg_status apply(struct reading *reading, struct groups *groups)
{
    const struct node *chosen = NULL;
    struct selection selection;
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < groups->count; i++)
        status = check_axes(reading, &groups->all[i]);
    if (status == LG_OK)
        status = read_metric(reading, groups);
    if (status == LG_OK)
        status = choose_trials(reading, groups);
    if (status == LG_OK)
        status = section_list(&reading->section, "chosen", &chosen);
    if (status != LG_OK)
        return status;
    count_final(reading, groups);
    const bool is_final = reading->tuning->is_final = chosen != NULL;
    status = is_final ? select_chosen(reading, chosen, groups, &selection)
                      : select_trials(reading, groups, &selection);
    if (status != LG_OK)
        return status;
    if (!is_final)
        reading->experiment->evaluate = EVALUATE_NONE;
    return experiment_select(reading->experiment, selection.arms, selection.count,
                             is_final ? NULL : &reading->seeds, reading->section.error);
}

static enum lg_status read_keys(struct reading *reading)
{
    struct tuning *tuning = reading->tuning;
    struct lg_error *error = reading->section.error;
    struct names *names = pool_take(reading->section.pool, sizeof *names, error);
    if (names == NULL)
        return LG_ENVIRONMENT;
    collect_names(reading->experiment, names);
    enum lg_status status = section_integer(&reading->section, "budget", &reading->budget);
    if (status == LG_OK)
        status = read_factors(reading, names, "by", &tuning->by_count, tuning->by);
    if (status == LG_OK)
        status = read_factors(reading, names, "over", &tuning->over_count, tuning->over);
    return status == LG_OK ? read_seeds(reading) : status;
}

enum lg_status tuning_apply(const struct section *top, struct experiment *experiment,
                            struct lg_error *error)
{
    struct reading reading = {.experiment = experiment, .tuning = &experiment->tuning};
    struct groups groups = {0};
    const struct node *node = NULL;
    enum lg_status status = section_node(top, "tune", &node);
    if (status != LG_OK || node == NULL)
        return status;
    status = section_open(&reading.section, "tune", "tune", node, top->pool, error);
    if (status == LG_OK && experiment->evaluate == EVALUATE_TEST)
        status = node_fail(node, error,
                           "tune: the test set is measured once, after all choices: expected "
                           "`evaluate: end` or `none`, found `test`");
    if (status == LG_OK)
        status = read_keys(&reading);
    if (status == LG_OK)
        status = groups_make(experiment, &groups, error);
    if (status == LG_OK)
        status = apply(&reading, &groups);
    experiment->tuning.is_there = status == LG_OK;
    groups_free(&groups);
    return status;
}
