#include <stdlib.h>

#include "harness/eval/eval.h"

/* results: h, then dz where there is an upstream. */
static enum lg_status measure(const struct eval *eval, const struct matrix *input,
                              const struct matrix *upstream, double *results,
                              struct lg_error *error)
{
    const struct lg_backend *backend = eval->backend;
    const size_t rows = input->rows, columns = input->columns;
    double *dz = upstream->values != NULL ? results + rows * columns : NULL;
    struct lg_arena arena = {0};
    backend->evaluate_activation(&arena, &eval->choice, rows, columns, input->values,
                                 upstream->values, results, dz);
    enum lg_status status = lg_arena_create(&arena, arena.used_bytes, error);
    if (status != LG_OK)
        return status;
    backend->evaluate_activation(&arena, &eval->choice, rows, columns, input->values,
                                 upstream->values, results, dz);
    lg_arena_destroy(&arena);
    return LG_OK;
}

static enum lg_status read_inputs(const struct eval *eval, struct matrix *input,
                                  struct matrix *upstream, struct lg_error *error)
{
    if (eval->input == NULL)
        return lg_fail(error, LG_USAGE, "--input is missing: what to apply %s to",
                       eval->info->name);
    if (eval->gradient[0] != NULL && eval->upstream == NULL)
        return lg_fail(error, LG_USAGE,
                       "--gradient needs --upstream: the derivatives by the outputs");
    enum lg_status status = matrix_read(eval->input, eval->backend->precision, input, error);
    if (status != LG_OK || eval->upstream == NULL)
        return status;
    status = matrix_read(eval->upstream, eval->backend->precision, upstream, error);
    if (status == LG_OK)
        status =
            matrix_expect(upstream, input->rows, input->columns, "as many as --input has", error);
    return status;
}

enum lg_status eval_activation(const struct eval *eval, struct text *out, struct lg_error *error)
{
    struct matrix input = {0}, upstream = {0};
    double *results = NULL;
    enum lg_status status = read_inputs(eval, &input, &upstream, error);
    const size_t rows = input.rows, columns = input.columns;
    if (status == LG_OK) {
        results = eval_take(2 * rows * columns, error);
        status = results != NULL ? LG_OK : LG_ENVIRONMENT;
    }
    if (status == LG_OK)
        status = measure(eval, &input, &upstream, results, error);
    if (status == LG_OK) {
        matrix_print(results, rows, columns, eval->backend->precision, out);
        if (upstream.values != NULL)
            status = eval_write(eval, eval->gradient[0] != NULL ? eval->gradient[0] : "-",
                                results + rows * columns, rows, columns, out, error);
    }
    free(results);
    matrix_free(&input);
    matrix_free(&upstream);
    return status;
}
