/* The columns of trace.csv and timing.csv. The tables in epoch_columns.c are the one
 * place that knows them: the header line, each row and the documentation are
 * made from there. */
#ifndef HARNESS_STORE_EPOCH_COLUMNS_H
#define HARNESS_STORE_EPOCH_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/spec/metric.h"
#include "harness/support/csv_file.h"
#include "lossgrid/backend.h"
#include "lossgrid/digest.h"

/* The metrics of the spec, and the accuracy of a classification. */
enum { RECORD_METRICS_MAX = LG_METRICS_MAX + 1 };

/* What was measured on a part of the samples. */
struct measurement {
    double loss;                        /* the cell's own */
    double metrics[RECORD_METRICS_MAX]; /* of metrics_of() */
};

/* The results of an epoch of a cell: one row of trace.csv and one of timing.csv. Strings
 * are borrowed. */
struct epoch_record {
    const char *cell, *loss, *optimizer, *label, *dataset;
    const char *status; /* "ok", "diverged" or "stopped" */
    uint64_t seed, epoch, steps, samples;

    bool trained;   /* the epoch was finished: the values below exist */
    bool validated; /* the validation split was measured too */
    bool tested;    /* the test set was */
    struct measurement train, validation, test;
    char image_sha256[LG_DIGEST_HEX]; /* "" where there is no image */
    char weights_sha256[LG_DIGEST_HEX];
    char state_sha256[LG_DIGEST_HEX];

    const char *machine; /* its id (machine/identity.h) */
    const char *precision, *isa;
    uint64_t jobs, wall_ns, cpu_ns, evaluation_wall_ns;
    double wall_ns_per_step, cpu_ns_per_step;
};

enum column_file { COLUMNS_TRACE, COLUMNS_TIMING };

enum column_kind {
    FIELD_TEXT,    /* const char * */
    FIELD_DIGEST,  /* char[LG_DIGEST_HEX] */
    FIELD_INTEGER, /* uint64_t */
    FIELD_REAL,    /* double */
    FIELD_METRICS, /* double[LG_METRICS_MAX]: one column for each metric of the spec */
};

/* The role of a column. */
enum column_role {
    COLUMN_KEY,      /* with the others of its kind, names the row */
    COLUMN_CONTEXT,  /* what the row was measured on */
    COLUMN_MEASURED, /* a result */
};

/* The rows that have a value there; in others the field is empty. */
enum column_presence {
    COLUMN_ALWAYS,
    COLUMN_STEPPED,
    COLUMN_TRAINED,
    COLUMN_VALIDATED, /* a column that is there only where there is a validation split */
    COLUMN_TESTED,
    COLUMN_EVALUATED, /* one of these two */
};

struct column {
    const char *name; /* of FIELD_METRICS: a prefix */
    const char *unit; /* "" where there is none */
    const char *meaning;
    enum column_role role;
    enum column_kind kind;
    enum column_presence presence;
    size_t offset;      /* in struct epoch_record */
    enum better better; /* of what is no metric of the registry (spec/metric.h) */
    bool is_loss;       /* the arm's own loss: metrics_own_loss() says which way is better */
};

enum { COLUMN_NAME_MAX = 64 };

extern const struct csv_folder csv_folder_epoch;

/* "trace.csv" or "timing.csv". */
const char *columns_file_name(enum column_file file);

/* The table of a file, in the order of its columns. */
const struct column *columns_table(enum column_file file, size_t *count);

/* The column of trace.csv of that name, metrics resolved by their prefix; NULL when there
 * is none. */
const struct column *columns_find_trace(const char *name);

/* What an experiment measures: its columns follow from it. */
struct columns_measured {
    const char *names[RECORD_METRICS_MAX]; /* of the metrics */
    size_t count;
    bool has_validation;
};
struct columns_measured columns_measured(const struct experiment *experiment);

/* Whether an experiment's files have the column. */
bool columns_has(const struct experiment *experiment, const struct column *column);

/* Append the header line, or a row. */
void columns_header(struct csv *csv, enum column_file file,
                    const struct columns_measured *measured);
void columns_row(struct csv *csv, enum column_file file, const struct columns_measured *measured,
                 const struct epoch_record *record);

#endif
