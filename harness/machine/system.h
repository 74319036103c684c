/* The system's small files under /proc and /sys. Every path is given without its leading
 * slash and looked for under `root`: "" for the system itself, a folder for a made-up one. */
#ifndef HARNESS_MACHINE_SYSTEM_H
#define HARNESS_MACHINE_SYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum { SYSTEM_TEXT_MAX = 256, SYSTEM_PROCESSORS_MAX = 1024 };

/* Open root/path for reading; NULL when it cannot be. The caller closes it. */
FILE *system_open(const char *root, const char *path);

/* The first line of a file without its line end; false when there is none or it is
 * empty, text then untouched. */
bool system_line(char text[SYSTEM_TEXT_MAX], const char *root, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The whole number that a file begins with; false when there is none. */
bool system_number(uint64_t *value, const char *root, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Mark the processors of a list such as "0-3,8" in set, and return how many they
 * are: 0 for what is no list. */
size_t system_processors(const char *list, bool set[SYSTEM_PROCESSORS_MAX]);

/* The system's load on the average of 1, 5 and 15 minutes; false when unknown. */
bool system_load(double load[3], const char *root);

#endif
