#include "harness/timing/arm.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/run/clock.h"

/* Steps from the initialisation to where blocks begin; a method that takes all samples at
 * once does much in one. */
enum { FIRST_STEPS = 16, FIRST_STEPS_FULL = 2 };
/* Steps of a block before it begins anew: as many as the spec trains after the first
 * ones, within these bounds, so that no block sees a network that has long converged. */
enum { SPAN_LEAST = 64, SPAN_MOST = 1024, SPAN_FULL = 8 };
enum { LONGEST_STEP_S = 5, WARM_UP_NS = 50000000, PILOTS_MOST_NS = 500000000, PILOTS = 5 };
/* What looking into phases may cost, and the steps that this is found by; and which part
 * of a block is run before it, uncounted. */
#define PROBE_SHARE 0.01
enum { PILOT_STEPS = 100, PROBE_PILOTS = 64, LEAD_IN_SHARE = 16 };

static bool is_same_choice(const struct lg_choice *a, const struct lg_choice *b)
{
    bool is_same = a->index == b->index;
    for (size_t i = 0; i < LG_OPTIONS_MAX; i++)
        is_same &= a->options.value[i] == b->options.value[i];
    for (size_t i = 0; i < LG_LIST_MAX; i++)
        is_same &= a->options.list[i] == b->options.list[i];
    return is_same;
}

bool arm_is_same(const struct cell *a, const struct cell *b)
{
    return strcmp(a->label, b->label) == 0 && a->draw == b->draw &&
           is_same_choice(&a->loss, &b->loss) && is_same_choice(&a->optimizer, &b->optimizer) &&
           is_same_choice(&a->activation, &b->activation);
}

/* ---- Opening ------------------------------------------------------------- */

static void configure(struct arm *arm, const struct arm_context *context)
{
    const struct experiment *experiment = context->experiment;
    struct lg_net_config config = experiment_net_config(experiment, arm->cell);
    const bool is_full = context->backend->optimizer_full_batch(config.optimizer.index);
    if (is_full || config.batch > context->samples)
        config.batch = context->samples;
    const size_t steps = (context->samples + config.batch - 1) / config.batch;
    const uint64_t total = experiment->epochs * steps;
    arm->batch = config.batch;
    arm->is_full = is_full;
    arm->first = is_full ? FIRST_STEPS_FULL : FIRST_STEPS;
    arm->most = SPAN_FULL;
    if (!is_full) {
        arm->most = total > FIRST_STEPS + SPAN_LEAST ? total - FIRST_STEPS : SPAN_LEAST;
        arm->most = arm->most < SPAN_MOST ? arm->most : SPAN_MOST;
    }
    const uint64_t needed = arm->first + arm->most;
    config.total_steps = total > needed ? total : needed;
    arm->config = config;
}

/* Whether a step of all samples would take too long, told by the forward passes of a few:
 * a step takes at least three times as much as one of all. */
static bool takes_too_long(const struct arm *arm, const struct arm_context *context)
{
    enum { FEW = 256, LEAST_FACTOR = 3 };
    if (arm->batch <= FEW)
        return false;
    struct lg_sums sums = {0};
    struct lg_pass pass = feed_pass(&arm->feed, &context->dataset->train, 0, 1);
    pass.count = FEW;
    const uint64_t begin = clock_wall_ns();
    context->backend->evaluate(arm->net, &pass, &sums);
    const double one_ns = (double)(clock_wall_ns() - begin) / FEW;
    return one_ns * (double)arm->batch * LEAST_FACTOR > LONGEST_STEP_S * 1e9;
}

/* Steps first to first + count - 1; false when the network diverges. */
static bool train(const struct arm *arm, const struct arm_context *context, size_t first,
                  size_t count)
{
    struct lg_sums sums = {0};
    const struct lg_pass pass = feed_pass(&arm->feed, &context->dataset->train, first, count);
    return context->backend->train(arm->net, &pass, &sums) == count;
}

