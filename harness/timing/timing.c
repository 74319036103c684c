#include "harness/timing/timing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/clock.h"
#include "harness/support/interrupt.h"
#include "harness/timing/climb.h"

/* x >= 0, rounded up. (ceil() is in libm at -O0, which nothing but tests links.) */
static double next_whole(double x)
{
    const double whole = (double)(uint64_t)x;
    return whole < x ? whole + 1 : whole;
}

/* Whole steps, and steps that are looked into. */
enum { KINDS = 2 };
enum { ROUNDS_LEAST = 10, ROUNDS_AIMED_AT = 100 };
enum { BLOCK_LEAST_NS = 1000000, BLOCK_MOST_NS = 5000000 };
/* Of the budget, for following the arms to where their cost has settled. */
#define CLIMB_SHARE (1.0 / 3)
/* And to a step that was asked for. */
#define CLIMB_SHARE_ASKED 0.6
/* A change of the cost by less than the precision asked for, or this, is none. */
#define TOLERANCE_MOST 0.2
enum { LOOKS_AIMED_AT = 500, LOOK_LEAST_NS = 50000, LOOK_MOST_NS = 500000 };

/* ---- Opening ------------------------------------------------------------- */

/* The first cell of each configuration, in the grid's order. */
static enum lg_status choose_cells(const struct experiment *experiment, struct cell **chosen,
                                   size_t *count, struct lg_error *error)
{
    *count = 0;
    *chosen = NULL;
    for (size_t i = 0; i < experiment->arm_count; i++) {
        struct cell cell;
        size_t same = 0;
        enum lg_status status =
            experiment_cell(experiment, experiment_first_cell(experiment, i), &cell, error);
        if (status != LG_OK)
            return status;
        while (same < *count && !arm_is_same(&(*chosen)[same], &cell))
            same++;
        if (same < *count)
            continue;
        if (*count == ARMS_MAX)
            return lg_fail_at(error, LG_INPUT, experiment->path, 0, 0,
                              "more than %d configurations to be timed side by side", ARMS_MAX);
        struct cell *more = realloc(*chosen, (*count + 1) * sizeof **chosen);
        if (more == NULL)
            return lg_fail(error, LG_ENVIRONMENT, "out of memory");
        *chosen = more;
        more[(*count)++] = cell;
    }
    return LG_OK;
}

/* About so many rounds in the budget, of blocks neither too short to be measured nor
 * longer than they need be. */
static double block_ns(const struct timing *timing, size_t arms)
{
    const size_t series = (arms + 1) * ARM_STATES * KINDS;
    const double ns =
        (1 - CLIMB_SHARE) * (double)timing->effort.budget_ns / (double)(series * ROUNDS_AIMED_AT);
    return ns < BLOCK_LEAST_NS ? BLOCK_LEAST_NS : ns > BLOCK_MOST_NS ? BLOCK_MOST_NS : ns;
}

/* The control takes the original's late state: the same checkpoint, and no second search. */
static void climb_like(struct timed_arm *control, const struct timed_arm *original, size_t bytes)
{
    struct arm_point *to = &control->points[ARM_LATE];
    const struct arm_point *from = &original->points[ARM_LATE];
    void *own = to->bytes;
    memcpy(own, from->bytes, bytes);
    *to = *from;
    to->bytes = own;
    control->settling = original->settling;
}

/* original: whose control it is, or NULL. */
static enum lg_status open_arm(struct timing *timing, const struct cell *cell,
                               const struct timed_arm *original,
                               const struct timing_observer *observer, struct lg_error *error)
{
    struct timed_arm *arm = &timing->arms[timing->arm_count++];
    if (interrupt_count() > 0)
        return lg_fail(error, LG_INTERRUPTED, "interrupted: nothing was measured");
    enum lg_status status = arm_open(arm, &timing->context, cell, original != NULL, error);
    if (status == LG_OK && original != NULL && arm->skipped[0] == '\0')
        climb_like(arm, original, timing->context.backend->checkpoint_bytes(arm->net));
    if (arm->skipped[0] != '\0')
        arm_close(arm);
    if (status == LG_OK)
        observer->opened(observer->to, arm);
    return status;
}

