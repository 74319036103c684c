/* Folders and IDX files that tests make for themselves. Every failure here fails
 * the test that asked. */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

enum { FIXTURE_PATH = 256 };

/* Make an empty folder of one's own; its path goes to folder. */
void fixture_make_folder(char folder[FIXTURE_PATH]);

/* Remove the folder and the files in it. */
void fixture_remove_folder(const char *folder);

/* Write size bytes to folder/name, as they are or as one gzip stream. */
void fixture_write(const char *folder, const char *name, const void *bytes, size_t size);
void fixture_write_gz(const char *folder, const char *name, const void *bytes, size_t size);

/* Read folder/name into bytes, which has room for it; returns its size. */
size_t fixture_read(const char *folder, const char *name, void *bytes, size_t room);

/* Add size bytes at the end of folder/name. */
void fixture_append(const char *folder, const char *name, const void *bytes, size_t size);

/* An IDX file of unsigned bytes into bytes: the header, then payload bytes
 * 0, 1, 2, ... modulo `modulus`. Returns its size. */
size_t fixture_idx(uint8_t *bytes, int rank, const uint32_t *dimensions, int modulus);

#endif