static void skip(struct arm *arm, const char *reason)
{
    snprintf(arm->skipped, sizeof arm->skipped, "%.*s", ARM_REASON_MAX - 1, reason);
}

static const char too_long[] = "a step takes longer than 5 s";

/* The first steps, the digest after them and the checkpoint. */
static void take_first_steps(struct arm *arm, const struct arm_context *context)
{
    const struct experiment *experiment = context->experiment;
    const struct lg_initialisation how = {
        .method = experiment->initialisation.index,
        .rng = experiment->rng,
        .seed = arm->cell->seed,
        .draw = arm->cell->draw,
        .options = experiment->initialisation.options,
    };
    context->backend->initialise(arm->net, &how);
    if (takes_too_long(arm, context)) {
        skip(arm, too_long);
        return;
    }
    for (size_t s = 0; s < arm->first; s++) {
        const uint64_t begin = clock_wall_ns();
        if (!train(arm, context, s, 1)) {
            skip(arm, "it diverges in its first steps");
            return;
        }
        if ((double)(clock_wall_ns() - begin) > LONGEST_STEP_S * 1e9) {
            skip(arm, too_long);
            return;
        }
    }
    context->backend->weights_digest(arm->net, arm->weights_sha256);
    context->backend->save(arm->net, arm->start);
}

/* The arm's turn on the ground. */
static void place(struct arm *arm, const struct arm_context *context)
{
    arm->net = ground_place(context->ground, context->backend, &arm->config);
}

enum lg_status arm_open(struct arm *arm, const struct arm_context *context, const struct cell *cell,
                        bool is_twin, struct lg_error *error)
{
    const struct lg_backend *backend = context->backend;
    const struct feed_source source = {context->experiment, &context->dataset->train,
                                       context->samples, cell->seed};
    *arm = (struct arm){.cell = cell, .is_twin = is_twin};
    snprintf(arm->name, sizeof arm->name, "%s%s", cell->slug, is_twin ? "@aa" : "");
    configure(arm, context);
    struct lg_arena measured = {0};
    struct lg_error why;
    (void)backend->create(&measured, &arm->config);
    if (ground_reserve(context->ground, measured.used_bytes, &why) != LG_OK) {
        skip(arm, why.message);
        return LG_OK;
    }
    place(arm, context);
    arm->parameters = backend->parameter_count(arm->net);
    const size_t bytes = backend->checkpoint_bytes(arm->net);
    arm->start = malloc(bytes > 0 ? bytes : 1);
    if (arm->start == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a checkpoint of %zu bytes",
                       bytes);
    enum lg_status status =
        feed_make(&arm->feed, &source, arm->batch, arm->first + arm->most, error);
    if (status == LG_OK)
        take_first_steps(arm, context);
    return status;
}

void arm_close(struct arm *arm)
{
    free(arm->start);
    feed_free(&arm->feed);
    arm->start = NULL;
    arm->net = NULL;
}

/* ---- Blocks -------------------------------------------------------------- */

/* ns of `count` steps from the start; below 0 when they diverge. */
static double pilot(struct arm *arm, const struct arm_context *context, size_t count)
{
    context->backend->restore(arm->net, arm->start);
    const uint64_t begin = clock_wall_ns();
    const bool sound = train(arm, context, arm->first, count);
    const uint64_t end = clock_wall_ns();
    return sound ? (double)(end - begin) : -1.0;
}

