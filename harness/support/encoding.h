/* UTF-8: the characters of a text, and how a file of one may begin. */
#ifndef HARNESS_SUPPORT_ENCODING_H
#define HARNESS_SUPPORT_ENCODING_H

#include <stddef.h>

#include "lossgrid/status.h"

/* Bytes of the UTF-8 character at the start of `left` > 0 bytes, and its number in
 * *character; 0 when there is none, overlong forms and surrogates among it. */
size_t encoding_character(const char *bytes, size_t left, unsigned *character);

/* How many bytes at the start of a file of text are a byte order mark of UTF-8 and no
 * content: 3 or 0, into *mark. LG_INPUT for UTF-16 or UTF-32, with a mark or told by its
 * zero bytes. `name` stands for the file in the message. */
enum lg_status encoding_check(const char *name, const char *bytes, size_t size, size_t *mark,
                              struct lg_error *error);

#endif
