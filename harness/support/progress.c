#include "harness/support/progress.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/support/clock.h"
#include "harness/support/output.h"
#include "harness/support/text.h"

enum { TERMINAL_PERIOD_MS = 100, PLAIN_PERIOD_MS = 2000 };

void progress_begin(struct progress *progress, bool quiet, size_t done, size_t total,
                    uint64_t samples)
{
    const char *terminal = getenv("TERM"), *no_colour = getenv("NO_COLOR");
    *progress = (struct progress){
        .quiet = quiet,
        .terminal = isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0,
        .cells_done = done,
        .cells_total = total,
        .samples_total = samples,
        .began_ns = clock_wall_ns(),
    };
    progress->colour = progress->terminal && (no_colour == NULL || no_colour[0] == '\0');
}

double progress_seconds_left(uint64_t done, uint64_t left, double elapsed_s)
{
    return done > 0 ? (double)left / (double)done * elapsed_s : -1.0;
}

void progress_format_duration(double seconds, char text[32])
{
    const double longest = 1e9; /* 31 years: a number worth no more digits */
    if (!(seconds >= 0.0)) {
        snprintf(text, 32, "?");
        return;
    }
    long whole = (long)((seconds < longest ? seconds : longest) + 0.5);
    if (whole >= 3600)
        snprintf(text, 32, "%ld h %02ld min", whole / 3600, whole % 3600 / 60);
    else if (whole >= 60)
        snprintf(text, 32, "%ld min %02ld s", whole / 60, whole % 60);
    else
        snprintf(text, 32, "%ld s", whole);
}

static void describe(const struct progress *progress, const struct progress_place *place,
                     struct text *line)
{
    double elapsed_s = (double)(clock_wall_ns() - progress->began_ns) * 1e-9;
    char left[32];
    progress_format_duration(progress_seconds_left(progress->samples_done,
                                                   progress->samples_total - progress->samples_done,
                                                   elapsed_s),
                             left);
    text_print(line, "%zu/%zu cells, %s epoch %zu/%zu, loss %.5g, %.0f samples/s, %s left",
               progress->cells_done, progress->cells_total, place->cell, place->epoch,
               place->epochs, place->loss, (double)progress->samples_done / elapsed_s, left);
}

static void close_line(struct progress *progress)
{
    if (progress->line_open)
        fputs("\r\033[K", stderr);
    progress->line_open = false;
}

void progress_advance(struct progress *progress, uint64_t samples,
                      const struct progress_place *place)
{
    progress->samples_done += samples;
    if (progress->quiet || (!progress->terminal && !place->epoch_finished))
        return;
    uint64_t now = clock_wall_ns();
    uint64_t period_ms = progress->terminal ? TERMINAL_PERIOD_MS : PLAIN_PERIOD_MS;
    if (progress->shown_ns != 0 && now - progress->shown_ns < period_ms * 1000000)
        return;
    progress->shown_ns = now;
    struct text line = {0};
    describe(progress, place, &line);
    if (line.size > 0 && progress->terminal) {
        output_overwrite(progress->colour, "%s", line.bytes);
        progress->line_open = true;
    } else if (line.size > 0) {
        output_line(stderr, "%s", line.bytes);
    }
    text_free(&line);
}

void progress_drop(struct progress *progress, uint64_t samples)
{
    progress->samples_total -= samples;
}

void progress_cell_done(struct progress *progress, const char *cell)
{
    progress->cells_done++;
    if (progress->quiet)
        return;
    close_line(progress);
    output_line(stderr, "%zu/%zu cells, %s finished", progress->cells_done, progress->cells_total,
                cell);
}

void progress_note(struct progress *progress, const char *format, ...)
{
    close_line(progress);
    va_list arguments;
    va_start(arguments, format);
    output_line_v(stderr, format, arguments);
    va_end(arguments);
}

void progress_end(struct progress *progress)
{
    close_line(progress);
}
