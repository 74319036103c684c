#include "harness/support/shown.h"

#include <locale.h>
#include <stdbool.h>
#include <string.h>
#include <wchar.h>

#include "harness/support/encoding.h"

/* ---- Escapes ------------------------------------------------------------- */

/* Characters that a terminal obeys or does not show: Unicode's classes Cc, Zl and Zp, the
 * bidirectional controls (Unicode Standard Annex 9, section 2), and invisible ones. */
static bool is_hostile(unsigned character)
{
    static const struct {
        unsigned first, last;
    } ranges[] = {
        {0x00, 0x1F},     {0x7F, 0x9F},     {0x61C, 0x61C},     {0x200B, 0x200B},
        {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},   {0xFEFF, 0xFEFF},
        {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE007F},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

static void add_escape(struct text *text, unsigned character)
{
    switch (character) {
    case '\n':
        text_print(text, "\\n");
        break;
    case '\r':
        text_print(text, "\\r");
        break;
    case '\t':
        text_print(text, "\\t");
        break;
    default:
        text_print(text,
                   character < 0x80      ? "\\x%02x"
                   : character < 0x10000 ? "\\u%04x"
                                         : "\\U%08x",
                   character);
    }
}

void shown_add(struct text *text, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size;) {
        unsigned character = 0;
        const size_t length = encoding_character(bytes + i, size - i, &character);
        if (length == 0)
            text_print(text, "\\x%02x", (unsigned)(unsigned char)bytes[i]);
        else if (is_hostile(character))
            add_escape(text, character);
        else
            text_add(text, bytes + i, length);
        i += length > 0 ? length : 1;
    }
}

const char *shown_print(const char *text, char *buffer, size_t size)
{
    struct text shown = {0};
    shown_add(&shown, text, strlen(text));
    size_t used = shown.bytes == NULL ? 0 : shown.size < size ? shown.size : size - 1;
    while (used > 0 && used < shown.size && (shown.bytes[used] & 0xC0) == 0x80)
        used--; /* not in the middle of a character */
    if (used > 0)
        memcpy(buffer, shown.bytes, used);
    buffer[used] = '\0';
    text_free(&shown);
    return buffer;
}

/* ---- Widths -------------------------------------------------------------- */

/* wcwidth() asks the thread's locale; in the program's own, "C", all but ASCII is
 * unknown to it. */
static int width_of(unsigned character)
{
    static locale_t unicode;
    if (character < 0x80)
        return 1;
    if (unicode == (locale_t)0)
        unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    if (unicode == (locale_t)0)
        return 1;
    const locale_t before = uselocale(unicode);
    const int width = wcwidth((wchar_t)character);
    uselocale(before);
    return width >= 0 ? width : 1;
}

/* The character at *at, which moves behind it, in columns. */
static size_t next_width(const char **at)
{
    unsigned character = 0;
    const size_t length = encoding_character(*at, strlen(*at), &character);
    *at += length > 0 ? length : 1;
    return length > 0 ? (size_t)width_of(character) : 1;
}

size_t shown_width(const char *shown)
{
    size_t width = 0;
    while (*shown != '\0')
        width += next_width(&shown);
    return width;
}

void shown_add_cut(struct text *text, const char *shown, size_t columns)
{
    static const char dots[] = "...";
    const size_t room = columns > strlen(dots) ? columns - strlen(dots) : 0;
    const char *at = shown, *fits = shown; /* what fits with the dots behind it */
    for (size_t width = 0; *at != '\0';) {
        const char *next = at;
        width += next_width(&next);
        if (width > columns) {
            text_add(text, shown, (size_t)(fits - shown));
            text_add(text, dots, columns < strlen(dots) ? columns : strlen(dots));
            return;
        }
        at = next;
        if (width <= room)
            fits = at;
    }
    text_add(text, shown, strlen(shown));
}
