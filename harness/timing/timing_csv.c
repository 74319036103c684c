#include "harness/timing/timing_csv.h"

#include <math.h>

#include "harness/timing/ranking.h"
#include "harness/timing/timing_columns.h"

/* ---- cost.csv ------------------------------------------------------------ */

/* A row of cost.csv in the making; the values are per step and round. */
struct cost {
    struct cost_row row;
    double ns[SAMPLE_MOST], ticks[SAMPLE_MOST], cycles[SAMPLE_MOST], instructions[SAMPLE_MOST];
};

/* NaN: there is none. */
static double median(double *values, size_t count)
{
    struct sample_summary summary;
    return ranking_summarise(values, count, &summary) ? summary.median : (double)NAN;
}

static void add_cost(const struct timing *timing, struct cost *cost, struct csv *csv)
{
    struct cost_row *row = &cost->row;
    if (!ranking_summarise(cost->ns, timing->rounds, &row->ns))
        return;
    row->ticks = median(cost->ticks, timing->rounds);
    row->cycles = median(cost->cycles, timing->rounds);
    row->instructions = median(cost->instructions, timing->rounds);
    csv_file_row(&cost_csv, NULL, csv, row);
}

static void add_step_cost(const struct timing *timing, const struct series *series,
                          struct cost *cost, struct csv *csv)
{
    cost->row.phase = phases_of_step[PHASES_STEP];
    cost->row.steps = 0;
    for (size_t r = 0; r < timing->rounds; r++)
        cost->row.steps += series->blocks[r].steps;
    series_step_ns(timing, series, cost->ns);
    series_reading(timing, series, READING_TICKS, cost->ticks);
    series_reading(timing, series, READING_CYCLES, cost->cycles);
    series_reading(timing, series, READING_INSTRUCTIONS, cost->instructions);
    add_cost(timing, cost, csv);
}

/* Cycles and instructions are not counted by phase. */
static void add_phase_cost(const struct timing *timing, const struct series *series, size_t phase,
                           struct cost *cost, struct csv *csv)
{
    cost->row.phase = phases_names[phase];
    cost->row.steps = 0;
    for (size_t r = 0; r < timing->rounds; r++) {
        cost->row.steps += series->blocks[r].phase_steps;
        cost->cycles[r] = cost->instructions[r] = (double)NAN;
    }
    series_phase_ns(timing, series, phase, cost->ns);
    series_phase_ticks(timing, series, phase, cost->ticks);
    for (size_t r = 0; r < timing->rounds && !timing->ticks.is_processor; r++)
        cost->ticks[r] = (double)NAN; /* they are the system's ns */
    add_cost(timing, cost, csv);
}

/* The rows of one arm from one state. */
static void add_state_cost(const struct timing *timing, struct cost *cost, struct csv *csv)
{
    const struct timed_what *what = &cost->row.what;
    const struct series *plain = timing_series(timing, what->arm, what->state, false);
    const struct series *probed = timing_series(timing, what->arm, what->state, true);
    if (plain != NULL)
        add_step_cost(timing, plain, cost, csv);
    for (size_t phase = 0; probed != NULL && phase < LG_PHASES; phase++)
        add_phase_cost(timing, probed, phase, cost, csv);
}

void timing_cost_csv(const struct timing *timing, struct csv *csv)
{
    struct cost cost;
    cost.row.backend = timing->context.backend;
    csv_file_header(&cost_csv, NULL, csv);
    for (size_t i = 0; i < timing->arm_count; i++)
        for (int state = 0; state < ARM_STATES; state++) {
            cost.row.what = (struct timed_what){&timing->arms[i], (enum arm_state)state};
            add_state_cost(timing, &cost, csv);
        }
}

/* ---- samples.csv --------------------------------------------------------- */

/* The phases of a probed block, measured by one clock only. */
static void add_phase_samples(const struct timing *timing, struct sample_row row, struct csv *csv)
{
    double values[READINGS_MAX];
    for (size_t i = 0; i < timing->readings.count; i++)
        values[i] = (double)NAN;
    row.steps = row.block->phase_steps;
    row.values = values;
    for (size_t phase = 0; phase < LG_PHASES; phase++) {
        const double ticks = row.block->phase_ticks[phase];
        row.phase = phases_names[phase];
        values[READING_WALL_NS] = ticks * 1e9 / timing->ticks.hz;
        if (timing->ticks.is_processor)
            values[READING_TICKS] = ticks;
        csv_file_row(&samples_csv, &timing->readings, csv, &row);
    }
}

void timing_samples_csv(const struct timing *timing, struct csv *csv)
{
    csv_file_header(&samples_csv, &timing->readings, csv);
    for (size_t r = 0; r < timing->rounds; r++)
        for (size_t s = 0; s < timing->series_count; s++) {
            const struct series *series = &timing->series[s];
            const struct timed_block *block = &series->blocks[r];
            const struct sample_row row = {
                .what = {series->arm, series->state},
                .phase = series->is_probed ? phases_probed : phases_of_step[PHASES_STEP],
                .block = block,
                .steps = block->steps,
                .values = block->values,
            };
            csv_file_row(&samples_csv, &timing->readings, csv, &row);
            if (series->is_probed && block->phase_steps > 0)
                add_phase_samples(timing, row, csv);
        }
}

