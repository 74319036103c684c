#include "harness/eval/eval.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In place, so that pipes, devices and links work as in a shell. */
static enum lg_status write_file(const char *path, const struct text *text, struct lg_error *error)
{
    FILE *file = fopen(path, "w");
    bool written = file != NULL && fwrite(text->bytes, 1, text->size, file) == text->size;
    int reason = errno;
    if (file != NULL && fclose(file) != 0 && written) {
        written = false;
        reason = errno;
    }
    if (written)
        return LG_OK;
    return lg_fail(error, LG_ENVIRONMENT, "cannot write %s: %s", path, strerror(reason));
}

enum lg_status eval_write(const struct eval *eval, const char *path, const double *values,
                          size_t rows, size_t columns, struct text *out, struct lg_error *error)
{
    if (strcmp(path, "-") == 0) {
        matrix_print(values, rows, columns, eval->backend->precision, out);
        return LG_OK;
    }
    struct text text = {0};
    matrix_print(values, rows, columns, eval->backend->precision, &text);
    enum lg_status status = text_check(&text, error);
    if (status == LG_OK)
        status = write_file(path, &text, error);
    text_free(&text);
    return status;
}

double *eval_take(size_t count, struct lg_error *error)
{
    double *numbers = calloc(count + 1, sizeof *numbers); /* not of size 0 */
    if (numbers == NULL)
        (void)lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu numbers", count);
    return numbers;
}
