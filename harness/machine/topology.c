#include "harness/machine/topology.h"

/* The processors that share something with this one; 0 when unknown. */
static size_t sharing(const char *root, size_t processor, const char *file,
                      bool set[SYSTEM_PROCESSORS_MAX])
{
    char list[SYSTEM_TEXT_MAX];
    if (!system_line(list, root, "sys/devices/system/cpu/cpu%zu/topology/%s", processor, file))
        return 0;
    return system_processors(list, set);
}

size_t topology_siblings(const char *root, size_t processor, bool set[SYSTEM_PROCESSORS_MAX])
{
    return sharing(root, processor, "thread_siblings_list", set);
}

static bool is_first(const bool set[SYSTEM_PROCESSORS_MAX], size_t processor)
{
    for (size_t p = 0; p < processor; p++)
        if (set[p])
            return false;
    return true;
}

/* A core, or a socket, is counted at the first of its processors. */
struct topology topology_look(const char *root)
{
    struct topology found = {0};
    char list[SYSTEM_TEXT_MAX];
    bool online[SYSTEM_PROCESSORS_MAX] = {false}, set[SYSTEM_PROCESSORS_MAX];
    if (system_line(list, root, "sys/devices/system/cpu/online"))
        (void)system_processors(list, online);
    for (size_t p = 0; p < SYSTEM_PROCESSORS_MAX; p++) {
        if (!online[p])
            continue;
        const size_t threads = topology_siblings(root, p, set);
        found.cores += threads > 0 && is_first(set, p);
        if (threads > found.threads_per_core)
            found.threads_per_core = threads;
        found.sockets += sharing(root, p, "core_siblings_list", set) > 0 && is_first(set, p);
    }
    if (system_line(list, root, "sys/devices/system/node/online"))
        found.numa_nodes = system_processors(list, set);
    return found;
}
