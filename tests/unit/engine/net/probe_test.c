/* The phases that a probe sees of a step, checked against the network: parameters and the
 * optimizer's state change in UPDATE alone, gradients in the other phases alone. */
#include "engine/net/net.h"

#include "tests/unit/engine/net/example.h"

enum { BATCHES = 4, SAMPLES = 20, GRADIENT_REALS = EXAMPLE_FEATURES * EXAMPLE_FEATURES };
static const size_t batches[BATCHES] = {1, 3, 8, SAMPLES};

/* A probe that reads the whole network at each call. */
struct witness {
    struct lg_probe probe;
    struct lg_net *net;
    bool in_step;
    enum lg_phase phase;
    uint64_t moving, gradients;
    size_t steps, skipped, skip_every, entered[LG_PHASES];
    size_t updates; /* calls of the optimizer */
    /* What must not happen. */
    size_t misplaced, moved_elsewhere, gradient_moved, updates_elsewhere;
};

static uint64_t mix_reals(uint64_t hash, const real *x, size_t count)
{
    for (size_t i = 0; x && i < count; i++) {
        uint64_t bits = 0;
        memcpy(&bits, x + i, sizeof *x < sizeof bits ? sizeof *x : sizeof bits);
        hash = (hash ^ bits) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 29;
    }
    return hash;
}

static void look(const struct lg_net *net, uint64_t *moving, uint64_t *gradients)
{
    *moving = mix_reals(1, net->problem_state, net->problem_reals);
    *gradients = mix_reals(1, net->gradient, GRADIENT_REALS);
    *gradients = mix_reals(*gradients, net->row, EXAMPLE_FEATURES);
    *gradients = mix_reals(*gradients, net->dx, net->config.batch * EXAMPLE_FEATURES);
    for (size_t l = 0; l < net->config.layer_count; l++) {
        const struct layer *layer = &net->layers[l];
        const struct parameters *const parts[] = {&layer->weight, &layer->bias};
        for (size_t p = 0; p < 2; p++) {
            const size_t count = parts[p]->rows * layer->stride;
            *moving = mix_reals(*moving, parts[p]->w, count);
            *moving = mix_reals(*moving, parts[p]->block_state, parts[p]->block_reals);
            for (size_t slot = 0; slot < net->slots; slot++)
                *moving = mix_reals(*moving, parts[p]->state[slot], count);
            *gradients = mix_reals(*gradients, parts[p]->gradient, count);
        }
        *gradients = mix_reals(*gradients, layer->dz, net->config.batch * layer->stride);
        *gradients = mix_reals(*gradients, layer->h, net->config.batch * layer->stride);
    }
}

/* The phase that was on is over. */
static void judge(struct witness *witness)
{
    uint64_t moving, gradients;
    look(witness->net, &moving, &gradients);
    if (witness->in_step && witness->phase != LG_PHASE_UPDATE)
        witness->moved_elsewhere += moving != witness->moving;
    if (witness->in_step && witness->phase == LG_PHASE_UPDATE)
        witness->gradient_moved += gradients != witness->gradients;
    witness->moving = moving;
    witness->gradients = gradients;
}

static bool may_follow(const struct lg_net *net, enum lg_phase before, enum lg_phase phase)
{
    switch (phase) {
    case LG_PHASE_DATA:
        return false;
    case LG_PHASE_FORWARD:
        return before == LG_PHASE_DATA || (before == LG_PHASE_UPDATE && net->optimizer->minimise);
    case LG_PHASE_LOSS:
        return before == LG_PHASE_FORWARD ||
               (before == LG_PHASE_BACKWARD && net->optimizer->minimise);
    case LG_PHASE_BACKWARD:
        return before == LG_PHASE_LOSS || before == LG_PHASE_UPDATE;
    case LG_PHASE_UPDATE:
        return before == LG_PHASE_BACKWARD || (before == LG_PHASE_LOSS && net->optimizer->minimise);
    }
    return false;
}

static void enter(struct lg_probe *probe, enum lg_phase phase)
{
    struct witness *witness = (struct witness *)probe;
    judge(witness);
    if (witness->in_step)
        witness->misplaced += !may_follow(witness->net, witness->phase, phase);
    else
        witness->misplaced += phase != LG_PHASE_DATA;
    witness->steps += !witness->in_step;
    probe->skips =
        !witness->in_step && witness->skip_every > 0 && witness->steps % witness->skip_every == 0;
    witness->skipped += probe->skips;
    witness->in_step = !probe->skips;
    witness->phase = phase;
    witness->entered[phase]++;
}

