/* The cost of reading each clock, and the rate of the core's own clock. */
#include <stdio.h>
#include <time.h>

#include "harness/machine/measure.h"
#include "harness/machine/tsc.h"

struct system_clock {
    const char *name;
    clockid_t id;
};

static double gettime_work(void *context, size_t repeats)
{
    const struct system_clock *clock = context;
    double sum = 0;
    for (size_t i = 0; i < repeats; i++) {
        struct timespec now;
        clock_gettime(clock->id, &now);
        sum += (double)now.tv_nsec;
    }
    return sum;
}

static double tsc_work(void *context, size_t repeats)
{
    uint64_t (*const now)(void) = tsc_reader();
    uint64_t sum = 0;
    (void)context;
    for (size_t i = 0; i < repeats; i++)
        sum += now();
    return (double)sum;
}

#if defined __x86_64__
/* A chain of 32-bit multiplications: 3 cycles each on Intel's cores with AVX2 and AMD's
 * since Zen (A. Fog, Instruction tables, agner.org/optimize). */
enum { MULTIPLICATIONS = 10, MULTIPLICATION_CYCLES = 3 };

static double cycle_work(void *context, size_t repeats)
{
    uint32_t product = 3;
    (void)context;
    for (size_t i = 0; i < repeats; i++)
        __asm__ volatile("imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\t"
                         "imul %0, %0\n\timul %0, %0\n\timul %0, %0\n\timul %0, %0\n\t"
                         "imul %0, %0\n\timul %0, %0"
                         : "+r"(product)
                         :
                         : "cc");
    return (double)product;
}
#endif

static void add_core_clock(struct measures *measures)
{
    struct measure what = {.name = "core_clock", .unit = "GHz", .is_rate = true};
#if defined __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        what.pieces = MULTIPLICATIONS * MULTIPLICATION_CYCLES;
        what.note = "if an integer multiplication takes 3 cycles";
        what.work = cycle_work;
    }
#endif
    if (what.work == NULL)
        snprintf(what.absent, sizeof what.absent,
                 "no instruction here is known to take the same cycles on every core");
    (void)measures_add(measures, &what);
}

void measure_add_clocks(struct measures *measures)
{
    static struct system_clock clocks[] = {
        {"CLOCK_MONOTONIC", CLOCK_MONOTONIC},
        {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID},
    };
    add_core_clock(measures);
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++)
        (void)measures_add(measures, &(struct measure){.name = "clock_cost",
                                                       .clock = clocks[i].name,
                                                       .unit = "ns",
                                                       .pieces = 1,
                                                       .work = gettime_work,
                                                       .context = &clocks[i]});
    struct measure what = {
        .name = "clock_cost", .clock = tsc_name(), .unit = "ns", .pieces = 1, .work = tsc_work};
    if (!tsc_is_readable())
        snprintf(what.absent, sizeof what.absent, "this CPU has no such instruction");
    (void)measures_add(measures, &what);
}