static void warm_up(struct timing *timing, struct timed_arm *arm, double ns,
                    const struct timing_observer *observer)
{
    if (arm->skipped[0] != '\0')
        return;
    arm_place(arm, &timing->context);
    arm_warm_up(arm, &timing->context, ns);
    if (arm->skipped[0] != '\0') {
        arm_close(arm);
        observer->opened(observer->to, arm);
    }
}

/* ---- To where the cost has settled --------------------------------------- */

/* So that there is time for all others to go on: those that need more than an equal part of
 * what is left stay where they are. */
static void stop_longest(struct climb *climbs, size_t count, double left_ns)
{
    double sum = 0;
    size_t going = 0;
    for (size_t i = 0; i < count; i++)
        if (climb_goes_on(&climbs[i])) {
            sum += climb_needs_ns(&climbs[i]);
            going++;
        }
    for (size_t i = 0; i < count && sum > left_ns; i++)
        if (climb_goes_on(&climbs[i]) && climb_needs_ns(&climbs[i]) > left_ns / (double)going)
            climbs[i].arm->settling.end = SETTLING_BUDGET;
}

/* All go on to their next state in turn; false when nobody does. */
static enum lg_status climb_round(struct timing *timing, struct climb *climbs, size_t count,
                                  bool *goes_on, struct lg_error *error)
{
    const double share = timing->effort.settle_steps > 0 ? CLIMB_SHARE_ASKED : CLIMB_SHARE;
    const double all = share * (double)timing->effort.budget_ns;
    const double left = all - (double)(clock_wall_ns() - timing->began_ns);
    enum lg_status status = LG_OK;
    stop_longest(climbs, count, left > 0 ? left : 0);
    *goes_on = false;
    for (size_t i = 0; status == LG_OK && i < count; i++) {
        if (!climb_goes_on(&climbs[i]))
            continue;
        if (interrupt_count() > 0)
            return lg_fail(error, LG_INTERRUPTED, "interrupted: nothing was measured");
        *goes_on = true;
        status = climb_on(&climbs[i], error);
    }
    return status;
}

static enum lg_status climb_all(struct timing *timing, const struct timing_observer *observer,
                                struct lg_error *error)
{
    struct climb *climbs = calloc(timing->arm_count, sizeof *climbs);
    const struct timing_effort *effort = &timing->effort;
    const double wanted = (double)effort->budget_ns / (double)(timing->arm_count * LOOKS_AIMED_AT);
    const double ns = wanted < LOOK_LEAST_NS  ? LOOK_LEAST_NS
                      : wanted > LOOK_MOST_NS ? LOOK_MOST_NS
                                              : wanted;
    size_t count = 0;
    bool goes_on = true;
    if (climbs == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu arms", timing->arm_count);
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < timing->arm_count; i++) {
        struct timed_arm *arm = &timing->arms[i];
        if (arm->skipped[0] != '\0')
            continue;
        arm_place(arm, &timing->context);
        status = climb_open(&climbs[count++], arm, &timing->context,
                            effort->precision < TOLERANCE_MOST ? effort->precision : TOLERANCE_MOST,
                            effort->settle_steps, ns, error);
    }
    while (status == LG_OK && goes_on) {
        status = climb_round(timing, climbs, count, &goes_on, error);
        observer->climbed(observer->to, climbs, count);
    }
    for (size_t i = 0; i < count; i++)
        climb_close(&climbs[i]);
    free(climbs);
    return status;
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Blocks of the same steps for all arms of a kind, long enough for the median of them:
 * were their lengths those of each arm's own noisy pilot, equals would differ. */
static void settle(struct timing *timing, bool is_full, double ns)
{
    double pilots[ARMS_MAX];
    size_t count = 0, most = 0;
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        if (arm->skipped[0] != '\0' || arm->is_full != is_full)
            continue;
        pilots[count++] = arm->pilot_ns;
        most = arm->most; /* the same for all of a kind */
    }
    if (count == 0)
        return;
    qsort(pilots, count, sizeof *pilots, compare);
    const double steps = next_whole(ns / pilots[count / 2]);
    const size_t span = steps < (double)most ? (size_t)steps : most;
    const size_t repeats = (size_t)next_whole(steps / (double)span);
    for (size_t i = 0; i < timing->arm_count; i++)
        if (timing->arms[i].skipped[0] == '\0' && timing->arms[i].is_full == is_full)
            arm_settle(&timing->arms[i], &timing->context, span, repeats);
}

