#include "harness/timing/timing_text.h"

#include <math.h>
#include <stdio.h>

#include "harness/support/table.h"
#include "harness/timing/ranking.h"

enum { FIELD_MAX = 64 };

/* Nanoseconds with about four digits. */
static void format_ns(double ns, char field[FIELD_MAX])
{
    snprintf(field, FIELD_MAX, "%.*f", ns < 10 ? 3 : ns < 100 ? 2 : ns < 1000 ? 1 : 0, ns);
}

static void format_interval(const struct sample_summary *summary, char field[FIELD_MAX])
{
    char low[FIELD_MAX], high[FIELD_MAX];
    snprintf(field, FIELD_MAX, "-");
    if (!summary->has_interval)
        return;
    format_ns(summary->low, low);
    format_ns(summary->high, high);
    snprintf(field, FIELD_MAX, "%.28s to %.28s", low, high);
}

/* ns of `update` per parameter; "-" where the phases are unknown. */
static void format_update(const struct timing *timing, const struct timed_arm *arm,
                          char field[FIELD_MAX])
{
    double ns[SAMPLE_MOST];
    struct sample_summary summary;
    const struct series *probed = timing_series(timing, arm, ARM_LATE, true);
    snprintf(field, FIELD_MAX, "-");
    if (probed == NULL)
        return;
    series_phase_ns(timing, probed, LG_PHASE_UPDATE, ns);
    if (ranking_summarise(ns, timing->rounds, &summary))
        snprintf(field, FIELD_MAX, "%.4f", summary.median / (double)arm->parameters);
}

static void summarise_step(const struct timing *timing, const struct timed_arm *arm,
                           enum arm_state state, struct sample_summary *step)
{
    double ns[SAMPLE_MOST];
    series_step_ns(timing, timing_series(timing, arm, state, false), ns);
    sample_summarise(ns, timing->rounds, step);
}

/* "settled from 1024", "not settled". */
static void format_state(const struct timed_arm *arm, char field[FIELD_MAX])
{
    const struct settling *settling = &arm->settling;
    if (settling_is_settled(settling))
        snprintf(field, FIELD_MAX, "from %llu, seen to %llu", (unsigned long long)settling->anchor,
                 (unsigned long long)settling->reached);
    else
        snprintf(field, FIELD_MAX, "NOT by %llu", (unsigned long long)settling->reached);
}

static void add_arm(const struct timing *timing, const struct timed_arm *arm,
                    const struct timed_arm *fastest, double floor, struct table *table)
{
    struct sample_summary first, step, ratio;
    char f[7][FIELD_MAX];
    summarise_step(timing, arm, ARM_FIRST, &first);
    summarise_step(timing, arm, ARM_LATE, &step);
    (void)ranking_ratio(timing, ARM_LATE, arm, fastest, &ratio);
    format_ns(first.median, f[0]);
    format_ns(step.median, f[1]);
    format_interval(&step, f[2]);
    format_state(arm, f[3]);
    snprintf(f[4], FIELD_MAX, "-");
    struct sample_summary check;
    if (ranking_against_training(arm, &check))
        snprintf(f[4], FIELD_MAX, "%.3f", check.median);
    format_update(timing, arm, f[5]);
    snprintf(f[6], FIELD_MAX, "%.3f", ratio.median);
    const enum verdict verdict = verdict_of(&ratio, floor);
    table_row(table, (const char *const[]){arm->cell->label, f[0], f[1], f[2], f[3], f[4], f[5],
                                           f[6], arm == fastest ? "" : verdict_words[verdict]});
}

/* The number of arms that may be as fast as the fastest. */
static void add_conclusion(const struct timing *timing, const struct timed_arm *const *ranked,
                           size_t count, double floor, struct text *text)
{
    size_t rivals = 0;
    for (size_t i = 1; i < count; i++) {
        struct sample_summary ratio;
        (void)ranking_ratio(timing, ARM_LATE, ranked[i], ranked[0], &ratio);
        rivals += verdict_of(&ratio, floor) != VERDICT_SLOWER;
    }
    const struct timed_arm *original = timing_original(timing);
    if (isnan(floor))
        text_print(text, "\nNo noise floor is known, so no winner is named.\n");
    else
        text_print(text, "\nNoise floor: %.2f %% (%s, measured twice).\n", 100 * floor,
                   original->cell->label);
    if (isnan(floor) || count < 2)
        return;
    if (ranking_is_by_sample(timing))
        text_print(text, "Batches differ: arms are ranked by their time a sample.\n");
    if (rivals == 0)
        text_print(text, "Fastest: %s; every other arm is slower by more than the noise.\n",
                   ranked[0]->cell->label);
    else
        text_print(text, "No winner: %zu other arm%s may be as fast as %s.\n", rivals,
                   rivals > 1 ? "s" : "", ranked[0]->cell->label);
}

