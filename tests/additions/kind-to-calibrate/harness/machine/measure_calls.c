/* What calling the system costs. */
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/machine/measure.h"

static double call_work(void *context, size_t repeats)
{
    long sum = 0;
    (void)context;
    for (size_t i = 0; i < repeats; i++)
        sum += syscall(SYS_getppid);
    return (double)sum;
}

void measure_add_calls(struct measures *measures)
{
    (void)measures_add(
        measures,
        &(struct measure){.name = "system_call", .unit = "ns", .pieces = 1, .work = call_work});
}
