#include "harness/store/choose.h"

#include <stdlib.h>
#include <string.h>

#include "harness/spec/factor.h"
#include "harness/support/csv.h"

/* ---- Judging ----------------------------------------------------------------- */

static enum lg_status judge(const struct experiment *trials, const struct ends *ends, size_t arm,
                            double *values, struct trial *trial, size_t *missing,
                            struct lg_error *error)
{
    const size_t seeds = experiment_seed_count(trials, arm);
    const size_t first = experiment_first_cell(trials, arm);
    size_t there = 0;
    *trial = (struct trial){.arm = arm};
    for (size_t i = 0; i < seeds; i++) {
        char slug[SPEC_NAME_MAX];
        bool is_there = false, diverged = false;
        enum lg_status status = experiment_slug(trials, first + i, slug, error);
        if (status == LG_OK)
            status = ends_value(ends, slug, trials->tuning.metric, &is_there, &diverged,
                                &values[there], error);
        if (status != LG_OK)
            return status;
        *missing += !is_there && !diverged;
        there += is_there;
        trial->diverged += diverged;
    }
    trial->is_judged = there == seeds;
    trial->value = moments_of(values, there);
    return LG_OK;
}

/* True if a is better than b, both judged. */
static bool is_better(const struct experiment *trials, const struct trial *a, const struct trial *b)
{
    return trials->tuning.is_higher_better ? a->value.mean > b->value.mean
                                           : a->value.mean < b->value.mean;
}

/* Put a trial among the best two. */
static void rank(const struct experiment *trials, const struct trial *trial, struct choice *choice)
{
    if (!trial->is_judged)
        return;
    if (!choice->is_made || is_better(trials, trial, &choice->best)) {
        choice->has_second = choice->is_made;
        choice->second = choice->best;
        choice->best = *trial;
        choice->is_made = true;
        choice->ties = 0;
        return;
    }
    choice->ties += !is_better(trials, &choice->best, trial);
    if (!choice->has_second || is_better(trials, trial, &choice->second)) {
        choice->has_second = true;
        choice->second = *trial;
    }
}

/* ---- What is chosen -------------------------------------------------------------- */

/* The factor of that whole name among those of an arm; NULL: it has none. */
static const struct factor *find(const struct factor *factors, size_t count, const char *name)
{
    char whole[FACTOR_NAME_MAX];
    for (size_t i = 0; i < count; i++)
        if (strcmp(factor_name(&factors[i], whole), name) == 0)
            return &factors[i];
    return NULL;
}

/* Of two levels each is an end, which says nothing. */
enum { EDGE_LEVELS = 3 };

/* Whether the level of the chosen arm's factor lies at an end of those tried in the group with
 * the same entry: -1 the least, 1 the largest. */
static int edge_of(const struct experiment *trials, const struct group *group,
                   const struct factor *chosen, const char *name, double level)
{
    bool is_least = true, is_largest = true;
    double levels[EDGE_LEVELS] = {level};
    size_t different = 1;
    for (size_t i = 0; i < group->count; i++) {
        struct cell cell;
        struct factor factors[FACTORS_MAX];
        double other;
        experiment_arm(trials, group->arms[i], &cell);
        const struct factor *factor = find(factors, factors_of(trials, &cell, factors), name);
        if (factor == NULL || factor->info != chosen->info || !factor_level(factor, &other))
            continue;
        is_least = is_least && other >= level;
        is_largest = is_largest && other <= level;
        bool is_new = different < EDGE_LEVELS;
        for (size_t j = 0; j < different; j++)
            is_new = is_new && levels[j] != other;
        if (is_new)
            levels[different++] = other;
    }
    return different < EDGE_LEVELS ? 0 : is_largest ? 1 : is_least ? -1 : 0;
}

static bool names_axis(const struct group_axes *axes, const char *name)
{
    for (size_t i = 0; i < axes->count; i++)
        if (strcmp(axes->names[i], name) == 0)
            return true;
    return false;
}

