#include "harness/store/configuration_columns.h"

#include <criterion/criterion.h>
#include <string.h>

#include "lossgrid/backend.h"

static const char *names[1024];

/* How many different options the entries of a registry have together. */
static size_t count_options(size_t count, const struct lg_info *(*entry)(size_t index))
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < entry(i)->option_count; j++) {
            size_t at = 0;
            while (at < found && strcmp(names[at], entry(i)->options[j].name) != 0)
                at++;
            cr_assert_lt(at, sizeof names / sizeof *names);
            names[at] = entry(i)->options[j].name;
            found += at == found;
        }
    return found;
}

/* A grid may use all entries at once, and no option is left out. */
Test(configuration_columns, there_is_room_for_every_option)
{
    size_t count;
    const struct lg_backend *all = lg_backends(&count)[0];
    cr_expect_leq(count_options(all->loss_count, all->loss), CONFIGURATION_OPTIONS_MAX);
    cr_expect_leq(count_options(all->optimizer_count, all->optimizer), CONFIGURATION_OPTIONS_MAX);
    cr_expect_leq(count_options(all->activation_count, all->activation), CONFIGURATION_OPTIONS_MAX);
    cr_expect_leq(count_options(all->initialisation_count, all->initialisation),
                  CONFIGURATION_OPTIONS_MAX);
    cr_expect_leq(count_options(all->schedule_count, all->schedule), CONFIGURATION_OPTIONS_MAX);
    cr_expect_gt(count_options(all->optimizer_count, all->optimizer), 20);
}
