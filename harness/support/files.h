/* Files and folders; every failure names the path and the system's reason. All failures are
 * LG_ENVIRONMENT unless said otherwise. */
#ifndef HARNESS_SUPPORT_FILES_H
#define HARNESS_SUPPORT_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/support/text.h"
#include "lossgrid/status.h"

enum { FILES_PATH_MAX = 1024 };

/* A path from printf-style parts. LG_USAGE when it is too long. */
enum lg_status files_path(char path[FILES_PATH_MAX], struct lg_error *error, const char *format,
                          ...) __attribute__((format(printf, 3, 4)));

/* True if something lies at path (a dangling link does not), or may: whoever opens it then says
 * what keeps it from being looked at. */
bool files_exists(const char *path);

/* Make path and the folders above it, as mkdir -p does. */
enum lg_status files_make_directories(const char *path, struct lg_error *error);

/* The whole file at path, appended to *content. */
enum lg_status files_read(const char *path, struct text *content, struct lg_error *error);

/* Write a file so that path holds either the old or all of the new bytes, whatever happens:
 * a temporary file next to it, fsync, rename. */
enum lg_status files_write(const char *path, const void *bytes, size_t size,
                           struct lg_error *error);

/* The same without the fsync: for what can be made again, or is synced later. */
enum lg_status files_write_unsynced(const char *path, const void *bytes, size_t size,
                                    struct lg_error *error);

/* Append size bytes in one piece; *end receives the file's size after it. */
enum lg_status files_append(const char *path, const void *bytes, size_t size, size_t *end,
                            struct lg_error *error);

/* Cut a file to its first size bytes. */
enum lg_status files_cut(const char *path, size_t size, struct lg_error *error);

/* Sync a file, or a folder and all that is in it. */
enum lg_status files_sync_tree(const char *path, struct lg_error *error);

/* Copy one file, unsynced; what lay at `to` is replaced. */
enum lg_status files_copy(const char *from, const char *to, struct lg_error *error);

/* Rename a file or folder, and sync the folder that holds it. */
enum lg_status files_rename(const char *from, const char *to, struct lg_error *error);

/* Remove a file, or a folder with all that is in it. Links are not followed.
 * Nothing there is no failure. */
enum lg_status files_remove_tree(const char *path, struct lg_error *error);

/* Take the lock file at path for this process and its children; the system
 * gives it back when the last of them ends. Waits a moment for a run that is
 * just ending; advice: what to do about one that is not, for the message. *descriptor is the
 * caller's to close. */
enum lg_status files_lock(const char *path, const char *advice, int *descriptor,
                          struct lg_error *error);

/* Whether somebody holds the lock file at path. Takes nothing, and waits for nobody. */
enum lg_status files_is_locked(const char *path, bool *is_locked, struct lg_error *error);

/* Whether a path is on a file system that other machines write too (NFS, Lustre, ...); so it is,
 * whatever it is on, where the variable LOSSGRID_SHARED is set to other than nothing or 0, and
 * is not where that is 0. */
bool files_are_shared(const char *path);

/* Whether two paths are of the same file or folder; false where one is not there. */
bool files_are_same(const char *a, const char *b);

#endif
