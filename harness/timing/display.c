#include "harness/timing/display.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/support/clock.h"
#include "harness/support/output.h"

enum { TERMINAL_PERIOD_MS = 100, PLAIN_PERIOD_MS = 10000 };

void display_begin(struct display *display, bool is_quiet)
{
    const char *terminal = getenv("TERM");
    *display = (struct display){
        .is_quiet = is_quiet,
        .is_terminal = isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0,
        .shown_ns = clock_wall_ns(),
    };
}

void display_show(struct display *display, const char *format, ...)
{
    const uint64_t now = clock_wall_ns();
    const uint64_t period_ms = display->is_terminal ? TERMINAL_PERIOD_MS : PLAIN_PERIOD_MS;
    if (display->is_quiet || now - display->shown_ns < period_ms * 1000000u)
        return;
    display->shown_ns = now;
    display->is_open = display->is_terminal;
    va_list arguments;
    va_start(arguments, format);
    if (display->is_terminal)
        output_overwrite_v(false, format, arguments);
    else
        output_line_v(stderr, format, arguments);
    va_end(arguments);
}

void display_end(struct display *display)
{
    if (display->is_open)
        fputs("\r\033[K", stderr);
    display->is_open = false;
}
