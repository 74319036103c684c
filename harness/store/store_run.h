/* The runs that filled a store: what was asked of them, by which machine, which share of the
 * grid. So a folder says whose it is before its first files are written, and shards of one
 * experiment are known from those of another. */
#ifndef HARNESS_STORE_STORE_RUN_H
#define HARNESS_STORE_STORE_RUN_H

#include "harness/store/store.h"

/* Borrowed. */
struct store_run {
    const char *id; /* unique in the world, as far as 96 bits go */

    /* The spec, and what was made of it. */
    const char *path, *text;
    const char *overrides;    /* of --set: a JSON list of texts */
    const char *dataset;      /* name of the set used */
    struct store_bytes input; /* images/input.png, or none */

    const char *data_directory;
    bool substituted;    /* the set used is not the one asked for */
    const char *machine; /* id of identity.h */
    const char *facts;   /* the JSON object of that id, or NULL: it trains nothing */
    const char *isa;
    size_t jobs;
    size_t shard, shards;           /* its share */
    size_t cells, selected, epochs; /* of the grid; of its share; of a cell */
    int64_t started_ms, seen_ms;    /* since 1970: its begin, its last commit */
};

/* Begin a run that writes here; run->id and its times are given by this call. Cells that are
 * begun or gone on with are this run's from now on. Committed. */
enum lg_status store_begin_run(struct store *store, const struct store_run *run,
                               struct lg_error *error);

/* Add a run that wrote elsewhere, unless it is there. */
enum lg_status store_add_run(struct store *store, const struct store_run *run,
                             struct lg_error *error);

/* Give each run to visit(), the one that began last at the end; strings are borrowed until it
 * returns. It stops at a status that is not LG_OK. */
typedef enum lg_status store_run_visitor(void *to, const struct store_run *run,
                                         struct lg_error *error);
enum lg_status store_visit_runs(struct store *store, store_run_visitor *visit, void *to,
                                struct lg_error *error);

/* Give each machine that trained, by its id, and its facts. */
typedef enum lg_status store_machine_visitor(void *to, const char *id, const char *facts,
                                             struct lg_error *error);
enum lg_status store_visit_machines(struct store *store, store_machine_visitor *visit, void *to,
                                    struct lg_error *error);

/* What became of the cells. */
struct store_counts {
    size_t done, diverged;  /* finished */
    size_t running;         /* begun by the run that began last, and not finished */
    size_t stopped, failed; /* begun otherwise; failed: with a reason */
    size_t epochs;          /* that cells have */
    size_t part_epochs;     /* of them, those of cells that are not finished */
    size_t run_epochs;      /* of them, those that the run which began last added */
};

enum lg_status store_count(struct store *store, struct store_counts *counts,
                           struct lg_error *error);

/* Give each reason for which cells failed, the most frequent first: how many, and the first. */
typedef enum lg_status store_failure_visitor(void *to, const char *why, size_t cells,
                                             const char *slug, struct lg_error *error);
enum lg_status store_visit_failures(struct store *store, store_failure_visitor *visit, void *to,
                                    struct lg_error *error);

/* Give each running cell (see above) and the epochs that it has. */
typedef enum lg_status store_running_visitor(void *to, const char *slug, size_t epochs,
                                             struct lg_error *error);
enum lg_status store_visit_running(struct store *store, store_running_visitor *visit, void *to,
                                   struct lg_error *error);

#endif
