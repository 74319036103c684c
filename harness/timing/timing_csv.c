#include "harness/timing/timing_csv.h"

#include <math.h>

#include "harness/timing/ranking.h"

static const char whole_step[] = "step";

static void header(struct csv *csv, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        csv_text(csv, names[i]);
    csv_end_row(csv);
}

#define HEADER(csv, names) header(csv, names, sizeof(names) / sizeof *(names))

static void number(struct csv *csv, bool is_known, double value)
{
    if (is_known && !isnan(value))
        csv_real(csv, value);
    else
        csv_empty(csv);
}

/* ---- cost.csv ------------------------------------------------------------ */

/* A row of cost.csv in the making; the values are per step and round. */
struct cost {
    const struct timed_arm *arm;
    enum arm_state state;
    const char *phase;
    uint64_t steps;
    double ns[SAMPLE_MOST], ticks[SAMPLE_MOST], cycles[SAMPLE_MOST], instructions[SAMPLE_MOST];
};

static void add_median(struct csv *csv, double *values, size_t count)
{
    struct sample_summary summary;
    const bool is_known = ranking_summarise(values, count, &summary);
    number(csv, is_known, is_known ? summary.median : 0);
}

static void add_cost(const struct timing *timing, struct cost *cost, struct csv *csv)
{
    const struct lg_backend *backend = timing->context.backend;
    const struct timed_arm *arm = cost->arm;
    const double parameters = (double)arm->parameters;
    struct sample_summary ns;
    if (!ranking_summarise(cost->ns, timing->rounds, &ns))
        return;
    csv_text(csv, arm->name);
    csv_text(csv, backend->loss(arm->cell->loss.index)->name);
    csv_text(csv, backend->optimizer(arm->cell->optimizer.index)->name);
    csv_text(csv, arm->cell->label);
    csv_text(csv, lg_precision_name(backend->precision));
    csv_text(csv, backend->isa);
    csv_integer(csv, arm->batch);
    csv_integer(csv, arm->parameters);
    csv_text(csv, cost->phase);
    csv_text(csv, arm_state_word(arm, cost->state));
    csv_integer(csv, arm->points[cost->state].steps);
    csv_integer(csv, ns.count);
    csv_integer(csv, cost->steps);
    csv_real(csv, ns.median);
    number(csv, ns.has_interval, ns.low);
    number(csv, ns.has_interval, ns.high);
    csv_real(csv, ns.median / parameters);
    number(csv, ns.has_interval, ns.low / parameters);
    number(csv, ns.has_interval, ns.high / parameters);
    add_median(csv, cost->ticks, timing->rounds);
    add_median(csv, cost->cycles, timing->rounds);
    add_median(csv, cost->instructions, timing->rounds);
    csv_text(csv, arm->points[cost->state].weights_sha256);
    csv_end_row(csv);
}

static void add_step_cost(const struct timing *timing, const struct series *series,
                          struct cost *cost, struct csv *csv)
{
    cost->phase = whole_step;
    cost->steps = 0;
    for (size_t r = 0; r < timing->rounds; r++)
        cost->steps += series->blocks[r].steps;
    series_step_ns(timing, series, cost->ns);
    series_reading(timing, series, READING_TICKS, cost->ticks);
    series_reading(timing, series, READING_CYCLES, cost->cycles);
    series_reading(timing, series, READING_INSTRUCTIONS, cost->instructions);
    add_cost(timing, cost, csv);
}

