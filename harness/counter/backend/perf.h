/* The system calls of the perf back end, so that a test can stand in for the kernel. */
#ifndef HARNESS_COUNTER_BACKEND_PERF_H
#define HARNESS_COUNTER_BACKEND_PERF_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <sys/types.h>

/* Each fails as its system call does: -1, and errno. */
struct perf_system {
    int (*open)(struct perf_event_attr *attributes, pid_t process, int processor, int group,
                unsigned long flags);
    ssize_t (*read)(int descriptor, void *bytes, size_t size);
    int (*ioctl)(int descriptor, unsigned long request, unsigned long argument);
    int (*close)(int descriptor);
    const char *root;       /* of /proc and /sys: "" for the system's own */
    const char *hypervisor; /* NULL: ask the processor */
};

/* Use another system from the next open on; NULL: the kernel again. For tests. */
void perf_use(const struct perf_system *system);

#endif
