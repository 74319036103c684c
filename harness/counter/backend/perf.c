/* The counters of the processor and the kernel, by perf_event_open(2). User space alone, this
 * thread alone.
 *
 * Events are opened in groups, which the kernel counts and stops together, so that their
 * ratios hold. It tries one group for all events of the hardware; where the processor has
 * too few counters, the rest goes into another. Groups then take turns, which the two times
 * of a reading tell: enabled, and of that running. */
#include "harness/counter/backend/perf.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/counter/counter.h"
#include "harness/machine/processor.h"
#include "harness/machine/system.h"

/* A sort of events counts in groups of its own: those of the kernel always run, and must
 * not wait for the processor's counters. */
enum { HARDWARE_EVENTS = 10, EVENTS = 14, SPIN = 20000 };

#define READ_MISSES(cache)                                                                         \
    (PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_READ << 8 |                              \
     PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

static const struct counter_column columns[EVENTS] = {
    {"cycles", "cycles", "of the processor's core, at its present frequency", false},
    {"instructions", "", "instructions done", false},
    {"branch_misses", "", "branches that were predicted wrongly", false},
    {"cache_references", "", "accesses that reached the last cache, or as the processor says",
     false},
    {"cache_misses", "", "of them, those that it did not have", false},
    {"l1d_misses", "", "loads that the first data cache did not have", false},
    {"llc_misses", "", "loads that the last cache did not have", false},
    {"dtlb_misses", "", "loads whose page the first TLB did not have", false},
    {"stalled_frontend", "cycles", "cycles without instructions to begin with", false},
    {"stalled_backend", "cycles", "cycles in which instructions waited for data or units", false},
    {"task_clock_ns", "ns", "time that this thread has computed", false},
    {"page_faults", "", "pages that were not there when touched", false},
    {"context_switches", "", "times that this thread gave way", false},
    {"migrations", "", "times that it moved to another processor", false},
};

static const struct {
    uint64_t config;
    uint32_t type;
    bool happens_in_kernel; /* user space alone would always count 0 */
} events[EVENTS] = {
    {PERF_COUNT_HW_CPU_CYCLES, PERF_TYPE_HARDWARE, false},
    {PERF_COUNT_HW_INSTRUCTIONS, PERF_TYPE_HARDWARE, false},
    {PERF_COUNT_HW_BRANCH_MISSES, PERF_TYPE_HARDWARE, false},
    {PERF_COUNT_HW_CACHE_REFERENCES, PERF_TYPE_HARDWARE, false},
    {PERF_COUNT_HW_CACHE_MISSES, PERF_TYPE_HARDWARE, false},
    {READ_MISSES(L1D), PERF_TYPE_HW_CACHE, false},
    {READ_MISSES(LL), PERF_TYPE_HW_CACHE, false},
    {READ_MISSES(DTLB), PERF_TYPE_HW_CACHE, false},
    {PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, PERF_TYPE_HARDWARE, false},
    {PERF_COUNT_HW_STALLED_CYCLES_BACKEND, PERF_TYPE_HARDWARE, false},
    {PERF_COUNT_SW_TASK_CLOCK, PERF_TYPE_SOFTWARE, false},
    {PERF_COUNT_SW_PAGE_FAULTS, PERF_TYPE_SOFTWARE, false},
    {PERF_COUNT_SW_CONTEXT_SWITCHES, PERF_TYPE_SOFTWARE, true},
    {PERF_COUNT_SW_CPU_MIGRATIONS, PERF_TYPE_SOFTWARE, true},
};

struct perf_group {
    size_t count; /* the first event leads */
    size_t events[EVENTS];
    bool is_lost; /* the kernel no longer counts it */
};

struct perf_state {
    int descriptors[EVENTS]; /* -1: refused */
    size_t group_of[EVENTS];
    size_t group_count;
    struct perf_group groups[EVENTS];
};

/* The slots after the events': of each group the times enabled and running. */
enum { TIMES = EVENTS, SLOTS = EVENTS + 2 * EVENTS };

/* ---- The kernel ---------------------------------------------------------- */

static int kernel_open(struct perf_event_attr *attributes, pid_t process, int processor, int group,
                       unsigned long flags)
{
    return (int)syscall(SYS_perf_event_open, attributes, process, processor, group, flags);
}

static int kernel_ioctl(int descriptor, unsigned long request, unsigned long argument)
{
    return ioctl(descriptor, request, argument);
}

static const struct perf_system kernel = {
    .open = kernel_open, .read = read, .ioctl = kernel_ioctl, .close = close, .root = ""};
static const struct perf_system *in_use = &kernel;

void perf_use(const struct perf_system *system)
{
    in_use = system != NULL ? system : &kernel;
}

/* ---- Why an event is refused --------------------------------------------- */

/* The kernel lists the counters of processors as devices: cpu, cpu_core, armv8_pmuv3. */
static bool has_pmu(void)
{
    char path[SYSTEM_TEXT_MAX];
    snprintf(path, sizeof path, "%s/sys/bus/event_source/devices", in_use->root);
    DIR *devices = opendir(path);
    bool found = false;
    if (devices == NULL)
        return false;
    for (struct dirent *entry; !found && (entry = readdir(devices)) != NULL;)
        found = strncmp(entry->d_name, "cpu", 3) == 0 || strncmp(entry->d_name, "arm", 3) == 0;
    closedir(devices);
    return found;
}

/* An event that the kernel knows nothing of: has this machine counters at all? */
static void explain_missing(size_t event, char *reason)
{
    char hypervisor[64] = "none";
    if (event >= HARDWARE_EVENTS) {
        snprintf(reason, COUNTER_REASON_MAX, "this kernel does not count it");
        return;
    }
    if (has_pmu()) {
        snprintf(reason, COUNTER_REASON_MAX, "this processor does not count it");
        return;
    }
    if (in_use->hypervisor != NULL)
        snprintf(hypervisor, sizeof hypervisor, "%s", in_use->hypervisor);
    else
        (void)processor_hypervisor(hypervisor, sizeof hypervisor);
    if (strcmp(hypervisor, "none") != 0)
        snprintf(reason, COUNTER_REASON_MAX, "a virtual machine (%s) without hardware counters",
                 hypervisor);
    else
        snprintf(reason, COUNTER_REASON_MAX,
                 "the kernel has no driver for this processor's counters");
}

static void explain_forbidden(size_t event, int code, char *reason)
{
    char paranoid[SYSTEM_TEXT_MAX];
    if (!system_line(paranoid, in_use->root, "proc/sys/kernel/perf_event_paranoid"))
        snprintf(paranoid, sizeof paranoid, "unknown");
    /* Up to 2 it leaves user space to everyone. */
    const bool may_user = strlen(paranoid) == 1 && paranoid[0] <= '2';
    if (may_user && events[event].happens_in_kernel)
        snprintf(reason, COUNTER_REASON_MAX,
                 "it happens in the kernel, which perf_event_paranoid = %.16s closes; getrusage "
                 "counts the process's",
                 paranoid);
    else if (paranoid[0] == '-' || may_user)
        snprintf(reason, COUNTER_REASON_MAX,
                 "not permitted (%s), though perf_event_paranoid = %.16s: a container's seccomp "
                 "filter, or CAP_PERFMON is missing",
                 code == EPERM ? "EPERM" : "EACCES", paranoid);
    else
        snprintf(reason, COUNTER_REASON_MAX, "perf_event_paranoid = %.16s forbids it (%s)",
                 paranoid, code == EPERM ? "EPERM" : "EACCES");
}

static void explain(size_t event, int code, char *reason)
{
    switch (code) {
    case ENOENT:
    case ENODEV:
    case EOPNOTSUPP:
        explain_missing(event, reason);
        break;
    case EACCES:
    case EPERM:
        explain_forbidden(event, code, reason);
        break;
    case ENOSYS:
        snprintf(reason, COUNTER_REASON_MAX,
                 "no perf_event_open (ENOSYS): the kernel is built without it, or a container's "
                 "seccomp filter hides it");
        break;
    case EBUSY:
        snprintf(reason, COUNTER_REASON_MAX, "another program holds the counters (EBUSY)");
        break;
    case EMFILE:
    case ENFILE:
        snprintf(reason, COUNTER_REASON_MAX, "no file descriptor is left (%s)",
                 code == EMFILE ? "EMFILE" : "ENFILE");
        break;
    default:
        snprintf(reason, COUNTER_REASON_MAX, "refused: %s", strerror(code));
        break;
    }
}

/* ---- Opening ------------------------------------------------------------- */

/* Leaders begin disabled, and their group with them. Returns a descriptor, or -1 and
 * errno. */
static int open_event(size_t event, int leader)
{
    struct perf_event_attr attributes = {
        .size = sizeof attributes,
        .type = events[event].type,
        .config = events[event].config,
        .read_format =
            PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .disabled = leader < 0,
        .exclude_kernel = !events[event].happens_in_kernel,
        .exclude_hv = 1,
    };
    return in_use->open(&attributes, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
}

/* The group that an event may join: the last one, if of its sort and not full. */
static struct perf_group *group_to_join(struct perf_state *state, size_t event, size_t limit)
{
    if (state->group_count == 0)
        return NULL;
    struct perf_group *last = &state->groups[state->group_count - 1];
    const bool same_sort = (last->events[0] < HARDWARE_EVENTS) == (event < HARDWARE_EVENTS);
    return same_sort && last->count < limit ? last : NULL;
}

/* Returns 0 or what the kernel said against it. */
static int add_event(struct perf_state *state, size_t event, size_t limit)
{
    struct perf_group *group = group_to_join(state, event, limit);
    int descriptor = -1;
    if (group != NULL) {
        descriptor = open_event(event, state->descriptors[group->events[0]]);
        /* EINVAL is also the kernel's word for a group that has become too wide. */
        if (descriptor < 0 && errno != EINVAL)
            return errno;
    }
    if (descriptor < 0) {
        descriptor = open_event(event, -1);
        if (descriptor < 0)
            return errno;
        group = &state->groups[state->group_count++];
        *group = (struct perf_group){0};
    }
    group->events[group->count++] = event;
    state->group_of[event] = (size_t)(group - state->groups);
    state->descriptors[event] = descriptor;
    return 0;
}

static void close_events(void *state)
{
    struct perf_state *perf = state;
    for (size_t e = 0; e < EVENTS; e++)
        if (perf->descriptors[e] >= 0)
            in_use->close(perf->descriptors[e]);
    *perf = (struct perf_state){0};
    for (size_t e = 0; e < EVENTS; e++)
        perf->descriptors[e] = -1;
}

/* Open what can be, in groups of at most limit hardware events. Returns how many. */
static size_t open_events(struct perf_state *state, size_t limit, struct counter_opened *opened)
{
    size_t count = 0;
    for (size_t e = 0; e < EVENTS; e++) {
        int code = add_event(state, e, e < HARDWARE_EVENTS ? limit : EVENTS);
        opened->reason[e][0] = '\0';
        if (code != 0)
            explain(e, code, opened->reason[e]);
        else
            count++;
    }
    return count;
}

static int leader_of(const struct perf_state *state, const struct perf_group *group)
{
    return state->descriptors[group->events[0]];
}

/* A group's reading into the slots of its events and times. */
static void read_group(struct perf_state *state, size_t index, uint64_t *slots)
{
    enum { HEAD = 3 }; /* how many, enabled, running; then the values in order of opening */
    uint64_t found[HEAD + EVENTS] = {0};
    struct perf_group *group = &state->groups[index];
    const size_t wanted = (HEAD + group->count) * sizeof *found;
    if (in_use->read(leader_of(state, group), found, sizeof found) != (ssize_t)wanted ||
        found[0] != group->count) {
        group->is_lost = true;
        return;
    }
    for (size_t i = 0; i < group->count; i++)
        slots[group->events[i]] = found[HEAD + i];
    slots[TIMES + 2 * index] = found[1];
    slots[TIMES + 2 * index + 1] = found[2];
}

/* True if a hardware group, alone, gets no counters: something else (a watchdog, a
 * hypervisor) holds so many that it never fits, which opening it did not show. */
static bool is_starved(struct perf_state *state, size_t index)
{
    uint64_t slots[SLOTS] = {0};
    struct perf_group *group = &state->groups[index];
    const int leader = leader_of(state, group);
    if (group->events[0] >= HARDWARE_EVENTS)
        return false;
    in_use->ioctl(leader, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
    for (volatile int spin = 0; spin < SPIN; spin = spin + 1) {
    }
    read_group(state, index, slots);
    in_use->ioctl(leader, PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP);
    return !group->is_lost && slots[TIMES + 2 * index] > 0 && slots[TIMES + 2 * index + 1] == 0;
}

static bool any_starved(struct perf_state *state)
{
    for (size_t g = 0; g < state->group_count; g++)
        if (is_starved(state, g))
            return true;
    return false;
}

static void enable_all(struct perf_state *state)
{
    for (size_t g = 0; g < state->group_count; g++) {
        struct perf_group *group = &state->groups[g];
        const int leader = leader_of(state, group);
        in_use->ioctl(leader, PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP);
        if (in_use->ioctl(leader, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP) != 0)
            group->is_lost = true;
    }
}

static enum lg_status open_perf(void *state, struct counter_opened *opened, struct lg_error *error)
{
    struct perf_state *perf = state;
    size_t limit = HARDWARE_EVENTS;
    for (size_t e = 0; e < EVENTS; e++)
        perf->descriptors[e] = -1;
    size_t count = open_events(perf, limit, opened);
    while (limit > 1 && any_starved(perf)) {
        close_events(perf);
        limit = (limit + 1) / 2;
        count = open_events(perf, limit, opened);
    }
    if (count == 0)
        return lg_fail(error, LG_ENVIRONMENT, "%s", opened->reason[0]);
    enable_all(perf);
    snprintf(opened->detail, sizeof opened->detail, "%zu of %d events in %zu group%s", count,
             (int)EVENTS, perf->group_count, perf->group_count == 1 ? "" : "s");
    return LG_OK;
}

/* ---- Reading ------------------------------------------------------------- */

static void read_perf(void *state, uint64_t *slots)
{
    struct perf_state *perf = state;
    for (size_t g = 0; g < perf->group_count; g++)
        if (!perf->groups[g].is_lost)
            read_group(perf, g, slots);
}

static void perf_value(const void *state, const uint64_t *slots, size_t column,
                       struct counter_value *value)
{
    const struct perf_state *perf = state;
    const size_t group = perf->group_of[column];
    value->enabled_ns = slots[TIMES + 2 * group];
    value->running_ns = slots[TIMES + 2 * group + 1];
    if (perf->groups[group].is_lost || value->running_ns == 0) {
        value->state = COUNTER_ABSENT;
        value->reason = perf->groups[group].is_lost
                            ? "the kernel stopped counting it"
                            : "the counters were held by others all the time";
    } else if (value->running_ns < value->enabled_ns) {
        value->state = COUNTER_SCALED;
        value->value *= (double)value->enabled_ns / (double)value->running_ns;
    }
}

const struct counter counter_perf = {
    .name = "perf",
    .summary = "what the processor and the kernel count (perf_event_open)",
    .columns = columns,
    .column_count = EVENTS,
    .slot_count = SLOTS,
    .state_bytes = sizeof(struct perf_state),
    .open = open_perf,
    .read = read_perf,
    .value = perf_value,
    .close = close_events,
};
