/* The engine as the harness sees it: one table per precision and instruction
 * set, chosen once at the top. Every arithmetic file is compiled once per pair;
 * all pairs of one precision give the same bits (docs/adr/0001). */
#ifndef LOSSGRID_BACKEND_H
#define LOSSGRID_BACKEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lossgrid/arena.h"
#include "lossgrid/dataset.h"
#include "lossgrid/digest.h"
#include "lossgrid/option.h"
#include "lossgrid/path.h"
#include "lossgrid/precision.h"
#include "lossgrid/status.h"
#include "lossgrid/target.h"

enum { LG_LAYERS_MAX = 16, LG_METRICS_MAX = 16, LG_TERMS_MAX = 4 };

/* A registry entry chosen by its index, with its options. */
struct lg_choice {
    size_t index;
    struct lg_options options;
};

/* A loss that is added to another, times its weight. */
struct lg_term {
    struct lg_choice loss;
    double weight;
};

struct lg_layer_config {
    size_t outputs;
    struct lg_choice activation;
};

/* The task: what the network learns, and how many samples one loss compares. The network is
 * one: a task that compares two or three samples sends each through it. */
enum lg_task {
    LG_TASK_RECONSTRUCT, /* targets are the inputs */
    LG_TASK_CLASSIFY,    /* targets are made of the label */
    LG_TASK_PAIR,        /* two samples: of one class or not */
    LG_TASK_RANK,        /* two samples: whose label is larger */
    LG_TASK_TRIPLET,     /* an anchor, one of its class, one of another */
};
enum { LG_TASKS = 5 };

/* The word of a spec for a task. */
extern const char *const lg_task_names[LG_TASKS + 1]; /* NULL-terminated */

/* True if a loss fits a task; if not, *why says what it needs, in static words. */
bool lg_task_takes(enum lg_task task, const struct lg_loss_shape *shape, const char **why);

/* Outputs of the last layer for a loss of this shape: 0 when any number will do. */
size_t lg_task_outputs(enum lg_task task, const struct lg_loss_shape *shape, size_t inputs,
                       size_t classes);

/* The random numbers of initial weights. */
enum lg_rng { LG_RNG_PCG, LG_RNG_TORCH7 };

/* Everything that decides a network and its training, and so its bits. */
struct lg_net_config {
    size_t inputs;      /* features of a sample */
    size_t layer_count; /* 1..LG_LAYERS_MAX */
    struct lg_layer_config layers[LG_LAYERS_MAX];
    size_t batch; /* largest batch of a step, in samples, pairs or triplets */
    enum lg_task task;
    size_t classes; /* labels are below it */
    struct lg_choice loss;
    struct lg_choice optimizer;
    size_t metric_count; /* losses (default options, mean) measured in addition to the own */
    size_t metrics[LG_METRICS_MAX]; /* loss indices; each takes as many predictions as the loss */
    size_t term_count;              /* losses of as many predictions as `loss`, added to it */
    struct lg_term terms[LG_TERMS_MAX];
    bool has_schedule; /* of the learning rate, over so many steps */
    struct lg_choice schedule;
    uint64_t total_steps;
    double clip_value; /* entries of the gradient are clipped to +-this; 0: not */
    double clip_norm;  /* the gradient is scaled down to this Euclidean norm; 0: not */
    double l1;         /* times sign(w) is added to the gradient; 0: not */
};

/* The method and the random numbers of initial weights. */
struct lg_initialisation {
    size_t method; /* index into initialisations */
    enum lg_rng rng;
    uint64_t seed;
    uint64_t draw;             /* 1-based: the draw-th network drawn after the seeding */
    struct lg_options options; /* the method's */
};

/* Sums over samples, in f64, each sample's value being the loss's mean over
 * features; divide by samples for a mean. */
struct lg_sums {
    size_t samples;
    double weight; /* what `loss` is divided by: samples, or their weights */
    /* classify: samples whose largest output (of distances the smallest) is their class's; of
     * equals the first counts, and where one is NaN none does. Of one output: above 0 (0.5
     * where targets are 0 and 1) is the second class. */
    double correct;
    double loss;                    /* the arm's own loss and options */
    double metrics[LG_METRICS_MAX]; /* in the order of lg_net_config.metrics */
};

/* A piece of a training epoch. Inputs and targets are pixels / 255. */
struct lg_pass {
    const struct lg_images *images;
    const uint32_t *order; /* sample indices; NULL: file order */
    size_t first, count;   /* positions in the order; batches start at first */
    size_t capture;        /* sample index whose output is kept, SIZE_MAX: none */
    /* The other samples of a pair or triplet, by position, like order. */
    const uint32_t *paired[LG_LOSS_INPUTS_MAX - 1];
};

struct lg_net; /* opaque; lives in its arena */

/* The phases of a training step, for measuring its time. BACKWARD ends with the gradient as
 * the optimizer gets it: with the penalty l1, and clipped. UPDATE is the optimizer's own
 * work; where weights are updated while gradients are computed the two take turns. A batch
 * method's trials are FORWARD, LOSS and BACKWARD within its UPDATE. */
