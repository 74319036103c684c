/* A network in memory, seen by the files of this folder only.
 *
 * Data flow of a training step (train.c):
 *   pixels -> layer[0].x -> forward.c: z = x W + b, h = f(z), h is the next x
 *          -> the loss's gradient -> backward.c, last layer first:
 *             dz = f'(z) dh;  dx = dz W';  g = x' dz, row by row through the
 *             optimizer, which changes W as soon as dx no longer needs it. */
#ifndef LG_NET_NET_H
#define LG_NET_NET_H

#include "engine/activation/activation.h"
#include "engine/base/real.h"
#include "engine/initialisation/initialisation.h"
#include "engine/kernel/nonzero.h"
#include "engine/kernel/rows.h"
#include "engine/loss/loss.h"
#include "engine/optimizer/optimizer.h"
#include "engine/schedule/schedule.h"
#include "lossgrid/backend.h"

#define registry_initialisation LG_SYMBOL(registry_initialisation)
#define registry_schedule       LG_SYMBOL(registry_schedule)

#define registry_loss        LG_SYMBOL(registry_loss)
#define registry_optimizer   LG_SYMBOL(registry_optimizer)
#define registry_activation  LG_SYMBOL(registry_activation)
#define net_create           LG_SYMBOL(net_create)
#define net_initialise       LG_SYMBOL(net_initialise)
#define net_find_moved       LG_SYMBOL(net_find_moved)
#define net_forward          LG_SYMBOL(net_forward)
#define net_options_now      LG_SYMBOL(net_options_now)
#define net_collects         LG_SYMBOL(net_collects)
#define net_place_collected  LG_SYMBOL(net_place_collected)
#define net_step_collected   LG_SYMBOL(net_step_collected)
#define net_loss             LG_SYMBOL(net_loss)
#define net_loss_gradient    LG_SYMBOL(net_loss_gradient)
#define net_backward         LG_SYMBOL(net_backward)
#define net_train            LG_SYMBOL(net_train)
#define net_set_probe        LG_SYMBOL(net_set_probe)
#define net_watch_paths      LG_SYMBOL(net_watch_paths)
#define net_begin_phases     LG_SYMBOL(net_begin_phases)
#define net_end_phases       LG_SYMBOL(net_end_phases)
#define net_change_phase     LG_SYMBOL(net_change_phase)
#define net_evaluate         LG_SYMBOL(net_evaluate)
#define net_batch_loss       LG_SYMBOL(net_batch_loss)
#define net_diverged         LG_SYMBOL(net_diverged)
#define net_captured_bytes   LG_SYMBOL(net_captured_bytes)
#define net_parameter_count  LG_SYMBOL(net_parameter_count)
#define net_parameters       LG_SYMBOL(net_parameters)
#define net_set_parameters   LG_SYMBOL(net_set_parameters)
#define net_weights_digest   LG_SYMBOL(net_weights_digest)
#define net_state_digest     LG_SYMBOL(net_state_digest)
#define net_state_is_finite  LG_SYMBOL(net_state_is_finite)
#define net_checkpoint_bytes LG_SYMBOL(net_checkpoint_bytes)
#define net_save             LG_SYMBOL(net_save)
#define net_restore          LG_SYMBOL(net_restore)

/* A small batch's walk over a weight stays in L1 between the input gradient and the
 * update: CHUNK rows that occur, PANEL columns at a time. */
enum { CHUNK = 32, PANEL = 24576 / CHUNK / sizeof(real) };

/* Most gradient entries that a large batch's walk holds at a time, and fewest rows of them:
 * about what fits into L2 with the weights. */
enum { GRADIENT_ENTRIES = 393216 / sizeof(real), GRADIENT_ROWS = 16 };

/* A vector or matrix of parameters with the optimizer's state of it. */
struct parameters {
    size_t rows; /* of as many columns and as long a stride as the layer's outputs */
    real *w;
    real *state[OPTIMIZER_SLOTS_MAX]; /* an elementwise optimizer's */
    size_t block_reals;
    real *block_state; /* a block optimizer's: (block_reals) */
    real *gradient;    /* as w, where the network collects its gradient */
    real *const *sink; /* where backward() sends gradients: state, or &gradient */
};

/* The non-zero inputs of a batch, by input. Entry j is input[j], ascending; it is
 * not zero in the samples sample[start[j]] .. sample[start[j + 1] - 1], ascending,
 * with those values. */
