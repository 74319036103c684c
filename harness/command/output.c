#include "harness/command/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum lg_status output_flush(struct lg_error *error)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return lg_fail(error, LG_ENVIRONMENT, "cannot write to standard output: %s",
                       errno != 0 ? strerror(errno) : "an earlier write failed");
    return LG_OK;
}

enum lg_status output_text(const struct text *text, struct lg_error *error)
{
    fwrite(text->bytes != NULL ? text->bytes : "", 1, text->size, stdout);
    return output_flush(error);
}

enum lg_status output_table(const struct table *table, enum table_format format,
                            struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = table_format(table, format, &text, error);
    if (status == LG_OK)
        status = output_text(&text, error);
    text_free(&text);
    return status;
}
