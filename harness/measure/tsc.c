#include "harness/measure/tsc.h"

#include <time.h>

#include "harness/run/clock.h"
#if defined __x86_64__
#include <cpuid.h>
#endif

#if defined __x86_64__

const char *tsc_name(void)
{
    return "rdtscp";
}

bool tsc_is_readable(void)
{
    enum { LEAF = 0x80000001, RDTSCP = 1 << 27 };
    unsigned a, b, c, d;
    return __get_cpuid(LEAF, &a, &b, &c, &d) && (d & RDTSCP) != 0;
}

uint64_t tsc_read(void)
{
    unsigned processor;
    return __builtin_ia32_rdtscp(&processor);
}

static bool is_invariant(void)
{
    enum { LEAF = 0x80000007, INVARIANT = 1 << 8 };
    unsigned a, b, c, d;
    return __get_cpuid(LEAF, &a, &b, &c, &d) && (d & INVARIANT) != 0;
}

/* Hz that the CPU tells, or 0: a crystal's rate times a ratio. */
static double told_hz(void)
{
    enum { LEAF = 0x15 };
    unsigned divisor, factor, crystal_hz, d;
    if (!__get_cpuid(LEAF, &divisor, &factor, &crystal_hz, &d) || divisor == 0)
        return 0;
    return (double)crystal_hz * (double)factor / (double)divisor;
}

static const char told_by[] = "CPUID leaf 15h";

#elif defined __aarch64__

const char *tsc_name(void)
{
    return "cntvct_el0";
}

bool tsc_is_readable(void)
{
    return true;
}

uint64_t tsc_read(void)
{
    uint64_t ticks;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(ticks) : : "memory");
    return ticks;
}

static bool is_invariant(void)
{
    return true;
}

static double told_hz(void)
{
    uint64_t hz;
    __asm__("mrs %0, cntfrq_el0" : "=r"(hz));
    return (double)hz;
}

static const char told_by[] = "cntfrq_el0";

#else

const char *tsc_name(void)
{
    return "counter";
}

bool tsc_is_readable(void)
{
    return false;
}

uint64_t tsc_read(void)
{
    return 0;
}

static bool is_invariant(void)
{
    return false;
}

static double told_hz(void)
{
    return 0;
}

static const char told_by[] = "";

#endif

void tsc_begin(struct tsc_span *span)
{
    *span = (struct tsc_span){0};
    if (tsc_is_readable()) {
        span->ns = clock_ns(CLOCK_MONOTONIC_RAW);
        span->ticks = tsc_read();
    }
}

void tsc_end(const struct tsc_span *span, struct tsc_rate *rate)
{
    struct tsc_span end;
    tsc_begin(&end);
    if (!tsc_is_readable())
        *rate = (struct tsc_rate){0, "this CPU has no such counter"};
    else if (!is_invariant())
        *rate = (struct tsc_rate){0, "the counter does not run at one rate"};
    else if (told_hz() > 0)
        *rate = (struct tsc_rate){told_hz(), told_by};
    else if (end.ns <= span->ns || end.ticks <= span->ticks)
        *rate = (struct tsc_rate){0, "no time has passed to measure it in"};
    else
        *rate =
            (struct tsc_rate){(double)(end.ticks - span->ticks) * 1e9 / (double)(end.ns - span->ns),
                              "measured against CLOCK_MONOTONIC_RAW"};
}