struct columns {
    size_t count;
    uint32_t *input;  /* (inputs) */
    uint32_t *start;  /* (inputs + 1) */
    uint32_t *sample; /* (batch x inputs) */
    real *value;      /* (batch x inputs) */
    uint32_t *end;    /* (inputs), work space */
};

/* A linear layer and its activation. Rows of inputs, outputs are padded to 64
 * bytes: `stride` reals apart; padding is never read as data. */
struct layer {
    size_t inputs, outputs;
    size_t stride; /* of one row of outputs: weight rows, z, h, dz */
    const struct activation *activation;
    struct lg_options activation_options;
    struct parameters weight; /* (inputs, outputs): the transpose of Torch's */
    struct parameters bias;   /* (outputs) */
    const real *x;            /* (batch, inputs): the layer before's h, or the net's input */
    size_t x_stride;
    real *z, *h, *dz;       /* (batch, outputs) */
    struct active *active;  /* per sample: the inputs that are not zero */
    uint32_t *active_index; /* (batch, inputs): their storage */
    real *active_value;
    bool packed;                    /* this step's products go through gemm() */
    struct nonzero_columns nonzero; /* inputs not zero in every sample; for a large batch */
    real *nonzero_x; /* (batch, nonzero inputs), rows x_stride apart; for a packed layer */
    bool *moved;     /* (inputs): rows whose state is no longer the initial one */
};

enum { TARGET_KINDS = LG_TARGET_NONE + 1 };

struct lg_net {
    struct lg_net_config config;
    const struct loss *loss;
    const struct loss *metrics[LG_METRICS_MAX];
    struct lg_options metric_options[LG_METRICS_MAX];
    const struct loss *terms[LG_TERMS_MAX];
    const struct optimizer *optimizer;
    size_t slots;
    size_t learning_rate;        /* the index of the optimizer's option */
    struct lg_options scheduled; /* the options of this step, where there is a schedule */
    /* The receiver of backward()'s gradients: the optimizer itself or, where it needs a
     * whole gradient first (collect.c), the one that puts them into memory. */
    const struct optimizer *sink;
    size_t sink_slots;
    size_t arity; /* samples that one loss value compares; each is a row of a batch */
    enum zero_gradient zero_gradient;

    struct layer layers[LG_LAYERS_MAX];
    real *input; /* (batch, inputs), rows input_stride apart; also the target */
    size_t input_stride;
    size_t outputs; /* of the last layer */

    struct lg_probe *probe;     /* the caller's; NULL: none */
    struct lg_probe *listening; /* the same within a step that it observes, or NULL */
    enum lg_phase phase;        /* the last one reported to it */

    uint64_t *paths; /* the caller's: those taken; NULL: they are not recorded */

    /* Training state other than parameters. */
    uint64_t steps;
    real *problem_state; /* a batch method's: (problem_reals) */
    size_t problem_reals;
    accumulator scalars[OPTIMIZER_SCALARS_MAX];
    bool has_diverged;

    /* Work space. */
    accumulator *term_values;           /* (batch) */
    real *term_gradient;                /* as the last layer's dz */
    real *target[TARGET_KINDS];         /* (batch, outputs), for the kinds that are wanted */
    real *problem_w, *problem_gradient; /* (parameters), for a batch method */
    real *scratch;                      /* for a block optimizer */
    accumulator *values;                /* (batch): a loss's values */
    real *gradient;                     /* a chunk of gradient rows */
    real *row;                          /* (widest): one of them, expanded */
    real *packing;                      /* gemm()'s work space */
    struct nonzero_columns nonzero; /* outputs of a layer whose dz is not zero in every sample */
    real *nonzero_dz;               /* (batch, nonzero outputs), rows the layer's stride apart */
    real *dx;                       /* (batch, widest): input gradients, compact */
    uint32_t *rows;                 /* (widest): a chunk's rows, where all are wanted */
    uint32_t *outer_row;            /* (widest): the rows that a batch of one updates */
    real *outer_factor;             /* (widest): their inputs */
    uint32_t *row_at;               /* (batch): where each sample's rows of the chunk begin */
    uint32_t *row_count;            /* (batch) */
    size_t blocks;                  /* ROWS_BLOCK columns each, of the widest layer, and one */
    uint32_t *live;                 /* (batch, blocks) */
    uint32_t *live_at;              /* (batch): where each sample's blocks of the panel begin */
    size_t *live_count;             /* (batch) */
    bool *touched;                  /* (blocks) */
    uint32_t *runs;                 /* (2 x blocks): column runs the update walks */
    size_t run_count;
    struct columns columns; /* a layer's inputs by input instead of by sample */
    real *captured;         /* (outputs) */
};

