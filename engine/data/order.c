#include "lossgrid/order.h"

#include <assert.h>

#include "lossgrid/pcg.h"

void lg_order_shuffle(uint32_t *order, size_t count, uint64_t seed, uint64_t epoch)
{
    assert(count <= UINT32_MAX);
    for (size_t i = 0; i < count; i++)
        order[i] = (uint32_t)i;
    struct lg_pcg pcg = lg_pcg_stream(seed, LG_PURPOSE_SHUFFLE, epoch);
    for (size_t left = count; left > 1; left--) {
        uint32_t drawn = lg_pcg_below(&pcg, (uint32_t)left);
        uint32_t last = order[left - 1];
        order[left - 1] = order[drawn];
        order[drawn] = last;
    }
}
