#include "harness/support/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for size bytes more and the NUL. */
static bool reserve(struct text *text, size_t size)
{
    if (text->failed)
        return false;
    size_t needed = text->size + size + 1;
    if (needed <= text->capacity)
        return true;
    size_t capacity = text->capacity > 0 ? text->capacity : 256;
    while (capacity < needed)
        capacity *= 2;
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void text_add(struct text *text, const void *bytes, size_t size)
{
    if (size == 0 || !reserve(text, size))
        return;
    memcpy(text->bytes + text->size, bytes, size);
    text->size += size;
    text->bytes[text->size] = '\0';
}

void text_print(struct text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        text->failed = true;
    else if (reserve(text, (size_t)size))
        text->size += (size_t)vsnprintf(text->bytes + text->size, (size_t)size + 1, format, again);
    va_end(again);
}

enum lg_status text_check(const struct text *text, struct lg_error *error)
{
    if (text->failed)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a text of %zu bytes",
                       text->size);
    return LG_OK;
}

int text_differs_in(const struct text *a, const struct text *b)
{
    size_t i = 0;
    int line = 1;
    if (a->bytes == NULL || b->bytes == NULL)
        return a->size == b->size ? 0 : 1;
    for (; i < a->size && i < b->size && a->bytes[i] == b->bytes[i]; i++)
        line += a->bytes[i] == '\n';
    return i == a->size && i == b->size ? 0 : line;
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text){0};
}
