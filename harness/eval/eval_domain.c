#include "harness/eval/eval_domain.h"

#include <stdbool.h>
#include <stdio.h>

static enum lg_status refuse(const struct matrix *matrix, size_t i, const char *expected,
                             struct lg_error *error)
{
    char found[VALUE_TEXT_MAX];
    return lg_fail_at(error, LG_INPUT, matrix->name, (int)(i / matrix->columns) + 1,
                      (int)matrix->place[i], "number %zu of the row: found %s, expected %s",
                      i % matrix->columns + 1, value_print(matrix->values[i], found), expected);
}

enum lg_status domain_check_prediction(const struct lg_loss_shape *shape,
                                       const struct matrix *prediction, struct lg_error *error)
{
    char expected[VALUE_EXPECTED_MAX];
    if (shape->minimum == 0 && shape->maximum == 0)
        return LG_OK;
    for (size_t i = 0; i < prediction->rows * prediction->columns; i++)
        if (prediction->values[i] < shape->minimum || prediction->values[i] > shape->maximum)
            return refuse(prediction, i, domain_describe_prediction(shape, expected), error);
    return LG_OK;
}

/* A class that samples may have, or that says "none": ignored, or the filling -1. */
struct classes {
    size_t count;
    bool has_other;
    double other;
};

static struct classes classes_of(const struct lg_info *info, const struct lg_loss_shape *shape,
                                 const struct lg_options *options, size_t features)
{
    const int ignore = lg_option_find(info, "ignore_index");
    if (shape->target == LG_TARGET_CLASSES)
        return (struct classes){features, true, -1};
    if (ignore >= 0)
        return (struct classes){features, true, options->value[ignore]};
    return (struct classes){.count = features};
}

static bool is_target(enum lg_target target, const struct classes *classes, double value)
{
    switch (target) {
    case LG_TARGET_NOT_NEGATIVE:
        return value >= 0;
    case LG_TARGET_UNIT:
        return value >= 0 && value <= 1;
    case LG_TARGET_SIGNS:
    case LG_TARGET_PAIR:
        return value == -1 || value == 1;
    case LG_TARGET_CLASS:
    case LG_TARGET_CLASSES:
        if (value >= 0 && value < (double)classes->count) /* so that a size_t holds it */
            return (double)(size_t)value == value;
        return classes->has_other && value == classes->other;
    case LG_TARGET_VALUES:
    case LG_TARGET_NONE:
        break;
    }
    return true;
}

static void describe(enum lg_target target, const struct classes *classes,
                     char expected[VALUE_EXPECTED_MAX])
{
    char other[VALUE_TEXT_MAX];
    if (target == LG_TARGET_NOT_NEGATIVE)
        snprintf(expected, VALUE_EXPECTED_MAX, "a number, 0 or more");
    else if (target == LG_TARGET_UNIT)
        snprintf(expected, VALUE_EXPECTED_MAX, "a number from 0 to 1");
    else if (target == LG_TARGET_SIGNS || target == LG_TARGET_PAIR)
        snprintf(expected, VALUE_EXPECTED_MAX, "-1 or 1");
    else if (classes->has_other)
        snprintf(expected, VALUE_EXPECTED_MAX, "a class from 0 to %zu, or %s: %s",
                 classes->count - 1, value_print(classes->other, other),
                 target == LG_TARGET_CLASS ? "ignored" : "no more classes");
    else
        snprintf(expected, VALUE_EXPECTED_MAX, "a class from 0 to %zu", classes->count - 1);
}

enum lg_status domain_check_target(const struct lg_info *info, const struct lg_loss_shape *shape,
                                   const struct lg_options *options, size_t features,
                                   const struct matrix *target, struct lg_error *error)
{
    const struct classes classes = classes_of(info, shape, options, features);
    for (size_t i = 0; i < target->rows * target->columns; i++)
        if (!is_target(shape->target, &classes, target->values[i])) {
            char expected[VALUE_EXPECTED_MAX];
            describe(shape->target, &classes, expected);
            return refuse(target, i, expected, error);
        }
    return LG_OK;
}