/* ns of a block. */
static double arm_block_ns(const struct timed_arm *arm)
{
    return arm->skipped[0] != '\0' ? 0 : arm->pilot_ns * (double)(arm->span * arm->repeats);
}

/* Without the arms whose one step is long the others get their rounds: leave out the
 * longest until the least number of rounds has room in what is left of the budget, the
 * others' blocks are as long, or one arm is left. */
static void leave_out_longest(struct timing *timing, double ns,
                              const struct timing_observer *observer)
{
    enum { MUCH_LONGER = 4 };
    const double elapsed = (double)(clock_wall_ns() - timing->began_ns);
    const double left = (double)timing->effort.budget_ns - elapsed;
    /* Blocks of both states, and the pilot of the phases, which takes some steps too. */
    const double rounds = (double)timing->least_rounds * ARM_STATES * KINDS + 2 * SAMPLE_LEAST;
    for (;;) {
        struct timed_arm *longest = &timing->arms[0];
        double sum = ns; /* about the control's */
        size_t count = 0;
        for (size_t i = 0; i < timing->arm_count; i++) {
            struct timed_arm *arm = &timing->arms[i];
            sum += arm_block_ns(arm);
            count += arm->skipped[0] == '\0';
            longest = arm_block_ns(arm) > arm_block_ns(longest) ? arm : longest;
        }
        if (sum * rounds <= left || count < 2 || arm_block_ns(longest) < MUCH_LONGER * ns)
            return;
        snprintf(
            longest->skipped, sizeof longest->skipped,
            "a step takes %.2g s, too long for %zu rounds of all arms; they need --budget %.0f",
            longest->pilot_ns * 1e-9, timing->least_rounds,
            next_whole((sum * rounds + elapsed) * 1.1e-9));
        arm_close(longest);
        observer->opened(observer->to, longest);
    }
}

/* The arm that the seed draws from those that are timed, a second time. */
static enum lg_status open_control(struct timing *timing, double ns,
                                   const struct timing_observer *observer, struct lg_error *error)
{
    const struct timed_arm *sound[ARMS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < timing->arm_count; i++)
        if (timing->arms[i].skipped[0] == '\0')
            sound[count++] = &timing->arms[i];
    if (count == 0)
        return lg_fail_at(error, LG_FAILED, timing->context.experiment->path, 0, 0,
                          "nothing to be timed; %s: %s", timing->arms[0].cell->slug,
                          timing->arms[0].skipped);
    const struct timed_arm *original = sound[schedule_control(timing->effort.seed, count)];
    enum lg_status status = open_arm(timing, original->cell, original, observer, error);
    if (status != LG_OK)
        return status;
    struct timed_arm *control = &timing->arms[timing->arm_count - 1];
    warm_up(timing, control, ns, observer);
    if (control->skipped[0] != '\0') {
        timing->arm_count--; /* memory for two was too much: there is no floor */
        return LG_OK;
    }
    /* The very same work, in the very same pieces. */
    arm_settle(control, &timing->context, original->span, original->repeats);
    if (strcmp(control->points[ARM_FIRST].weights_sha256,
               original->points[ARM_FIRST].weights_sha256) != 0)
        return lg_fail(error, LG_FAILED, "%s and its A/A control were trained alike and differ",
                       original->cell->slug);
    return LG_OK;
}

static void probe_arms(struct timing *timing)
{
    for (size_t i = 0; i < timing->arm_count; i++)
        if (timing->arms[i].skipped[0] == '\0')
            arm_probe(&timing->arms[i], &timing->context, &timing->phases);
}

static bool add_series(struct timing *timing, struct timed_arm *arm, enum arm_state state,
                       bool is_probed)
{
    struct series *series = &timing->series[timing->series_count++];
    *series = (struct series){.arm = arm, .state = state, .is_probed = is_probed};
    series->blocks = calloc(SAMPLE_MOST, sizeof *series->blocks);
    return series->blocks != NULL;
}

