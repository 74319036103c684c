#include "lossgrid/order.h"

#include <criterion/criterion.h>
#include <string.h>

#include "lossgrid/pcg.h"

enum { COUNT = 1000 };

Test(order, is_a_permutation)
{
    uint32_t order[COUNT];
    int seen[COUNT] = {0};
    lg_order_shuffle(order, COUNT, 7, 3);
    for (size_t i = 0; i < COUNT; i++) {
        cr_assert_lt(order[i], COUNT);
        seen[order[i]]++;
    }
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(seen[i], 1, "%zu is there %d times", i, seen[i]);
}

Test(order, depends_on_seed_and_epoch_alone)
{
    uint32_t first[COUNT], same[COUNT], other_epoch[COUNT], other_seed[COUNT];
    lg_order_shuffle(first, COUNT, 1, 1);
    memset(same, 0xff, sizeof same); /* what was there does not matter */
    lg_order_shuffle(same, COUNT, 1, 1);
    lg_order_shuffle(other_epoch, COUNT, 1, 2);
    lg_order_shuffle(other_seed, COUNT, 2, 1);
    cr_assert_arr_eq(first, same, sizeof first);
    cr_assert_arr_neq(first, other_epoch, sizeof first);
    cr_assert_arr_neq(first, other_seed, sizeof first);
}

/* Durstenfeld's loop by hand, on the stream that the contract names. */
Test(order, follows_the_stream)
{
    struct lg_pcg pcg = lg_pcg_stream(5, LG_PURPOSE_SHUFFLE, 9);
    uint32_t expected[] = {0, 1, 2, 3}, order[4];
    for (uint32_t last = 3; last > 0; last--) {
        uint32_t drawn = lg_pcg_below(&pcg, last + 1), kept = expected[last];
        expected[last] = expected[drawn];
        expected[drawn] = kept;
    }
    lg_order_shuffle(order, 4, 5, 9);
    cr_assert_arr_eq(order, expected, sizeof expected);
}

/* Each of the 24 orders of four is about as frequent: chi-square with 23 degrees
 * of freedom is below 49.7 in 999 of 1000 draws, and this draw is always the same. */
Test(order, is_uniform)
{
    enum { DRAWS = 24000, ORDERS = 256 };
    int counts[ORDERS] = {0};
    for (uint64_t epoch = 0; epoch < DRAWS; epoch++) {
        uint32_t order[4];
        lg_order_shuffle(order, 4, 11, epoch);
        counts[order[0] | order[1] << 2 | order[2] << 4 | order[3] << 6]++;
    }
    double chi_square = 0.0;
    int orders = 0;
    for (int i = 0; i < ORDERS; i++) {
        double off = counts[i] - DRAWS / 24.0;
        orders += counts[i] > 0;
        chi_square += counts[i] > 0 ? off * off / (DRAWS / 24.0) : 0.0;
    }
    cr_assert_eq(orders, 24);
    cr_assert_lt(chi_square, 49.7);
}

Test(order, of_none_and_of_one)
{
    uint32_t order[1] = {9};
    lg_order_shuffle(order, 0, 1, 1);
    cr_assert_eq(order[0], 9);
    lg_order_shuffle(order, 1, 1, 1);
    cr_assert_eq(order[0], 0);
}
