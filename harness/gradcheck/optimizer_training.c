/* Optimizers as training drives them: a small linear network whose gradient is a plain sum,
 * streamed, sparse, packed and collected, with rows and columns at rest. */
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/optimizer_training.h"
#include "harness/gradcheck/points.h"
#include "harness/gradcheck/samples.h"
#include "harness/spec/registry.h"

enum { STEPS = 8, INPUTS = 11 };

static const struct way {
    const char *name;
    size_t batch, outputs;
    double clip_value, clip_norm, l1, term; /* term: the weight of a mean squared error */
    bool has_schedule;
} ways[] = {
    {"trained on batches of 1", 1, 83, 0, 0, 0, 0, false},
    {"trained on batches of 1, one output block", 1, 5, 0, 0, 0, 0, false},
    {"trained on batches of 3", 3, 37, 0, 0, 0, 0, false},
    {"trained on batches of 8", 8, 19, 0, 0, 0, 0, false},
    {"trained with L1 and clipped entries", 1, 5, 0.625, 0, 0.25, 0, false},
    {"trained with a clipped norm", 3, 7, 0, 1.5, 0, 0, false},
    {"trained on two losses by a schedule", 3, 7, 0, 0, 0, 0.5, true},
};

size_t optimizer_training_count(void)
{
    return sizeof ways / sizeof *ways;
}

const char *optimizer_training_name(size_t index)
{
    return ways[index].name;
}

/* A training in progress; arrays begin with the weight, (inputs, outputs), then the bias. */
struct training {
    const struct way *way;
    const struct lg_backend *backend;
    const struct lg_choice *optimizer;
    struct samples samples;
    long double unit;
    size_t size;           /* of the weight and the bias */
    double *w, *own;       /* (STEPS + 1, size); (size): as the engine orders them */
    struct bounded *g, *y; /* (STEPS, size); (batch, outputs) */
    double lr[STEPS];
};

/* ---- The network --------------------------------------------------------- */

static enum lg_status choose(const char *kind, size_t count, const struct lg_info *(*info)(size_t),
                             const char *name, const char *reduction, struct lg_choice *choice,
                             struct lg_error *error)
{
    enum lg_status status = registry_lookup(kind, count, info, name, &choice->index, error);
    if (status != LG_OK)
        return status;
    choice->options = lg_options_default(info(choice->index));
    if (reduction != NULL)
        choice->options.value[lg_option_find(info(choice->index), "reduction")] = 1;
    return LG_OK;
}

static enum lg_status configure(const struct training *t, struct lg_net_config *config,
                                struct lg_error *error)
{
    const struct lg_backend *b = t->backend;
    const struct way *way = t->way;
    *config = (struct lg_net_config){.inputs = INPUTS,
                                     .layer_count = 1,
                                     .batch = way->batch,
                                     .task = LG_TASK_CLASSIFY,
                                     .classes = way->outputs,
                                     .optimizer = *t->optimizer,
                                     .term_count = way->term > 0,
                                     .has_schedule = way->has_schedule,
                                     .total_steps = STEPS,
                                     .clip_value = way->clip_value,
                                     .clip_norm = way->clip_norm,
                                     .l1 = way->l1};
    config->layers[0].outputs = way->outputs;
    config->terms[0].weight = way->term;
    enum lg_status status = choose("activation", b->activation_count, b->activation, "identity",
                                   NULL, &config->layers[0].activation, error);
    if (status == LG_OK)
        status = choose("loss", b->loss_count, b->loss, "abs", "sum", &config->loss, error);
    if (status == LG_OK)
        status =
            choose("loss", b->loss_count, b->loss, "mse", "sum", &config->terms[0].loss, error);
    if (status == LG_OK)
        status = choose("schedule", b->schedule_count, b->schedule, "cosine", NULL,
                        &config->schedule, error);
    return status;
}

/* Between the engine's order, (outputs, inputs), and ours. */
static size_t place(const struct training *t, size_t ours)
{
    const size_t outputs = t->way->outputs;
    return ours < INPUTS * outputs ? ours % outputs * INPUTS + ours / outputs : ours;
}

