#include "harness/timing/timing_text.h"

#include <math.h>
#include <stdio.h>

#include "harness/command/table.h"
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

/* ns of `update` per parameter; "-" where the phases are not told. */
static void format_update(const struct timing *timing, const struct arm *arm, char field[FIELD_MAX])
{
    double ns[SAMPLE_MOST];
    struct sample_summary summary;
    const struct series *probed = timing_series(timing, arm, true);
    snprintf(field, FIELD_MAX, "-");
    if (probed == NULL)
        return;
    series_phase_ns(timing, probed, LG_PHASE_UPDATE, ns);
    if (ranking_summarise(ns, timing->rounds, &summary))
        snprintf(field, FIELD_MAX, "%.4f", summary.median / (double)arm->parameters);
}

static void add_arm(const struct timing *timing, const struct arm *arm, const struct arm *cheapest,
                    double floor, struct table *table)
{
    double ns[SAMPLE_MOST];
    struct sample_summary step, ratio;
    char median[FIELD_MAX], interval[FIELD_MAX], update[FIELD_MAX], times[FIELD_MAX];
    series_step_ns(timing, timing_series(timing, arm, false), ns);
    sample_summarise(ns, timing->rounds, &step);
    (void)ranking_ratio(timing, arm, cheapest, &ratio);
    format_ns(step.median, median);
    format_interval(&step, interval);
    format_update(timing, arm, update);
    snprintf(times, sizeof times, "%.3f", ratio.median);
    const enum verdict verdict = verdict_of(&ratio, floor);
    table_row(table, (const char *const[]){arm->cell->label, median, interval, update, times,
                                           arm == cheapest             ? ""
                                           : verdict == VERDICT_SLOWER ? "slower"
                                                                       : "not told apart"});
}

/* Who the ones are that the cheapest cannot be told from. */
static void add_conclusion(const struct timing *timing, const struct arm *const *ranked,
                           size_t count, double floor, struct text *text)
{
    size_t tied = 0;
    for (size_t i = 1; i < count; i++) {
        struct sample_summary ratio;
        (void)ranking_ratio(timing, ranked[i], ranked[0], &ratio);
        tied += verdict_of(&ratio, floor) != VERDICT_SLOWER;
    }
    const struct arm *original = timing_original(timing);
    if (isnan(floor))
        text_print(text, "\nNo noise floor is known, so no winner is named.\n");
    else
        text_print(text, "\nNoise floor: %.2f %% (%s, measured twice).\n", 100 * floor,
                   original->cell->label);
    if (isnan(floor) || count < 2)
        return;
    if (tied == 0)
        text_print(text, "Fastest: %s; every other arm is slower by more than the noise.\n",
                   ranked[0]->cell->label);
    else
        text_print(text, "No winner: %s cannot be told from %zu other arm%s.\n",
                   ranked[0]->cell->label, tied, tied > 1 ? "s" : "");
}

static void add_warnings(const struct timing *timing, struct text *text)
{
    for (size_t i = 0; i < timing->arm_count; i++) {
        const struct arm *arm = &timing->arms[i];
        if (arm->skipped[0] != '\0')
            text_print(text, "Not timed: %s: %s.\n", arm->cell->label, arm->skipped);
        if (arm->slow_down > 0 && !arm->is_twin)
            text_print(text, "PLANTED: %s was slowed down by %.4g %% to test the method.\n",
                       arm->cell->label, 100 * arm->slow_down);
    }
    if (!timing->has_phases)
        text_print(text, "No phases: %s.\n", timing->phases_absent);
    if (timing->stop == STOP_BUDGET)
        text_print(text, "The budget ended before every interval was narrower than %.4g %%.\n",
                   100 * timing->effort.precision);
}

enum lg_status timing_text(const struct timing *timing, struct text *text, struct lg_error *error)
{
    const struct arm *ranked[ARMS_MAX];
    const size_t count = ranking_order(timing, ranked);
    const double floor = ranking_floor(timing);
    struct table table = {.columns = 6};
    table_row(&table, (const char *const[]){"arm", "ns/step", "95 % interval",
                                            "update, ns/parameter", "times the fastest", ""});
    for (size_t i = 0; i < count; i++)
        add_arm(timing, ranked[i], ranked[0], floor, &table);
    enum lg_status status = table_format(&table, TABLE_TEXT, text, error);
    table_free(&table);
    if (status != LG_OK)
        return status;
    if (count > 0)
        add_conclusion(timing, ranked, count, floor, text);
    add_warnings(timing, text);
    return text_check(text, error);
}
