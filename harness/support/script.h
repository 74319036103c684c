/* Starting the Python scripts of reports/. */
#ifndef HARNESS_SUPPORT_SCRIPT_H
#define HARNESS_SUPPORT_SCRIPT_H

#include "harness/support/files.h"
#include "lossgrid/status.h"

/* The path of a file or folder of the project: in the source tree, or where `make install`
 * puts it. LG_ENVIRONMENT when it is in neither place. */
enum lg_status script_find(const char *name, char path[FILES_PATH_MAX], struct lg_error *error);

/* Run reports/<name> on a directory with the first Python that has the modules, and wait;
 * out: the folder to write to, NULL: its default. LG_ENVIRONMENT when there is none or it
 * does not start, LG_INTERRUPTED when a signal came, which stops it; else *ending receives
 * its exit code. */
enum lg_status script_run(const char *name, const char *directory, const char *out, int *ending,
                          struct lg_error *error);

/* The status for a script's exit code; the script has printed the reason. */
enum lg_status script_check(const char *name, int ending, struct lg_error *error);

#endif
