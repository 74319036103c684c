#include "tests/unit/fixture.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

static void join(char path[2 * FIXTURE_PATH], const char *folder, const char *name)
{
    snprintf(path, 2 * FIXTURE_PATH, "%s/%s", folder, name);
}

void fixture_make_folder(char folder[FIXTURE_PATH])
{
    const char *parent = getenv("TMPDIR");
    snprintf(folder, FIXTURE_PATH, "%s/lossgrid-test-XXXXXX", parent != NULL ? parent : "/tmp");
    cr_assert_not_null(mkdtemp(folder), "%s", folder);
}

void fixture_remove_folder(const char *folder)
{
    DIR *listing = opendir(folder);
    cr_assert_not_null(listing, "%s", folder);
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            char path[2 * FIXTURE_PATH];
            join(path, folder, entry->d_name);
            cr_assert_eq(remove(path), 0, "%s", path);
        }
    closedir(listing);
    cr_assert_eq(rmdir(folder), 0, "%s", folder);
}

static void write_as(const char *mode, const char *folder, const char *name, const void *bytes,
                     size_t size)
{
    char path[2 * FIXTURE_PATH];
    join(path, folder, name);
    FILE *file = fopen(path, mode);
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    cr_assert_eq(fclose(file), 0);
}

void fixture_write(const char *folder, const char *name, const void *bytes, size_t size)
{
    write_as("wb", folder, name, bytes, size);
}

void fixture_append(const char *folder, const char *name, const void *bytes, size_t size)
{
    write_as("ab", folder, name, bytes, size);
}

void fixture_write_gz(const char *folder, const char *name, const void *bytes, size_t size)
{
    char path[2 * FIXTURE_PATH];
    join(path, folder, name);
    gzFile file = gzopen(path, "wb");
    cr_assert_not_null(file, "%s", path);
    cr_assert_eq(gzwrite(file, bytes, (unsigned int)size), (int)size);
    cr_assert_eq(gzclose(file), Z_OK);
}

size_t fixture_read(const char *folder, const char *name, void *bytes, size_t room)
{
    char path[2 * FIXTURE_PATH];
    join(path, folder, name);
    FILE *file = fopen(path, "rb");
    cr_assert_not_null(file, "%s", path);
    size_t size = fread(bytes, 1, room, file);
    cr_assert_lt(size, room, "%s is larger than %zu bytes", path, room);
    fclose(file);
    return size;
}

size_t fixture_idx(uint8_t *bytes, int rank, const uint32_t *dimensions, int modulus)
{
    size_t size = 0, count = 1;
    const uint8_t magic[] = {0, 0, 8, (uint8_t)rank};
    for (size_t i = 0; i < sizeof magic; i++)
        bytes[size++] = magic[i];
    for (int i = 0; i < rank; i++) {
        count *= dimensions[i];
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes[size++] = (uint8_t)(dimensions[i] >> shift);
    }
    for (size_t i = 0; i < count; i++)
        bytes[size++] = (uint8_t)(i % (size_t)modulus);
    return size;
}