/* ---- noise.csv ----------------------------------------------------------- */

/* The ratio of two arms in a phase; false when there is none. */
static bool phase_ratio(const struct timing *timing, enum arm_state state,
                        const struct timed_arm *a, const struct timed_arm *b, size_t phase,
                        struct sample_summary *ratio)
{
    double over[SAMPLE_MOST], under[SAMPLE_MOST];
    const struct series *first = timing_series(timing, a, state, true);
    const struct series *second = timing_series(timing, b, state, true);
    if (first == NULL || second == NULL)
        return false;
    series_phase_ns(timing, first, phase, over);
    series_phase_ns(timing, second, phase, under);
    for (size_t r = 0; r < timing->rounds; r++)
        over[r] = under[r] > 0 ? over[r] / under[r] : (double)NAN;
    return ranking_summarise(over, timing->rounds, ratio);
}

/* Of one state: whole steps, each phase, and the largest floor of all. */
static void add_state_noise(const struct timing *timing, enum arm_state state, struct csv *csv)
{
    const struct timed_arm *control = timing_control(timing), *original = timing_original(timing);
    struct noise_row row = {.what = {original, state}};
    double largest = (double)NAN;
    if (control == NULL || !ranking_ratio(timing, state, control, original, &row.ratio))
        return;
    for (size_t i = 0; i < PHASES_STEP_AND_PARTS; i++) {
        if (i != PHASES_STEP &&
            !phase_ratio(timing, state, control, original, i - PHASES_FIRST, &row.ratio))
            continue;
        row.phase = phases_of_step[i];
        row.floor = ratio_floor(&row.ratio);
        if (!(row.floor <= largest) && !isnan(row.floor))
            largest = row.floor;
        csv_file_row(&noise_csv, NULL, csv, &row);
    }
    row.phase = phases_all;
    row.ratio = (struct sample_summary){0};
    row.floor = largest;
    csv_file_row(&noise_csv, NULL, csv, &row);
}

void timing_noise_csv(const struct timing *timing, struct csv *csv)
{
    csv_file_header(&noise_csv, NULL, csv);
    for (int state = 0; state < ARM_STATES; state++)
        add_state_noise(timing, (enum arm_state)state, csv);
}

/* ---- The smaller ones ---------------------------------------------------- */

static void add_overhead(const struct timing *timing, const struct timed_what *what,
                         struct csv *csv)
{
    double plain_ns[SAMPLE_MOST], probed_ns[SAMPLE_MOST];
    const struct series *plain = timing_series(timing, what->arm, what->state, false);
    const struct series *probed = timing_series(timing, what->arm, what->state, true);
    struct overhead_row row = {.what = *what};
    if (plain == NULL || probed == NULL)
        return;
    series_step_ns(timing, plain, plain_ns);
    series_step_ns(timing, probed, probed_ns);
    ratio_summarise(probed_ns, plain_ns, timing->rounds, &row.ratio);
    csv_file_row(&phases_csv, NULL, csv, &row);
}

void timing_phases_csv(const struct timing *timing, struct csv *csv)
{
    csv_file_header(&phases_csv, NULL, csv);
    for (size_t i = 0; i < timing->arm_count && timing->rounds > 0; i++)
        for (int state = 0; state < ARM_STATES; state++)
            add_overhead(timing, &(struct timed_what){&timing->arms[i], (enum arm_state)state},
                         csv);
}

static void add_ranking(const struct timing *timing, enum arm_state state, struct csv *csv)
{
    const struct timed_arm *ranked[ARMS_MAX];
    const size_t count = ranking_order(timing, state, ranked);
    const double floor = ranking_floor(timing, state);
    for (size_t i = 0; i < count; i++) {
        struct ranking_row row = {.what = {ranked[i], state}, .floor = floor};
        (void)ranking_ratio(timing, state, ranked[i], ranked[0], &row.ratio);
        row.verdict = i == 0 ? "fastest" : verdict_words[verdict_of(&row.ratio, floor)];
        csv_file_row(&ranking_csv, NULL, csv, &row);
    }
}

void timing_ranking_csv(const struct timing *timing, struct csv *csv)
{
    csv_file_header(&ranking_csv, NULL, csv);
    for (int state = ARM_STATES; state-- > 0;)
        add_ranking(timing, (enum arm_state)state, csv);
}

void timing_settling_csv(const struct timing *timing, struct csv *csv)
{
    csv_file_header(&settling_csv, NULL, csv);
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        for (size_t l = 1; !arm->is_control && l < arm->settling.count; l++)
            csv_file_row(&settling_csv, NULL, csv,
                         &(struct settling_row){arm, &arm->settling.looks[l]});
    }
}

static void add_conditions(const char *when, const struct conditions_row rows[CONDITIONS_MAX],
                           struct csv *csv)
{
    for (size_t i = 0; i < CONDITIONS_MAX; i++)
        csv_file_row(&conditions_csv, NULL, csv, &(struct condition_row){when, &rows[i]});
}

void timing_conditions_csv(const struct conditions_row before[CONDITIONS_MAX],
                           const struct conditions_row after[CONDITIONS_MAX], struct csv *csv)
{
    csv_file_header(&conditions_csv, NULL, csv);
    add_conditions("before", before, csv);
    add_conditions("after", after, csv);
}
