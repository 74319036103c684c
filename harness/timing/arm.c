#include "harness/timing/arm.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/clock.h"

/* Steps from the initialisation to the first state; a method that takes all samples at
 * once does much in one. */
enum { FIRST_STEPS = 16, FIRST_STEPS_FULL = 2 };
/* Steps of a block before it starts again: a part of those that the spec trains, so that even
 * the last state's block ends within them, and within these bounds. */
enum { SPAN_PART = 4, SPAN_LEAST = 64, SPAN_MOST = 1024, SPAN_FULL = 8 };
/* Steps whose samples are at hand for blocks: an epoch's, or so many. */
enum { POOL_MOST = 1 << 16 };
enum { LONGEST_STEP_S = 5, WARM_UP_NS = 50000000, PILOTS_MOST_NS = 500000000, PILOTS = 5 };
/* The cost allowed for reading phases, and the steps that this is found by; and which part
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

static void configure(struct timed_arm *arm, const struct arm_context *context)
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
        const uint64_t part = total / SPAN_PART;
        arm->most = part < SPAN_LEAST ? SPAN_LEAST : part < SPAN_MOST ? part : SPAN_MOST;
    }
    const uint64_t needed = arm->first + arm->most;
    config.total_steps = total > needed ? total : needed;
    arm->limit = config.total_steps - arm->most;
    arm->config = config;
}

/* True if a step of all samples would take too long, estimated from the forward passes of a
 * few: a step takes at least three times as much as one of all. */
static bool takes_too_long(const struct timed_arm *arm, const struct arm_context *context)
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

/* Stay busy for a share of the processor time since `begin`: what blocks are measured in,
 * and what another program's turn does not shorten. */
static void wait_for(double share, uint64_t begin)
{
    const uint64_t end = clock_busy_ns();
    const double ns = share * (double)(end - begin);
    while ((double)(clock_busy_ns() - end) < ns) {
    }
}

size_t arm_train(struct timed_arm *arm, const struct arm_context *context, const struct feed *feed,
                 size_t first, size_t count)
{
    const struct arm_slow_down *slow_down = &arm->slow_down;
    const struct lg_pass pass = feed_pass(feed, &context->dataset->train, first, count);
    struct lg_sums sums = {0};
    const bool waits = slow_down->share > 0 && arm->at >= slow_down->from;
    const uint64_t begin = waits ? clock_busy_ns() : 0;
    const size_t taken = context->backend->train(arm->net, &pass, &sums);
    if (waits)
        wait_for(slow_down->grows ? slow_down->share * (double)arm->at / (double)slow_down->from
                                  : slow_down->share,
                 begin);
    arm->at += taken;
    return taken;
}

static void skip(struct timed_arm *arm, const char *reason)
{
    snprintf(arm->skipped, sizeof arm->skipped, "%.*s", ARM_REASON_MAX - 1, reason);
}

static const char too_long[] = "a step takes longer than 5 s";

void arm_place(struct timed_arm *arm, const struct arm_context *context)
{
    arm->net = ground_place(context->ground, context->backend, &arm->config);
}

void arm_restore(struct timed_arm *arm, const struct arm_context *context,
                 const struct arm_point *point)
{
    context->backend->restore(arm->net, point->bytes);
    arm->at = point->steps;
}

void arm_keep(const struct timed_arm *arm, const struct arm_context *context,
              struct arm_point *point)
{
    point->steps = arm->at;
    context->backend->weights_digest(arm->net, point->weights_sha256);
    context->backend->save(arm->net, point->bytes);
}

/* The first steps, and the state after them. */
static void take_first_steps(struct timed_arm *arm, const struct arm_context *context,
                             const struct feed *feed)
{
    const struct experiment *experiment = context->experiment;
    const struct lg_initialisation how = {
        .method = arm->cell->setup.initialisation.index,
        .rng = experiment->rng,
        .seed = arm->cell->seed,
        .draw = arm->cell->draw,
        .options = arm->cell->setup.initialisation.options,
    };
    context->backend->initialise(arm->net, &how);
    if (takes_too_long(arm, context)) {
        skip(arm, too_long);
        return;
    }
    for (size_t s = 0; s < arm->first; s++) {
        const uint64_t begin = clock_wall_ns();
        if (arm_train(arm, context, feed, s, 1) < 1) {
            skip(arm, "it diverges in its first steps");
            return;
        }
        if ((double)(clock_wall_ns() - begin) > LONGEST_STEP_S * 1e9) {
            skip(arm, too_long);
            return;
        }
    }
    arm_keep(arm, context, &arm->points[ARM_FIRST]);
}

