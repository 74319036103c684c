/* Text of the user's (labels, titles, names of files, fields of a CSV) as a terminal may
 * show it: the one place where it is escaped for people. Files are escaped otherwise: csv.h
 * quotes, jansson writes JSON. */
#ifndef HARNESS_SUPPORT_SHOWN_H
#define HARNESS_SUPPORT_SHOWN_H

#include <stddef.h>

#include "harness/support/text.h"

/* Append size bytes. Control characters (line ends and ESC among them), marks that turn
 * the direction of text or cannot be seen, and bytes that are no UTF-8 become \n, \t, \r,
 * \x1b or \u202e; everything else stays. */
void shown_add(struct text *text, const char *bytes, size_t size);

/* Append the part of an escaped text that fits into so many columns; what is cut ends in
 * "...". No character is cut in two. */
void shown_add_cut(struct text *text, const char *shown, size_t columns);

/* Columns of an escaped text: 2 for a wide character, 0 for a combining one. */
size_t shown_width(const char *shown);

/* The text escaped, in a buffer of the caller's, cut to what it holds; returns it. */
const char *shown_print(const char *text, char *buffer, size_t size);

#endif
