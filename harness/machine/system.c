#include "harness/machine/system.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_BYTES = 1024 };

FILE *system_open(const char *root, const char *path)
{
    char whole[PATH_BYTES];
    int length = snprintf(whole, sizeof whole, "%s/%s", root, path);
    return length > 0 && (size_t)length < sizeof whole ? fopen(whole, "re") : NULL;
}

static bool line_at(char text[SYSTEM_TEXT_MAX], const char *root, const char *format,
                    va_list arguments)
{
    char path[PATH_BYTES], line[SYSTEM_TEXT_MAX];
    vsnprintf(path, sizeof path, format, arguments);
    FILE *file = system_open(root, path);
    if (file == NULL)
        return false;
    bool found = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    line[found ? strcspn(line, "\n") : 0] = '\0';
    if (line[0] == '\0')
        return false;
    memcpy(text, line, sizeof line);
    return true;
}

bool system_line(char text[SYSTEM_TEXT_MAX], const char *root, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    bool found = line_at(text, root, format, arguments);
    va_end(arguments);
    return found;
}

bool system_number(uint64_t *value, const char *root, const char *format, ...)
{
    char line[SYSTEM_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    bool found = line_at(line, root, format, arguments);
    va_end(arguments);
    if (!found || strchr("0123456789", line[0]) == NULL)
        return false;
    errno = 0;
    unsigned long long number = strtoull(line, NULL, 10);
    if (errno != 0)
        return false;
    *value = number;
    return true;
}

size_t system_processors(const char *list, bool set[SYSTEM_PROCESSORS_MAX])
{
    size_t count = 0;
    memset(set, 0, SYSTEM_PROCESSORS_MAX * sizeof *set);
    for (const char *at = list; *at != '\0' && *at != '\n';) {
        char *end;
        unsigned long first = strtoul(at, &end, 10), last = first;
        if (end == at)
            return 0;
        if (*end == '-') {
            at = end + 1;
            last = strtoul(at, &end, 10);
            if (end == at)
                return 0;
        }
        if (last < first || last >= SYSTEM_PROCESSORS_MAX)
            return 0;
        for (unsigned long p = first; p <= last; p++) {
            count += !set[p];
            set[p] = true;
        }
        if (*end != '\0' && *end != ',' && *end != '\n')
            return 0;
        at = end + (*end == ',');
    }
    return count;
}

bool system_load(double load[3], const char *root)
{
    char text[SYSTEM_TEXT_MAX];
    const char *at = text;
    if (!system_line(text, root, "proc/loadavg"))
        return false;
    for (int i = 0; i < 3; i++) {
        char *end;
        load[i] = strtod(at, &end);
        if (end == at || load[i] < 0)
            return false;
        at = end;
    }
    return true;
}
