#include "harness/machine/sweep.h"

/* A load that takes so many times as long as where a level began is not of that level; the
 * next one has begun where the time rises by less from one size to the next. */
#define RISE 1.6
#define FLAT 1.1

void sweep_take(struct sweep *sweep, size_t most, double (*latency)(size_t bytes))
{
    enum { LEAST = 8 << 10 };
    *sweep = (struct sweep){0};
    /* 8 KiB, 11.5, 16, 23, ...: multiples of a cache line. */
    for (size_t power = LEAST; power <= most; power *= 2)
        for (size_t half = 0; half < 2; half++) {
            const size_t bytes = half == 0 ? power : power / 64 * 90;
            const double ns = bytes <= most && sweep->count < SWEEP_SIZES_MAX ? latency(bytes) : 0;
            if (ns <= 0)
                return;
            sweep->bytes[sweep->count] = bytes;
            sweep->ns[sweep->count++] = ns;
        }
}

size_t sweep_knees(const struct sweep *sweep, size_t knees[SWEEP_KNEES])
{
    const double *ns = sweep->ns;
    size_t found = 0, begin = 0;
    while (found < SWEEP_KNEES && begin < sweep->count) {
        size_t end = begin;
        while (end + 1 < sweep->count && ns[end + 1] <= RISE * ns[begin])
            end++;
        if (end + 1 >= sweep->count)
            break; /* the last level has no end here */
        if (end > begin)
            knees[found++] = sweep->bytes[end];
        begin = end + 1;
        while (begin + 1 < sweep->count && ns[begin + 1] > FLAT * ns[begin])
            begin++;
    }
    return found;
}
