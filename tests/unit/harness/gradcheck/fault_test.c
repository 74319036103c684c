#include <criterion/criterion.h>
#include <string.h>

#include "harness/gradcheck/trials.h"

/* Every fault is seen, and nothing is where nothing was injected. */
Test(trials, every_fault_is_seen_in_every_network)
{
    struct copies copies;
    struct trials_row rows[TRIALS_ROWS_MAX];
    cr_assert(copies_select(NULL, &copies, NULL) == LG_OK);
    const size_t count = trials_rows(rows);
    cr_assert(trials_run(&copies, 1000, 0, 12, rows, NULL) == LG_OK);
    for (size_t i = 0; i < count; i++) {
        cr_expect(trials_row_is_right(&rows[i]), "%s: %zu of %zu", rows[i].fault, rows[i].detected,
                  rows[i].trials);
        if (rows[i].size == 0)
            cr_expect_eq(rows[i].trials, 12, "%s was injected %zu times", rows[i].fault,
                         rows[i].trials);
        if (strcmp(rows[i].fault, "one wrong element") == 0 && rows[i].size == 0)
            cr_expect_eq(rows[i].named, 12);
    }
}

Test(trials, the_names_of_faults_are_those_of_the_table)
{
    for (size_t i = 0; i < fault_count(); i++)
        cr_expect_str_eq(fault_names[i], faults[i].name);
    cr_expect_null(fault_names[fault_count()]);
}

Test(trials, a_fault_that_goes_unseen_is_not_right)
{
    const struct trials_row unseen = {.fault = "wrong sign", .trials = 3, .detected = 2};
    const struct trials_row alarm = {.fault = "none", .trials = 3, .detected = 1};
    const struct trials_row measured = {
        .fault = "one wrong element", .size = 1e-14, .trials = 3, .detected = 0};
    cr_expect_not(trials_row_is_right(&unseen));
    cr_expect_not(trials_row_is_right(&alarm));
    cr_expect(trials_row_is_right(&measured));
}
