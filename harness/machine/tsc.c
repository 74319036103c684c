#include "harness/machine/tsc.h"

#include <time.h>

#include "harness/support/clock.h"

#if defined __x86_64__
#include <cpuid.h>
#include <x86intrin.h>

static const struct tsc_features *stand_in;

void tsc_stand_in(const struct tsc_features *features)
{
    stand_in = features;
}

static enum processor_answer ask_invariant(void)
{
    enum { POWER_LEAF = 0x80000007, INVARIANT = 1u << 8 };
    unsigned a, b, c, d;
    if (!__get_cpuid(POWER_LEAF, &a, &b, &c, &d))
        return PROCESSOR_UNKNOWN;
    return (d & INVARIANT) != 0 ? PROCESSOR_YES : PROCESSOR_NO;
}

static struct tsc_features look(void)
{
    enum { FEATURES_LEAF = 1, TSC = 1u << 4, EXTENDED_LEAF = 0x80000001, RDTSCP = 1u << 27 };
    static struct tsc_features own;
    static bool is_known; /* a hypervisor takes its time to answer */
    unsigned a, b, c, d;
    if (stand_in != NULL)
        return *stand_in;
    if (!is_known) {
        own.invariant = ask_invariant();
        own.has_rdtsc = __get_cpuid(FEATURES_LEAF, &a, &b, &c, &d) && (d & TSC) != 0;
        own.has_rdtscp = __get_cpuid(EXTENDED_LEAF, &a, &b, &c, &d) && (d & RDTSCP) != 0;
        is_known = true;
    }
    return own;
}

static uint64_t read_rdtscp(void)
{
    unsigned processor;
    const uint64_t ticks = __rdtscp(&processor); /* waits for what is before it */
    _mm_lfence();                                /* and holds back what is after it */
    return ticks;
}

static uint64_t read_rdtsc(void)
{
    _mm_lfence(); /* rdtsc itself does not wait */
    const uint64_t ticks = __rdtsc();
    _mm_lfence();
    return ticks;
}

static uint64_t read_nothing(void)
{
    return 0;
}

const char *tsc_name(void)
{
    const struct tsc_features found = look();
    return found.has_rdtscp ? "rdtscp" : "rdtsc";
}

bool tsc_is_readable(void)
{
    const struct tsc_features found = look();
    return found.has_rdtscp || found.has_rdtsc;
}

enum processor_answer tsc_is_invariant(void)
{
    return look().invariant;
}

uint64_t (*tsc_reader(void))(void)
{
    const struct tsc_features found = look();
    return found.has_rdtscp ? read_rdtscp : found.has_rdtsc ? read_rdtsc : read_nothing;
}

uint64_t tsc_read(void)
{
    return tsc_reader()();
}

/* As the CPU reports it. Leaf 15h: the crystal's rate times b / a. Where the crystal's rate
 * (c) is left out, leaf 16h gives the rate that the counter has then. */
static bool reported_rate(struct tsc_rate *rate)
{
    unsigned a, b, c, d, megahertz = 0;
    if (!__get_cpuid(0x15, &a, &b, &c, &d) || a == 0 || b == 0)
        return false;
    if (c != 0)
        *rate = (struct tsc_rate){(double)c * b / a, "CPUID 15h"};
    else if (__get_cpuid(0x16, &megahertz, &b, &c, &d))
        *rate = (struct tsc_rate){megahertz * 1e6, "CPUID 16h"};
    return rate->hz > 0;
}

#elif defined __aarch64__

const char *tsc_name(void)
{
    return "cntvct_el0";
}

bool tsc_is_readable(void)
{
    return true;
}

enum processor_answer tsc_is_invariant(void)
{
    return PROCESSOR_YES;
}

uint64_t tsc_read(void)
{
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks)::"memory");
    return ticks;
}

uint64_t (*tsc_reader(void))(void)
{
    return tsc_read;
}

void tsc_stand_in(const struct tsc_features *features)
{
    (void)features; /* there is one way only */
}

static bool reported_rate(struct tsc_rate *rate)
{
    uint64_t hz;
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
    *rate = (struct tsc_rate){(double)hz, "cntfrq_el0"};
    return hz > 0;
}

#else

const char *tsc_name(void)
{
    return "counter";
}

bool tsc_is_readable(void)
{
    return false;
}

enum processor_answer tsc_is_invariant(void)
{
    return PROCESSOR_UNKNOWN;
}

uint64_t tsc_read(void)
{
    return 0;
}

uint64_t (*tsc_reader(void))(void)
{
    return tsc_read;
}

void tsc_stand_in(const struct tsc_features *features)
{
    (void)features;
}

static bool reported_rate(struct tsc_rate *rate)
{
    (void)rate;
    return false;
}

#endif

/* Both clocks at one moment. The process may be stopped between any two readings, so the
 * pair is taken whose readings lie closest together. */
void tsc_begin(struct tsc_span *span)
{
    enum { TRIES = 16 };
    uint64_t closest = UINT64_MAX, (*const now)(void) = tsc_reader();
    *span = (struct tsc_span){0};
    for (int i = 0; tsc_is_readable() && i < TRIES; i++) {
        const uint64_t before = clock_ns(CLOCK_MONOTONIC_RAW), ticks = now();
        const uint64_t after = clock_ns(CLOCK_MONOTONIC_RAW);
        if (after - before >= closest)
            continue;
        closest = after - before;
        *span = (struct tsc_span){ticks, before + closest / 2};
    }
}

/* True if there is a rate, reported or not; if not, why. */
static bool has_rate(struct tsc_rate *rate)
{
    *rate = (struct tsc_rate){0};
    const enum processor_answer invariant = tsc_is_invariant();
    if (!tsc_is_readable())
        rate->source = "this processor has no such clock";
    else if (invariant == PROCESSOR_NO)
        rate->source = "the processor denies that its time stamp counter runs at one rate "
                       "(invariant TSC)";
    else if (invariant == PROCESSOR_UNKNOWN)
        rate->source = "the processor does not say that its time stamp counter runs at one rate "
                       "(invariant TSC)";
    return rate->source == NULL;
}

void tsc_end(const struct tsc_span *span, struct tsc_rate *rate)
{
    struct tsc_span end;
    tsc_begin(&end);
    if (!has_rate(rate) || reported_rate(rate))
        return;
    if (end.ns <= span->ns || end.ticks <= span->ticks)
        *rate = (struct tsc_rate){0, "no time has passed to measure it in"};
    else
        *rate =
            (struct tsc_rate){(double)(end.ticks - span->ticks) * 1e9 / (double)(end.ns - span->ns),
                              "measured by CLOCK_MONOTONIC_RAW"};
}

void tsc_find_rate(struct tsc_rate *rate)
{
    enum { MEASURED_NS = 20000000 };
    struct tsc_span span;
    if (!has_rate(rate) || reported_rate(rate))
        return;
    tsc_begin(&span);
    while (clock_ns(CLOCK_MONOTONIC_RAW) - span.ns < MEASURED_NS) {
    }
    tsc_end(&span, rate);
}
