#include "harness/spec/metric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/domain.h"

const char *const better_words[] = {"none", "lower", "higher", NULL};

size_t metrics_count(const struct lg_backend *registries)
{
    return registries->loss_count + 1;
}

static struct metric accuracy(void)
{
    struct metric metric = {.name = "accuracy",
                            .unit = "1",
                            .better = BETTER_HIGHER,
                            .minimum = 0,
                            .maximum = 1,
                            .chance = (double)NAN};
    snprintf(metric.meaning, METRIC_TEXT_MAX, "share of the samples put into their class");
    snprintf(metric.defined_on, METRIC_TEXT_MAX,
             "any outputs of the task classify; chance: 1 / classes");
    return metric;
}

struct metric metrics_get(const struct lg_backend *registries, size_t index)
{
    if (index == registries->loss_count)
        return accuracy();
    const struct lg_info *info = registries->loss(index);
    const struct lg_loss_shape *shape = registries->loss_shape(index);
    const struct lg_loss_measure *measure = registries->loss_measure(index);
    const bool is_known = measure->least < measure->most; /* else its file says nothing yet */
    struct metric metric = {.name = info->name,
                            .unit = measure->unit != NULL ? measure->unit : "",
                            .better = BETTER_LOWER,
                            .minimum = is_known ? measure->least : -(double)INFINITY,
                            .maximum = is_known ? measure->most : (double)INFINITY,
                            .chance = (double)NAN};
    char takes[VALUE_EXPECTED_MAX];
    snprintf(metric.meaning, METRIC_TEXT_MAX, "%s", info->summary != NULL ? info->summary : "");
    snprintf(metric.defined_on, METRIC_TEXT_MAX, "%zu prediction%s of %.128s; target: %s%s",
             shape->inputs, shape->inputs > 1 ? "s" : "", domain_describe(shape, takes),
             target_describe(shape->target),
             shape->target_is_distribution ? ", probabilities" : "");
    return metric;
}

size_t metrics_measured(const struct experiment *experiment)
{
    return experiment->metric_count + (experiment->task == LG_TASK_CLASSIFY ? 1 : 0);
}

struct metric metrics_of(const struct experiment *experiment, size_t i)
{
    const struct lg_backend *registries = experiment->registries;
    const bool is_loss = i < experiment->metric_count;
    struct metric metric =
        metrics_get(registries, is_loss ? experiment->metrics[i] : registries->loss_count);
    if (!is_loss)
        metric.chance = 1.0 / (double)experiment->class_count;
    return metric;
}

size_t metrics_primary(const struct experiment *experiment)
{
    if (experiment->task == LG_TASK_CLASSIFY)
        return experiment->metric_count;
    return experiment->metric_count > 0 ? 0 : SIZE_MAX;
}

static bool same_loss(const struct lg_backend *registries, const struct lg_choice *a,
                      const struct lg_choice *b)
{
    const struct lg_info *info = registries->loss(a->index);
    if (a->index != b->index)
        return false;
    for (size_t i = 0; i < info->option_count; i++)
        if (!value_option_same(info, &a->options, &b->options, i))
            return false;
    return true;
}

/* The first cell's loss with its options, and whether every cell has it. */
static bool is_one_loss(const struct experiment *experiment)
{
    const struct cell *cells = experiment->cells;
    for (size_t i = 1; i < experiment->cell_count; i++)
        if (!same_loss(experiment->registries, &cells[0].loss, &cells[i].loss))
            return false;
    return true;
}

/* A bound may move with the options, and with terms; 0 from below stays under any weight
 * or sum, since those are not negative. */
static void widen(const struct experiment *experiment, const struct lg_choice *loss,
                  struct metric *metric)
{
    const struct lg_info *info = experiment->registries->loss(loss->index);
    const struct lg_choice plain = {.index = loss->index, .options = lg_options_default(info)};
    if (experiment->term_count > 0)
        metric->minimum = -(double)INFINITY;
    if (experiment->term_count > 0 || !same_loss(experiment->registries, loss, &plain))
        metric->maximum = (double)INFINITY;
}

struct metric metrics_own_loss(const struct experiment *experiment, char why[METRIC_TEXT_MAX])
{
    const struct lg_backend *registries = experiment->registries;
    struct metric metric = metrics_get(registries, experiment->cells[0].loss.index);
    const bool single = is_one_loss(experiment);
    why[0] = '\0';
    if (!single)
        snprintf(why, METRIC_TEXT_MAX,
                 "each arm's own loss, and the arms are trained under different ones");
    for (size_t i = 0; i < experiment->cell_count; i++) {
        const struct cell *cell = &experiment->cells[i];
        char outside[DOMAIN_WHY_MAX];
        if (domain_holds(registries, experiment->task, cell->activation.index, &cell->loss,
                         outside))
            continue;
        snprintf(why, METRIC_TEXT_MAX, "%s", outside);
        metric.better = BETTER_NONE;
        metric.minimum = -(double)INFINITY;
        metric.maximum = (double)INFINITY;
        break;
    }
    widen(experiment, &experiment->cells[0].loss, &metric);
    if (!single) {
        metric.unit = "";
        metric.minimum = -(double)INFINITY;
        metric.maximum = (double)INFINITY;
    }
    return metric;
}