static enum lg_status train(struct training *t, struct lg_error *error)
{
    struct lg_net_config config;
    struct lg_arena arena = {0};
    enum lg_status status = configure(t, &config, error);
    if (status != LG_OK)
        return status;
    t->backend->create(&arena, &config);
    status = lg_arena_create(&arena, arena.used_bytes, error);
    if (status != LG_OK)
        return status;
    struct lg_net *net = t->backend->create(&arena, &config);
    const struct lg_initialisation how = {.seed = 1, .draw = 1};
    t->backend->initialise(net, &how); /* the optimizer's state */
    for (size_t i = 0; i < t->size; i++)
        t->own[place(t, i)] = t->w[i];
    t->backend->set_parameters(net, t->own);
    for (size_t s = 0; s < STEPS; s++) {
        const struct lg_pass pass = samples_pass(&t->samples, s * config.batch, config.batch);
        struct lg_sums sums = {0};
        t->backend->train(net, &pass, &sums);
        t->backend->parameters(net, t->own);
        for (size_t i = 0; i < t->size; i++)
            t->w[(s + 1) * t->size + i] = t->own[place(t, i)];
    }
    lg_arena_destroy(&arena);
    return LG_OK;
}

/* ---- Its gradient -------------------------------------------------------- */

/* A pixel as the engine's precision has it. */
static struct bounded input_of(const struct training *t, size_t sample, size_t i)
{
    const unsigned pixel = t->samples.images.pixels[sample * INPUTS + i];
    const double x = t->unit > 0x1p-30L ? (double)((float)pixel / 255) : (double)pixel / 255;
    return known(x, t->unit);
}

/* The sign of each output less its target, which is 1 for the label's and 0 for others, and
 * the term's part, into y. */
static void slopes(const struct training *t, size_t step)
{
    const size_t outputs = t->way->outputs, batch = t->way->batch;
    const double *w = t->w + (step - 1) * t->size;
    for (size_t b = 0; b < batch; b++)
        for (size_t o = 0; o < outputs; o++) {
            const size_t sample = (step - 1) * batch + b;
            struct bounded y = known(w[INPUTS * outputs + o], t->unit);
            for (size_t i = 0; i < INPUTS; i++)
                y = plus(y, times(input_of(t, sample, i), known(w[i * outputs + o], t->unit)));
            const bool is_own = t->samples.images.labels[sample] == o;
            const struct bounded off = minus(y, known(is_own, t->unit));
            t->y[b * outputs + o] = sign(off);
            if (t->way->term > 0)
                t->y[b * outputs + o] =
                    plus(sign(off), times(known(2 * t->way->term, t->unit), off));
        }
}

/* With the L1 penalty's derivative, then clipped, as the paper of neither says otherwise:
 * by entries, then by the norm of all (R. Pascanu et al., 2013, algorithm 1). */
static void shape(const struct training *t, const double *w, struct bounded *g)
{
    const struct way *way = t->way;
    for (size_t i = 0; i < t->size; i++) {
        if (way->l1 > 0)
            g[i] = plus(g[i], times(known(way->l1, t->unit), sign(known(w[i], t->unit))));
        if (way->clip_value > 0)
            g[i] = larger(smaller(g[i], known(way->clip_value, t->unit)),
                          known(-way->clip_value, t->unit));
    }
    if (way->clip_norm == 0)
        return;
    const struct bounded norm =
        plus(formula_norm(g, t->size), coefficient(1e-6L, 1, BOUNDED_ACCUMULATOR));
    const struct bounded scale = smaller(known(1, BOUNDED_ACCUMULATOR),
                                         over(known(way->clip_norm, BOUNDED_ACCUMULATOR), norm));
    for (size_t i = 0; i < t->size; i++)
        g[i] = times(g[i], in_unit(scale, t->unit));
}

static void find_gradient(const struct training *t, size_t step)
{
    const size_t outputs = t->way->outputs, batch = t->way->batch;
    struct bounded *g = t->g + (step - 1) * t->size;
    slopes(t, step);
    for (size_t i = 0; i <= INPUTS; i++) /* the last is the bias: its input is 1 */
        for (size_t o = 0; o < outputs; o++) {
            struct bounded sum = known(0, t->unit);
            for (size_t b = 0; b < batch; b++) {
                const struct bounded x =
                    i < INPUTS ? input_of(t, (step - 1) * batch + b, i) : known(1, t->unit);
                const struct bounded part = times(x, t->y[b * outputs + o]);
                sum = b == 0 ? part : plus(sum, part);
            }
            g[i * outputs + o] = sum;
        }
    shape(t, t->w + (step - 1) * t->size, g);
}

