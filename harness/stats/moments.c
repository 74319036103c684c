#include "harness/stats/moments.h"

#include <math.h> /* NAN; sqrt is an instruction: nothing links -lm */

struct moments moments_of(const double *values, size_t count)
{
    struct moments found = {count, (double)NAN, (double)NAN};
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        sum += values[i];
    if (count > 0)
        found.mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += (values[i] - found.mean) * (values[i] - found.mean);
    if (count > 1)
        found.sd = __builtin_sqrt(squares / (double)(count - 1));
    return found;
}
