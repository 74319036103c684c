#include <criterion/criterion.h>

#include "harness/gradcheck/copies.h"
#include "harness/gradcheck/variants.h"
#include "harness/spec/value.h"

/* No option of any loss or activation is left at its default in all variants. */
static void expect_all_change(const struct lg_info *info)
{
    const struct lg_options defaults = lg_options_default(info);
    for (size_t i = 0; i < info->option_count; i++) {
        bool changes = false;
        for (size_t v = 0; v < variants_count(info); v++) {
            const struct lg_options options = variants_get(info, v, 4);
            changes = changes || !value_option_same(info, &options, &defaults, i);
        }
        cr_expect(changes, "%s: %s", info->name, info->options[i].name);
    }
}

Test(variants, every_option_of_every_entry_is_varied)
{
    struct copies copies;
    cr_assert(copies_select(NULL, &copies, NULL) == LG_OK);
    const struct lg_backend *b = copies.backend[COPY_F64];
    for (size_t i = 0; i < b->loss_count; i++)
        expect_all_change(b->loss(i));
    for (size_t i = 0; i < b->activation_count; i++)
        expect_all_change(b->activation(i));
    for (size_t i = 0; i < b->optimizer_count; i++)
        expect_all_change(b->optimizer(i));
}

Test(variants, the_first_is_the_defaults_and_says_nothing)
{
    struct copies copies;
    char text[SUBJECT_OPTIONS_MAX];
    cr_assert(copies_select(NULL, &copies, NULL) == LG_OK);
    const struct lg_info *info = copies.backend[COPY_F64]->loss(0);
    const struct lg_options options = variants_get(info, 0, 4);
    cr_expect_str_empty(variants_describe(info, &options, text));
}
