#include "tests/unit/harness/counter/backend/fake_perf.h"

#include <errno.h>
#include <string.h>

#include "tests/unit/harness/machine/fake_root.h"

struct fake_perf fake;
struct fake_event fake_events[FAKE_DESCRIPTORS];
int fake_count, fake_misuses;

void fake_perf_reset(void)
{
    fake = (struct fake_perf){.running_percent = 100};
    memset(fake_events, 0, sizeof fake_events);
    fake_count = 0;
    fake_misuses = 0;
}

int fake_open_count(void)
{
    int count = 0;
    for (int i = 0; i < fake_count; i++)
        count += fake_events[i].is_open;
    return count;
}

static bool is_hardware(const struct perf_event_attr *attributes)
{
    return attributes->type != PERF_TYPE_SOFTWARE;
}

static struct fake_event *event_at(int descriptor)
{
    int index = descriptor - FAKE_FIRST;
    if (index >= 0 && index < fake_count && fake_events[index].is_open)
        return &fake_events[index];
    fake_misuses++;
    errno = EBADF;
    return NULL;
}

static size_t group_size(int leader)
{
    size_t size = 1;
    for (int i = 0; i < fake_count; i++)
        size += fake_events[i].is_open && fake_events[i].group == leader;
    return size;
}

static int refusal(const struct perf_event_attr *attributes, int group)
{
    const bool hardware = is_hardware(attributes);
    if (fake.fail_after > 0 && fake_count >= fake.fail_after)
        return EMFILE;
    if (hardware && fake.refuse_hardware != 0)
        return fake.refuse_hardware;
    if (!hardware && fake.refuse_software != 0)
        return fake.refuse_software;
    if (!attributes->exclude_kernel && fake.refuse_kernel != 0)
        return fake.refuse_kernel;
    if (attributes->type == PERF_TYPE_HARDWARE && fake.refuse_config_code != 0 &&
        attributes->config == (uint64_t)fake.refuse_config)
        return fake.refuse_config_code;
    if (hardware && group >= 0 && fake.width > 0 && group_size(group) >= fake.width)
        return EINVAL;
    return 0;
}

static int fake_open(struct perf_event_attr *attributes, pid_t process, int processor, int group,
                     unsigned long flags)
{
    fake_misuses += process != 0 || processor != -1;
    fake_misuses += group >= 0 && event_at(group) == NULL;
    errno = refusal(attributes, group);
    if (errno != 0)
        return -1;
    fake_events[fake_count] = (struct fake_event){
        .attributes = *attributes, .group = group, .flags = flags, .is_open = true};
    return FAKE_FIRST + fake_count++;
}

/* Each value is its place in the list of what was opened, times 10 for each 1000 ns
 * that it ran. */
static ssize_t fake_read(int descriptor, void *bytes, size_t size)
{
    struct fake_event *leader = event_at(descriptor);
    uint64_t found[64] = {0};
    if (leader == NULL)
        return -1;
    leader->enabled_ns += leader->is_enabled ? 1000 : 0;
    const bool starves = is_hardware(&leader->attributes) && fake.free_width > 0 &&
                         group_size(descriptor) > fake.free_width;
    const bool shares = is_hardware(&leader->attributes);
    const uint64_t percent = starves ? 0 : shares ? fake.running_percent : 100;
    found[1] = leader->enabled_ns;
    found[2] = leader->enabled_ns * percent / 100;
    for (int i = 0; i < fake_count; i++)
        if (fake_events[i].is_open &&
            (FAKE_FIRST + i == descriptor || fake_events[i].group == descriptor))
            found[3 + found[0]++] = (uint64_t)i * 10 * found[2] / 1000;
    const size_t wanted = (3 + found[0]) * sizeof *found;
    if (fake.short_reads)
        return 0;
    if (size < wanted) {
        errno = ENOSPC;
        return -1;
    }
    memcpy(bytes, found, wanted);
    return (ssize_t)wanted;
}

static int fake_ioctl(int descriptor, unsigned long request, unsigned long argument)
{
    struct fake_event *event = event_at(descriptor);
    if (event == NULL)
        return -1;
    fake_misuses += argument != PERF_IOC_FLAG_GROUP || event->group >= 0;
    if (request == PERF_EVENT_IOC_RESET)
        event->reset_count++;
    else
        event->is_enabled = request == PERF_EVENT_IOC_ENABLE;
    return 0;
}

static int fake_close(int descriptor)
{
    struct fake_event *event = event_at(descriptor);
    if (event == NULL)
        return -1;
    event->is_open = false;
    return 0;
}

const struct perf_system fake_system = {.open = fake_open,
                                        .read = fake_read,
                                        .ioctl = fake_ioctl,
                                        .close = fake_close,
                                        .root = fake_root,
                                        .hypervisor = "none"};
