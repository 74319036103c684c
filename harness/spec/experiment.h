/* A checked experiment: what a spec file says, defaults filled in, and its grid, which
 * gives any of its cells by its number and stores none. */
#ifndef HARNESS_SPEC_EXPERIMENT_H
#define HARNESS_SPEC_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/spec/domain.h"
#include "harness/spec/node.h"
#include "lossgrid/backend.h"

enum { SPEC_NAME_MAX = 128, SPEC_TEXT_MAX = 2048 };

/* Version of the numerics contract: part of every cell's key, to be raised by
 * any change that changes a result's bits. */
#define SPEC_NUMERICS "2"

enum { EXPERIMENT_ID_BYTES = 12 };

enum { SPEC_BATCH_MAX = 60000 };

/* How an arm is trained, but for its loss and optimizer. */
struct setup {
    size_t batch;
    bool has_schedule;
    struct lg_choice schedule; /* of the learning rate */
    struct lg_choice initialisation;
};

/* One cell of the grid: a network to train. */
struct cell {
    char slug[SPEC_NAME_MAX];  /* unique in the experiment; letters, digits, . _ - only; a folder's
                                  name */
    char label[SPEC_NAME_MAX]; /* what a reader sees; no comma, quote or line break */
    struct lg_choice loss;
    struct lg_choice optimizer;
    struct lg_choice activation; /* the last layer's */
    struct setup setup;
    bool has_images;    /* its outputs are images, kept after every epoch */
    size_t number, arm; /* its own and its arm's in the experiment's order; the cells of
                           an arm differ in their seeds alone, and stand together */
    uint64_t seed;
    uint64_t draw;           /* index of the network drawn after the seeding, 1-based */
    char key[LG_DIGEST_HEX]; /* SHA-256 of everything that decides this cell's bits */
};

/* The part of the training samples that is held out. */
struct validation {
    size_t samples; /* 0: none */
    uint64_t seed;
};

/* When the test set is measured. */
enum evaluate {
    EVALUATE_NONE,
    EVALUATE_TEST, /* after every epoch */
    EVALUATE_END,  /* once, after the cell's last epoch */
};

/* A part of the samples. */
enum part { PART_TRAIN, PART_VALIDATION, PART_TEST, PART_COUNT };

/* A measured column of trace.csv: a metric on a part of the samples. */
struct measured {
    enum part part;
    size_t metric;           /* of metrics_of(); SIZE_MAX: the cell's own loss */
    int better;              /* enum better: lower or higher */
    double minimum, maximum; /* of its values; infinite: no bound */
};

/* A rule by which a cell stops early: `patience` evaluations after the best one, from which the
 * later ones differ by `least_change` at most; or when a value is reached. */
struct stop_rule {
    struct measured of;
    size_t patience; /* 0: not by it */
    double least_change;
    bool has_value;
    double value;
};

/* A value whose first reach is reported. */
struct target {
    struct measured of;
    double value;
};

enum { STOPS_MAX = 4, TARGETS_MAX = 16 };

/* Seeds in the order given. */
struct seeds {
    size_t count;
    const uint64_t *values; /* (count) */
};

/* Some arms of a grid. */
struct arm_selection {
    const size_t *arms;   /* (arm_count) numbers in the grid, ascending */
    const size_t *starts; /* (arm_count) numbers of their first cells; NULL: from `seeds` each */
    struct seeds seeds;
};

/* What stays in the result folder beside the rows. */
struct keep {
    bool images;      /* of every epoch, where images are reconstructed */
    bool parameters;  /* of finished networks that are small */
    bool checkpoints; /* of finished cells: more epochs go on from there */
};

/* A loss of the grid that is not among the metrics. */
struct unmeasured {
    size_t loss;
    char why[DOMAIN_WHY_MAX];
};

enum { TUNING_NAMES_MAX = 16, TUNING_NAME_MAX = 64 };

/* How one arm of each group is chosen (tuning.h). */
struct tuning {
    bool is_there;
    bool is_final;                /* the experiment is that of the chosen arms, not of trials */
    char metric[TUNING_NAME_MAX]; /* a column of trace.csv, of train_ or validation_ */
    bool is_higher_better;
    size_t budget; /* trials of each group */
    size_t group_count;
    size_t final_count; /* cells of what is chosen, at most */
    size_t by_count, over_count;
    char by[TUNING_NAMES_MAX][TUNING_NAME_MAX];   /* factors (factor.h) that make a group */
    char over[TUNING_NAMES_MAX][TUNING_NAME_MAX]; /* those that are tuned; none: all others */
};

