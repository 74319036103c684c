#include "harness/spec/domain.h"

#include <float.h>
#include <stdio.h>

const char *target_describe(enum lg_target target)
{
    switch (target) {
    case LG_TARGET_VALUES:
        return "a number for each prediction";
    case LG_TARGET_NOT_NEGATIVE:
        return "a number from 0 on for each prediction";
    case LG_TARGET_UNIT:
        return "a number from 0 to 1 for each prediction";
    case LG_TARGET_SIGNS:
        return "-1 or 1 for each prediction";
    case LG_TARGET_CLASS:
        return "a class for each sample, from 0 on";
    case LG_TARGET_CLASSES:
        return "classes of each sample, from 0 on, the row filled with -1";
    case LG_TARGET_PAIR:
        return "1 or -1 for each sample: whether its inputs belong together";
    case LG_TARGET_NONE:
        break;
    }
    return "none";
}

const char *domain_describe_prediction(const struct lg_loss_shape *shape,
                                       char buffer[VALUE_EXPECTED_MAX])
{
    const bool low = shape->minimum > -DBL_MAX, high = shape->maximum < DBL_MAX;
    char minimum[VALUE_TEXT_MAX], maximum[VALUE_TEXT_MAX];
    value_print(shape->minimum, minimum);
    value_print(shape->maximum, maximum);
    if (shape->minimum == 0 && shape->maximum == 0)
        snprintf(buffer, VALUE_EXPECTED_MAX, "any numbers");
    else if (low && high)
        snprintf(buffer, VALUE_EXPECTED_MAX, "numbers from %s to %s", minimum, maximum);
    else if (low)
        snprintf(buffer, VALUE_EXPECTED_MAX, "numbers of %s or more", minimum);
    else
        snprintf(buffer, VALUE_EXPECTED_MAX, "numbers of at most %s", maximum);
    return buffer;
}

const char *domain_describe(const struct lg_loss_shape *shape, char buffer[VALUE_EXPECTED_MAX])
{
    switch (shape->needs) {
    case LG_NEEDS_NOTHING:
        break;
    case LG_NEEDS_NOT_NEGATIVE:
        snprintf(buffer, VALUE_EXPECTED_MAX, "numbers of 0 or more%s%s",
                 shape->needs_unless != NULL ? ", any with " : "",
                 shape->needs_unless != NULL ? shape->needs_unless : "");
        return buffer;
    case LG_NEEDS_VARIANCE:
        snprintf(buffer, VALUE_EXPECTED_MAX, "any numbers, the second of 0 or more: a variance");
        return buffer;
    case LG_NEEDS_LOG_PROBABILITIES:
        snprintf(buffer, VALUE_EXPECTED_MAX,
                 "log-probabilities (the exponentials of a sample's add up to 1)");
        return buffer;
    }
    return domain_describe_prediction(shape, buffer);
}

static bool has_range(double minimum, double maximum)
{
    return minimum != 0 || maximum != 0;
}

bool domain_allows(const struct lg_backend *registries, size_t activation,
                   const struct lg_loss_shape *shape)
{
    double minimum, maximum;
    if (!has_range(shape->minimum, shape->maximum))
        return true;
    registries->activation_range(activation, &minimum, &maximum);
    return has_range(minimum, maximum) && minimum >= shape->minimum && maximum <= shape->maximum;
}

static bool flag_is_set(const struct lg_info *info, const struct lg_options *options,
                        const char *name)
{
    const int i = name != NULL ? lg_option_find(info, name) : -1;
    return i >= 0 && options->value[i] != 0;
}

static bool need_is_met(const struct lg_backend *registries, size_t activation, enum lg_needs needs)
{
    double minimum, maximum;
    switch (needs) {
    case LG_NEEDS_NOTHING:
        return true;
    case LG_NEEDS_NOT_NEGATIVE:
    case LG_NEEDS_VARIANCE: /* one activation gives both predictions */
        registries->activation_range(activation, &minimum, &maximum);
        return has_range(minimum, maximum) && minimum >= 0;
    case LG_NEEDS_LOG_PROBABILITIES:
        return registries->activation_rows(activation) == LG_ROWS_LOG_PROBABILITIES;
    }
    return false;
}

/* An activation's outputs in words, for a message. */
static const char *describe_outputs(const struct lg_backend *registries, size_t activation,
                                    char text[VALUE_EXPECTED_MAX])
{
    struct lg_loss_shape alike = {0};
    switch (registries->activation_rows(activation)) {
    case LG_ROWS_PROBABILITIES:
        return "probabilities";
    case LG_ROWS_LOG_PROBABILITIES:
        return "log-probabilities";
    case LG_ROWS_ANY:
        break;
    }
    registries->activation_range(activation, &alike.minimum, &alike.maximum);
    return domain_describe_prediction(&alike, text);
}

bool domain_holds(const struct lg_backend *registries, enum lg_task task, size_t activation,
                  const struct lg_choice *loss, char why[DOMAIN_WHY_MAX])
{
    const struct lg_info *info = registries->loss(loss->index);
    const struct lg_loss_shape *shape = registries->loss_shape(loss->index);
    char takes[VALUE_EXPECTED_MAX], gives[VALUE_EXPECTED_MAX];
    const bool lifted = flag_is_set(info, &loss->options, shape->needs_unless);
    if (!domain_allows(registries, activation, shape) ||
        (!lifted && !need_is_met(registries, activation, shape->needs))) {
        snprintf(why, DOMAIN_WHY_MAX, "%s takes %.110s; the last layer's activation, %s, gives %s",
                 info->name, domain_describe(shape, takes),
                 registries->activation(activation)->name,
                 describe_outputs(registries, activation, gives));
        return false;
    }
    if (!shape->target_is_distribution)
        return true;
    const bool logs = flag_is_set(info, &loss->options, shape->target_log_flag);
    if (task != LG_TASK_CLASSIFY || logs) {
        snprintf(why, DOMAIN_WHY_MAX, "%s takes %sprobabilities as targets; the task %s gives %s",
                 info->name, logs ? "logarithms of " : "", lg_task_names[task],
                 task == LG_TASK_CLASSIFY ? "probabilities" : "others");
        return false;
    }
    return true;
}

size_t target_features(enum lg_target target, size_t features)
{
    if (target == LG_TARGET_NONE)
        return 0;
    return target == LG_TARGET_CLASS || target == LG_TARGET_PAIR ? 1 : features;
}
