#include "harness/measure/phases.h"

#include <assert.h>

#include "harness/measure/sample.h"
#include "harness/measure/tsc.h"

const char *const phases_names[LG_PHASES] = {"data", "forward", "loss", "backward", "update"};

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

static void enter(struct lg_probe *probe, enum lg_phase phase)
{
    struct phases *phases = (struct phases *)probe;
    if (phase != LG_PHASE_DATA) {
        take(phases);
        phases->phase = phase;
        return;
    }
    probe->skips = skips(phases);
    phases->phase = phase;
    if (!probe->skips)
        phases->last = phases->now();
}

static void leave(struct lg_probe *probe)
{
    struct phases *phases = (struct phases *)probe;
    take(phases);
    phases->steps++;
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

enum lg_status phases_open(struct phases *phases, struct lg_error *error)
{
    *phases = (struct phases){
        .probe = {.enter = enter, .leave = leave},
        .every = 1,
        .now = tsc_read,
        .draw = lg_pcg_seed(1, 1),
    };
    if (!tsc_is_readable())
        return lg_fail(error, LG_ENVIRONMENT, "this processor's clock cannot be read");
    phases->reading_ticks = measure_reading(phases);
    phases_reset(phases);
    return LG_OK;
}

void phases_reset(struct phases *phases)
{
    for (size_t p = 0; p < LG_PHASES; p++)
        phases->ticks[p] = phases->raw[p] = phases->readings[p] = 0;
    phases->next = phases->next > phases->seen ? phases->next - phases->seen : 0;
    phases->steps = phases->seen = 0;
}

void phases_limit(struct phases *phases, double share)
{
    assert(phases->steps > 0 && share > 0);
    double readings = 0;
    for (size_t p = 0; p < LG_PHASES; p++)
        readings += (double)phases->readings[p];
    const double step = (double)phases_total(phases) + 1; /* never 0 */
    const double every = readings * phases->reading_ticks / step / share;
    phases->every = every < EVERY_MOST ? (uint64_t)every + 1 : EVERY_MOST;
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
