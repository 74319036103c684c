#include "harness/machine/pin.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

int pin_here(char *why, size_t size)
{
    const int processor = sched_getcpu();
    cpu_set_t one;
    CPU_ZERO(&one);
    why[0] = '\0';
    if (processor >= 0 && processor < CPU_SETSIZE) {
        CPU_SET((unsigned)processor, &one);
        if (sched_setaffinity(0, sizeof one, &one) == 0)
            return processor;
    }
    snprintf(why, size, "%s", processor < CPU_SETSIZE ? strerror(errno) : "too many processors");
    return -1;
}
