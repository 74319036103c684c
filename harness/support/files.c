#include "harness/support/files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

enum { FOLDERS_OPEN = 16 }; /* at most, while walking through a tree */

static enum lg_status failed(struct lg_error *error, const char *doing, const char *path)
{
    return lg_fail(error, LG_ENVIRONMENT, "cannot %s %s: %s", doing, path, strerror(errno));
}

enum lg_status files_path(char path[FILES_PATH_MAX], struct lg_error *error, const char *format,
                          ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(path, FILES_PATH_MAX, format, arguments);
    va_end(arguments);
    if (size < 0 || size >= FILES_PATH_MAX)
        return lg_fail(error, LG_USAGE, "path of more than %d bytes: %.200s...", FILES_PATH_MAX - 1,
                       path);
    return LG_OK;
}

bool files_exists(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

static enum lg_status make_directory(const char *path, struct lg_error *error)
{
    struct stat about;
    if (mkdir(path, 0777) == 0)
        return LG_OK;
    int reason = errno;
    if (reason == EEXIST && stat(path, &about) == 0) {
        if (S_ISDIR(about.st_mode))
            return LG_OK;
        reason = ENOTDIR;
    }
    errno = reason;
    return failed(error, "make the folder", path);
}

enum lg_status files_make_directories(const char *path, struct lg_error *error)
{
    char part[FILES_PATH_MAX];
    enum lg_status status = files_path(part, error, "%s", path);
    for (char *slash = part + 1; status == LG_OK && (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        status = make_directory(part, error);
        *slash = '/';
    }
    return status == LG_OK ? make_directory(path, error) : status;
}

enum lg_status files_read(const char *path, struct text *content, struct lg_error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return failed(error, "open", path);
    char block[1 << 16];
    ssize_t got;
    while ((got = read(file, block, sizeof block)) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            enum lg_status status = failed(error, "read", path);
            close(file);
            return status;
        }
        text_add(content, block, (size_t)got);
    }
    close(file);
    return text_check(content, error);
}

static bool write_all(int file, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t put = write(file, bytes, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        size -= (size_t)put;
    }
    return true;
}

/* Write bytes to a fresh file at path; nothing is left there on failure. */
static enum lg_status write_new(const char *path, const void *bytes, size_t size, bool sync,
                                struct lg_error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0)
        return failed(error, "write", path);
    bool written = write_all(file, bytes, size) && (!sync || fsync(file) == 0);
    int reason = errno;
    if (close(file) != 0 && written) {
        written = false;
        reason = errno;
    }
    if (written)
        return LG_OK;
    unlink(path);
    errno = reason;
    return failed(error, "write", path);
}

/* Make a rename in the folder of path last through a power cut. */
static enum lg_status sync_folder_of(const char *path, struct lg_error *error)
{
    char folder[FILES_PATH_MAX];
    enum lg_status status = files_path(folder, error, "%s", path);
    if (status != LG_OK)
        return status;
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        slash[slash == folder ? 1 : 0] = '\0';
    else
        strcpy(folder, ".");
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return failed(error, "open the folder", folder);
    /* EINVAL: a file system that knows no fsync on folders. */
    if (fsync(directory) != 0 && errno != EINVAL)
        status = failed(error, "sync the folder", folder);
    close(directory);
    return status;
}

/* Rename, with the system's reason for a failure. */
static enum lg_status move(const char *from, const char *to, struct lg_error *error)
{
    if (rename(from, to) == 0)
        return LG_OK;
    return lg_fail(error, LG_ENVIRONMENT, "cannot rename %s to %s: %s", from, to, strerror(errno));
}

static enum lg_status replace(const char *path, const void *bytes, size_t size, bool sync,
                              struct lg_error *error)
{
    char temporary[FILES_PATH_MAX];
    enum lg_status status = files_path(temporary, error, "%s.tmp", path);
    if (status == LG_OK)
        status = write_new(temporary, bytes, size, sync, error);
    if (status != LG_OK)
        return status;
    status = move(temporary, path, error);
    if (status != LG_OK)
        unlink(temporary);
    return status;
}

enum lg_status files_write(const char *path, const void *bytes, size_t size, struct lg_error *error)
{
    enum lg_status status = replace(path, bytes, size, true, error);
    return status == LG_OK ? sync_folder_of(path, error) : status;
}

enum lg_status files_write_unsynced(const char *path, const void *bytes, size_t size,
                                    struct lg_error *error)
{
    return replace(path, bytes, size, false, error);
}

