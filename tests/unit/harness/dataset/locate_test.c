#include "harness/dataset/locate.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/data/idx.h"
#include "tests/unit/fixture.h"

/* A set of no registry plays one that is asked for and not there; the packaged
 * Fashion-MNIST is the known one, and tests that need it are skipped where it is not
 * installed. */
static const char *const no_directories[] = {NULL};
static const struct lg_dataset_info asked = {
    .name = "asked",
    .title = "Asked",
    .directories = no_directories,
    .files = {{.name = "train-images-idx3-ubyte"},
              {.name = "train-labels-idx1-ubyte"},
              {.name = "t10k-images-idx3-ubyte"},
              {.name = "t10k-labels-idx1-ubyte"}},
};

static char folder[FIXTURE_PATH];
static struct located located;
static struct lg_error error;

/* Each test stands in an empty folder of its own, so that data/ is its own too. */
static void make(void)
{
    unsetenv("LOSSGRID_DATA");
    fixture_make_folder(folder);
    cr_assert_eq(chdir(folder), 0);
}

static void clean(void)
{
    if (access("data", F_OK) == 0)
        fixture_remove_folder("data");
    fixture_remove_folder(folder);
}

TestSuite(locate, .init = make, .fini = clean);

static const struct lg_dataset_info *fashion(void)
{
    const struct lg_dataset_info *info = lg_dataset_find("fashion_mnist");
    if (!lg_idx_exists(info->directories[0], info->files[LG_TRAIN_IMAGES].name)) {
        clean(); /* a skipped test does not reach its .fini */
        cr_skip_test("Fashion-MNIST is not installed");
    }
    return info;
}

/* Fashion-MNIST's training images, by a link, into the folder `to`. */
static void link_fashion(const char *to)
{
    char from[FIXTURE_PATH], link[FIXTURE_PATH];
    snprintf(from, sizeof from, "%s/train-images-idx3-ubyte.gz", fashion()->directories[0]);
    snprintf(link, sizeof link, "%s/train-images-idx3-ubyte.gz", to);
    cr_assert_eq(symlink(from, link), 0);
}

static void expect_found(const struct lg_dataset_info *what, const char *option,
                         const char *directory, bool substituted)
{
    cr_assert_eq(locate_dataset(what, option, &located, &error), LG_OK, "%s: %s", error.file,
                 error.message);
    cr_assert_str_eq(located.info->name, "fashion_mnist");
    cr_assert_str_eq(located.directory, directory);
    cr_assert_eq(located.substituted, substituted);
}

static void expect_failure(const char *option, enum lg_status status, const char *word)
{
    cr_assert_eq(locate_dataset(&asked, option, &located, &error), status, "%s", error.message);
    cr_assert(strstr(error.message, word) != NULL, "'%s' is not in: %s", word, error.message);
    cr_assert_null(located.info);
}

Test(locate, the_package_serves_the_set_asked_for)
{
    expect_found(fashion(), NULL, fashion()->directories[0], false);
}

Test(locate, the_package_stands_in_for_another)
{
    expect_found(&asked, NULL, fashion()->directories[0], true);
}

Test(locate, data_in_the_current_folder_goes_before_the_package)
{
    cr_assert_eq(mkdir("data", 0700), 0);
    link_fashion("data");
    expect_found(fashion(), NULL, "data", false);
}

Test(locate, data_with_another_set_is_passed_over)
{
    cr_assert_eq(mkdir("data", 0700), 0);
    link_fashion("data");
    expect_found(&asked, NULL, fashion()->directories[0], true);
}

Test(locate, an_empty_data_folder_is_passed_over)
{
    cr_assert_eq(mkdir("data", 0700), 0);
    expect_found(&asked, NULL, fashion()->directories[0], true);
}

Test(locate, a_damaged_file_in_data_is_an_error)
{
    cr_assert_eq(mkdir("data", 0700), 0);
    fixture_write("data", "train-images-idx3-ubyte.gz", "\x1f\x8b\x08", 3);
    expect_failure(NULL, LG_INPUT, "truncated");
}

Test(locate, an_incomplete_data_folder_is_an_error)
{
    cr_assert_eq(mkdir("data", 0700), 0);
    fixture_write("data", "t10k-labels-idx1-ubyte.gz", "", 0);
    expect_failure(NULL, LG_ENVIRONMENT, "incomplete");
}

Test(locate, a_named_folder_is_used)
{
    link_fashion(folder);
    expect_found(fashion(), folder, folder, false);
    setenv("LOSSGRID_DATA", folder, 1);
    expect_found(fashion(), NULL, folder, false);
}

Test(locate, a_named_folder_with_another_set_substitutes)
{
    link_fashion(folder);
    expect_found(&asked, folder, folder, true);
}

Test(locate, the_option_goes_before_the_variable)
{
    link_fashion(folder);
    setenv("LOSSGRID_DATA", "/nonexistent", 1);
    expect_found(fashion(), folder, folder, false);
}

Test(locate, the_variable_goes_before_data)
{
    cr_assert_eq(mkdir("data", 0700), 0);
    fixture_write("data", "train-images-idx3-ubyte", "junk", 4);
    link_fashion(folder);
    setenv("LOSSGRID_DATA", folder, 1);
    expect_found(fashion(), NULL, folder, false);
}

Test(locate, an_empty_variable_counts_as_unset)
{
    setenv("LOSSGRID_DATA", "", 1);
    expect_found(fashion(), NULL, fashion()->directories[0], false);
}

Test(locate, a_named_folder_never_falls_back)
{
    expect_failure(folder, LG_ENVIRONMENT, "named by --data holds no known set");
    expect_failure("/nonexistent", LG_ENVIRONMENT, "No such file");
    setenv("LOSSGRID_DATA", folder, 1);
    expect_failure(NULL, LG_ENVIRONMENT, "named by LOSSGRID_DATA holds no known set");
    fixture_write(folder, "train-images-idx3-ubyte", "junk", 4);
    expect_failure(NULL, LG_INPUT, "expected 0x0000080R");
    char path[FIXTURE_PATH + 32];
    snprintf(path, sizeof path, "%s/train-images-idx3-ubyte", folder);
    expect_failure(path, LG_ENVIRONMENT, "not a folder");
}

Test(locate, a_name_too_long_is_an_error)
{
    link_fashion(folder);
    char path[600];
    memset(path, '/', sizeof path); /* //// is /, and so is there */
    path[sizeof path - 1] = '\0';
    memcpy(path, folder, strlen(folder));
    cr_assert_eq(locate_dataset(&asked, path, &located, &error), LG_INPUT);
}
