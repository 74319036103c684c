#include <stdlib.h>
#include <string.h>

#include "harness/eval/eval.h"
#include "harness/support/command.h"

enum { SIDE_MAX = 1 << 20 };

/* "3x2": an inputs x outputs weight; without it, parameters are a bias. */
static enum lg_status read_shape(const char *text, struct lg_replay_data *data,
                                 struct lg_error *error)
{
    char rows[32];
    const size_t length = text != NULL ? strcspn(text, "x") : 0;
    data->is_bias = text == NULL;
    if (text == NULL)
        return LG_OK;
    if (text[length] == '\0' || length >= sizeof rows)
        return lg_fail(error, LG_USAGE, "--shape: found '%.64s', expected ROWSxCOLUMNS", text);
    memcpy(rows, text, length);
    rows[length] = '\0';
    enum lg_status status = command_number("--shape", rows, 1, SIDE_MAX, &data->rows, error);
    if (status == LG_OK)
        status = command_number("--shape", text + length + 1, 1, SIDE_MAX, &data->columns, error);
    return status;
}

static enum lg_status check_options(const struct eval *eval, struct lg_error *error)
{
    if (!eval->backend->optimizer_replays(eval->choice.index))
        return lg_fail(error, LG_USAGE,
                       "%s cannot replay recorded gradients: within a step it asks for the loss "
                       "and the gradient at points of its own choice",
                       eval->info->name);
    if (eval->parameters == NULL)
        return lg_fail(error, LG_USAGE, "--parameters is missing: one row, before the first step");
    if (eval->gradients == NULL)
        return lg_fail(error, LG_USAGE, "--gradients is missing: one row a step");
    return LG_OK;
}

static enum lg_status read_inputs(const struct eval *eval, struct matrix *parameters,
                                  struct matrix *gradients, struct lg_replay_data *data,
                                  struct lg_error *error)
{
    enum lg_status status = check_options(eval, error);
    if (status == LG_OK)
        status = read_shape(eval->shape, data, error);
    if (status == LG_OK)
        status = matrix_read(eval->parameters, eval->backend->precision, parameters, error);
    if (status == LG_OK && eval->shape == NULL) {
        data->rows = 1;
        data->columns = parameters->columns;
    }
    const size_t count = data->rows * data->columns;
    if (status == LG_OK)
        status = matrix_expect(parameters, 1, count,
                               eval->shape != NULL ? "all of the --shape, row by row, in one row"
                                                   : "all parameters in one row",
                               error);
    if (status == LG_OK)
        status = matrix_read(eval->gradients, eval->backend->precision, gradients, error);
    if (status == LG_OK)
        status = matrix_expect(gradients, gradients->rows, count,
                               "in each row as many as --parameters has", error);
    data->steps = gradients->rows;
    data->parameters = parameters->values;
    data->gradients = gradients->values;
    return status;
}

static enum lg_status replay(const struct eval *eval, const struct lg_replay_data *data,
                             struct text *out, struct lg_error *error)
{
    const size_t count = data->rows * data->columns;
    struct lg_arena arena = {0};
    double *after = eval_take(data->steps * count, error);
    enum lg_status status = after != NULL ? LG_OK : LG_ENVIRONMENT;
    if (status == LG_OK) {
        eval->backend->evaluate_optimizer(&arena, &eval->choice, data, after);
        status = lg_arena_create(&arena, arena.used_bytes, error);
    }
    if (status == LG_OK) {
        eval->backend->evaluate_optimizer(&arena, &eval->choice, data, after);
        lg_arena_destroy(&arena);
        matrix_print(after, data->steps, count, eval->backend->precision, out);
    }
    free(after);
    return status;
}

enum lg_status eval_optimizer(const struct eval *eval, struct text *out, struct lg_error *error)
{
    struct matrix parameters = {0}, gradients = {0};
    struct lg_replay_data data = {0};
    enum lg_status status = read_inputs(eval, &parameters, &gradients, &data, error);
    if (status == LG_OK)
        status = replay(eval, &data, out, error);
    matrix_free(&parameters);
    matrix_free(&gradients);
    return status;
}
