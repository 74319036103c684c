/* The experiment's files, made from the store. */
#ifndef HARNESS_STORE_EXPORT_H
#define HARNESS_STORE_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/spec/experiment.h"
#include "harness/store/store.h"
#include "lossgrid/digest.h"

/* A cell that is not finished. */
struct lacking {
    size_t number;           /* in the experiment */
    bool is_begun;           /* something of it is there */
    size_t epochs;           /* rows of trace.csv */
    char why[STORE_WHY_MAX]; /* why the last attempt failed, or "" */
};

/* Of cells that failed, and of others that are not finished, so many are listed. */
enum { LACKING_MOST = 100 };

/* What is there of an experiment's cells. */
struct extent {
    size_t count;    /* the experiment's cells */
    size_t finished; /* of them; of these: */
    size_t diverged, stopped;
    size_t failed, unfinished; /* with a reason; others that were begun */
    size_t own;                /* finished ones of the export's shard */
    struct lacking *lacking;   /* (lacking_count) in the experiment's order; owned */
    size_t lacking_count;
    size_t *arms; /* (arm_count) of which something is there, ascending; owned */
    size_t arm_count;
};

/* Free. Safe on a zeroed struct. */
void extent_free(struct extent *extent);

/* What the files are made of. Borrowed. */
struct export
{
    const struct experiment *experiment;
    const char *dataset; /* name of the set used */
    struct store *store;
    const char *directory;    /* the result folder */
    struct store_bytes input; /* images/input.png; of a task without images, none */
    bool rows_only;           /* no images */
    size_t shard, shards;     /* whose finished cells are counted: `own`; shards 0: none */
};

/* Rebuild trace.csv, timing.csv, configurations.csv, schema.json, parameters.csv and images/ of
 * the result folder, in the order of the experiment, whatever the order in which cells ended; the
 * finished epochs of unfinished cells are among them. Each file is replaced whole or not at all;
 * parameters.csv is there where a finished cell's network is small, failed.csv where a cell
 * failed, evaluations.csv and targets.csv where the spec asks for them. *extent, ended by the
 * caller on failure too, and trace_sha256 of the new trace.csv are filled. */
enum lg_status export_write(const struct export *export, struct extent *extent,
                            char trace_sha256[LG_DIGEST_HEX], struct lg_error *error);

#endif