/* Registries (registry.c), sorted by name. */
const struct loss *registry_loss(size_t index);
const struct optimizer *registry_optimizer(size_t index);
const struct activation *registry_activation(size_t index);
const struct initialisation *registry_initialisation(size_t index);
const struct schedule *registry_schedule(size_t index);

/* Set every layer's `moved` from its optimizer's state. */
void net_find_moved(struct lg_net *net);

/* x of the first `batch` rows of net->input -> h of the last layer. Returns false
 * when a pre-activation is not finite. */
bool net_forward(struct lg_net *net, size_t batch);

/* From dh in the last layer's dz to updated parameters, or, where the network collects,
 * to the gradient. Returns false when a gradient is not finite; parameters are then
 * unspecified. */
bool net_backward(struct lg_net *net, size_t rows);

/* The options of the optimizer in this step: the schedule has changed the rate. */
const struct lg_options *net_options_now(struct lg_net *net);

/* True if the optimizer, or what is done to gradients before it, needs a whole
 * gradient; and the memory for that. */
bool net_collects(const struct lg_net *net);
void net_place_collected(struct lg_arena *arena, struct lg_net *net);

/* From dh in the last layer's dz to updated parameters by way of a whole gradient, for
 * the batch in net->input and its targets. Returns as net_backward(). */
bool net_step_collected(struct lg_net *net, size_t batch);

/* sum + values[0] + values[1] + ..., in that order. values: (count). */
static inline accumulator add_values(accumulator sum, const accumulator *values, size_t count)
{
    for (size_t b = 0; b < count; b++)
        sum += values[b];
    return sum;
}

/* The batch's loss from its samples' values, as its reduction says. Adds to *sum what
 * the values add up to and to *weight what that is to be divided by for a mean. */
accumulator net_loss(struct lg_net *net, const struct loss_batch *at, accumulator *sum,
                     accumulator *weight);

/* The loss's gradient into the last layer's dz. */
void net_loss_gradient(struct lg_net *net, size_t batch);

/* Tell the probe that a training step begins, with LG_PHASE_DATA; that it is over. */
void net_begin_phases(struct lg_net *net);
void net_end_phases(struct lg_net *net);

/* The rest of net_enter(), for a step with a probe. */
void net_change_phase(struct lg_net *net, enum lg_phase phase);

/* Enter a phase. Nothing happens without a probe, or within the phase already. */
static inline void net_enter(struct lg_net *net, enum lg_phase phase)
{
    if (net->listening)
        net_change_phase(net, phase);
}

/* This step takes these paths. */
static inline void net_note_all(const struct lg_net *net, uint64_t paths)
{
    if (net->paths)
        *net->paths |= paths;
}
static inline void net_note(const struct lg_net *net, enum lg_path path)
{
    net_note_all(net, LG_PATH_BIT(path));
}

/* The functions that struct lg_backend documents under the same names. */
struct lg_net *net_create(struct lg_arena *arena, const struct lg_net_config *config);
void net_initialise(struct lg_net *net, const struct lg_initialisation *how);
size_t net_train(struct lg_net *net, const struct lg_pass *pass, struct lg_sums *sums);
void net_set_probe(struct lg_net *net, struct lg_probe *probe);
void net_watch_paths(struct lg_net *net, uint64_t *paths);
void net_evaluate(struct lg_net *net, const struct lg_pass *pass, struct lg_sums *sums);
long double net_batch_loss(struct lg_net *net, const struct lg_pass *pass);
bool net_diverged(const struct lg_net *net, uint64_t *step);
void net_captured_bytes(const struct lg_net *net, uint8_t *bytes);
size_t net_parameter_count(const struct lg_net *net);
void net_parameters(const struct lg_net *net, double *values);
void net_set_parameters(struct lg_net *net, const double *values);
void net_weights_digest(const struct lg_net *net, char hex[LG_DIGEST_HEX]);
void net_state_digest(const struct lg_net *net, char hex[LG_DIGEST_HEX]);
bool net_state_is_finite(const struct lg_net *net);
size_t net_checkpoint_bytes(const struct lg_net *net);
void net_save(const struct lg_net *net, void *bytes);
void net_restore(struct lg_net *net, const void *bytes);

#endif
