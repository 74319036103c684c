/* The output of a comparison: tables for a reader, compare.csv and compare.json. */
#ifndef HARNESS_COMPARE_COMPARE_OUTPUT_H
#define HARNESS_COMPARE_COMPARE_OUTPUT_H

#include "harness/compare/pairing.h"

/* Folders of timings, the baseline first, and each other against it. */
struct compared {
    size_t count;
    struct timed_folder *folders; /* (count) */
    struct pairing *pairings;     /* (count - 1): folders[i + 1] against folders[0] */
};

/* Append tables for a reader to *text: the folders compared, their costs, the ratios with
 * their verdicts, and the cells refused. */
enum lg_status compare_text(const struct compared *compared, struct text *text,
                            struct lg_error *error);

/* Write compare.csv (one row a cell, phase and other folder) and compare.json (the folders,
 * their machines and conditions, and how it was compared) into a folder, made if need be. */
enum lg_status compare_write(const struct compared *compared, const char *directory,
                             struct lg_error *error);

#endif
