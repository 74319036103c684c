#include "harness/spec/stop.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/metric.h"
#include "harness/spec/value.h"

const char *const part_words[] = {"train", "validation", "test", NULL};

enum { NAMES_MAX = PART_COUNT * (LG_METRICS_MAX + 2) };

/* The names of columns, with what they are. */
struct names {
    char texts[NAMES_MAX][MEASURED_NAME_MAX];
    const char *list[NAMES_MAX];
    struct measured of[NAMES_MAX];
    size_t count;
};

const char *measured_name(const struct experiment *experiment, const struct measured *measured,
                          char name[MEASURED_NAME_MAX])
{
    snprintf(name, MEASURED_NAME_MAX, "%s_%s", part_words[measured->part],
             measured->metric == SIZE_MAX ? "loss" : metrics_of(experiment, measured->metric).name);
    return name;
}

enum part evaluated_part(const struct experiment *experiment)
{
    return experiment->validation.samples > 0 ? PART_VALIDATION : PART_TEST;
}

bool measured_is_reached(const struct measured *measured, double value, double wanted)
{
    return measured->better == BETTER_HIGHER ? value >= wanted : value <= wanted;
}

static void add_name(struct names *names, const struct experiment *experiment, enum part part,
                     size_t metric)
{
    const size_t i = names->count++;
    names->of[i] = (struct measured){.part = part, .metric = metric};
    names->list[i] = measured_name(experiment, &names->of[i], names->texts[i]);
}

/* The columns that have a value after every epoch. */
static void collect_names(struct names *names, const struct experiment *experiment, bool is_choice)
{
    const bool is_there[PART_COUNT] = {true, experiment->validation.samples > 0,
                                       !is_choice && experiment->evaluate == EVALUATE_TEST};
    names->count = 0;
    for (enum part part = PART_TRAIN; part < PART_COUNT; part++) {
        if (!is_there[part])
            continue;
        add_name(names, experiment, part, SIZE_MAX);
        for (size_t i = 0; i < metrics_measured(experiment); i++)
            add_name(names, experiment, part, i);
    }
}

static bool begins(const struct node *node, enum part part)
{
    const size_t length = strlen(part_words[part]);
    return node->kind == NODE_SCALAR && strncmp(node->text, part_words[part], length) == 0 &&
           node->text[length] == '_';
}

/* Why a part cannot be asked for here, or NULL. */
static const char *objection(const struct node *node, const struct experiment *experiment,
                             bool is_choice)
{
    if (begins(node, PART_TEST) && is_choice)
        return "a choice that is made on the test set spoils what it then says; expected a metric "
               "of the validation split or of training";
    if (begins(node, PART_TEST) && experiment->evaluate != EVALUATE_TEST)
        return "the test set is not measured after every epoch; `evaluate: test` does";
    if (begins(node, PART_VALIDATION) && experiment->validation.samples == 0)
        return "there is no validation split; `validation: N` holds N samples out";
    return NULL;
}

/* The column of the key `metric` of a section. */
static enum lg_status read_metric(const struct section *section,
                                  const struct experiment *experiment, bool is_choice,
                                  struct measured *measured)
{
    const struct path path = path_key(section->path.text, "metric");
    const struct node *node = node_get(section->node, "metric");
    const char *why;
    struct names names;
    char outside[METRIC_TEXT_MAX];
    size_t i = 0;
    if (node->kind != NODE_SCALAR || node_is_nothing(node))
        return node_fail_expected(node, section->error, path.text, "the name of a metric's column");
    why = objection(node, experiment, is_choice);
    if (why != NULL)
        return node_fail(node, section->error, "%s: found '%s': %s", path.text, node->text, why);
    collect_names(&names, experiment, is_choice);
    while (i < names.count && strcmp(names.list[i], node->text) != 0)
        i++;
    if (i == names.count)
        return node_fail_unknown(node, section->error, "metric", names.list, names.count);
    *measured = names.of[i];
    const struct metric metric = measured->metric == SIZE_MAX
                                     ? metrics_own_loss(experiment, outside)
                                     : metrics_of(experiment, measured->metric);
    if (metric.better == BETTER_NONE)
        return node_fail(node, section->error, "%s: no value of %s is better than another: %s",
                         path.text, node->text, outside);
    measured->better = (int)metric.better;
    measured->minimum = metric.minimum;
    measured->maximum = metric.maximum;
    return LG_OK;
}