enum lg_phase {
    LG_PHASE_DATA,
    LG_PHASE_FORWARD,
    LG_PHASE_LOSS,
    LG_PHASE_BACKWARD,
    LG_PHASE_UPDATE,
};
enum { LG_PHASES = 5 };

/* The observer of a step's phases. The engine reads no clock: enter() may. */
struct lg_probe {
    /* A phase begins, other than the one before it. A step begins with DATA. */
    void (*enter)(struct lg_probe *probe, enum lg_phase phase);
    /* The step is over. */
    void (*leave)(struct lg_probe *probe);
    /* Set by enter() when a step begins: no more calls for this step, not even leave(), so
     * that it costs what it costs without a probe. */
    bool skips;
};

/* The input of a loss without a network. Matrices are row-major, without gaps; numbers are
 * rounded to the copy's precision. */
struct lg_loss_data {
    size_t batch, features;
    size_t target_features;                       /* numbers in a row of target */
    const double *prediction[LG_LOSS_INPUTS_MAX]; /* (batch, features); as many as it has inputs */
    const double *target;                         /* (batch, target_features); NULL: none */
};

/* Recorded gradients to replay through an optimizer, or a loss for one that evaluates it. */
struct lg_replay_data {
    size_t steps, rows, columns;
    bool is_bias;             /* a bias (rows = 1), else a weight: (inputs, outputs) */
    const double *parameters; /* (rows, columns) */
    const double *gradients;  /* (steps, rows, columns) */
    double *evaluated;        /* out, as after: those to evaluate after each step; NULL: not */
    /* Instead of gradients, for one that does not replay: the loss at w: (rows, columns),
     * and its gradient. Called once before each step, then as the step wants. */
    long double (*loss)(void *context, const double *w, double *gradient);
    void *context;
};

/* The loops that `lossgrid calibrate` times: each keeps one part of a CPU busy
 * (kernel/peak.h). */
struct lg_peak {
    size_t block; /* arrays hold a multiple of it, in reals of the precision */
    size_t (*fmas)(void);
    bool (*fma_is_soft)(void);
    double (*fma)(size_t repeats);
    void (*fill)(void *x, size_t count);
    double (*read)(const void *x, size_t count, size_t repeats);
    double (*copy)(void *y, const void *x, size_t count, size_t repeats);
    double (*triad)(void *z, const void *x, const void *y, size_t count, size_t repeats);
    double (*divisions)(const void *x, size_t count, size_t repeats);
    double (*square_roots)(const void *x, size_t count, size_t repeats);
};

/* One compiled copy of the engine. Functions assert their arguments; a config
 * has been checked against the registries before. */
struct lg_backend {
    const char *isa;
    enum lg_precision precision;

    /* Registries, sorted by name; the same in every copy. */
    size_t loss_count, optimizer_count, activation_count, initialisation_count;
    const struct lg_info *(*loss)(size_t index);
    const struct lg_info *(*optimizer)(size_t index);
    const struct lg_info *(*activation)(size_t index);
    const struct lg_info *(*initialisation)(size_t index);
    const struct lg_loss_shape *(*loss_shape)(size_t index);
    const struct lg_loss_measure *(*loss_measure)(size_t index);
    size_t schedule_count;
    const struct lg_info *(*schedule)(size_t index);
    bool (*schedule_needs_end)(size_t index); /* depends on total_steps */
    /* The range of an activation's outputs, inclusive; both 0: anywhere. */
    void (*activation_range)(size_t index, double *minimum, double *maximum);
    enum lg_rows (*activation_rows)(size_t index); /* what a sample's outputs are together */
    bool (*optimizer_searches)(size_t index);      /* along a line, by the loss alone */
    bool (*optimizer_full_batch)(size_t index);    /* wants all samples as one batch */
    bool (*optimizer_replays)(size_t index);       /* false: it evaluates the loss within a step */

    /* One loss, activation or optimizer by itself. Each takes its work space from the
     * arena; on a measuring arena it only adds to used_bytes. Numbers come and go as
     * doubles and are rounded to the precision on the way in.
     *
     * The loss of the batch (its samples' values as reduction and weights say, added in
     * f64), and in gradient[i], where not NULL, its derivative by prediction i:
     * (batch, features). A double, but in the reference copy. */
    long double (*evaluate_loss)(struct lg_arena *arena, const struct lg_choice *loss,
                                 const struct lg_loss_data *data,
                                 double *const gradient[LG_LOSS_INPUTS_MAX]);
    /* h = f(z) for each sample and, where upstream is not NULL, dz, the derivative of
     * sum(upstream * h) by z. All: (batch, features). Returns that sum, its terms added
     * sample by sample; 0 without upstream. A double, but in the reference copy. */
    long double (*evaluate_activation)(struct lg_arena *arena, const struct lg_choice *activation,
                                       size_t batch, size_t features, const double *z,
                                       const double *upstream, double *h, double *dz);
    /* after[s] = the parameters after step s + 1, those that the next gradient is taken
     * at; after: (steps, rows, columns). Gradients for one that replays, else a loss. Where
     * gradients are replayed, NaN from the step on that leaves the state infinite: see
     * state_is_finite(). */
    void (*evaluate_optimizer)(struct lg_arena *arena, const struct lg_choice *optimizer,
                               const struct lg_replay_data *data, double *after);

