/* The progress of a timing, on standard error: one line that is rewritten on a terminal, a
 * plain line now and then otherwise. */
#ifndef HARNESS_TIMING_DISPLAY_H
#define HARNESS_TIMING_DISPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct display {
    bool is_quiet, is_terminal, is_open; /* open: a line waits to be rewritten */
    uint64_t shown_ns;
};

void display_begin(struct display *display, bool is_quiet);

/* printf-style; shown if it is time to. */
void display_show(struct display *display, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Leave the cursor at the start of a line. */
void display_end(struct display *display);

#endif