/* ---- The check ----------------------------------------------------------- */

static enum lg_status judge_block(const struct training *t, const struct formula *formula,
                                  bool is_bias, struct formula_verdict *verdict,
                                  struct lg_error *error)
{
    const size_t first = is_bias ? INPUTS * t->way->outputs : 0;
    const size_t rows = is_bias ? 1 : INPUTS, size = rows * t->way->outputs;
    double *w = malloc((STEPS + 1) * size * sizeof *w);
    struct bounded *g = malloc(STEPS * size * sizeof *g);
    struct formula_run run = {.info = t->backend->optimizer(t->optimizer->index),
                              .options = &t->optimizer->options,
                              .lr = t->way->has_schedule ? t->lr : NULL,
                              .steps = STEPS,
                              .rows = rows,
                              .columns = t->way->outputs,
                              .is_bias = is_bias,
                              .unit = t->unit,
                              .w = w,
                              .g = g};
    const bool is_there = w != NULL && g != NULL;
    enum lg_status status = is_there
                                ? formula_run_place(&run, error)
                                : lg_fail(error, LG_ENVIRONMENT, "not enough memory for gradients");
    for (size_t s = 0; s <= STEPS && is_there && status == LG_OK; s++) {
        memcpy(w + s * size, t->w + s * t->size + first, size * sizeof *w);
        if (s < STEPS)
            memcpy(g + s * size, t->g + s * t->size + first, size * sizeof *g);
    }
    for (size_t s = 1; s <= STEPS && status == LG_OK; s += s < 3 ? 1 : 5)
        formula_judge(formula, &run, s, NULL, verdict);
    formula_run_free(&run);
    free(w);
    free(g);
    return status;
}

/* Half of the outputs start at 0, where the loss is flat: their columns rest until a label
 * wakes them. */
static void start(struct training *t, uint64_t seed)
{
    struct lg_pcg pcg = lg_pcg_seed(seed, 50);
    const long double lr =
        t->optimizer->options
            .value[lg_option_find(t->backend->optimizer(t->optimizer->index), "lr")];
    for (size_t i = 0; i < t->size; i++) {
        const double drawn = points_draw(&pcg, -1, 1);
        t->w[i] = i % t->way->outputs < t->way->outputs / 2 ? 0 : drawn;
    }
    for (size_t s = 0; s < STEPS; s++)
        t->lr[s] = (double)(lr * (1 + elementary_cospi((long double)s / STEPS)) / 2);
}

enum lg_status optimizer_training_check(const struct lg_backend *backend,
                                        const struct lg_choice *optimizer,
                                        const struct formula *formula, size_t index, uint64_t seed,
                                        struct formula_verdict *verdict, struct lg_error *error)
{
    struct training t = {.way = &ways[index], .backend = backend, .optimizer = optimizer};
    const size_t outputs = t.way->outputs;
    t.unit = backend->precision == LG_F32 ? 0x1p-24L : 0x1p-53L;
    t.size = (INPUTS + 1) * outputs;
    t.w = malloc((STEPS + 2) * t.size * sizeof *t.w);
    t.g = malloc((STEPS * t.size + t.way->batch * outputs) * sizeof *t.g);
    const bool is_placed =
        samples_draw(&t.samples, LG_TASK_CLASSIFY, STEPS * t.way->batch, INPUTS, outputs, seed) &&
        t.w != NULL && t.g != NULL;
    enum lg_status status =
        is_placed ? LG_OK : lg_fail(error, LG_ENVIRONMENT, "not enough memory for a training");
    if (is_placed) {
        t.own = t.w + (STEPS + 1) * t.size;
        t.y = t.g + STEPS * t.size;
        start(&t, seed);
        status = train(&t, error);
        for (size_t s = 1; s <= STEPS && status == LG_OK; s++)
            find_gradient(&t, s);
        for (int is_bias = 0; is_bias < 2 && status == LG_OK; is_bias++)
            status = judge_block(&t, formula, is_bias, verdict, error);
    }
    samples_free(&t.samples);
    free(t.w);
    free(t.g);
    return status;
}
