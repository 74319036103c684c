#include "harness/support/files.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static char folder[FIXTURE_PATH];
static struct lg_error error;

static void make(void)
{
    fixture_make_folder(folder);
    cr_assert_eq(chdir(folder), 0);
}

static void clean(void)
{
    cr_assert_eq(files_remove_tree(folder, &error), LG_OK, "%s", error.message);
    cr_assert(!files_exists(folder));
}

TestSuite(files, .init = make, .fini = clean);

static void assert_content(const char *path, const char *expected)
{
    struct text text = {0};
    cr_assert_eq(files_read(path, &text, &error), LG_OK, "%s", error.message);
    cr_assert_eq(text.size, strlen(expected), "%s: %zu bytes", path, text.size);
    cr_assert_arr_eq(text.bytes, expected, text.size);
    text_free(&text);
}

static void put(const char *path, const char *content)
{
    cr_assert_eq(files_write(path, content, strlen(content), &error), LG_OK, "%s", error.message);
}

static void assert_reported(const char *path, const char *reason)
{
    cr_assert_eq(error.code, LG_ENVIRONMENT);
    cr_assert_not_null(strstr(error.message, path), "%s", error.message);
    cr_assert_not_null(strstr(error.message, reason), "%s", error.message);
}

Test(files, makes_folders_upon_folders)
{
    cr_assert_eq(files_make_directories("a/b/c", &error), LG_OK);
    cr_assert_eq(files_make_directories("a/b/c/", &error), LG_OK, "%s", error.message);
    cr_assert(files_exists("a/b/c"));
    put("file", "");
    cr_assert_eq(files_make_directories("file/d", &error), LG_ENVIRONMENT);
    assert_reported("file", "Not a directory");
    cr_assert_eq(files_make_directories("file", &error), LG_ENVIRONMENT);
}

Test(files, writes_whole_or_not_at_all)
{
    put("x", "old");
    put("x", "new and longer");
    assert_content("x", "new and longer");
    cr_assert(!files_exists("x.tmp"));
    cr_assert_eq(files_write("nowhere/x", "y", 1, &error), LG_ENVIRONMENT);
    assert_reported("nowhere/x", "No such file");
    /* The disk is full just where the new content goes. */
    cr_assert_eq(symlink("/dev/full", "x.tmp"), 0);
    cr_assert_eq(files_write("x", "lost", 4, &error), LG_ENVIRONMENT);
    assert_reported("x", "No space left");
    assert_content("x", "new and longer");
    cr_assert(!files_exists("x.tmp"));
    /* A folder in the way: the rename fails. */
    cr_assert_eq(files_make_directories("d/e", &error), LG_OK);
    cr_assert_eq(files_write_unsynced("d", "y", 1, &error), LG_ENVIRONMENT);
    cr_assert(!files_exists("d.tmp"));
}

Test(files, appends_and_cuts)
{
    size_t end = 0;
    put("x", "one");
    cr_assert_eq(files_append("x", "two", 3, &end, &error), LG_OK);
    cr_assert_eq(end, 6);
    cr_assert_eq(files_cut("x", 4, &error), LG_OK);
    assert_content("x", "onet");
    cr_assert_eq(files_append("/dev/full", "x", 1, &end, &error), LG_ENVIRONMENT);
    assert_reported("/dev/full", "No space left");
    cr_assert_eq(files_cut("nowhere", 1, &error), LG_ENVIRONMENT);
}

Test(files, copies_and_renames)
{
    put("x", "content");
    put("y", "what lay there");
    cr_assert_eq(files_copy("x", "y", &error), LG_OK);
    assert_content("y", "content");
    cr_assert_eq(files_copy("nowhere", "y", &error), LG_ENVIRONMENT);
    assert_content("y", "content");
    cr_assert_eq(files_rename("y", "z", &error), LG_OK);
    cr_assert(!files_exists("y"));
    cr_assert_eq(files_rename("y", "z", &error), LG_ENVIRONMENT);
    assert_reported("y", "No such file");
}

Test(files, removes_trees_and_follows_no_links)
{
    cr_assert_eq(files_make_directories("kept", &error), LG_OK);
    put("kept/x", "kept");
    cr_assert_eq(files_make_directories("tree/a/b", &error), LG_OK);
    put("tree/a/b/x", "x");
    cr_assert_eq(symlink("../kept", "tree/link"), 0);
    cr_assert_eq(files_remove_tree("tree", &error), LG_OK, "%s", error.message);
    cr_assert(!files_exists("tree"));
    assert_content("kept/x", "kept");
    cr_assert_eq(files_remove_tree("tree", &error), LG_OK);
    cr_assert_eq(files_remove_tree("kept/x", &error), LG_OK);
    cr_assert(!files_exists("kept/x"));
}

Test(files, syncs_trees)
{
    cr_assert_eq(files_make_directories("a/b", &error), LG_OK);
    put("a/b/x", "x");
    cr_assert_eq(files_sync_tree("a", &error), LG_OK, "%s", error.message);
    cr_assert_eq(files_sync_tree("nowhere", &error), LG_ENVIRONMENT);
}

Test(files, locks_out_another)
{
    int lock = -1, other = -1;
    cr_assert_eq(files_lock("lock", "wait", &lock, &error), LG_OK);
    /* flock() is of the open file, so a second opening is another run. */
    cr_assert_eq(files_lock("lock", "wait", &other, &error), LG_ENVIRONMENT);
    cr_assert_not_null(strstr(error.message, "another run"), "%s", error.message);
    close(lock);
    cr_assert_eq(files_lock("lock", "wait", &other, &error), LG_OK);
    close(other);
}

Test(files, paths_have_a_limit)
{
    char path[FILES_PATH_MAX], name[2 * FILES_PATH_MAX];
    cr_assert_eq(files_path(path, &error, "%s/%d", "a", 7), LG_OK);
    cr_assert_str_eq(path, "a/7");
    memset(name, 'x', sizeof name);
    name[sizeof name - 1] = '\0';
    cr_assert_eq(files_path(path, &error, "%s", name), LG_USAGE);
}