/* The levels of the chosen arm, and which lie at an edge. A factor of one level has none. */
static enum lg_status describe(const struct experiment *trials, const struct group *group,
                               struct choice *choice, struct lg_error *error)
{
    struct group_axes axes;
    struct cell cell;
    struct factor factors[FACTORS_MAX];
    enum lg_status status = group_axes(trials, group, &axes, error);
    if (status != LG_OK)
        return status;
    experiment_arm(trials, choice->best.arm, &cell);
    const size_t count = factors_of(trials, &cell, factors);
    for (size_t i = 0; i < count; i++) {
        char text[VALUE_OPTION_MAX], whole[FACTOR_NAME_MAX];
        double level = 0;
        if (!names_axis(&axes, factor_name(&factors[i], whole)))
            continue;
        factor_print(&factors[i], text);
        text_print(&choice->levels, "%s%s=%s", choice->levels.size > 0 ? " " : "", whole, text);
        const int edge = factor_level(&factors[i], &level)
                             ? edge_of(trials, group, &factors[i], whole, level)
                             : 0;
        if (edge != 0)
            text_print(&choice->edge, "%s%s=%s is the %s tried", choice->edge.size > 0 ? "; " : "",
                       whole, text, edge > 0 ? "largest" : "least");
    }
    status = text_check(&choice->levels, error);
    return status == LG_OK ? text_check(&choice->edge, error) : status;
}

static enum lg_status name(const struct experiment *trials, size_t arm,
                           char id[EXPERIMENT_ID_BYTES + 1], struct lg_error *error)
{
    struct cell cell;
    experiment_arm(trials, arm, &cell);
    return experiment_id(trials, &cell, id) ? LG_OK
                                            : lg_fail(error, LG_ENVIRONMENT, "out of memory");
}

static enum lg_status choose_in(const struct experiment *trials, const struct ends *ends,
                                const struct group *group, double *values, struct choice *choice,
                                size_t *missing, struct lg_error *error)
{
    choice->group = group->name;
    choice->trials = group->count;
    choice->seeds = experiment_seed_count(trials, group->arms[0]);
    choice->tried = calloc(group->count, sizeof *choice->tried);
    if (choice->tried == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    for (size_t i = 0; i < group->count; i++) {
        struct trial *trial = &choice->tried[i];
        enum lg_status status = judge(trials, ends, group->arms[i], values, trial, missing, error);
        if (status != LG_OK)
            return status;
        choice->judged += trial->is_judged;
        choice->diverged += trial->diverged > 0;
        rank(trials, trial, choice);
    }
    enum lg_status status = LG_OK;
    if (choice->is_made)
        status = name(trials, choice->best.arm, choice->id, error);
    if (status == LG_OK && choice->has_second)
        status = name(trials, choice->second.arm, choice->second_id, error);
    return status == LG_OK && choice->is_made ? describe(trials, group, choice, error) : status;
}

enum lg_status choose(const struct experiment *trials, const struct ends *ends,
                      struct choices *choices, struct lg_error *error)
{
    *choices = (struct choices){0};
    enum lg_status status = groups_make(trials, &choices->groups, error);
    if (status != LG_OK)
        return status;
    const size_t seeds = experiment_seed_count(trials, 0); /* all trials have as many */
    double *values = calloc(seeds, sizeof *values);
    choices->all = calloc(choices->groups.count, sizeof *choices->all);
    if (values == NULL || choices->all == NULL) {
        free(values);
        choices_free(choices);
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    }
    for (size_t g = 0; status == LG_OK && g < choices->groups.count; g++) {
        choices->count = g + 1;
        status = choose_in(trials, ends, &choices->groups.all[g], values, &choices->all[g],
                           &choices->missing, error);
    }
    free(values);
    if (status != LG_OK)
        choices_free(choices);
    return status;
}

void choices_free(struct choices *choices)
{
    for (size_t i = 0; choices->all != NULL && i < choices->count; i++) {
        text_free(&choices->all[i].levels);
        text_free(&choices->all[i].edge);
        free(choices->all[i].tried);
    }
    free(choices->all);
    groups_free(&choices->groups);
    *choices = (struct choices){0};
}