static enum lg_status make_series(struct timing *timing, struct lg_error *error)
{
    const size_t kinds = KINDS;
    timing->series = calloc(timing->arm_count * ARM_STATES * kinds, sizeof *timing->series);
    bool is_sound = timing->series != NULL;
    for (size_t kind = 0; kind < kinds; kind++)
        for (size_t i = 0; i < timing->arm_count; i++)
            for (int state = 0; state < ARM_STATES && is_sound; state++)
                if (timing->arms[i].skipped[0] == '\0')
                    is_sound =
                        add_series(timing, &timing->arms[i], (enum arm_state)state, kind == 1);
    return is_sound ? LG_OK
                    : lg_fail(error, LG_ENVIRONMENT, "not enough memory for the measurements");
}

static void open_phases(struct timing *timing)
{
    ticks_find(&timing->ticks);
    phases_open(&timing->phases, timing->ticks.now);
}

enum lg_status timing_open(struct timing *timing, const struct arm_context *context,
                           const struct timing_effort *effort,
                           const struct timing_observer *observer, struct lg_error *error)
{
    size_t count;
    *timing = (struct timing){.context = *context,
                              .effort = *effort,
                              .least_rounds = ROUNDS_LEAST,
                              .began_ns = clock_wall_ns()};
    timing->context.ground = &timing->ground;
    enum lg_status status = choose_cells(context->experiment, &timing->cells, &count, error);
    if (status == LG_OK)
        status = readings_open(&timing->readings, effort->counters, error);
    if (status != LG_OK)
        return status;
    open_phases(timing);
    timing->arms = calloc(count + 1, sizeof *timing->arms);
    if (timing->arms == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu arms", count);
    const double ns = block_ns(timing, count);
    for (size_t i = 0; status == LG_OK && i < count; i++)
        status = open_arm(timing, &timing->cells[i], NULL, observer, error);
    if (status == LG_OK)
        status = climb_all(timing, observer, error);
    for (size_t i = 0; status == LG_OK && i < count; i++)
        warm_up(timing, &timing->arms[i], ns, observer);
    if (status == LG_OK) {
        settle(timing, false, ns);
        settle(timing, true, ns);
        leave_out_longest(timing, ns, observer);
        status = open_control(timing, ns, observer, error);
    }
    if (status == LG_OK)
        probe_arms(timing);
    return status == LG_OK ? make_series(timing, error) : status;
}

void timing_close(struct timing *timing)
{
    for (size_t i = 0; i < timing->arm_count; i++)
        arm_close(&timing->arms[i]);
    for (size_t i = 0; i < timing->series_count; i++)
        free(timing->series[i].blocks);
    free(timing->arms);
    free(timing->cells);
    free(timing->series);
    readings_close(&timing->readings);
    ground_free(&timing->ground);
    *timing = (struct timing){0};
}

/* ---- Rounds -------------------------------------------------------------- */

/* The width of a series' interval as a share of the median. */
static double interval_width(const struct timing *timing, const struct series *series)
{
    double ns[SAMPLE_MOST];
    struct sample_summary summary = {0};
    if (timing->rounds > 0) {
        series_step_ns(timing, series, ns);
        sample_summarise(ns, timing->rounds, &summary);
    }
    return summary.has_interval ? (summary.high - summary.low) / summary.median : (double)INFINITY;
}

/* That of the arm and state where it is largest; *imprecise receives of how many arms it is
 * wider than asked for. Phases may be wider. */
static double widest_interval(const struct timing *timing, size_t *imprecise)
{
    double widest = 0;
    *imprecise = 0;
    for (size_t i = 0; i < timing->arm_count; i++) {
        double width = 0;
        for (int state = 0; state < ARM_STATES; state++) {
            const struct series *series =
                timing_series(timing, &timing->arms[i], (enum arm_state)state, false);
            const double own = series != NULL ? interval_width(timing, series) : 0;
            width = own > width ? own : width;
        }
        *imprecise += !(width <= timing->effort.precision);
        widest = width > widest ? width : widest;
    }
    return widest;
}

/* One block of every series; false when it was cut short. */
static bool run_round(struct timing *timing, struct schedule *schedule)
{
    size_t order[2 * (ARMS_MAX + 1)];
    schedule_round(schedule, order, timing->series_count);
    ground_move(&timing->ground, &schedule->pcg);
    /* The same samples for all arms of a round, others in the next. */
    const double where = (double)lg_pcg_below(&schedule->pcg, 1u << 30) / (1u << 30);
    for (size_t i = 0; i < timing->series_count; i++) {
        struct series *series = &timing->series[order[i]];
        struct timed_block *block = &series->blocks[timing->rounds];
        block->round = timing->rounds;
        block->position = i;
        const struct block_plan plan = {series->state, where, series->is_probed};
        arm_block(series->arm, &timing->context, &timing->readings, &plan, block);
        if (interrupt_count() > 0) {
            timing->stop = STOP_INTERRUPTED;
            return i + 1 == timing->series_count;
        }
        /* The first round is finished whatever it costs. */
        if (timing->rounds > 0 && clock_wall_ns() - timing->began_ns >= timing->effort.budget_ns) {
            timing->stop = STOP_BUDGET;
            return i + 1 == timing->series_count;
        }
    }
    return true;
}

void timing_run(struct timing *timing, const struct timing_observer *observer)
{
    const struct stopping stopping = {timing->effort.precision, timing->effort.budget_ns,
                                      timing->least_rounds, SAMPLE_MOST};
    struct schedule schedule;
    schedule_begin(&schedule, timing->effort.seed);
    while (timing->stop == STOP_NOT) {
        size_t imprecise;
        timing->rounds += run_round(timing, &schedule);
        if (timing->stop != STOP_NOT)
            break;
        const double widest = widest_interval(timing, &imprecise);
        const uint64_t elapsed_ns = clock_wall_ns() - timing->began_ns;
        timing->stop = stopping_ask(&stopping, timing->rounds, widest, elapsed_ns);
        observer->advanced(observer->to, timing->rounds, imprecise, timing->arm_count,
                           stopping_seconds_left(&stopping, timing->rounds, widest, elapsed_ns));
    }
}

/* ---- What was measured --------------------------------------------------- */

void series_reading(const struct timing *timing, const struct series *series, size_t reading,
                    double *values)
{
    for (size_t r = 0; r < timing->rounds; r++)
        values[r] = series->blocks[r].values[reading] / (double)series->blocks[r].steps;
}

void series_step_ns(const struct timing *timing, const struct series *series, double *ns)
{
    const size_t cpu = readings_find(&timing->readings, "cpu_ns");
    series_reading(timing, series, cpu != SIZE_MAX ? cpu : (size_t)READING_WALL_NS, ns);
}

void series_phase_ticks(const struct timing *timing, const struct series *series, size_t phase,
                        double *ticks)
{
    for (size_t r = 0; r < timing->rounds; r++) {
        const struct timed_block *block = &series->blocks[r];
        ticks[r] = block->phase_steps > 0 ? block->phase_ticks[phase] / (double)block->phase_steps
                                          : (double)NAN;
    }
}

void series_phase_ns(const struct timing *timing, const struct series *series, size_t phase,
                     double *ns)
{
    series_phase_ticks(timing, series, phase, ns);
    for (size_t r = 0; r < timing->rounds; r++)
        ns[r] *= 1e9 / timing->ticks.hz;
}

const struct series *timing_series(const struct timing *timing, const struct timed_arm *arm,
                                   enum arm_state state, bool is_probed)
{
    for (size_t i = 0; i < timing->series_count; i++)
        if (timing->series[i].arm == arm && timing->series[i].state == state &&
            timing->series[i].is_probed == is_probed)
            return &timing->series[i];
    return NULL;
}

const struct timed_arm *timing_control(const struct timing *timing)
{
    const struct timed_arm *last = &timing->arms[timing->arm_count - 1];
    return timing->arm_count > 0 && last->is_control ? last : NULL;
}

const struct timed_arm *timing_original(const struct timing *timing)
{
    const struct timed_arm *control = timing_control(timing);
    for (size_t i = 0; control != NULL && i < timing->arm_count; i++)
        if (timing->arms[i].cell == control->cell && !timing->arms[i].is_control)
            return &timing->arms[i];
    return NULL;
}
