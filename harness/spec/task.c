#include "harness/spec/task.h"

#include <stdio.h>
#include <string.h>

#include "harness/spec/value.h"

static enum lg_status read_class(const struct section *top, const struct node *node, size_t index,
                                 struct experiment *experiment)
{
    uint64_t label = 0;
    struct path path = path_entry("classes", index);
    enum lg_status status = schema_integer(
        node, path.text, 0, (int64_t)experiment->dataset->classes - 1, NULL, &label, top->error);
    if (status == LG_OK && memchr(experiment->classes, (int)label, index) != NULL)
        status =
            node_fail_expected(node, top->error, path.text, "a label that is not in the list yet");
    experiment->classes[index] = (uint8_t)label;
    return status;
}

static enum lg_status read_number(const struct section *top, const char *mapping, const char *key,
                                  enum lg_precision precision, double *value)
{
    struct section section;
    const struct node *node = NULL;
    enum lg_status status = section_node(top, mapping, &node);
    if (status == LG_OK)
        status = section_open(&section, mapping, mapping, node, top->pool, top->error);
    return status == LG_OK ? section_real(&section, key, precision, value) : status;
}

enum lg_status task_read(const struct section *top, struct experiment *experiment)
{
    static const enum lg_task tasks[] = {LG_TASK_RECONSTRUCT, LG_TASK_CLASSIFY, LG_TASK_PAIR,
                                         LG_TASK_RANK, LG_TASK_TRIPLET}; /* as lg_task_names */
    size_t task = 0;
    const struct node *list = NULL;
    enum lg_status status = section_word(top, "task", &task);
    if (status == LG_OK)
        status = section_list(top, "classes", &list);
    if (status != LG_OK)
        return status;
    experiment->task = tasks[task];
    experiment->selects = list != NULL;
    experiment->class_count = list != NULL ? list->count : experiment->dataset->classes;
    for (size_t i = 0; list != NULL && status == LG_OK && i < list->count; i++)
        status = read_class(top, list->members[i].value, i, experiment);
    if (status == LG_OK)
        status = read_number(top, "clip", "value", experiment->precision, &experiment->clip_value);
    if (status == LG_OK)
        status = read_number(top, "clip", "norm", experiment->precision, &experiment->clip_norm);
    if (status == LG_OK)
        status = read_number(top, "penalty", "l1", experiment->precision, &experiment->penalty_l1);
    return status;
}

static const struct lg_choice *last_activation(const struct product *product,
                                               const struct experiment *experiment)
{
    return product->block->has_activation
               ? &product->block->activation
               : &experiment->layers[experiment->layer_count - 1].activation;
}

/* What holds for all arms of a product, whatever their options are. */
static enum lg_status check_product(const struct product *product,
                                    const struct experiment *experiment, struct lg_error *error)
{
    const struct lg_backend *registries = experiment->registries;
    const struct node *block = product->block->node;
    const size_t index = product->losses->base.index;
    const size_t optimizer = product->optimizers->base.index;
    const struct lg_loss_shape *shape = registries->loss_shape(index);
    const char *loss = registries->loss(index)->name, *why = "";
    const size_t found = experiment->layers[experiment->layer_count - 1].outputs;
    const size_t expected =
        lg_task_outputs(experiment->task, shape, experiment->inputs, experiment->class_count);
    if (!lg_task_takes(experiment->task, shape, &why))
        return node_fail(block, error, "the loss %s does not fit the task %s, which takes %s", loss,
                         lg_task_names[experiment->task], why);
    if (expected != 0 && found != expected)
        return node_fail(block, error,
                         "the loss %s needs a last layer of %zu outputs for the task %s; the "
                         "model's has %zu",
                         loss, expected, lg_task_names[experiment->task], found);
    if ((experiment->clip_value > 0 || experiment->clip_norm > 0 || experiment->penalty_l1 > 0) &&
        registries->optimizer_searches(optimizer))
        return node_fail(block, error,
                         "clip and penalty change the gradient alone; the optimizer %s searches "
                         "by the loss too",
                         registries->optimizer(optimizer)->name);
    return LG_OK;
}

/* A loss with its options. */
static enum lg_status check_loss(const struct product *product, const struct lg_choice *loss,
                                 const struct experiment *experiment, struct lg_error *error)
{
    const struct lg_backend *registries = experiment->registries;
    const size_t activation = last_activation(product, experiment)->index;
    char outside[DOMAIN_WHY_MAX];
    if (domain_holds(registries, experiment->task, activation, loss, outside))
        return LG_OK;
    if (!domain_allows(registries, activation, registries->loss_shape(loss->index)))
        return node_fail(product->block->node, error, "the loss %s", outside);
    if (!experiment->allows_outside)
        return node_fail(product->block->node, error,
                         "the loss %s: its values would not be what its name says; "
                         "`outside_domain: allow` trains under it all the same and ranks nothing "
                         "by it",
                         outside);
    return LG_OK;
}

/* A term added to the loss of every arm. `reduction` is every loss's first option, and
 * mean its first choice. */
