/* A folder in place of the system's /proc and /sys. */
#ifndef TESTS_UNIT_HARNESS_MACHINE_FAKE_ROOT_H
#define TESTS_UNIT_HARNESS_MACHINE_FAKE_ROOT_H

#include "tests/unit/fixture.h"

/* The folder of the test; made and removed by the two functions below. */
extern char fake_root[FIXTURE_PATH];

void fake_root_make(void);
void fake_root_remove(void);

/* Write a text to a file under the root, its folders too; path as in system.h. */
void fake_root_write(const char *path, const char *text);

#endif
