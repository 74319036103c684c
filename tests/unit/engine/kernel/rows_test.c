#include "engine/kernel/rows.h"

#include "engine/kernel/soft_fma.h"
#include "engine/optimizer/optimizer.h"
#include "tests/unit/template.h"

/* Beyond two strips of the widest copy (16 registers of 16 floats), and odd. */
enum { N_MAX = 16 * 16 * 2 + 21, K_MAX = 40, GUARD = 8 };

static const real guard_value = (real)-12345.678;

struct matrix {
    real *values; /* (rows, stride), unaligned on purpose */
    real *block;
    size_t stride;
};

static struct matrix random_matrix(struct lg_pcg *pcg, size_t rows, size_t columns)
{
    struct matrix m = {.stride = columns + lg_pcg_below(pcg, 5)};
    m.block = malloc((rows * m.stride + 1) * sizeof(real));
    cr_assert_not_null(m.block);
    m.values = m.block + 1;
    for (size_t i = 0; i < rows * m.stride; i++)
        m.values[i] = awkward_real(pcg);
    return m;
}

static void check_guard(const real *out, size_t n)
{
    for (size_t i = 0; i < GUARD; i++)
        cr_assert(out[n + i] == guard_value, "wrote %zu behind the end of %zu", i, n);
}

/* One chain over every k, zeros included: nothing is skipped here. */
static real chain(real start, const real *x, const real *column, size_t stride, size_t k)
{
    real sum = start;
    for (size_t i = 0; i < k; i++)
        sum = exact_fma(x[i], column[i * stride], sum);
    return sum + 0;
}

static void check_accumulate(struct lg_pcg *pcg, size_t k, size_t n, bool with_start)
{
    const struct matrix w = random_matrix(pcg, k, n);
    real x[K_MAX], start[N_MAX], out[N_MAX + GUARD], value[K_MAX + 1];
    uint32_t index[K_MAX + 1];
    for (size_t i = 0; i < k; i++)
        x[i] = awkward_real(pcg);
    for (size_t o = 0; o < n; o++)
        start[o] = awkward_real(pcg);
    for (size_t o = 0; o < n + GUARD; o++)
        out[o] = guard_value;
    struct active list = {.index = index, .value = value};
    rows_active(&list, x, k);
    rows_accumulate(out, with_start ? start : NULL, &list, w.values, w.stride, n);
    for (size_t o = 0; o < n; o++) {
        const real expected = chain(with_start ? start[o] : 0, x, w.values + o, w.stride, k);
        cr_assert(memcmp(&out[o], &expected, sizeof expected) == 0,
                  "k %zu n %zu output %zu: %a, expected %a", k, n, o, (double)out[o],
                  (double)expected);
    }
    check_guard(out, n);
    free(w.block);
}

TEMPLATE_TEST(rows, accumulate_equals_the_plain_chain_in_every_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(1, 1);
    for (size_t n = 1; n <= N_MAX; n += n < 70 ? 1 : 37)
        for (size_t k = 0; k <= K_MAX; k += 1 + k / 3) {
            check_accumulate(&pcg, k, n, true);
            check_accumulate(&pcg, k, n, false);
        }
}

static void check_dot(struct lg_pcg *pcg, size_t rows, size_t n)
{
    const struct matrix w = random_matrix(pcg, rows, n);
    real delta[N_MAX], out[K_MAX * 2 + GUARD];
    uint32_t live[N_MAX / ROWS_BLOCK + 1], index[K_MAX * 2];
    size_t live_count = 0, count = 0;
    for (size_t o = 0; o < n; o++) /* some blocks are all zero */
        delta[o] = lg_pcg_below(pcg, 4) || o / ROWS_BLOCK % 3 ? awkward_real(pcg) : 0;
    for (size_t o = 0; o < n; o += ROWS_BLOCK) {
        bool zero = o / ROWS_BLOCK % 3 == 1;
        for (size_t j = o; j < n && j < o + ROWS_BLOCK; j++)
            delta[j] = zero ? (j % 2 ? (real)-0.0 : 0) : delta[j];
        if (!zero)
            live[live_count++] = (uint32_t)o;
    }
    for (size_t i = 0; i < rows; i++)
        if (lg_pcg_below(pcg, 3))
            index[count++] = (uint32_t)i;
    real start[K_MAX * 2];
    for (size_t i = 0; i < count + GUARD; i++)
        out[i] = i < count ? (start[i] = awkward_real(pcg)) : guard_value;
    const size_t first_part = live_count ? lg_pcg_below(pcg, (uint32_t)live_count) : 0;
    rows_dot(out, index, count, w.values, w.stride, n, delta, live, first_part);
    rows_dot(out, index, count, w.values, w.stride, n, delta, live + first_part,
             live_count - first_part);
    for (size_t j = 0; j < count; j++) {
        const real *row = w.values + index[j] * w.stride;
        real expected = start[j];
        for (size_t o = 0; o < n; o++)
            expected = exact_fma(row[o], delta[o], expected);
        expected += 0;
        cr_assert(memcmp(&out[j], &expected, sizeof expected) == 0,
                  "rows %zu n %zu output %zu: %a, expected %a", rows, n, j, (double)out[j],
                  (double)expected);
    }
    check_guard(out, count);
    free(w.block);
}

