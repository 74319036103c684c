/* tuned.csv and tried.csv: the choice that a folder's trials lead to, and how it did. */
#ifndef HARNESS_STORE_TUNED_H
#define HARNESS_STORE_TUNED_H

#include "harness/spec/experiment.h"
#include "harness/store/choose.h"
#include "harness/support/files.h"
#include "harness/support/text.h"

/* The folder of the trials in that of the experiment, and how the override begins that the
 * experiment of what was chosen has more. */
#define TUNED_TRIALS "trials"
#define TUNED_CHOSEN "tune.chosen="

/* The files' bytes; owned. */
struct tuned_tables {
    struct text tuned, tried;
};

/* Make them of the choices among the trials and of the results of the final experiment in
 * directory; NULL: there are none yet. End them with tuned_tables_free(). */
enum lg_status tuned_tables(const struct experiment *trials, const struct choices *choices,
                            const struct experiment *final, const char *directory,
                            struct tuned_tables *tables, struct lg_error *error);
void tuned_tables_free(struct tuned_tables *tables);

enum lg_status tuned_write(const struct tuned_tables *tables, const char *directory,
                           struct lg_error *error);

/* Whether the folder holds one of trials with a store; path receives its name. */
bool tuned_has_trials(const char *directory, char path[FILES_PATH_MAX]);

/* Choose from directory/trials, and write the files. Both folders are whole but for cells that
 * are missing; while trials are, nothing is written. */
enum lg_status tuned_make(const char *directory, struct lg_error *error);

/* Choose again from directory/trials, and hold the files that are there against what comes
 * out. LG_FAILED where they differ, with the line. */
enum lg_status tuned_verify(const char *directory, struct lg_error *error);

#endif