/* Memory for both checkpoints, and the feed of blocks. */
static enum lg_status take_memory(struct timed_arm *arm, const struct arm_context *context,
                                  struct lg_error *error)
{
    const size_t bytes = context->backend->checkpoint_bytes(arm->net);
    const size_t epoch = (context->samples + arm->batch - 1) / arm->batch;
    const size_t pool = epoch < POOL_MOST ? epoch : POOL_MOST;
    for (size_t i = 0; i < ARM_STATES; i++) {
        arm->points[i].bytes = malloc(bytes > 0 ? bytes : 1);
        if (arm->points[i].bytes == NULL)
            return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a checkpoint of %zu bytes",
                           bytes);
    }
    return feed_make(&arm->feed, &arm->source, arm->batch, arm->first,
                     pool > arm->most ? pool : arm->most, error);
}

enum lg_status arm_open(struct timed_arm *arm, const struct arm_context *context,
                        const struct cell *cell, bool is_control, struct lg_error *error)
{
    const struct lg_backend *backend = context->backend;
    struct feed feed;
    *arm = (struct timed_arm){
        .cell = cell,
        .is_control = is_control,
        .slow_down = context->slow_down != NULL ? context->slow_down(context->to, cell)
                                                : (struct arm_slow_down){0},
        .source = {context->experiment, &context->dataset->train, context->samples, cell->seed}};
    configure(arm, context);
    struct lg_arena measured = {0};
    struct lg_error why;
    (void)backend->create(&measured, &arm->config);
    if (ground_reserve(context->ground, measured.used_bytes, &why) != LG_OK) {
        skip(arm, why.message);
        return LG_OK;
    }
    arm_place(arm, context);
    arm->parameters = backend->parameter_count(arm->net);
    enum lg_status status = take_memory(arm, context, error);
    if (status == LG_OK)
        status = feed_make(&feed, &arm->source, arm->batch, 0, arm->first, error);
    if (status != LG_OK)
        return status;
    take_first_steps(arm, context, &feed);
    feed_free(&feed);
    return LG_OK;
}

void arm_close(struct timed_arm *arm)
{
    for (size_t i = 0; i < ARM_STATES; i++) {
        free(arm->points[i].bytes);
        arm->points[i].bytes = NULL;
    }
    feed_free(&arm->feed);
    arm->net = NULL;
}

const char *const arm_state_words[] = {"first", "settled", "unsettled", NULL};

const char *arm_state_word(const struct timed_arm *arm, enum arm_state state)
{
    const bool is_settled = settling_is_settled(&arm->settling);
    return arm_state_words[state == ARM_FIRST ? 0 : is_settled ? 1 : 2];
}

/* ---- Blocks -------------------------------------------------------------- */

size_t arm_offset(const struct timed_arm *arm, double where, size_t steps)
{
    const size_t room = arm->feed.steps > steps ? arm->feed.steps - steps : 0;
    return (size_t)(where * (double)room);
}

/* ns of `count` steps from a state; below 0 when they diverge. */
static double pilot(struct timed_arm *arm, const struct arm_context *context, enum arm_state state,
                    size_t count)
{
    arm_restore(arm, context, &arm->points[state]);
    const uint64_t begin = clock_wall_ns();
    const bool sound = arm_train(arm, context, &arm->feed, 0, count) == count;
    const uint64_t end = clock_wall_ns();
    return sound ? (double)(end - begin) : -1.0;
}

/* Of both states the late one counts, but the first must go as far. */
static double pilot_both(struct timed_arm *arm, const struct arm_context *context, size_t count)
{
    if (pilot(arm, context, ARM_FIRST, count) < 0)
        return -1.0;
    return pilot(arm, context, ARM_LATE, count);
}

