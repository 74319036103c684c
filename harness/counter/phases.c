#include "harness/counter/phases.h"

#include <assert.h>

#include "harness/stats/sample.h"

const char *const phases_names[LG_PHASES] = {PHASES_NAMES};
const char *const phases_of_step[] = {"step", PHASES_NAMES, NULL};

enum { EVERY_MOST = 1 << 20 };

/* The interval that ends with this reading belongs to the phase before, and with it what
 * was done for the last reading once its clock had been read. */
static void take(struct phases *phases)
{
    const uint64_t now = phases->now();
    phases->raw[phases->phase] += now - phases->last;
    phases->readings[phases->phase]++;
    phases->last = now;
}

/* Gaps between steps that are read are uniform from 1 to 2 every - 1: with a fixed gap,
 * data that comes again in a like rhythm would show the same samples each time. */
static bool skips(struct phases *phases)
{
    const uint64_t step = phases->seen++;
    if (step < phases->next)
        return true;
    phases->next = step + 1;
    if (phases->every > 1)
        phases->next += lg_pcg_below(&phases->draw, (uint32_t)(2 * phases->every - 1));
    return false;
}

/* Every other step is not read, but timed from its beginning to that of the next one. The
 * last step of a call of train() gets what lies between the calls as well: medians do not
 * mind. */
static bool pilot_skips(struct phases *phases)
{
    const uint64_t now = phases->now();
    const bool is_read = phases->seen++ % 2 == 0;
    if (is_read && phases->seen > 1 && phases->unread_count < PHASES_PILOT)
        phases->unread[phases->unread_count++] = (double)(now - phases->begin) - phases->bare_ticks;
    phases->begin = now;
    return !is_read;
}

static void enter(struct lg_probe *probe, enum lg_phase phase)
{
    struct phases *phases = (struct phases *)probe;
    if (phase != LG_PHASE_DATA) {
        take(phases);
        phases->phase = phase;
        return;
    }
    probe->skips = phases->is_pilot ? pilot_skips(phases) : skips(phases);
    phases->phase = phase;
    if (!probe->skips)
        phases->begin = phases->last = phases->now();
}

static void leave(struct lg_probe *probe)
{
    struct phases *phases = (struct phases *)probe;
    take(phases);
    phases->steps++;
    if (phases->is_pilot && phases->read_count < PHASES_PILOT)
        phases->read[phases->read_count++] = (double)(phases->last - phases->begin);
    for (size_t p = 0; p < LG_PHASES; p++) {
        const double own = phases->reading_ticks * (double)phases->readings[p];
        const double raw = (double)phases->raw[p];
        phases->ticks[p] = raw > own ? (uint64_t)(raw - own) : 0;
    }
}

/* Steps of nothing but readings, as the engine would ask for them; the median of many. */
static double measure_reading(struct phases *phases)
{
    enum { STEPS = 101, ROUNDS = 64 };
    double values[STEPS];
    struct sample_summary summary;
    void (*const volatile ask)(struct lg_probe *, enum lg_phase) = phases->probe.enter;
    for (size_t s = 0; s < STEPS; s++) {
        phases_reset(phases);
        ask(&phases->probe, LG_PHASE_DATA);
        for (size_t i = 0; i < ROUNDS; i++) {
            ask(&phases->probe, LG_PHASE_BACKWARD);
            ask(&phases->probe, LG_PHASE_UPDATE);
        }
        values[s] =
            (double)(phases->raw[LG_PHASE_BACKWARD] + phases->raw[LG_PHASE_UPDATE]) /
            (double)(phases->readings[LG_PHASE_BACKWARD] + phases->readings[LG_PHASE_UPDATE]);
    }
    sample_summarise(values, STEPS, &summary);
    return summary.median;
}

void phases_open(struct phases *phases, uint64_t (*now)(void))
{
    *phases = (struct phases){
        .probe = {.enter = enter, .leave = leave},
        .every = 1,
        .now = now,
        .draw = lg_pcg_seed(1, 1),
    };
    phases->bare_ticks = phases->reading_ticks = measure_reading(phases);
    phases_reset(phases);
    phases->next = 0;
    phases->is_pilot = true;
}

void phases_reset(struct phases *phases)
{
    for (size_t p = 0; p < LG_PHASES; p++)
        phases->ticks[p] = phases->raw[p] = phases->readings[p] = 0;
    phases->next = phases->next > phases->seen ? phases->next - phases->seen : 0;
    phases->steps = phases->seen = 0;
}

bool phases_can_settle(const struct phases *phases)
{
    return phases->read_count >= SAMPLE_LEAST && phases->unread_count >= SAMPLE_LEAST;
}

void phases_settle(struct phases *phases, double share)
{
    struct sample_summary read, unread;
    double readings = 0;
    assert(phases->is_pilot && share > 0);
    assert(phases_can_settle(phases));
    sample_summarise(phases->read, phases->read_count, &read);
    sample_summarise(phases->unread, phases->unread_count, &unread);
    for (size_t p = 0; p < LG_PHASES; p++)
        readings += (double)phases->readings[p] / (double)phases->steps;
    const double least = phases->bare_ticks, most = 2 * phases->bare_ticks;
    const double proven = (read.low - unread.high) / readings;
    phases->reading_ticks = proven < least ? least : proven > most ? most : proven;
    const double every = readings * phases->reading_ticks / unread.median / share;
    phases->every = every < EVERY_MOST ? (uint64_t)every + 1 : EVERY_MOST;
    phases->is_pilot = false;
    phases_reset(phases);
    phases->next = 0;
}

uint64_t phases_total(const struct phases *phases)
{
    uint64_t total = 0;
    for (size_t p = 0; p < LG_PHASES; p++)
        total += phases->ticks[p];
    return total;
}
