#include "harness/dataset/locate.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char project_directory[] = "data";
static const char stand_in[] = "fashion_mnist";

static enum lg_status take(const struct lg_dataset_info *info, const char *directory,
                           const struct lg_dataset_info *asked, struct located *out,
                           struct lg_error *error)
{
    int length = snprintf(out->directory, sizeof out->directory, "%s", directory);
    if (length < 0 || (size_t)length >= sizeof out->directory)
        return lg_fail_at(error, LG_INPUT, directory, 0, 0,
                          "the folder's name has %d characters, expected at most %zu", length,
                          sizeof out->directory - 1);
    out->info = info;
    out->substituted = info != asked;
    return LG_OK;
}

/* The one folder the user named, by way of `source`. */
static enum lg_status locate_named(const struct lg_dataset_info *asked, const char *directory,
                                   const char *source, struct located *out, struct lg_error *error)
{
    struct stat about;
    if (stat(directory, &about) != 0)
        return lg_fail_at(error, LG_ENVIRONMENT, directory, 0, 0,
                          "the data folder named by %s cannot be used: %s", source,
                          strerror(errno));
    if (!S_ISDIR(about.st_mode))
        return lg_fail_at(error, LG_ENVIRONMENT, directory, 0, 0,
                          "named by %s as the data folder, but is not a folder", source);
    const struct lg_dataset_info *found;
    enum lg_status status = lg_dataset_identify(directory, &found, error);
    if (status != LG_OK)
        return status;
    if (found == NULL)
        return lg_fail_at(error, LG_ENVIRONMENT, directory, 0, 0,
                          "the data folder named by %s holds no known set: expected %s's %s, %s, "
                          "%s and %s, plain or .gz",
                          source, asked->title, asked->files[0].name, asked->files[1].name,
                          asked->files[2].name, asked->files[3].name);
    return take(found, directory, asked, out, error);
}

/* Take wanted if it is in directory; out->info stays NULL if it is not. */
static enum lg_status try_directory(const struct lg_dataset_info *wanted, const char *directory,
                                    const struct lg_dataset_info *asked, struct located *out,
                                    struct lg_error *error)
{
    const struct lg_dataset_info *found;
    enum lg_status status = lg_dataset_identify(directory, &found, error);
    if (status != LG_OK || found != wanted)
        return status;
    return take(found, directory, asked, out, error);
}

static enum lg_status try_packaged(const struct lg_dataset_info *wanted,
                                   const struct lg_dataset_info *asked, struct located *out,
                                   struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (const char *const *next = wanted->directories;
         *next != NULL && status == LG_OK && out->info == NULL; next++)
        status = try_directory(wanted, *next, asked, out, error);
    return status;
}

enum lg_status locate_dataset(const struct lg_dataset_info *asked, const char *data_option,
                              struct located *out, struct lg_error *error)
{
    assert(asked != NULL);
    *out = (struct located){0};
    if (asked->make != NULL)
        return take(asked, "", asked, out, error);
    const char *variable = getenv("LOSSGRID_DATA");
    out->named = data_option != NULL || (variable != NULL && variable[0] != '\0');
    if (data_option != NULL)
        return locate_named(asked, data_option, "--data", out, error);
    if (out->named)
        return locate_named(asked, variable, "LOSSGRID_DATA", out, error);

    const struct lg_dataset_info *substitute = lg_dataset_find(stand_in);
    enum lg_status status = try_directory(asked, project_directory, asked, out, error);
    if (status == LG_OK && out->info == NULL)
        status = try_packaged(asked, asked, out, error);
    if (status == LG_OK && out->info == NULL && substitute != NULL && substitute != asked)
        status = try_packaged(substitute, asked, out, error);
    if (status != LG_OK || out->info != NULL)
        return status;
    return lg_fail(error, LG_ENVIRONMENT,
                   "%s is neither in %s/ nor in a package's folder, and the packaged "
                   "Fashion-MNIST is not installed either: run `make data`, install "
                   "dataset-fashion-mnist, or name a folder with --data or LOSSGRID_DATA",
                   asked->title, project_directory);
}