/* The longest span of block_ns that does not diverge. */
static void find_span(struct arm *arm, const struct arm_context *context, double block_ns)
{
    double ns = pilot(arm, context, 1);
    arm->span = 1;
    if (ns < 0) {
        skip(arm, "it diverges in its first steps");
        return;
    }
    while (ns < block_ns && arm->span < arm->most) {
        const size_t next = 2 * arm->span < arm->most ? 2 * arm->span : arm->most;
        const double next_ns = pilot(arm, context, next);
        if (next_ns < 0)
            break;
        arm->span = next;
        ns = next_ns;
    }
    arm->pilot_ns = ns / (double)arm->span;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void arm_warm_up(struct arm *arm, const struct arm_context *context, double block_ns)
{
    const uint64_t begin = clock_wall_ns();
    find_span(arm, context, block_ns);
    if (arm->skipped[0] != '\0')
        return;
    double pilots[PILOTS];
    size_t count = 0;
    do {
        pilots[count++ % PILOTS] = pilot(arm, context, arm->span) / (double)arm->span;
    } while (clock_wall_ns() - begin < (count < PILOTS ? PILOTS_MOST_NS : WARM_UP_NS));
    count = count < PILOTS ? count : PILOTS;
    qsort(pilots, count, sizeof *pilots, compare);
    arm->pilot_ns = pilots[count / 2];
}

void arm_settle(struct arm *arm, const struct arm_context *context, size_t span, size_t repeats)
{
    place(arm, context);
    if (span <= arm->span || pilot(arm, context, span) >= 0) {
        arm->span = span;
        arm->repeats = repeats;
        return;
    }
    /* It would diverge on the way: fewer steps, more often. */
    arm->repeats = (span * repeats + arm->span - 1) / arm->span;
}

void arm_probe(struct arm *arm, const struct arm_context *context, const struct phases *phases)
{
    arm->phases = *phases;
    place(arm, context);
    context->backend->set_probe(arm->net, &arm->phases.probe);
    const size_t count = arm->span < PILOT_STEPS ? arm->span : PILOT_STEPS;
    const struct phases *now = &arm->phases;
    for (int i = 0; i < PROBE_PILOTS && (i == 0 || !phases_can_settle(now)); i++)
        (void)pilot(arm, context, count);
    context->backend->set_probe(arm->net, NULL);
    phases_settle(&arm->phases, PROBE_SHARE);
}

/* Stay busy for a share of the time since `begin`, whatever the machine's pace. */
static void wait_for(double share, uint64_t begin)
{
    const uint64_t end = clock_wall_ns();
    const double ns = share * (double)(end - begin);
    while ((double)(clock_wall_ns() - end) < ns) {
    }
}

/* Caches and branches as they are within a block, which another arm's block has just
 * left otherwise: a few steps that do not count. */
static void lead_in(struct arm *arm, const struct arm_context *context)
{
    const size_t blocks = arm->span * arm->repeats / LEAD_IN_SHARE;
    const size_t steps = blocks < arm->span ? blocks : arm->span;
    if (steps > 0)
        (void)pilot(arm, context, steps);
}

void arm_block(struct arm *arm, const struct arm_context *context, struct readings *readings,
               bool is_probed, struct block *block)
{
    struct counter_totals totals = {0};
    place(arm, context);
    lead_in(arm, context);
    phases_reset(&arm->phases);
    context->backend->set_probe(arm->net, is_probed ? &arm->phases.probe : NULL);
    for (size_t r = 0; r < arm->repeats; r++) {
        context->backend->restore(arm->net, arm->start);
        counter_session_start(readings->session);
        const uint64_t begin = arm->slow_down > 0 ? clock_wall_ns() : 0;
        const bool sound = train(arm, context, arm->first, arm->span);
        if (arm->slow_down > 0)
            wait_for(arm->slow_down, begin);
        counter_session_stop(readings->session, &totals);
        assert(sound); /* the pilot did the same, to the bit */
        (void)sound;
    }
    context->backend->set_probe(arm->net, NULL);
    block->steps = arm->repeats * arm->span;
    block->phase_steps = is_probed ? arm->phases.steps : 0;
    for (size_t p = 0; p < LG_PHASES; p++)
        block->phase_ticks[p] = (double)arm->phases.ticks[p];
    readings_take(readings, &totals, block->values);
}
