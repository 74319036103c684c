/* UTF-8: the characters of a text, and the byte order mark of a file. */
#ifndef HARNESS_SUPPORT_ENCODING_H
#define HARNESS_SUPPORT_ENCODING_H

#include <stddef.h>

#include "lossgrid/status.h"

/* Bytes of the UTF-8 character at the start of `left` > 0 bytes, and its number in
 * *character; 0 when there is none, as for overlong forms and surrogates. */
size_t encoding_character(const char *bytes, size_t left, unsigned *character);

/* The length of the byte order mark of UTF-8 at the start of a file of text: 3 or 0, into
 * *mark. LG_INPUT for UTF-16 or UTF-32, recognised by its mark or zero bytes. `name` names
 * the file in the message. */
enum lg_status encoding_check(const char *name, const char *bytes, size_t size, size_t *mark,
                              struct lg_error *error);

#endif