enum lg_status files_append(const char *path, const void *bytes, size_t size, size_t *end,
                            struct lg_error *error)
{
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (file < 0)
        return failed(error, "open", path);
    struct stat about;
    bool written = write_all(file, bytes, size) && fstat(file, &about) == 0;
    int reason = errno;
    if (close(file) != 0 && written) {
        written = false;
        reason = errno;
    }
    errno = reason;
    if (!written)
        return failed(error, "append to", path);
    *end = (size_t)about.st_size;
    return LG_OK;
}

enum lg_status files_cut(const char *path, size_t size, struct lg_error *error)
{
    return truncate(path, (off_t)size) == 0 ? LG_OK : failed(error, "cut", path);
}

static int sync_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)place;
    if (kind != FTW_F && kind != FTW_DP)
        return 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    int result = fsync(file) == 0 || errno == EINVAL ? 0 : -1;
    int reason = errno;
    close(file);
    errno = reason;
    return result;
}

enum lg_status files_sync_tree(const char *path, struct lg_error *error)
{
    if (nftw(path, sync_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0)
        return failed(error, "sync", path);
    return LG_OK;
}

enum lg_status files_copy(const char *from, const char *to, struct lg_error *error)
{
    struct text content = {0};
    enum lg_status status = files_read(from, &content, error);
    if (status == LG_OK)
        status = write_new(to, content.bytes, content.size, false, error);
    text_free(&content);
    return status;
}

enum lg_status files_rename(const char *from, const char *to, struct lg_error *error)
{
    enum lg_status status = move(from, to, error);
    return status == LG_OK ? sync_folder_of(to, error) : status;
}

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

enum lg_status files_remove_tree(const char *path, struct lg_error *error)
{
    if (nftw(path, remove_one, FOLDERS_OPEN, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return failed(error, "remove", path);
    return LG_OK;
}

enum lg_status files_lock(const char *path, const char *advice, int *descriptor,
                          struct lg_error *error)
{
    enum { TRIES = 40 };
    const struct timespec pause = {.tv_nsec = 50000000};
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0)
        return failed(error, "write", path);
    for (int i = 0; i < TRIES; i++) {
        if (flock(file, LOCK_EX | LOCK_NB) == 0) {
            *descriptor = file;
            return LG_OK;
        }
        if (errno != EWOULDBLOCK && errno != EINTR)
            break;
        nanosleep(&pause, NULL);
    }
    enum lg_status status = errno == EWOULDBLOCK ? lg_fail(error, LG_ENVIRONMENT,
                                                           "another run holds %s: %s", path, advice)
                                                 : failed(error, "lock", path);
    close(file);
    return status;
}

enum lg_status files_is_locked(const char *path, bool *is_locked, struct lg_error *error)
{
    *is_locked = false;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT ? LG_OK : failed(error, "read", path);
    enum lg_status status = LG_OK;
    /* Held for no time: files_lock() tries again. */
    if (flock(file, LOCK_SH | LOCK_NB) != 0) {
        *is_locked = errno == EWOULDBLOCK;
        status = *is_locked || errno == EINTR ? LG_OK : failed(error, "look at the lock", path);
    }
    close(file);
    return status;
}

bool files_are_shared(const char *path)
{
    /* f_type of statfs(2), as include/uapi/linux/magic.h and the systems' own headers have it. */
    static const unsigned long types[] = {
        0x6969,     /* NFS */
        0xff534d42, /* CIFS */
        0xfe534d42, /* SMB 2 */
        0x517b,     /* SMB */
        0x0bd00bd0, /* Lustre */
        0x47504653, /* GPFS */
        0x00c36400, /* Ceph */
        0x19830326, /* BeeGFS */
        0x20030528, /* OrangeFS */
        0x5346414f, /* AFS */
        0x7461636f, /* OCFS2 */
        0x01161970, /* GFS2 */
        0x01021997, /* 9P */
        0x65735546, /* FUSE: sshfs, GlusterFS, ... */
    };
    const char *said = getenv("LOSSGRID_SHARED");
    struct statfs about;
    if (said != NULL && said[0] != '\0')
        return strcmp(said, "0") != 0;
    if (statfs(path, &about) != 0)
        return false;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (((unsigned long)about.f_type & 0xffffffff) == types[i])
            return true;
    return false;
}

bool files_are_same(const char *a, const char *b)
{
    struct stat about_a, about_b;
    return stat(a, &about_a) == 0 && stat(b, &about_b) == 0 && about_a.st_dev == about_b.st_dev &&
           about_a.st_ino == about_b.st_ino;
}