/* A number that the column can have. */
static enum lg_status read_value(const struct section *section, const char *key,
                                 const struct measured *measured, double *value)
{
    const struct node *node = node_get(section->node, key);
    char low[VALUE_TEXT_MAX], high[VALUE_TEXT_MAX], expected[128];
    if (node->kind == NODE_SCALAR && node->plain && value_real(node->text, value) &&
        *value >= measured->minimum && *value <= measured->maximum)
        return LG_OK;
    const bool has_low = measured->minimum > -DBL_MAX, has_high = measured->maximum < DBL_MAX;
    snprintf(expected, sizeof expected, "a number%s%s%s%s", has_low ? " from " : "",
             has_low ? value_print(measured->minimum, low) : "",
             has_high  ? " to "
             : has_low ? " on"
                       : "",
             has_high ? value_print(measured->maximum, high) : "");
    return node_fail_expected(node, section->error, path_key(section->path.text, key).text,
                              expected);
}

static bool has(const struct section *section, const char *key)
{
    return node_get(section->node, key) != NULL;
}

static enum lg_status read_rule(const struct section *top, const struct node *node,
                                const char *path, struct experiment *experiment)
{
    struct stop_rule *stop = &experiment->stops[experiment->stop_count];
    struct section section;
    uint64_t patience = 0;
    enum lg_status status = section_open(&section, "stop", path, node, top->pool, top->error);
    if (status == LG_OK)
        status = read_metric(&section, experiment, true, &stop->of);
    if (status == LG_OK && !has(&section, "patience") && !has(&section, "reaches"))
        return node_fail(node, top->error,
                         "%s: found neither 'patience' nor 'reaches', expected one or both", path);
    if (status == LG_OK && has(&section, "least_change") && !has(&section, "patience"))
        return node_fail(node_get(node, "least_change"), top->error,
                         "%s: found the key 'least_change', which goes with 'patience'", path);
    if (status == LG_OK && has(&section, "patience"))
        status = section_integer(&section, "patience", &patience);
    if (status == LG_OK)
        status = section_real(&section, "least_change", LG_F64, &stop->least_change);
    stop->has_value = status == LG_OK && has(&section, "reaches");
    if (stop->has_value)
        status = read_value(&section, "reaches", &stop->of, &stop->value);
    stop->patience = (size_t)patience;
    experiment->stop_count++;
    return status;
}

/* A rule, or a list of rules. */
static enum lg_status read_stops(const struct section *top, struct experiment *experiment)
{
    const struct node *node = NULL;
    enum lg_status status = section_node(top, "stop", &node);
    if (status != LG_OK || node == NULL)
        return status;
    if (node->kind != NODE_LIST)
        return read_rule(top, node, "stop", experiment);
    if (node->count < 1 || node->count > STOPS_MAX)
        return node_fail_expected(node, top->error, "stop", "a list of 1 to 4 rules");
    for (size_t i = 0; status == LG_OK && i < node->count; i++)
        status = read_rule(top, node->members[i].value, path_entry("stop", i).text, experiment);
    return status;
}

static enum lg_status read_target(const struct section *top, const struct node *node, size_t index,
                                  struct experiment *experiment)
{
    struct target *target = &experiment->targets[index];
    const struct path path = path_entry("targets", index);
    struct section section;
    enum lg_status status =
        section_open(&section, "targets[]", path.text, node, top->pool, top->error);
    if (status == LG_OK)
        status = read_metric(&section, experiment, false, &target->of);
    if (status == LG_OK)
        status = read_value(&section, "value", &target->of, &target->value);
    for (size_t i = 0; status == LG_OK && i < index; i++) {
        const struct target *other = &experiment->targets[i];
        if (other->of.part == target->of.part && other->of.metric == target->of.metric &&
            other->value == target->value)
            status = node_fail_expected(node, top->error, path.text,
                                        "a target that is not in the list yet");
    }
    experiment->target_count++;
    return status;
}

static enum lg_status read_every(const struct section *top, struct experiment *experiment)
{
    const struct node *node = NULL;
    uint64_t every = 0;
    enum lg_status status = section_node(top, "evaluate_every", &node);
    if (status != LG_OK || node == NULL)
        return status;
    status = section_integer(top, "evaluate_every", &every);
    experiment->evaluate_every = (size_t)every;
    if (status == LG_OK && experiment->validation.samples == 0 &&
        experiment->evaluate != EVALUATE_TEST)
        return node_fail(node, top->error,
                         "evaluate_every: nothing would be measured: expected a validation split, "
                         "or `evaluate: test`");
    return status;
}

enum lg_status stop_read(const struct section *top, struct experiment *experiment)
{
    const struct node *list = NULL;
    enum lg_status status = read_every(top, experiment);
    if (status == LG_OK)
        status = read_stops(top, experiment);
    if (status == LG_OK)
        status = section_list(top, "targets", &list);
    for (size_t i = 0; status == LG_OK && list != NULL && i < list->count; i++)
        status = read_target(top, list->members[i].value, i, experiment);
    return status;
}
