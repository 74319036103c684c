/* A text that grows: output is first made whole in memory. */
#ifndef HARNESS_SUPPORT_TEXT_H
#define HARNESS_SUPPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "lossgrid/status.h"

/* Start from {0}; end with text_free(). When memory runs short, what was there
 * stays, what follows is dropped, and text_check() says so. */
struct text {
    char *bytes; /* owned; NULL while empty, else ends in a NUL */
    size_t size; /* without the NUL */
    size_t capacity;
    bool failed;
};

/* Append size bytes. */
void text_add(struct text *text, const void *bytes, size_t size);

/* Append as printf() would print. */
void text_print(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* LG_ENVIRONMENT when something was dropped for want of memory. */
enum lg_status text_check(const struct text *text, struct lg_error *error);

/* The line, from 1, in which they first differ; 0: they are the same. */
int text_differs_in(const struct text *a, const struct text *b);

/* Free the bytes; the text is empty again. */
void text_free(struct text *text);

#endif
