#include "harness/verify/check_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/export.h"
#include "harness/store/manifest.h"
#include "harness/store/store.h"
#include "harness/support/files.h"

static enum lg_status compare(const char *directory, const char *scratch, const char *name,
                              struct lg_error *error)
{
    char here[FILES_PATH_MAX], there[FILES_PATH_MAX];
    struct text found = {0}, expected = {0};
    enum lg_status status = files_path(here, error, "%s/%s", directory, name);
    if (status == LG_OK)
        status = files_path(there, error, "%s/%s", scratch, name);
    if (status == LG_OK)
        status = files_read(here, &found, error);
    if (status == LG_OK)
        status = files_read(there, &expected, error);
    const int line = status == LG_OK ? text_differs_in(&found, &expected) : 0;
    if (line > 0)
        status = lg_fail_at(error, LG_FAILED, here, line, 0,
                            "is not what cells.sqlite holds; `lossgrid run` writes it again");
    text_free(&found);
    text_free(&expected);
    return status;
}

static bool is_csv(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && strcmp(dot, ".csv") == 0;
}

/* Every CSV file of the export. */
static enum lg_status compare_all(const char *directory, const char *scratch, size_t *count,
                                  struct lg_error *error)
{
    enum lg_status status = LG_OK;
    DIR *files = opendir(scratch);
    if (files == NULL)
        return lg_fail_at(error, LG_ENVIRONMENT, scratch, 0, 0, "%s", strerror(errno));
    for (struct dirent *file; status == LG_OK && (file = readdir(files)) != NULL;) {
        if (!is_csv(file->d_name))
            continue;
        status = compare(directory, scratch, file->d_name, error);
        ++*count;
    }
    closedir(files);
    return status;
}

static enum lg_status export_and_compare(const char *directory, const char *dataset,
                                         struct store *store, const char *scratch, size_t *count,
                                         struct lg_error *error)
{
    char trace_sha256[LG_DIGEST_HEX];
    struct experiment experiment = {.name = ""};
    struct extent extent = {0};
    enum lg_status status = manifest_experiment(directory, NULL, &experiment, error);
    const struct export export = {
        .experiment = &experiment,
        .dataset = dataset,
        .store = store,
        .directory = scratch,
        .rows_only = true, /* each image is held against its digest elsewhere */
    };
    if (status == LG_OK)
        status = export_write(&export, &extent, trace_sha256, error);
    extent_free(&extent);
    experiment_free(&experiment);
    return status == LG_OK ? compare_all(directory, scratch, count, error) : status;
}

enum lg_status check_files(const char *directory, const char *dataset, size_t *count,
                           struct lg_error *error)
{
    const char *temporary = getenv("TMPDIR");
    char scratch[FILES_PATH_MAX];
    struct store *store = NULL;
    *count = 0;
    enum lg_status status = store_open(directory, STORE_READ, &store, error);
    if (status != LG_OK || store == NULL)
        return status;
    status = files_path(scratch, error, "%s/lossgrid-verify-XXXXXX",
                        temporary != NULL && temporary[0] != '\0' ? temporary : "/tmp");
    if (status == LG_OK && mkdtemp(scratch) == NULL)
        status = lg_fail_at(error, LG_ENVIRONMENT, scratch, 0, 0, "%s", strerror(errno));
    if (status == LG_OK) {
        status = export_and_compare(directory, dataset, store, scratch, count, error);
        (void)files_remove_tree(scratch, NULL);
    }
    store_close(store);
    return status;
}
