#include "engine/base/mt19937.h"

#include <criterion/criterion.h>
#include <math.h>

Test(mt19937, first_words_of_the_default_seed)
{
    static const uint32_t expected[] = {3499211612U, 581869302U, 3890346734U, 3586334585U,
                                        545404204U};
    struct lg_mt19937 mt;
    lg_mt19937_seed(&mt, 5489);
    for (int i = 0; i < 5; i++)
        cr_assert_eq(lg_mt19937_next(&mt), expected[i], "word %d", i);
}

/* ISO/IEC 14882, [rand.predef]: the 10000th invocation of a default mt19937. */
Test(mt19937, ten_thousandth_word_is_the_standards)
{
    struct lg_mt19937 mt;
    lg_mt19937_seed(&mt, 5489);
    for (int i = 1; i < 10000; i++)
        lg_mt19937_next(&mt);
    cr_assert_eq(lg_mt19937_next(&mt), 4123659995U);
}

/* From CPython's generator, set to init_genrand(0), and the rule in IEEE double. */
Test(mt19937, uniform_draws_as_torch7)
{
    static const double on_a_layer[] = {0x1.c901864924920p-9, 0x1.b29e711249248p-8,
                                        0x1.f7aa842db6db8p-7, 0x1.92e3a80000000p-6};
    static const double on_minus_one_to_three[] = {0x1.31fc2ab000000p+0, 0x1.5f12a8bc00000p+0,
                                                   0x1.dc5a99d400000p+0, 0x1.3043998000000p+1};
    struct lg_mt19937 a, b;
    lg_mt19937_seed(&a, 0);
    lg_mt19937_seed(&b, 0);
    double limit = 1 / sqrt(784);
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(lg_mt19937_uniform(&a, -limit, limit), on_a_layer[i], "draw %d", i);
        cr_assert_eq(lg_mt19937_uniform(&b, -1, 3), on_minus_one_to_three[i], "draw %d", i);
    }
}

Test(mt19937, seeding_again_starts_again)
{
    struct lg_mt19937 mt;
    lg_mt19937_seed(&mt, 0);
    for (int i = 0; i < 1000; i++)
        lg_mt19937_next(&mt);
    lg_mt19937_seed(&mt, 0);
    cr_assert_eq(lg_mt19937_next(&mt), 2357136044U);
}
