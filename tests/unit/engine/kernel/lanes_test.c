#include "engine/kernel/lanes.h"

#include "tests/unit/template.h"

/* The lanes first, first + step, first + 2 step, ...: those of even multiples and
 * those of odd ones are summed apart, then added. */
static double tree(const double lane[16], size_t first, size_t step)
{
    return step == 16 ? lane[first]
                      : tree(lane, first, 2 * step) + tree(lane, first + step, 2 * step);
}

TEMPLATE_TEST(lanes, total_is_the_fixed_tree_over_16_lanes)
{
    enum { N_MAX = 100, PIECE = 32 };
    struct lg_pcg pcg = lg_pcg_seed(7, 1);
    for (size_t n = 0; n <= N_MAX; n++) {
        real terms[N_MAX];
        double lane[16] = {0};
        struct lanes lanes = {{0}};
        for (size_t i = 0; i < n; i++) /* of magnitudes that f64 sums round */
            terms[i] = awkward_real(&pcg) * (real)(UINT64_C(1) << lg_pcg_below(&pcg, 60));
        for (size_t i = 0; i < n; i++)
            lane[i % 16] += (double)terms[i];
        for (size_t first = 0; first < n; first += PIECE)
            lanes_add(&lanes, terms + first, n - first < PIECE ? n - first : PIECE);
        const double got = lanes_total(&lanes), expected = tree(lane, 0, 1);
        cr_assert(memcmp(&got, &expected, sizeof got) == 0, "%zu terms: %a, expected %a", n, got,
                  expected);
    }
}
