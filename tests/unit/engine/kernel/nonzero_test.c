#include "engine/kernel/nonzero.h"

#include "tests/unit/template.h"

enum { N_MAX = 83, ROWS_MAX = 5, GUARD = 8 };
static const real guard_value = (real)-12345.678;

/* Entries of which most are zero, of either sign. */
static real sparse_real(struct lg_pcg *pcg)
{
    if (lg_pcg_below(pcg, 5) == 0)
        return awkward_real(pcg);
    return lg_pcg_below(pcg, 2) ? 0 : (real)-0.0;
}

static void check(struct lg_pcg *pcg, size_t rows, size_t n)
{
    const size_t stride = n + lg_pcg_below(pcg, 3);
    real x[ROWS_MAX * (N_MAX + 3)], compact[N_MAX + GUARD], whole[N_MAX + GUARD];
    uint32_t index[N_MAX], bits[N_MAX];
    struct nonzero_columns columns = {.index = index, .bits = bits};
    for (size_t i = 0; i < rows * stride; i++)
        x[i] = sparse_real(pcg);
    size_t expected_nonzero = 0, count = 0;
    const size_t entries = nonzero_find(&columns, x, stride, rows, n);
    for (size_t i = 0; i < n; i++) {
        bool any = false;
        for (size_t r = 0; r < rows; r++) {
            expected_nonzero += x[r * stride + i] != 0;
            any |= x[r * stride + i] != 0;
        }
        if (any)
            cr_assert(count < columns.count && columns.index[count++] == i, "column %zu of %zu", i,
                      n);
    }
    cr_assert_eq(columns.n, n);
    cr_assert_eq(columns.count, count);
    cr_assert_eq(entries, expected_nonzero);
    for (size_t r = 0; r < rows; r++) {
        for (size_t i = 0; i < N_MAX + GUARD; i++)
            compact[i] = whole[i] = guard_value;
        nonzero_compress(&columns, compact, x + r * stride);
        for (size_t j = 0; j < N_MAX + GUARD; j++) {
            const real *expected = j < count ? &x[r * stride + index[j]] : &guard_value;
            cr_assert(memcmp(&compact[j], expected, sizeof(real)) == 0, "compact %zu", j);
        }
        nonzero_expand(&columns, whole, compact);
        for (size_t i = 0, j = 0; i < N_MAX + GUARD; i++) {
            real expected = i < n ? 0 : guard_value;
            if (j < count && index[j] == i)
                expected = compact[j++];
            cr_assert(memcmp(&whole[i], &expected, sizeof(real)) == 0, "expanded %zu", i);
        }
    }
}

TEMPLATE_TEST(nonzero, columns_are_those_that_are_not_all_zero)
{
    struct lg_pcg pcg = lg_pcg_seed(61, 1);
    for (size_t n = 1; n <= N_MAX; n++)
        for (size_t rows = 1; rows <= ROWS_MAX; rows++)
            check(&pcg, rows, n);
}