static void leave(struct lg_probe *probe)
{
    struct witness *witness = (struct witness *)probe;
    judge(witness);
    witness->misplaced += !witness->in_step;
    witness->in_step = false;
}

/* ---- Optimizers that say when they are called -------------------------------------- */

static struct witness *watching; /* an optimizer is handed nothing to find it by */
static const struct optimizer *watched;

static void count_update(void)
{
    watching->updates++;
    watching->updates_elsewhere += watching->in_step && watching->phase != LG_PHASE_UPDATE;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    count_update();
    watched->begin(options, step, scalars, now);
}

static void update(const struct optimizer_step *now, size_t n, real *restrict w,
                   struct gradient gradient, real *const *state)
{
    count_update();
    watched->update(now, n, w, gradient, state);
}

static void update_outer(const struct optimizer_step *now, const struct outer *gradient, real *w,
                         real *const *state)
{
    count_update();
    watched->update_outer(now, gradient, w, state);
}

static void update_block(const struct lg_options *options, const struct optimizer_step *now,
                         const struct block *block)
{
    count_update();
    watched->update_block(options, now, block);
}

static void minimise(const struct lg_options *options, uint64_t step,
                     accumulator scalars[OPTIMIZER_SCALARS_MAX], struct problem *problem)
{
    count_update();
    watched->minimise(options, step, scalars, problem);
}

static void watch(struct witness *witness, struct lg_net *net, struct optimizer *stand_in)
{
    *witness = (struct witness){.probe = {.enter = enter, .leave = leave}, .net = net};
    watching = witness;
    watched = net->optimizer;
    *stand_in = *watched;
    if (watched->begin)
        stand_in->begin = begin;
    if (watched->update) {
        stand_in->update = update;
        stand_in->update_outer = update_outer;
    }
    if (watched->update_block)
        stand_in->update_block = update_block;
    if (watched->minimise)
        stand_in->minimise = minimise;
    if (net->sink == net->optimizer)
        net->sink = stand_in;
    net->optimizer = stand_in;
    net_set_probe(net, &witness->probe);
}

/* ---- Tests --------------------------------------------------------------------------- */

/* Train with a witness and without one: the same bits, and the witness has no complaint. */
static void check(const struct lg_net_config *config, const char *what, bool *was_packed,
                  bool *was_sparse)
{
    struct example plain = example_create(config), e = example_create(config);
    struct witness witness;
    struct optimizer stand_in;
    watch(&witness, e.net, &stand_in);
    const size_t steps = example_train(&e, 0, SAMPLES);
    cr_assert_eq(example_train(&plain, 0, SAMPLES), steps);
    for (size_t l = 0; l < config->layer_count; l++) {
        *was_packed |= e.net->layers[l].packed;
        *was_sparse |= !e.net->layers[l].packed;
    }
    cr_expect(same_fingerprint(fingerprint_of(plain.net), fingerprint_of(e.net)),
              "%s: a probe changes bits", what);
    cr_expect_eq(steps, (SAMPLES + config->batch - 1) / config->batch);
    cr_expect_eq(witness.steps, steps, "%s: %zu of %zu steps", what, witness.steps, steps);
    cr_expect_not(witness.in_step, "%s: the last step does not end", what);
    cr_expect_eq(witness.entered[LG_PHASE_DATA], steps);
    cr_expect_geq(witness.entered[LG_PHASE_UPDATE], steps);
    /* A method that searches gets the loss once more than it runs the network. */
    cr_expect_eq(witness.entered[LG_PHASE_LOSS],
                 witness.entered[LG_PHASE_FORWARD] + (watched->minimise ? steps : 0));
    cr_expect_geq(witness.entered[LG_PHASE_BACKWARD], steps);
    cr_expect_eq(witness.misplaced, 0, "%s: %zu phases out of place", what, witness.misplaced);
    cr_expect_eq(witness.moved_elsewhere, 0, "%s: parameters change outside of updates, %zu times",
                 what, witness.moved_elsewhere);
    cr_expect_eq(witness.gradient_moved, 0, "%s: gradients change in an update, %zu times", what,
                 witness.gradient_moved);
    cr_expect_geq(witness.updates, steps);
    cr_expect_eq(witness.updates_elsewhere, 0, "%s: %zu updates elsewhere", what,
                 witness.updates_elsewhere);
    example_destroy(&plain);
    example_destroy(&e);
}

