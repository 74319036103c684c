#include "harness/spec/metric.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/domain.h"
#include "harness/spec/grid.h"

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

/* What there is to know of all arms' losses. */
struct losses {
    struct lg_choice first; /* the first arm's, with its options */
    bool is_single;         /* it is every arm's */
    bool is_outside;        /* some arm's is outside its domain */
    char outside[DOMAIN_WHY_MAX];
};

static void look_at_loss(const struct experiment *experiment, const struct product *product,
                         const struct lg_choice *loss, struct losses *losses)
{
    const struct lg_choice *activation =
        product->block->has_activation
            ? &product->block->activation
            : &experiment->layers[experiment->layer_count - 1].activation;
    losses->is_single =
        losses->is_single && same_loss(experiment->registries, &losses->first, loss);
    if (!losses->is_outside)
        losses->is_outside = !domain_holds(experiment->registries, experiment->task,
                                           activation->index, loss, losses->outside);
}

/* Of a selection every arm is looked at; else every loss of a product, with its options. */
static struct losses look_at_losses(const struct experiment *experiment)
{
    const struct grid *grid = experiment->grid;
    const size_t *selected = experiment->selection != NULL ? experiment->selection->arms : NULL;
    struct losses losses = {.is_single = true};
    losses.first = grid_arm(grid, selected != NULL ? selected[0] : 0).loss;
    for (size_t i = 0; selected != NULL && i < experiment->arm_count; i++) {
        const struct arm arm = grid_arm(grid, selected[i]);
        look_at_loss(experiment, arm.product, &arm.loss, &losses);
    }
    for (size_t i = 0; selected == NULL && i < grid->product_count; i++)
        for (size_t j = 0; j < grid->products[i].loss_count; j++) {
            const struct lg_choice loss = grid_loss(grid, &grid->products[i], j);
            if (grid_has_loss(&grid->products[i], j))
                look_at_loss(experiment, &grid->products[i], &loss, &losses);
        }
    return losses;
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
    const struct losses losses = look_at_losses(experiment);
    struct metric metric = metrics_get(experiment->registries, losses.first.index);
    why[0] = '\0';
    if (!losses.is_single)
        snprintf(why, METRIC_TEXT_MAX,
                 "each arm's own loss, and the arms are trained under different ones");
    if (losses.is_outside) {
        snprintf(why, METRIC_TEXT_MAX, "%s", losses.outside);
        metric.better = BETTER_NONE;
        metric.minimum = -(double)INFINITY;
        metric.maximum = (double)INFINITY;
    }
    widen(experiment, &losses.first, &metric);
    if (!losses.is_single) {
        metric.unit = "";
        metric.minimum = -(double)INFINITY;
        metric.maximum = (double)INFINITY;
    }
    return metric;
}
