#include "engine/kernel/gemm.h"

#include "engine/kernel/soft_fma.h"
#include "tests/unit/template.h"

/* Beyond two tiles in each dimension of the widest copy (14 rows, 32 columns), and
 * beyond one block of k. */
enum { M_MAX = 31, N_MAX = 70, K_MAX = 530, GUARD = 8, SPREAD = 3 };

/* A matrix whose rows or columns are contiguous, unaligned on purpose. */
static struct gemm_operand random_operand(struct lg_pcg *pcg, real **block, size_t rows,
                                          size_t columns, bool turned)
{
    const size_t stride = SPREAD * (turned ? rows : columns) + lg_pcg_below(pcg, 4);
    const size_t count = SPREAD * (turned ? columns : rows) * stride + 1;
    *block = malloc(count * sizeof(real));
    cr_assert_not_null(*block);
    for (size_t i = 0; i < count; i++)
        (*block)[i] = awkward_real(pcg);
    return (struct gemm_operand){
        .values = *block + 1, .by_row = turned ? 1 : stride, .by_column = turned ? stride : 1};
}

/* About every other time, an ascending list of `count` of SPREAD * count numbers. */
static const uint32_t *random_list(struct lg_pcg *pcg, uint32_t *list, size_t count)
{
    if (lg_pcg_below(pcg, 2))
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i] = (uint32_t)(SPREAD * i) + lg_pcg_below(pcg, SPREAD);
    return list;
}

static size_t entry(const uint32_t *list, size_t i)
{
    return list ? list[i] : i;
}

static real at(struct gemm_operand x, size_t row, size_t column)
{
    return x.values[entry(x.rows, row) * x.by_row + entry(x.columns, column) * x.by_column];
}

static void check(struct lg_pcg *pcg, size_t m, size_t n, size_t k)
{
    static const real guard = (real)-12345.678;
    const bool turn_a = lg_pcg_below(pcg, 2), turn_b = lg_pcg_below(pcg, 2);
    real *block_a, *block_b, start[N_MAX];
    uint32_t list[4][K_MAX];
    struct gemm_operand a = random_operand(pcg, &block_a, m, k, turn_a);
    struct gemm_operand b = random_operand(pcg, &block_b, k, n, turn_b);
    a.columns = random_list(pcg, list[0], k);
    b.rows = random_list(pcg, list[1], k);
    if (!turn_a) /* a list along the dimension that lies along memory is for k only */
        a.rows = random_list(pcg, list[2], m);
    if (turn_b)
        b.columns = random_list(pcg, list[3], n);
    const size_t stride = n + lg_pcg_below(pcg, GUARD);
    real *c = malloc((m * stride + GUARD) * sizeof *c);
    real *scratch = aligned_alloc(64, (gemm_scratch_reals(m) * sizeof(real) + 63) / 64 * 64);
    cr_assert(c && scratch);
    for (size_t i = 0; i < m * stride + GUARD; i++)
        c[i] = guard;
    for (size_t j = 0; j < n; j++)
        start[j] = awkward_real(pcg);
    const bool with_start = lg_pcg_below(pcg, 2);
    gemm(c, stride, with_start ? start : NULL, m, n, k, a, b, scratch);
    for (size_t i = 0; i < m * stride + GUARD; i++) {
        const size_t row = i / stride, column = i % stride;
        real expected = guard;
        if (row < m && column < n) {
            expected = with_start ? start[column] : 0;
            for (size_t l = 0; l < k; l++)
                expected = exact_fma(at(a, row, l), at(b, l, column), expected);
            expected += 0;
        }
        cr_assert(memcmp(&c[i], &expected, sizeof expected) == 0,
                  "m %zu n %zu k %zu turned %d %d: c[%zu][%zu] = %a, expected %a", m, n, k, turn_a,
                  turn_b, row, column, (double)c[i], (double)expected);
    }
    free(block_a);
    free(block_b);
    free(c);
    free(scratch);
}

TEMPLATE_TEST(packed_products, equals_the_plain_chain_in_every_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(6, 1);
    for (size_t m = 1; m <= M_MAX; m++)
        for (size_t n = 1; n <= N_MAX; n += 1 + lg_pcg_below(&pcg, 7))
            check(&pcg, m, n, 1 + lg_pcg_below(&pcg, 20));
}

TEMPLATE_TEST(packed_products, goes_on_from_the_partial_sums_of_earlier_blocks_of_k)
{
    struct lg_pcg pcg = lg_pcg_seed(6, 2);
    for (size_t k = 250; k <= K_MAX; k += 1 + lg_pcg_below(&pcg, 40))
        check(&pcg, 1 + lg_pcg_below(&pcg, M_MAX), 1 + lg_pcg_below(&pcg, N_MAX), k);
}

TEMPLATE_TEST(packed_products, of_no_terms_is_the_start)
{
    struct lg_pcg pcg = lg_pcg_seed(6, 3);
    check(&pcg, 5, 9, 0);
}