struct experiment {
    char name[SPEC_NAME_MAX]; /* the spec file's name without .yaml */
    char path[512];           /* the spec file */
    char title[SPEC_TEXT_MAX];
    char description[SPEC_TEXT_MAX];
    char sha256[LG_DIGEST_HEX];            /* of the spec file's bytes */
    char *text;                            /* those bytes and a NUL; owned */
    const struct lg_backend *registries;   /* names and options of the indices below */
    const struct lg_dataset_info *dataset; /* the one asked for */
    enum lg_precision precision;
    enum lg_task task;
    size_t class_count;                       /* of those that are used */
    bool selects;                             /* only the samples of `classes` are used */
    uint8_t classes[256];                     /* (class_count) labels, where it selects */
    double clip_value, clip_norm, penalty_l1; /* 0: not */
    size_t term_count;
    struct lg_term terms[LG_TERMS_MAX]; /* added to every arm's loss */
    size_t inputs;
    size_t layer_count;
    struct lg_layer_config layers[LG_LAYERS_MAX];
    enum lg_rng rng;
    struct setup setup; /* of arms whose block has none */
    size_t epochs;
    size_t samples; /* 0: all */
    bool shuffle;
    struct validation validation;
    enum evaluate evaluate;
    size_t evaluate_every; /* steps between evaluations; 0: after epochs alone */
    size_t stop_count;
    struct stop_rule stops[STOPS_MAX]; /* the first that holds stops a cell */
    size_t target_count;
    struct target targets[TARGETS_MAX];
    struct keep keep;
    size_t image_sample; /* 1-based training sample whose output is kept; always one that is used */
    size_t metric_count;
    size_t metrics[LG_METRICS_MAX];
    bool allows_outside; /* arms may be trained under a loss outside its domain */
    size_t unmeasured_count;
    struct unmeasured unmeasured[LG_METRICS_MAX]; /* arms' losses that are no metrics here */
    struct grid *grid;                            /* in the pool */
    struct tuning tuning;
    size_t arm_count, cell_count;    /* 1 at least */
    struct arm_selection *selection; /* in the pool; NULL: all arms of the grid */
    struct pool pool;                /* of what the spec said */
};

/* Read and check a spec; overrides are "dotted.path=value" strings as given to
 * --set, applied in order before the check. LG_ENVIRONMENT when the file cannot
 * be read, LG_INPUT (file:line:column, found, expected, nearest name) for
 * anything wrong in it, LG_USAGE for a wrong override. On success the caller
 * owns *experiment and ends it with experiment_free(). */
enum lg_status experiment_load(const char *path, const char *const *overrides,
                               size_t override_count, struct experiment *experiment,
                               struct lg_error *error);

/* experiment_load() after the file has been read: text is its size bytes, path
 * what it is called, and backend any compiled copy of the engine. */
enum lg_status experiment_parse(const struct lg_backend *backend, const char *path,
                                const char *text, size_t size, const char *const *overrides,
                                size_t override_count, struct experiment *experiment,
                                struct lg_error *error);

/* Free what the experiment owns. Safe on a zeroed struct. */
void experiment_free(struct experiment *experiment);

/* Make the cell of that number, below cell_count: arms in the grid's order (harness/spec/grid.h),
 * the seed innermost. LG_ENVIRONMENT when memory is short. */
enum lg_status experiment_cell(const struct experiment *experiment, size_t number,
                               struct cell *cell, struct lg_error *error);

/* Its slug alone, which is quicker; and its arm. */
enum lg_status experiment_slug(const struct experiment *experiment, size_t number,
                               char slug[SPEC_NAME_MAX], struct lg_error *error);
size_t experiment_arm_of(const struct experiment *experiment, size_t number);

/* The number of an arm's first cell, and the arm's seeds. */
size_t experiment_first_cell(const struct experiment *experiment, size_t arm);
struct seeds experiment_seeds(const struct experiment *experiment, size_t arm);
size_t experiment_seed_count(const struct experiment *experiment, size_t arm);

/* What an arm, 0 to arm_count - 1, is: its first cell without label, slug and key. */
void experiment_arm(const struct experiment *experiment, size_t arm, struct cell *cell);

/* Keep only these arms: (count), ascending, trained from `seeds`, or from their own where it is
 * NULL. Labels stay. LG_INPUT for no arm, no seed, a seed or an arm twice or out of order;
 * LG_ENVIRONMENT when memory is short. */
enum lg_status experiment_select(struct experiment *experiment, const size_t *arms, size_t count,
                                 const struct seeds *seeds, struct lg_error *error);

/* Fill cell->key; false when memory is short. */
bool experiment_key(const struct experiment *experiment, struct cell *cell);

/* The configuration's id: the first digits of the SHA-256 of experiment_configuration(). False
 * when memory is short. */
bool experiment_id(const struct experiment *experiment, const struct cell *cell,
                   char id[EXPERIMENT_ID_BYTES + 1]);

/* The engine's configuration of one cell. */
struct lg_net_config experiment_net_config(const struct experiment *experiment,
                                           const struct cell *cell);

/* The text that a cell's key is the SHA-256 of: one line for each thing that
 * decides the cell's bits, floats with 17 significant digits. The label, the
 * instruction set and the number of jobs are not among them. The caller frees
 * it; NULL when memory is short. */
char *experiment_canonical(const struct experiment *experiment, const struct cell *cell);

/* The text that a configuration's id is made of: the lines of experiment_canonical() but the
 * seed and what is only measured or kept (image, evaluate, metrics, keep), so that experiments
 * which share arms share ids; with a semicolon between them, so on one line. The caller frees it;
 * NULL when memory is short. */
char *experiment_configuration(const struct experiment *experiment, const struct cell *cell);

#endif