/* Cycles and instructions are not told by phase. */
static void add_phase_cost(const struct timing *timing, const struct series *series, size_t phase,
                           struct cost *cost, struct csv *csv)
{
    cost->phase = phases_names[phase];
    cost->steps = 0;
    for (size_t r = 0; r < timing->rounds; r++) {
        cost->steps += series->blocks[r].phase_steps;
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
    const struct series *plain = timing_series(timing, cost->arm, cost->state, false);
    const struct series *probed = timing_series(timing, cost->arm, cost->state, true);
    if (plain != NULL)
        add_step_cost(timing, plain, cost, csv);
    for (size_t phase = 0; probed != NULL && phase < LG_PHASES; phase++)
        add_phase_cost(timing, probed, phase, cost, csv);
}

void timing_cost_csv(const struct timing *timing, struct csv *csv)
{
    static const char *const names[] = {"cell",
                                        "loss",
                                        "optimizer",
                                        "label",
                                        "precision",
                                        "isa",
                                        "batch",
                                        "parameters",
                                        "phase",
                                        "state",
                                        "from_step",
                                        "blocks",
                                        "steps",
                                        "median_ns",
                                        "low_ns",
                                        "high_ns",
                                        "ns_per_parameter",
                                        "low_ns_per_parameter",
                                        "high_ns_per_parameter",
                                        "ticks",
                                        "cycles",
                                        "instructions",
                                        "weights_sha256"};
    struct cost cost;
    HEADER(csv, names);
    for (size_t i = 0; i < timing->arm_count; i++) {
        cost.arm = &timing->arms[i];
        for (int state = 0; state < ARM_STATES; state++) {
            cost.state = (enum arm_state)state;
            add_state_cost(timing, &cost, csv);
        }
    }
}

/* ---- samples.csv --------------------------------------------------------- */

static void begin_sample(const struct series *series, const char *phase,
                         const struct timed_block *block, uint64_t steps, struct csv *csv)
{
    csv_text(csv, series->arm->name);
    csv_text(csv, phase);
    csv_text(csv, arm_state_word(series->arm, series->state));
    csv_integer(csv, block->round);
    csv_integer(csv, block->position);
    csv_integer(csv, steps);
}

/* The phases of a block that was looked into; only one clock told them. */
static void add_phase_samples(const struct timing *timing, const struct series *series,
                              const struct timed_block *block, struct csv *csv)
{
    for (size_t phase = 0; phase < LG_PHASES; phase++) {
        const double ticks = block->phase_ticks[phase];
        begin_sample(series, phases_names[phase], block, block->phase_steps, csv);
        csv_real(csv, ticks * 1e9 / timing->ticks.hz);
        number(csv, timing->ticks.is_processor, ticks);
        for (size_t i = READING_TICKS + 1; i < timing->readings.count; i++)
            csv_empty(csv);
        csv_end_row(csv);
    }
}

void timing_samples_csv(const struct timing *timing, struct csv *csv)
{
    static const char *const names[] = {"cell", "phase", "state", "round", "position", "steps"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_text(csv, names[i]);
    for (size_t i = 0; i < timing->readings.count; i++)
        csv_text(csv, timing->readings.all[i].name);
    csv_end_row(csv);
    for (size_t r = 0; r < timing->rounds; r++)
        for (size_t s = 0; s < timing->series_count; s++) {
            const struct series *series = &timing->series[s];
            const struct timed_block *block = &series->blocks[r];
            /* "probed": the whole step of a block that was looked into. */
            begin_sample(series, series->is_probed ? "probed" : whole_step, block, block->steps,
                         csv);
            for (size_t i = 0; i < timing->readings.count; i++)
                number(csv, true, block->values[i]);
            csv_end_row(csv);
            if (series->is_probed && block->phase_steps > 0)
                add_phase_samples(timing, series, block, csv);
        }
}

/* ---- The smaller ones ---------------------------------------------------- */

static void add_ratio(struct csv *csv, const struct sample_summary *ratio)
{
    csv_real(csv, ratio->median);
    number(csv, ratio->has_interval, ratio->low);
    number(csv, ratio->has_interval, ratio->high);
}

static void add_noise(struct csv *csv, const struct timed_arm *arm, enum arm_state state,
                      const char *phase, const struct sample_summary *ratio, double *largest)
{
    const double floor = ratio_floor(ratio);
    csv_text(csv, arm->name);
    csv_text(csv, phase);
    csv_text(csv, arm_state_word(arm, state));
    add_ratio(csv, ratio);
    number(csv, true, floor);
    csv_end_row(csv);
    *largest = floor > *largest ? floor : *largest;
}

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
    const struct timed_arm *twin = timing_twin(timing), *original = timing_original(timing);
    struct sample_summary ratio;
    double largest = (double)-INFINITY;
    if (twin == NULL || !ranking_ratio(timing, state, twin, original, &ratio))
        return;
    add_noise(csv, original, state, whole_step, &ratio, &largest);
    for (size_t phase = 0; phase < LG_PHASES; phase++)
        if (phase_ratio(timing, state, twin, original, phase, &ratio))
            add_noise(csv, original, state, phases_names[phase], &ratio, &largest);
    csv_text(csv, original->name);
    csv_text(csv, "all");
    csv_text(csv, arm_state_word(original, state));
    for (int i = 0; i < 3; i++)
        csv_empty(csv);
    number(csv, largest >= 0, largest);
    csv_end_row(csv);
}

void timing_noise_csv(const struct timing *timing, struct csv *csv)
{
    static const char *const names[] = {"cell", "phase", "state", "ratio", "low", "high", "floor"};
    HEADER(csv, names);
    for (int state = 0; state < ARM_STATES; state++)
        add_state_noise(timing, (enum arm_state)state, csv);
}

static void add_overhead(const struct timing *timing, const struct timed_arm *arm,
                         enum arm_state state, struct csv *csv)
{
    double plain_ns[SAMPLE_MOST], probed_ns[SAMPLE_MOST];
    const struct series *plain = timing_series(timing, arm, state, false);
    const struct series *probed = timing_series(timing, arm, state, true);
    struct sample_summary ratio;
    if (plain == NULL || probed == NULL)
        return;
    series_step_ns(timing, plain, plain_ns);
    series_step_ns(timing, probed, probed_ns);
    ratio_summarise(probed_ns, plain_ns, timing->rounds, &ratio);
    csv_text(csv, arm->name);
    csv_text(csv, arm_state_word(arm, state));
    csv_real(csv, ratio.median - 1);
    number(csv, ratio.has_interval, ratio.low - 1);
    number(csv, ratio.has_interval, ratio.high - 1);
    csv_end_row(csv);
}

void timing_phases_csv(const struct timing *timing, struct csv *csv)
{
    static const char *const names[] = {"cell", "state", "overhead", "low", "high"};
    HEADER(csv, names);
    for (size_t i = 0; i < timing->arm_count && timing->rounds > 0; i++)
        for (int state = 0; state < ARM_STATES; state++)
            add_overhead(timing, &timing->arms[i], (enum arm_state)state, csv);
}

static void add_ranking(const struct timing *timing, enum arm_state state, struct csv *csv)
{
    const struct timed_arm *ranked[ARMS_MAX];
    const size_t count = ranking_order(timing, state, ranked);
    const double floor = ranking_floor(timing, state);
    for (size_t i = 0; i < count; i++) {
        struct sample_summary ratio;
        (void)ranking_ratio(timing, state, ranked[i], ranked[0], &ratio);
        csv_text(csv, ranked[i]->name);
        csv_text(csv, ranked[i]->cell->label);
        csv_text(csv, arm_state_word(ranked[i], state));
        add_ratio(csv, &ratio);
        number(csv, true, floor);
        csv_text(csv, i == 0 ? "cheapest" : verdict_words[verdict_of(&ratio, floor)]);
        csv_end_row(csv);
    }
}

void timing_ranking_csv(const struct timing *timing, struct csv *csv)
{
    static const char *const names[] = {"cell", "label", "state", "ratio",
                                        "low",  "high",  "floor", "verdict"};
    HEADER(csv, names);
    for (int state = ARM_STATES; state-- > 0;)
        add_ranking(timing, (enum arm_state)state, csv);
}

static void add_summary(struct csv *csv, const struct sample_summary *summary)
{
    const bool is_known = summary->count > 0;
    number(csv, is_known, summary->median);
    number(csv, summary->has_interval, summary->low);
    number(csv, summary->has_interval, summary->high);
}

void timing_settling_csv(const struct timing *timing, struct csv *csv)
{
    static const char *const names[] = {
        "cell",         "step",          "blocks_ns", "blocks_low", "blocks_high", "training_ns",
        "training_low", "training_high", "ratio",     "low",        "high",        "changed"};
    HEADER(csv, names);
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        for (size_t l = 1; !arm->is_twin && l < arm->settling.count; l++) {
            const struct settling_look *look = &arm->settling.looks[l];
            csv_text(csv, arm->name);
            csv_integer(csv, look->steps);
            add_summary(csv, &look->block);
            add_summary(csv, &look->training);
            add_summary(csv, &look->ratio);
            csv_text(csv, look->is_changed ? "yes" : "no");
            csv_end_row(csv);
        }
    }
}

static void add_conditions(const char *when, const struct conditions_row rows[CONDITIONS_MAX],
                           struct csv *csv)
{
    for (size_t i = 0; i < CONDITIONS_MAX; i++) {
        csv_text(csv, when);
        csv_text(csv, rows[i].name);
        csv_text(csv, conditions_words[rows[i].verdict]);
        csv_text(csv, rows[i].sentence);
        csv_end_row(csv);
    }
}

void timing_conditions_csv(const struct conditions_row before[CONDITIONS_MAX],
                           const struct conditions_row after[CONDITIONS_MAX], struct csv *csv)
{
    static const char *const names[] = {"when", "condition", "verdict", "sentence"};
    HEADER(csv, names);
    add_conditions("before", before, csv);
    add_conditions("after", after, csv);
}