TEMPLATE_TEST(probe, sees_what_happens_of_every_optimizer)
{
    bool was_packed = false, was_sparse = false;
    for (size_t o = 0; o < OPTIMIZERS; o++)
        for (size_t b = 0; b < BATCHES; b++) {
            char what[64];
            struct lg_net_config config = example_config(b % 2 ? "tanh" : "relu", batches[b]);
            config.optimizer = example_optimizer(example_optimizers[o], "");
            snprintf(what, sizeof what, "%s, batch %zu", example_optimizers[o], batches[b]);
            check(&config, what, &was_packed, &was_sparse);
        }
    cr_expect(was_packed && was_sparse);
}

TEMPLATE_TEST(probe, sees_what_happens_to_collected_gradients)
{
    bool was_packed = false, was_sparse = false;
    static const char *const optimizers[] = {"sgd", "adam", "muon", "lbfgs"};
    for (size_t o = 0; o < sizeof optimizers / sizeof *optimizers; o++)
        for (size_t b = 0; b < BATCHES; b++) {
            char what[64];
            struct lg_net_config config = example_config("tanh", batches[b]);
            config.optimizer = example_optimizer(optimizers[o], "");
            config.clip_norm = 1e-3;
            config.l1 = 1e-4;
            snprintf(what, sizeof what, "%s, clipped, batch %zu", optimizers[o], batches[b]);
            check(&config, what, &was_packed, &was_sparse);
        }
    cr_expect(was_packed && was_sparse);
}

/* Layers so wide that their walk goes panel by panel, or chunk by chunk. */
TEMPLATE_TEST(probe, sees_what_happens_in_wide_layers)
{
    enum { WIDE = 400 };
    bool was_packed = false, was_sparse = false;
    for (size_t batch = 1; batch <= SAMPLES; batch += SAMPLES - 1) {
        struct lg_net_config config = example_config(batch == 1 ? "relu" : "tanh", batch);
        config.layers[0].outputs = config.layers[1].outputs = WIDE;
        check(&config, batch == 1 ? "wide, batch 1" : "wide, batch 20", &was_packed, &was_sparse);
    }
    cr_expect(was_packed && was_sparse);
}

TEMPLATE_TEST(probe, steps_can_be_skipped)
{
    const struct lg_net_config config = example_config("relu", 2);
    struct example e = example_create(&config);
    struct witness witness;
    struct optimizer stand_in;
    watch(&witness, e.net, &stand_in);
    witness.skip_every = 2;
    cr_assert_eq(example_train(&e, 0, SAMPLES), 10);
    cr_expect_eq(witness.steps, 10);
    cr_expect_eq(witness.skipped, 5);
    cr_expect_eq(witness.entered[LG_PHASE_DATA], 10);
    cr_expect_eq(witness.entered[LG_PHASE_FORWARD], 5);
    cr_expect_eq(witness.misplaced, 0);
    net_set_probe(e.net, NULL);
    cr_assert_eq(example_train(&e, 0, SAMPLES), 10);
    cr_expect_eq(witness.steps, 10);
    example_destroy(&e);
}

/* Evaluating is no step; a step that diverges ends all the same. */
TEMPLATE_TEST(probe, sees_steps_alone_and_their_end)
{
    struct lg_net_config config = example_config("identity", 4);
    struct lg_sums sums = {0};
    config.optimizer = example_optimizer("sgd", "lr=1e30");
    struct example e = example_create(&config);
    const struct lg_pass pass = {.images = &e.images, .count = 4, .capture = SIZE_MAX};
    struct witness witness;
    struct optimizer stand_in;
    watch(&witness, e.net, &stand_in);
    net_evaluate(e.net, &pass, &sums);
    net_batch_loss(e.net, &pass);
    cr_expect_eq(witness.steps, 0);
    const size_t steps = example_train(&e, 0, SAMPLES);
    uint64_t step;
    cr_expect(net_diverged(e.net, &step));
    cr_expect_gt(witness.steps, 0);
    cr_expect_leq(witness.steps, steps + 1);
    cr_expect_not(witness.in_step);
    cr_expect_eq(witness.misplaced, 0);
    example_destroy(&e);
}
