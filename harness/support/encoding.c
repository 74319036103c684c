#include "harness/support/encoding.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

size_t encoding_character(const char *bytes, size_t left, unsigned *character)
{
    static const struct {
        unsigned char mask, lead;
        uint32_t least; /* smaller values have a shorter form */
    } forms[] = {{0x80, 0x00, 0}, {0xE0, 0xC0, 0x80}, {0xF0, 0xE0, 0x800}, {0xF8, 0xF0, 0x10000}};
    const unsigned char *text = (const unsigned char *)bytes;
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++) {
        if ((text[0] & forms[form].mask) != forms[form].lead)
            continue;
        uint32_t found = text[0] & (unsigned char)~forms[form].mask;
        for (size_t i = 1; i <= form; i++) {
            if (i >= left || (text[i] & 0xC0) != 0x80)
                return 0;
            found = found << 6 | (text[i] & 0x3FU);
        }
        const bool surrogate = found >= 0xD800 && found <= 0xDFFF;
        *character = found;
        return found < forms[form].least || found > 0x10FFFF || surrogate ? 0 : form + 1;
    }
    return 0;
}

/* Text in UTF-16 or UTF-32 has a mark, or a zero byte beside each of its first ASCII
 * characters. */
static bool is_double(const char *bytes, size_t size)
{
    if (size < 2)
        return false;
    if (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)
        return true;
    const bool big = bytes[0] == '\0' && size >= 4;
    return (big && (bytes[1] != '\0' || memcmp(bytes, "\0\0\xFE\xFF", 4) == 0)) ||
           (size >= 4 && bytes[0] != '\0' && bytes[1] == '\0' && bytes[2] != '\0' &&
            bytes[3] == '\0');
}

enum lg_status encoding_check(const char *name, const char *bytes, size_t size, size_t *mark,
                              struct lg_error *error)
{
    static const char utf8[] = "\xEF\xBB\xBF";
    const size_t length = sizeof utf8 - 1;
    *mark = size >= length && memcmp(bytes, utf8, length) == 0 ? length : 0;
    if (is_double(bytes, size))
        return lg_fail_at(error, LG_INPUT, name, 1, 1,
                          "found UTF-16 or UTF-32, expected UTF-8: save it so, or convert it with "
                          "iconv");
    return LG_OK;
}
