#include "harness/support/progress.h"

#include <criterion/criterion.h>
#include <math.h>

Test(progress, time_left_is_from_work_done)
{
    cr_assert_float_eq(progress_seconds_left(100, 300, 10.0), 30.0, 1e-12);
    cr_assert_float_eq(progress_seconds_left(300, 100, 30.0), 10.0, 1e-12);
    cr_assert_eq(progress_seconds_left(400, 0, 40.0), 0.0);
    cr_assert_lt(progress_seconds_left(0, 400, 5.0), 0.0);
}

/* Work that a checkpoint has done is neither done here nor left: the time left
 * follows from the rest alone. */
Test(progress, dropped_work_is_neither_done_nor_left)
{
    struct progress progress;
    const struct progress_place place = {.cell = "a", .epoch = 1, .epochs = 10};
    progress_begin(&progress, true, 1, 3, 1000);
    progress_drop(&progress, 600);
    progress_advance(&progress, 100, &place);
    cr_assert_eq(progress.samples_done, 100);
    cr_assert_eq(progress.samples_total, 400);
    progress_cell_done(&progress, "a");
    cr_assert_eq(progress.cells_done, 2);
    cr_assert_eq(progress.cells_total, 3);
}

static void assert_duration(double seconds, const char *expected)
{
    char text[32];
    progress_format_duration(seconds, text);
    cr_assert_str_eq(text, expected);
}

Test(progress, durations)
{
    assert_duration(0.4, "0 s");
    assert_duration(59.4, "59 s");
    assert_duration(59.6, "1 min 00 s");
    assert_duration(129.0, "2 min 09 s");
    assert_duration(3600.0, "1 h 00 min");
    assert_duration(3600.0 * 27 + 65, "27 h 01 min");
    assert_duration(1e300, "277777 h 46 min");
    assert_duration(-1.0, "?");
    assert_duration(NAN, "?");
}
