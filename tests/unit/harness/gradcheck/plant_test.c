#include <criterion/criterion.h>
#include <string.h>

#include "harness/gradcheck/trials.h"

/* Every defect is seen, and nothing is where nothing was planted. */
Test(trials, every_defect_is_seen_in_every_network)
{
    struct copies copies;
    struct trials_row rows[TRIALS_ROWS_MAX];
    cr_assert(copies_select(NULL, &copies, NULL) == LG_OK);
    const size_t count = trials_rows(rows);
    cr_assert(trials_run(&copies, 1000, 0, 12, rows, NULL) == LG_OK);
    for (size_t i = 0; i < count; i++) {
        cr_expect(trials_row_is_right(&rows[i]), "%s: %zu of %zu", rows[i].defect, rows[i].detected,
                  rows[i].trials);
        if (rows[i].size == 0)
            cr_expect_eq(rows[i].trials, 12, "%s was planted %zu times", rows[i].defect,
                         rows[i].trials);
        if (strcmp(rows[i].defect, "one wrong element") == 0 && rows[i].size == 0)
            cr_expect_eq(rows[i].named, 12);
    }
}

Test(trials, the_names_of_defects_are_those_of_the_table)
{
    for (size_t i = 0; i < plant_count(); i++)
        cr_expect_str_eq(plant_names[i], plants[i].name);
    cr_expect_null(plant_names[plant_count()]);
}

Test(trials, a_defect_that_goes_unseen_is_not_right)
{
    const struct trials_row unseen = {.defect = "wrong sign", .trials = 3, .detected = 2};
    const struct trials_row alarm = {.defect = "none", .trials = 3, .detected = 1};
    const struct trials_row measured = {
        .defect = "one wrong element", .size = 1e-14, .trials = 3, .detected = 0};
    cr_expect_not(trials_row_is_right(&unseen));
    cr_expect_not(trials_row_is_right(&alarm));
    cr_expect(trials_row_is_right(&measured));
}
