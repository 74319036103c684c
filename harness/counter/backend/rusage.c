/* The resources that the system counts for this process. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "harness/counter/counter.h"

enum { USER, SYSTEM, MINOR, MAJOR, VOLUNTARY, INVOLUNTARY, RESIDENT, COLUMNS };

static const struct counter_column columns[COLUMNS] = {
    [USER] = {"user_ns", "ns", "processor time in the program", false},
    [SYSTEM] = {"system_ns", "ns", "processor time in the kernel on its behalf", false},
    [MINOR] = {"minor_faults", "", "page faults that needed no reading from disk", false},
    [MAJOR] = {"major_faults", "", "page faults that did", false},
    [VOLUNTARY] = {"voluntary_switches", "", "times that it gave up the processor", false},
    [INVOLUNTARY] = {"involuntary_switches", "", "times that the processor was taken from it",
                     false},
    [RESIDENT] = {"max_rss_bytes", "bytes", "largest memory it ever held", true},
};

static enum lg_status open_rusage(void *state, struct counter_opened *opened,
                                  struct lg_error *error)
{
    struct rusage usage;
    (void)state;
    (void)opened;
    if (getrusage(RUSAGE_SELF, &usage) != 0)
        return lg_fail(error, LG_ENVIRONMENT, "getrusage: %s", strerror(errno));
    return LG_OK;
}

static uint64_t nanoseconds(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * 1000000000u + (uint64_t)time->tv_usec * 1000u;
}

static void read_rusage(void *state, uint64_t *slots)
{
    struct rusage usage = {0}; /* cannot fail once it has worked */
    (void)state;
    getrusage(RUSAGE_SELF, &usage);
    slots[USER] = nanoseconds(&usage.ru_utime);
    slots[SYSTEM] = nanoseconds(&usage.ru_stime);
    slots[MINOR] = (uint64_t)usage.ru_minflt;
    slots[MAJOR] = (uint64_t)usage.ru_majflt;
    slots[VOLUNTARY] = (uint64_t)usage.ru_nvcsw;
    slots[INVOLUNTARY] = (uint64_t)usage.ru_nivcsw;
    slots[RESIDENT] = (uint64_t)usage.ru_maxrss * 1024u;
}

const struct counter counter_rusage = {
    .name = "rusage",
    .summary = "what the system books to this process (getrusage)",
    .columns = columns,
    .column_count = COLUMNS,
    .slot_count = COLUMNS,
    .open = open_rusage,
    .read = read_rusage,
};
