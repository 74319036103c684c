#include "tests/unit/harness/machine/fake_root.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "harness/support/files.h"

char fake_root[FIXTURE_PATH];

void fake_root_make(void)
{
    fixture_make_folder(fake_root);
}

void fake_root_remove(void)
{
    struct lg_error error;
    cr_assert_eq(files_remove_tree(fake_root, &error), LG_OK, "%s", error.message);
}

void fake_root_write(const char *path, const char *text)
{
    char folder[2 * FIXTURE_PATH];
    struct lg_error error;
    snprintf(folder, sizeof folder, "%s/%s", fake_root, path);
    char *name = strrchr(folder, '/');
    *name = '\0';
    cr_assert_eq(files_make_directories(folder, &error), LG_OK, "%s", error.message);
    fixture_write(folder, name + 1, text, strlen(text));
}
