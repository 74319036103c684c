/* Parts that the fuzz targets share. A target is one file, tests/fuzz/NAME_fuzz.c; a line
 * "Sources: PATH..." in its first comment names what is compiled with it, all C files of a
 * folder, and "Seeds: PATH..." what it starts from. What else it calls is linked as the
 * program has it. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lossgrid/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void require(bool truth)
{
    if (!truth)
        abort();
}

/* A failed call left a message, and a code that says so too. */
static inline void require_message(enum lg_status status, const struct lg_error *error)
{
    require(status != LG_OK && error->code == status && error->message[0] != '\0');
}

/* The folder of this process, by a name that holds for it: FUZZ_FOLDER, which the runner
 * makes and removes, and the process's number. */
static inline const char *fuzz_folder(void)
{
    static char path[256];
    if (path[0] == '\0') {
        const char *root = getenv("FUZZ_FOLDER");
        snprintf(path, sizeof path, "%s/lossgrid-fuzz-%ld", root != NULL ? root : "/tmp",
                 (long)getpid());
        require(mkdir(path, 0700) == 0);
    }
    return path;
}

/* The path of the file `name` there, which now holds these bytes. The path is borrowed until
 * the next call. */
static inline const char *fuzz_file(const char *name, const void *data, size_t size)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", fuzz_folder(), name);
    FILE *file = fopen(path, "wb");
    require(file != NULL);
    require(fwrite(data, 1, size, file) == size && fclose(file) == 0);
    return path;
}

#endif
