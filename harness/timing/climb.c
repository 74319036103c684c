#include "harness/timing/climb.h"

#include <stdlib.h>
#include <string.h>

#include "harness/support/clock.h"
#include "harness/support/interrupt.h"

/* Pairs of blocks for one look, and the steps that come before a block, uncounted. */
enum { PAIRS = 9, LEAD_IN = 2 };
/* Trained on in pieces of so many samples, as a run does, but in so many at least; and so
 * many samples are drawn at a time. */
enum { CHUNK_SAMPLES = 1024, CHUNKS_LEAST = 16, DRAWN_SAMPLES = 1 << 16 };

/* ---- Training on --------------------------------------------------------- */

/* The steps of a feed, by the processor's clock: each chunk's ns a step in values, of which
 * the last SAMPLE_MOST are kept. False when it diverges. */
static bool train_chunks(struct climb *climb, const struct feed *feed, size_t chunk,
                         double values[SAMPLE_MOST], size_t *count)
{
    for (size_t first = 0; first < feed->steps; first += chunk) {
        const size_t left = feed->steps - first, steps = left < chunk ? left : chunk;
        const uint64_t begin = clock_busy_ns();
        if (arm_train(climb->arm, climb->context, feed, first, steps) < steps)
            return false;
        values[(*count)++ % SAMPLE_MOST] = (double)(clock_busy_ns() - begin) / (double)steps;
    }
    return true;
}

/* From the late state to `steps`. *sound: it did not diverge. */
static enum lg_status train_to(struct climb *climb, uint64_t steps, struct sample_summary *training,
                               bool *sound, struct lg_error *error)
{
    struct timed_arm *arm = climb->arm;
    double values[SAMPLE_MOST];
    size_t count = 0;
    const size_t way = (size_t)(steps - arm->at);
    const size_t drawn = DRAWN_SAMPLES / arm->batch > 0 ? DRAWN_SAMPLES / arm->batch : 1;
    size_t chunk = CHUNK_SAMPLES / arm->batch;
    chunk = chunk * CHUNKS_LEAST < way ? chunk : way / CHUNKS_LEAST;
    chunk = chunk > 0 ? chunk : 1;
    *sound = true;
    while (*sound && arm->at < steps && interrupt_count() == 0) {
        const uint64_t left = steps - arm->at;
        struct feed feed;
        enum lg_status status = feed_make(&feed, &arm->source, arm->batch, arm->at,
                                          left < drawn ? (size_t)left : drawn, error);
        if (status != LG_OK)
            return status;
        *sound = train_chunks(climb, &feed, chunk, values, &count);
        feed_free(&feed);
    }
    if (count > 0)
        sample_summarise(values, count < SAMPLE_MOST ? count : SAMPLE_MOST, training);
    return LG_OK;
}

/* ---- Looking ------------------------------------------------------------- */

/* ns a step of a block from a state. A few steps come before it, uncounted, so that both
 * states of a pair find the caches alike. */
static double block_ns(struct climb *climb, const struct arm_point *point, double where)
{
    struct timed_arm *arm = climb->arm;
    const size_t offset = arm_offset(arm, where, climb->span);
    arm_restore(arm, climb->context, point);
    (void)arm_train(arm, climb->context, &arm->feed, 0, LEAD_IN);
    arm_restore(arm, climb->context, point);
    const uint64_t begin = clock_busy_ns();
    const size_t taken = arm_train(arm, climb->context, &arm->feed, offset, climb->span);
    return (double)(clock_busy_ns() - begin) / (double)(taken > 0 ? taken : 1);
}

/* Blocks from both states in turns, on the same samples. */
static void look(struct climb *climb, const struct arm_point *now, struct settling_look *look)
{
    double ns[PAIRS], ratios[PAIRS];
    for (size_t i = 0; i < PAIRS; i++) {
        const double where = (double)lg_pcg_below(&climb->pcg, 1u << 30) / (1u << 30);
        double anchor = i % 2 == 0 ? block_ns(climb, &climb->anchor, where) : 0;
        ns[i] = block_ns(climb, now, where);
        if (i % 2 != 0)
            anchor = block_ns(climb, &climb->anchor, where);
        ratios[i] = anchor > 0 ? ns[i] / anchor : 1;
    }
    sample_summarise(ns, PAIRS, &look->block);
    sample_summarise(ratios, PAIRS, &look->ratio);
}