    /* Place a network in the arena. On a measuring arena returns NULL and only
     * adds to used_bytes; on a real one returns the network, parameters zero. */
    struct lg_net *(*create)(struct lg_arena *arena, const struct lg_net_config *config);

    /* Draw all parameters, zero the optimizer's state and the step count. */
    void (*initialise)(struct lg_net *net, const struct lg_initialisation *how);

    /* Train on pass->count samples in steps of config.batch (the last may be
     * smaller); add to *sums the losses of each step's forward pass, before its
     * update. Returns the steps done; fewer than asked means divergence: a
     * non-finite pre-activation, loss or gradient in a step, or a parameter at the
     * end of the call, after which the network is not to be trained on. */
    size_t (*train)(struct lg_net *net, const struct lg_pass *pass, struct lg_sums *sums);

    /* From now on train() calls this probe, which outlives the network or the next call;
     * NULL, as at first: none. No bit depends on it. */
    void (*set_probe)(struct lg_net *net, struct lg_probe *probe);

    /* From now on train() adds the paths that its steps take (LG_PATH_BIT) to *paths, which
     * outlives the network or the next call; NULL, as at first: none are added. No bit of a
     * result depends on it. */
    void (*watch_paths)(struct lg_net *net, uint64_t *paths);

    /* From this batch on products may be packed (docs/adr/0004). */
    size_t packed_batch;

    /* Forward passes only, over pass->count samples. */
    void (*evaluate)(struct lg_net *net, const struct lg_pass *pass, struct lg_sums *sums);

    /* The loss, with its terms, of pass->count samples, 1 to config.batch, as one batch,
     * by a forward pass at the current parameters: what the gradient of a training step on
     * them is the derivative of, before it is clipped and without the penalty l1. NaN where
     * a pre-activation is not finite. A double, but in the reference copy. */
    long double (*batch_loss)(struct lg_net *net, const struct lg_pass *pass);

    /* True if training has diverged, and at which step (1-based) it did. */
    bool (*diverged)(const struct lg_net *net, uint64_t *step);

    /* The captured output as grey bytes: truncation of 255 * clamp(v, 0, 1),
     * NaN as 0. bytes: (outputs of the last layer). */
    void (*captured_bytes)(const struct lg_net *net, uint8_t *bytes);

    /* Parameters as doubles, per layer the weight (outputs, inputs), row-major,
     * then the bias: parameter_count() values. */
    size_t (*parameter_count)(const struct lg_net *net);
    void (*parameters)(const struct lg_net *net, double *values);
    void (*set_parameters)(struct lg_net *net, const double *values);

    /* SHA-256 of the parameters in that order as little-endian f32 or f64, NaN
     * canonicalised; of the optimizer's state likewise (slot by slot, then the
     * step count as u64). */
    void (*weights_digest)(const struct lg_net *net, char hex[LG_DIGEST_HEX]);
    void (*state_digest)(const struct lg_net *net, char hex[LG_DIGEST_HEX]);

    /* True if the optimizer's state is finite. A square beyond the largest number makes it
     * infinite, and a parameter whose mean of squares is infinite never changes again:
     * training has diverged, though no parameter shows it. */
    bool (*state_is_finite)(const struct lg_net *net);

    /* A checkpoint: everything training goes on from. Opaque bytes, valid for
     * the same config, precision and byte order. */
    size_t (*checkpoint_bytes)(const struct lg_net *net);
    void (*save)(const struct lg_net *net, void *bytes);
    void (*restore)(struct lg_net *net, const void *bytes);

    /* x^p for x > 0 and 0 < p <= 1000, to within 2 + 0.6 p units in the last place, the same
     * bits from every copy but the reference. */
    double (*power)(double x, double p);

    /* This copy's own loops for measuring the machine. */
    struct lg_peak peak;
};

/* All compiled copies, best ISA first, f32 before f64. */
const struct lg_backend *const *lg_backends(size_t *count);

/* The copy that others are checked against: everything in long double, by plain C, slow.
 * Its values have more digits than a double; its bits are not the same on every machine.
 * Neither lg_backends() nor lg_backend_select() knows it. */
const struct lg_backend *lg_backend_reference(void);

/* True if this CPU can run the ISA of that name. */
bool lg_isa_runs_here(const char *isa);

/* The copy for a precision; isa NULL: the best this CPU runs. LG_USAGE for an
 * unknown name (lists the valid ones), LG_ENVIRONMENT for one this CPU lacks. */
enum lg_status lg_backend_select(enum lg_precision precision, const char *isa,
                                 const struct lg_backend **backend, struct lg_error *error);

#endif