TEMPLATE_TEST(rows, dot_equals_the_plain_chain_in_every_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(2, 1);
    for (size_t n = 1; n <= N_MAX; n += n < 70 ? 1 : 37)
        for (size_t rows = 1; rows <= K_MAX * 2; rows += 1 + rows / 2)
            check_dot(&pcg, rows, n);
}

TEMPLATE_TEST(rows, a_sum_that_underflows_to_minus_zero_ends_as_plus_zero)
{
    const real tiny = LG_PRECISION == 32 ? (real)FLT_MIN : (real)DBL_MIN;
    const real w[2] = {-tiny, 1}, plus_zero = 0;
    real value[2] = {tiny, 0}, out;
    uint32_t index[2] = {0, 1};
    for (size_t count = 1; count <= 2; count++) { /* with 2, the zero term is there */
        const struct active list = {.count = count, .index = index, .value = value};
        rows_accumulate(&out, NULL, &list, w, 1, 1);
        cr_assert(memcmp(&out, &plus_zero, sizeof out) == 0, "%zu terms: %a", count, (double)out);
    }
}

TEMPLATE_TEST(rows, active_keeps_nan_and_drops_both_zeros)
{
    enum { N = 70 };
    for (size_t n = 1; n <= N; n++) {
        real x[N], value[N];
        uint32_t index[N];
        struct active list = {.index = index, .value = value};
        size_t expected = 0;
        for (size_t i = 0; i < N; i++) /* behind the end: never zero */
            x[i] = i >= n || i % 5 == 2 ? (real)__builtin_nan("")
                   : i % 5 == 3         ? 2
                   : i % 5              ? (real)-0.0
                                        : 0;
        rows_active(&list, x, n);
        for (size_t i = 0; i < n; i++)
            if (i % 5 == 2 || i % 5 == 3) {
                cr_assert(expected < list.count && index[expected] == i, "n %zu, entry %zu", n, i);
                cr_assert(i % 5 == 3 ? value[expected] == 2 : value[expected] != value[expected]);
                expected++;
            }
        cr_assert_eq(list.count, expected);
    }
}

TEMPLATE_TEST(rows, live_finds_exactly_the_blocks_with_a_non_zero_entry)
{
    enum { N = 5 * ROWS_BLOCK };
    real x[N];
    uint32_t live[N / ROWS_BLOCK + 1];
    for (size_t n = 1; n <= N; n++)
        for (size_t at = 0; at < n; at++) {
            for (size_t i = 0; i < N; i++)
                x[i] = i < n ? (i % 2 ? (real)-0.0 : 0) : 1; /* behind the end: alive */
            cr_assert_eq(rows_live(live, x, n), 0);
            x[at] = (real)__builtin_nan("");
            cr_assert_eq(rows_live(live, x, n), 1, "n %zu at %zu", n, at);
            cr_assert_eq(live[0], at / ROWS_BLOCK * ROWS_BLOCK);
        }
}

TEMPLATE_TEST(rows, is_finite_sees_every_position)
{
    const real bad[3] = {(real)__builtin_nan(""), (real)__builtin_inf(), (real)-__builtin_inf()};
    real x[70];
    for (size_t n = 1; n <= 70; n++) {
        for (size_t i = 0; i < 70; i++)
            x[i] = i < n ? (i % 2 ? REAL_MAX : -REAL_MAX) : (real)__builtin_nan("");
        cr_assert(row_is_finite(x, n), "%zu finite numbers", n);
        for (size_t at = 0; at < n; at++) {
            const real nonzero = x[at];
            x[at] = bad[at % 3];
            cr_assert(!row_is_finite(x, n), "%zu numbers, bad at %zu", n, at);
            x[at] = nonzero;
        }
    }
}

TEMPLATE_TEST(rows, an_optimizers_gradient_of_one_sample_equals_the_product)
{
    struct lg_pcg pcg = lg_pcg_seed(3, 1);
    real delta[70], product[70], value[1];
    uint32_t index[1] = {0};
    for (size_t n = 1; n <= 70; n++) {
        for (size_t i = 0; i < n; i++)
            delta[i] = awkward_real(&pcg);
        value[0] = awkward_real(&pcg);
        const struct active list = {.count = 1, .index = index, .value = value};
        rows_accumulate(product, NULL, &list, delta, n, n);
        for (size_t i = 0; i < n; i++) {
            const real gradient = gradient_at(value[0], delta, i);
            cr_assert(memcmp(&gradient, &product[i], sizeof gradient) == 0, "%a, expected %a",
                      (double)gradient, (double)product[i]);
        }
    }
}
