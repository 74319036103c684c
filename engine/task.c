/* The losses that fit each task. */
#include "lossgrid/backend.h"

const char *const lg_task_names[] = {"reconstruct", "classify", "pair", "rank", "triplet", NULL};

static bool is_elementwise(enum lg_target target)
{
    return target == LG_TARGET_VALUES || target == LG_TARGET_NOT_NEGATIVE ||
           target == LG_TARGET_UNIT;
}

bool lg_task_takes(enum lg_task task, const struct lg_loss_shape *shape, const char **why)
{
    switch (task) {
    case LG_TASK_RECONSTRUCT:
        *why = "a loss with a target value for each output";
        return is_elementwise(shape->target) && shape->inputs <= 2;
    case LG_TASK_CLASSIFY:
        *why = "a loss of one prediction with a class, or a value or sign for each output";
        return shape->inputs == 1 && shape->target != LG_TARGET_PAIR &&
               shape->target != LG_TARGET_NONE;
    case LG_TASK_PAIR:
        *why = "a loss of two predictions with one sign for the pair";
        return shape->inputs == 2 && shape->target == LG_TARGET_PAIR;
    case LG_TASK_RANK:
        *why = "a loss of two predictions, with signs or without targets";
        return shape->inputs == 2 &&
               (shape->target == LG_TARGET_SIGNS || shape->target == LG_TARGET_NONE);
    case LG_TASK_TRIPLET:
        *why = "a loss of three predictions without targets";
        return shape->inputs == 3 && shape->target == LG_TARGET_NONE;
    }
    return false;
}

size_t lg_task_outputs(enum lg_task task, const struct lg_loss_shape *shape, size_t inputs,
                       size_t classes)
{
    switch (task) {
    case LG_TASK_RECONSTRUCT:
        return inputs * shape->inputs; /* mean and variance side by side */
    case LG_TASK_CLASSIFY:             /* two classes and a sign: one output says it */
        return shape->target == LG_TARGET_SIGNS && classes == 2 ? 1 : classes;
    case LG_TASK_RANK:
        return 1;
    case LG_TASK_PAIR:
    case LG_TASK_TRIPLET:
        break;
    }
    return 0;
}
