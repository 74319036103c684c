/* Parts that the kinds of `lossgrid eval` share. */
#ifndef HARNESS_EVAL_EVAL_H
#define HARNESS_EVAL_EVAL_H

#include "harness/eval/eval_matrix.h"
#include "lossgrid/backend.h"

/* The command line's values; NULL: not given. "-" reads standard input and writes
 * standard output. */
struct eval {
    const struct lg_backend *backend;
    const struct lg_info *info; /* of what is evaluated */
    struct lg_choice choice;
    const char *prediction[LG_LOSS_INPUTS_MAX], *target;
    const char *gradient[LG_LOSS_INPUTS_MAX]; /* files to write */
    const char *input, *upstream;
    const char *parameters, *gradients, *shape;
};

/* Read what the options name, evaluate, write gradient files and append what is to be
 * printed to *out. */
enum lg_status eval_loss(const struct eval *eval, struct text *out, struct lg_error *error);
enum lg_status eval_activation(const struct eval *eval, struct text *out, struct lg_error *error);
enum lg_status eval_optimizer(const struct eval *eval, struct text *out, struct lg_error *error);

/* Write a matrix of results to the file at path, or to *out when path is "-". */
enum lg_status eval_write(const struct eval *eval, const char *path, const double *values,
                          size_t rows, size_t columns, struct text *out, struct lg_error *error);

/* count zeroed numbers, the caller's to free; NULL with *error filled when memory is
 * short. */
double *eval_take(size_t count, struct lg_error *error);

#endif
