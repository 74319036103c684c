#include "harness/run/limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Memory that this process alone can write, in bytes: what RLIMIT_DATA counts; 0: unknown. */
static rlim_t taken(void)
{
    enum { FIELD = 5 }; /* data and stack, as proc(5) has it */
    char line[256];
    FILE *file = fopen("/proc/self/statm", "re");
    if (file == NULL)
        return 0;
    const char *at = fgets(line, sizeof line, file);
    fclose(file);
    for (int i = 0; at != NULL && i < FIELD; i++) {
        at = strchr(at, ' ');
        if (at != NULL)
            at++;
    }
    const unsigned long long pages = at != NULL ? strtoull(at, NULL, 10) : 0;
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

enum lg_status limits_hold_memory(size_t mib, struct lg_error *error)
{
    const rlim_t now = taken(), most = now + ((rlim_t)mib << 20);
    struct rlimit limit;
    if (now == 0)
        return lg_fail(error, LG_ENVIRONMENT,
                       "cannot limit the memory of a cell: /proc/self/statm cannot be read");
    if (getrlimit(RLIMIT_DATA, &limit) == 0 && (limit.rlim_cur < most || limit.rlim_max < most))
        return LG_OK; /* it is held to less already */
    limit.rlim_cur = most;
    if (setrlimit(RLIMIT_DATA, &limit) == 0)
        return LG_OK;
    return lg_fail(error, LG_ENVIRONMENT, "cannot limit the memory of a cell: %s", strerror(errno));
}
