#include <stdlib.h>

#include "harness/eval/eval.h"
#include "harness/eval/eval_domain.h"

static const char *const prediction_names[] = {"--prediction", "--prediction2", "--prediction3"};
static const char *const gradient_names[] = {"--gradient", "--gradient2", "--gradient3"};

/* Everything the loss compares, and nothing else, has been given. */
static enum lg_status check_options(const struct eval *eval, const struct lg_loss_shape *shape,
                                    struct lg_error *error)
{
    const char *name = eval->info->name;
    for (size_t i = 0; i < LG_LOSS_INPUTS_MAX; i++) {
        if (i < shape->inputs && eval->prediction[i] == NULL)
            return lg_fail(error, LG_USAGE,
                           "%s is missing: the loss %s compares %zu prediction%s%s",
                           prediction_names[i], name, shape->inputs, shape->inputs > 1 ? "s" : "",
                           shape->target == LG_TARGET_NONE ? "" : " with a target");
        if (i >= shape->inputs && (eval->prediction[i] != NULL || eval->gradient[i] != NULL))
            return lg_fail(error, LG_USAGE, "%s is superfluous: the loss %s has %zu prediction%s",
                           eval->prediction[i] != NULL ? prediction_names[i] : gradient_names[i],
                           name, shape->inputs, shape->inputs > 1 ? "s" : "");
    }
    if (shape->target == LG_TARGET_NONE && eval->target != NULL)
        return lg_fail(error, LG_USAGE, "--target is superfluous: the loss %s has none", name);
    if (shape->target != LG_TARGET_NONE && eval->target == NULL)
        return lg_fail(error, LG_USAGE, "--target is missing: the loss %s needs %s", name,
                       target_describe(shape->target));
    return LG_OK;
}

/* Weights are one for each class, or for each feature or for all of them. */
static enum lg_status check_lists(const struct eval *eval, const struct lg_loss_shape *shape,
                                  size_t features, struct lg_error *error)
{
    size_t found;
    const struct lg_option *list = value_list_of_other_length(
        eval->info, &eval->choice.options, features, shape->target != LG_TARGET_CLASS, &found);
    if (list == NULL)
        return LG_OK;
    return lg_fail(error, LG_USAGE,
                   "--set %s: found a list of %zu numbers, expected %zu: one for each number of a "
                   "prediction",
                   list->name, found, features);
}

struct inputs {
    struct matrix prediction[LG_LOSS_INPUTS_MAX], target;
    double *gradient[LG_LOSS_INPUTS_MAX];
};

static enum lg_status read_predictions(const struct eval *eval, const struct lg_loss_shape *shape,
                                       struct inputs *inputs, struct lg_error *error)
{
    const struct matrix *first = &inputs->prediction[0];
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < shape->inputs; i++) {
        struct matrix *prediction = &inputs->prediction[i];
        status = matrix_read(eval->prediction[i], eval->backend->precision, prediction, error);
        if (status == LG_OK)
            status = matrix_expect(prediction, first->rows, first->columns,
                                   "as many as --prediction has", error);
        if (status == LG_OK)
            status = domain_check_prediction(shape, prediction, error);
    }
    return status;
}

static enum lg_status read_target(const struct eval *eval, const struct lg_loss_shape *shape,
                                  struct inputs *inputs, struct lg_error *error)
{
    const struct matrix *first = &inputs->prediction[0];
    if (shape->target == LG_TARGET_NONE)
        return LG_OK;
    enum lg_status status =
        matrix_read(eval->target, eval->backend->precision, &inputs->target, error);
    if (status == LG_OK)
        status = matrix_expect(&inputs->target, first->rows,
                               target_features(shape->target, first->columns),
                               target_describe(shape->target), error);
    if (status == LG_OK)
        status = domain_check_target(eval->info, shape, &eval->choice.options, first->columns,
                                     &inputs->target, error);
    return status;
}

static enum lg_status measure(const struct eval *eval, const struct lg_loss_shape *shape,
                              struct inputs *inputs, struct text *out, struct lg_error *error)
{
    struct lg_loss_data data = {
        .batch = inputs->prediction[0].rows,
        .features = inputs->prediction[0].columns,
        .target = inputs->target.values,
        .target_features = inputs->target.columns,
    };
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < shape->inputs; i++) {
        data.prediction[i] = inputs->prediction[i].values;
        inputs->gradient[i] = eval_take(data.batch * data.features, error);
        status = inputs->gradient[i] != NULL ? LG_OK : LG_ENVIRONMENT;
    }
    struct lg_arena arena = {0};
    if (status == LG_OK) {
        (void)eval->backend->evaluate_loss(&arena, &eval->choice, &data, inputs->gradient);
        status = lg_arena_create(&arena, arena.used_bytes, error);
    }
    if (status != LG_OK)
        return status;
    const double value =
        (double)eval->backend->evaluate_loss(&arena, &eval->choice, &data, inputs->gradient);
    lg_arena_destroy(&arena);
    matrix_print(&value, 1, 1, eval->backend->precision, out);
    for (size_t i = 0; status == LG_OK && i < shape->inputs; i++)
        if (eval->gradient[i] != NULL)
            status = eval_write(eval, eval->gradient[i], inputs->gradient[i], data.batch,
                                data.features, out, error);
    return status;
}

enum lg_status eval_loss(const struct eval *eval, struct text *out, struct lg_error *error)
{
    const struct lg_loss_shape *shape = eval->backend->loss_shape(eval->choice.index);
    struct inputs inputs = {.target = {0}};
    enum lg_status status = check_options(eval, shape, error);
    if (status == LG_OK)
        status = read_predictions(eval, shape, &inputs, error);
    if (status == LG_OK)
        status = check_lists(eval, shape, inputs.prediction[0].columns, error);
    if (status == LG_OK)
        status = read_target(eval, shape, &inputs, error);
    if (status == LG_OK)
        status = measure(eval, shape, &inputs, out, error);
    for (size_t i = 0; i < LG_LOSS_INPUTS_MAX; i++) {
        matrix_free(&inputs.prediction[i]);
        free(inputs.gradient[i]);
    }
    matrix_free(&inputs.target);
    return status;
}