/* The meaning of the states, and the arms that did not settle. */
static void add_states(const struct timing *timing, struct text *text)
{
    text_print(text,
               "First: from step %zu on. Later: from the last step looked at; settled, "
               "where the cost has not changed since a quarter of it.\n",
               timing->arms[0].first);
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        const struct settling *settling = &arm->settling;
        const struct settling_look *last = &settling->looks[settling->count - 1];
        if (arm->skipped[0] != '\0' || arm->is_control || settling_is_settled(settling))
            continue;
        text_print(text,
                   "Not settled after %llu steps: %s: ", (unsigned long long)settling->reached,
                   arm->cell->label);
        if (settling->count > 1 && last->is_changed)
            text_print(text, "the last look changed it %.3g times; ", last->ratio.median);
        text_print(text, "%s (the spec trains %llu).\n", settling_sentences[settling->end],
                   (unsigned long long)arm->config.total_steps);
    }
}

/* Blocks against the training that led to them. */
static void add_check(const struct timing *timing, double floor, struct text *text)
{
    const struct timed_arm *worst = NULL;
    struct sample_summary check, far = {0};
    size_t beyond = 0, known = 0;
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        if (arm->skipped[0] != '\0' || arm->is_control || !ranking_against_training(arm, &check))
            continue;
        known++;
        const enum verdict verdict = verdict_of(&check, floor);
        if (verdict != VERDICT_FASTER && verdict != VERDICT_SLOWER)
            continue;
        beyond++;
        if (worst == NULL || fabs(check.median - 1) > fabs(far.median - 1)) {
            worst = arm;
            far = check;
        }
    }
    if (known == 0 || isnan(floor))
        return;
    if (beyond == 0)
        text_print(text, "Blocks agree with training itself, within the noise: %zu arm%s.\n", known,
                   known > 1 ? "s" : "");
    else
        text_print(text,
                   "Blocks and training itself differ by more than the noise in %zu of %zu arms, "
                   "most in %s: %.3f times (%.3f to %.3f).\n",
                   beyond, known, worst->cell->label, far.median, far.low, far.high);
}

static void add_warnings(const struct timing *timing, struct text *text)
{
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct timed_arm *arm = &timing->arms[i];
        if (arm->skipped[0] != '\0')
            text_print(text, "Not timed: %s: %s.\n", arm->cell->label, arm->skipped);
        if (arm->slow_down.share > 0 && !arm->is_control)
            text_print(text, "INJECTED: %s was slowed down by %.4g %% to test the method.\n",
                       arm->cell->label, 100 * arm->slow_down.share);
    }
    if (timing->ticks.why[0] != '\0')
        text_print(text, "Phases by %s, a reading of which takes %.0f ns: %s.\n",
                   timing->ticks.name, timing->phases.bare_ticks * 1e9 / timing->ticks.hz,
                   timing->ticks.why);
    if (timing->stop == STOP_BUDGET)
        text_print(text, "The budget ended before every interval was narrower than %.4g %%.\n",
                   100 * timing->effort.precision);
}

enum lg_status timing_text(const struct timing *timing, struct text *text, struct lg_error *error)
{
    const struct timed_arm *ranked[ARMS_MAX];
    const size_t count = ranking_order(timing, ARM_LATE, ranked);
    const double floor = ranking_floor(timing, ARM_LATE);
    struct table table = {.columns = 9};
    table_row(&table, (const char *const[]){"arm", "first, ns/step", "later, ns/step",
                                            "95 % interval", "settled, by step", "times training",
                                            "update, ns/parameter", "times the fastest", ""});
    for (size_t i = 0; i < count; i++)
        add_arm(timing, ranked[i], ranked[0], floor, &table);
    enum lg_status status = table_format(&table, TABLE_TEXT, text, error);
    table_free(&table);
    if (status != LG_OK)
        return status;
    if (count > 0)
        add_conclusion(timing, ranked, count, floor, text);
    add_states(timing, text);
    add_check(timing, floor, text);
    add_warnings(timing, text);
    return text_check(text, error);
}
