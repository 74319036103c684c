#include "lossgrid/option.h"

#include <criterion/criterion.h>

static const struct lg_option rows[] = {
    {.name = "lr", .kind = LG_OPTION_REAL, .default_value = 0.01},
    {.name = "nesterov", .kind = LG_OPTION_FLAG, .default_value = 1},
};
static const struct lg_info info = {.name = "sgd", .options = rows, .option_count = 2};
static const struct lg_info bare = {.name = "identity"};

Test(option, defaults_come_from_the_table)
{
    struct lg_options options = lg_options_default(&info);
    cr_assert_eq(options.value[0], 0.01);
    cr_assert_eq(options.value[1], 1);
    for (int i = 2; i < LG_OPTIONS_MAX; i++)
        cr_assert_eq(options.value[i], 0);
    cr_assert_eq(lg_options_default(&bare).value[0], 0);
}

Test(option, find_gives_the_row_or_minus_one)
{
    cr_assert_eq(lg_option_find(&info, "lr"), 0);
    cr_assert_eq(lg_option_find(&info, "nesterov"), 1);
    cr_assert_eq(lg_option_find(&info, "l"), -1);
    cr_assert_eq(lg_option_find(&info, "lr2"), -1);
    cr_assert_eq(lg_option_find(&bare, "lr"), -1);
}