/* The longest span of block_ns that does not diverge. */
static void find_span(struct timed_arm *arm, const struct arm_context *context, double block_ns)
{
    double ns = pilot_both(arm, context, 1);
    arm->span = 1;
    if (ns < 0) {
        skip(arm, "it diverges in its first steps");
        return;
    }
    while (ns < block_ns && arm->span < arm->most) {
        const size_t next = 2 * arm->span < arm->most ? 2 * arm->span : arm->most;
        const double next_ns = pilot_both(arm, context, next);
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

void arm_warm_up(struct timed_arm *arm, const struct arm_context *context, double block_ns)
{
    const uint64_t begin = clock_wall_ns();
    find_span(arm, context, block_ns);
    if (arm->skipped[0] != '\0')
        return;
    double pilots[PILOTS];
    size_t count = 0;
    do {
        pilots[count++ % PILOTS] = pilot(arm, context, ARM_LATE, arm->span) / (double)arm->span;
    } while (clock_wall_ns() - begin < (count < PILOTS ? PILOTS_MOST_NS : WARM_UP_NS));
    count = count < PILOTS ? count : PILOTS;
    qsort(pilots, count, sizeof *pilots, compare);
    arm->pilot_ns = pilots[count / 2];
}

void arm_settle(struct timed_arm *arm, const struct arm_context *context, size_t span,
                size_t repeats)
{
    arm_place(arm, context);
    if (span <= arm->span || pilot_both(arm, context, span) >= 0) {
        arm->span = span;
        arm->repeats = repeats;
        return;
    }
    /* It would diverge on the way: fewer steps, more often. */
    arm->repeats = (span * repeats + arm->span - 1) / arm->span;
}

void arm_probe(struct timed_arm *arm, const struct arm_context *context,
               const struct phases *phases)
{
    arm->phases = *phases;
    arm_place(arm, context);
    context->backend->set_probe(arm->net, &arm->phases.probe);
    const size_t count = arm->span < PILOT_STEPS ? arm->span : PILOT_STEPS;
    const struct phases *now = &arm->phases;
    for (int i = 0; i < PROBE_PILOTS && (i == 0 || !phases_can_settle(now)); i++)
        (void)pilot(arm, context, ARM_LATE, count);
    context->backend->set_probe(arm->net, NULL);
    phases_settle(&arm->phases, PROBE_SHARE);
}

/* Caches and branches as they are within a block, which another arm's block has just
 * left otherwise: a few steps that do not count, on samples far from the block's, whose
 * pixels training has not just read either. */
static void lead_in(struct timed_arm *arm, const struct arm_context *context,
                    const struct block_plan *plan)
{
    const size_t blocks = arm->span * arm->repeats / LEAD_IN_SHARE;
    const size_t steps = blocks < arm->span ? blocks : arm->span;
    const double where = plan->where < 0.5 ? plan->where + 0.5 : plan->where - 0.5;
    arm_restore(arm, context, &arm->points[plan->state]);
    if (steps > 0)
        (void)arm_train(arm, context, &arm->feed, arm_offset(arm, where, steps), steps);
}

/* `span` steps from the state, in *totals; false when they diverge, and nothing is added. */
static bool take_piece(struct timed_arm *arm, const struct arm_context *context,
                       struct readings *readings, enum arm_state state, size_t offset,
                       struct counter_totals *totals)
{
    const struct counter_totals before = *totals;
    const struct phases seen = arm->phases;
    arm_restore(arm, context, &arm->points[state]);
    counter_session_start(readings->session);
    const bool sound = arm_train(arm, context, &arm->feed, offset, arm->span) == arm->span;
    counter_session_stop(readings->session, totals);
    if (!sound) {
        *totals = before;
        arm->phases = seen;
    }
    return sound;
}

void arm_block(struct timed_arm *arm, const struct arm_context *context, struct readings *readings,
               const struct block_plan *plan, struct timed_block *block)
{
    struct counter_totals totals = {0};
    arm_place(arm, context);
    lead_in(arm, context, plan);
    phases_reset(&arm->phases);
    context->backend->set_probe(arm->net, plan->is_probed ? &arm->phases.probe : NULL);
    const size_t first = arm_offset(arm, plan->where, arm->span);
    const size_t places = arm_offset(arm, 1, arm->span) + 1;
    for (size_t r = 0; r < arm->repeats; r++) {
        const size_t offset = (first + r * arm->span) % places;
        if (take_piece(arm, context, readings, plan->state, offset, &totals))
            continue;
        /* The pilot did these, to the bit. */
        arm->refused++;
        const bool sound = take_piece(arm, context, readings, plan->state, 0, &totals);
        assert(sound);
        (void)sound;
    }
    context->backend->set_probe(arm->net, NULL);
    block->steps = arm->repeats * arm->span;
    block->phase_steps = plan->is_probed ? arm->phases.steps : 0;
    for (size_t p = 0; p < LG_PHASES; p++)
        block->phase_ticks[p] = (double)arm->phases.ticks[p];
    readings_take(readings, &totals, block->values);
}