static enum lg_status check_term(const struct grid *grid, const struct experiment *experiment,
                                 const struct lg_term *term, struct lg_error *error)
{
    const struct lg_backend *registries = experiment->registries;
    const char *name = registries->loss(term->loss.index)->name;
    char why[DOMAIN_WHY_MAX] = "";
    if (term->loss.options.value[0] != 0 || registries->loss_shape(term->loss.index)->is_weighted ||
        !task_measures(grid, experiment, term->loss.index, why))
        return node_fail(grid->blocks[0].node, error,
                         "the term %s cannot be added: expected a loss that fits the task and "
                         "every arm, is a mean, and weighs all samples alike%s%s",
                         name, why[0] != '\0' ? "; " : "", why);
    for (size_t i = 0; i < grid->product_count; i++) {
        const struct product *product = &grid->products[i];
        const size_t index = product->losses->base.index;
        bool is_mean = !registries->loss_shape(index)->is_weighted;
        for (size_t j = 0; is_mean && j < product->loss_count; j++)
            is_mean =
                grid_loss(grid, product, j).options.value[0] == 0 || !grid_has_loss(product, j);
        if (!is_mean)
            return node_fail(product->block->node, error,
                             "the term %s cannot be added to the loss %s, which is no mean over "
                             "samples that count the same",
                             name, registries->loss(index)->name);
    }
    return LG_OK;
}

enum lg_status task_check_arms(const struct grid *grid, const struct experiment *experiment,
                               struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (size_t i = 0; i < grid->product_count && status == LG_OK; i++) {
        const struct product *product = &grid->products[i];
        status = check_product(product, experiment, error);
        for (size_t j = 0; status == LG_OK && j < product->loss_count; j++) {
            const struct lg_choice loss = grid_loss(grid, product, j);
            if (grid_has_loss(product, j))
                status = check_loss(product, &loss, experiment, error);
        }
    }
    for (size_t t = 0; t < experiment->term_count && status == LG_OK; t++)
        status = check_term(grid, experiment, &experiment->terms[t], error);
    return status;
}

/* The lists of a loss have a number for each output. */
static enum lg_status check_lists(const struct experiment *experiment, const struct lg_choice *loss,
                                  struct lg_error *error)
{
    const size_t outputs = experiment->layers[experiment->layer_count - 1].outputs;
    const struct lg_loss_shape *shape = experiment->registries->loss_shape(loss->index);
    const struct lg_info *info = experiment->registries->loss(loss->index);
    const size_t count =
        experiment->task == LG_TASK_RECONSTRUCT ? outputs / shape->inputs : outputs;
    size_t found;
    const struct lg_option *list = value_list_of_other_length(
        info, &loss->options, count, shape->target != LG_TARGET_CLASS, &found);
    if (list == NULL)
        return LG_OK;
    return lg_fail_at(error, LG_INPUT, experiment->path, 0, 0,
                      "the option %s of the loss %s has %zu numbers; expected %zu, one for "
                      "each output",
                      list->name, info->name, found, count);
}

enum lg_status task_check_lists(const struct experiment *experiment, struct lg_error *error)
{
    const struct grid *grid = experiment->grid;
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < grid->product_count; i++)
        for (size_t j = 0; status == LG_OK && j < grid->products[i].loss_count; j++) {
            const struct lg_choice loss = grid_loss(grid, &grid->products[i], j);
            if (grid_has_loss(&grid->products[i], j))
                status = check_lists(experiment, &loss, error);
        }
    return status;
}

/* The same for the arms of one product. */
static bool measures_product(const struct product *product, const struct experiment *experiment,
                             const struct lg_choice *metric, char why[DOMAIN_WHY_MAX])
{
    const struct lg_backend *registries = experiment->registries;
    const struct lg_loss_shape *shape = registries->loss_shape(metric->index);
    const struct lg_loss_shape *own = registries->loss_shape(product->losses->base.index);
    const size_t outputs =
        lg_task_outputs(experiment->task, shape, experiment->inputs, experiment->class_count);
    const size_t own_outputs =
        lg_task_outputs(experiment->task, own, experiment->inputs, experiment->class_count);
    /* Of a mean and a variance the mean alone can be measured. */
    bool fits = shape->inputs == own->inputs
                    ? outputs == own_outputs || outputs == 0
                    : experiment->task == LG_TASK_RECONSTRUCT && shape->inputs < own->inputs;
    /* Whether there are targets decides which sample of two comes first. */
    fits = fits && (experiment->task != LG_TASK_RANK || shape->target == own->target);
    if (!fits) {
        snprintf(why, DOMAIN_WHY_MAX, "%s takes other outputs or targets than %s, an arm's loss",
                 registries->loss(metric->index)->name,
                 registries->loss(product->losses->base.index)->name);
        return false;
    }
    return domain_holds(registries, experiment->task, last_activation(product, experiment)->index,
                        metric, why);
}

bool task_measures(const struct grid *grid, const struct experiment *experiment, size_t loss,
                   char why[DOMAIN_WHY_MAX])
{
    const struct lg_info *info = experiment->registries->loss(loss);
    const struct lg_choice metric = {.index = loss, .options = lg_options_default(info)};
    const char *takes;
    if (!lg_task_takes(experiment->task, experiment->registries->loss_shape(loss), &takes)) {
        snprintf(why, DOMAIN_WHY_MAX, "%s does not fit the task %s, which takes %s", info->name,
                 lg_task_names[experiment->task], takes);
        return false;
    }
    for (size_t i = 0; i < grid->product_count; i++)
        if (!measures_product(&grid->products[i], experiment, &metric, why))
            return false;
    return true;
}