static void copy_point(struct arm_point *to, const struct arm_point *from, size_t bytes)
{
    void *own = to->bytes;
    *to = *from;
    to->bytes = own;
    memcpy(own, from->bytes, bytes);
}

/* A look's blocks are about block_ns long, by what a step takes of late. */
static void size_blocks(struct climb *climb, double step_ns)
{
    const double steps = climb->block_ns / step_ns;
    const size_t most = climb->arm->most;
    climb->step_ns = step_ns;
    climb->span = steps < 1 ? 1 : steps < (double)most ? (size_t)steps : most;
}

/* The time of a step at first. */
static double pilot(struct climb *climb)
{
    enum { STEPS = 4 };
    struct timed_arm *arm = climb->arm;
    arm_restore(arm, climb->context, &climb->anchor);
    const uint64_t begin = clock_wall_ns();
    (void)arm_train(arm, climb->context, &arm->feed, 0, STEPS);
    return (double)(clock_wall_ns() - begin) / STEPS;
}

enum lg_status climb_open(struct climb *climb, struct timed_arm *arm,
                          const struct arm_context *context, double tolerance, uint64_t steps,
                          double block_ns, struct lg_error *error)
{
    const size_t bytes = context->backend->checkpoint_bytes(arm->net);
    const bool is_asked = steps > 0 && steps <= arm->limit;
    *climb = (struct climb){.arm = arm,
                            .context = context,
                            .anchor = {.bytes = malloc(bytes > 0 ? bytes : 1)},
                            .pcg = lg_pcg_seed(1, 1),
                            .block_ns = block_ns,
                            .most = is_asked ? steps : arm->limit,
                            .at_most = is_asked ? SETTLING_ASKED : SETTLING_TRAINED};
    if (climb->anchor.bytes == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a checkpoint");
    settling_begin(&arm->settling, arm->first, tolerance);
    copy_point(&arm->points[ARM_LATE], &arm->points[ARM_FIRST], bytes);
    copy_point(&climb->anchor, &arm->points[ARM_FIRST], bytes);
    if (arm->settling.reached >= climb->most)
        arm->settling.end = climb->at_most;
    size_blocks(climb, pilot(climb));
    return LG_OK;
}

bool climb_goes_on(const struct climb *climb)
{
    return climb->arm->settling.end == SETTLING_GOES_ON;
}

double climb_needs_ns(const struct climb *climb)
{
    const struct settling *settling = &climb->arm->settling;
    const double way = (double)(settling_next(settling, climb->most) - settling->reached);
    return (way + 2.0 * PAIRS * ((double)climb->span + LEAD_IN)) * climb->step_ns;
}

enum lg_status climb_on(struct climb *climb, struct lg_error *error)
{
    struct timed_arm *arm = climb->arm;
    struct arm_point *late = &arm->points[ARM_LATE];
    struct settling *settling = &arm->settling;
    const uint64_t steps = settling_next(settling, climb->most);
    struct settling_look seen = {.steps = steps};
    bool sound;
    arm_place(arm, climb->context);
    arm_restore(arm, climb->context, late);
    const uint64_t begin = clock_wall_ns();
    enum lg_status status = train_to(climb, steps, &seen.training, &sound, error);
    if (status == LG_OK && !sound)
        settling->end = SETTLING_DIVERGES;
    if (status != LG_OK || arm->at < steps) /* or a signal came */
        return status;
    size_blocks(climb, (double)(clock_wall_ns() - begin) / (double)(steps - settling->reached));
    arm_keep(arm, climb->context, late);
    look(climb, late, &seen);
    settling_add(settling, &seen);
    if (settling->anchor == steps)
        copy_point(&climb->anchor, late, climb->context->backend->checkpoint_bytes(arm->net));
    if (settling->reached >= climb->most)
        settling->end = climb->at_most;
    return LG_OK;
}

void climb_close(struct climb *climb)
{
    free(climb->anchor.bytes);
    *climb = (struct climb){0};
}
