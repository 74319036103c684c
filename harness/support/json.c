#include "harness/support/json.h"

#include <stdlib.h>

#include "harness/support/files.h"

enum lg_status json_add(struct text *text, json_t *root, size_t indent, struct lg_error *error)
{
    char *json = root != NULL ? json_dumps(root, JSON_INDENT(indent)) : NULL;
    json_decref(root);
    if (json == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a JSON text");
    text_print(text, "%s\n", json);
    free(json);
    return text_check(text, error);
}

enum lg_status json_write(const char *path, json_t *root, size_t indent, struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = json_add(&text, root, indent, error);
    if (status == LG_OK)
        status = files_write(path, text.bytes, text.size, error);
    text_free(&text);
    return status;
}
