/* Batch, schedule and initialisation of a block. The fake engine has no schedules: those are
 * in tests/cli/training.sh. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/harness/spec/spec_fixture.h"

#define GRID "grid:\n  losses: [mse]\n  optimizers: [sgd]\n"

static struct experiment parse_grid(const char *grid)
{
    char text[SPEC_BYTES_MAX];
    return parse_sound(spec_with(GRID, grid, text), NULL, NULL);
}

Test(setup, is_the_specs_where_the_block_has_none)
{
    struct experiment experiment = parse_sound(sound_spec, "batch=7", NULL);
    cr_assert_eq(experiment.cell_count, 1);
    cr_expect_eq(cell_at(&experiment, 0)->setup.batch, 7);
    cr_expect_not(cell_at(&experiment, 0)->setup.has_schedule);
    cr_expect_eq(experiment_net_config(&experiment, cell_at(&experiment, 0)).batch, 7);
    cr_expect_str_eq(cell_at(&experiment, 0)->label, "mse sgd");
    experiment_free(&experiment);
}

Test(setup, is_an_axis_behind_loss_and_optimizer)
{
    static const char *const labels[] = {
        "mse sgd initialisation=torch7_uniform batch=2",
        "mse sgd initialisation=torch7_uniform batch=8",
        "mse sgd initialisation=zero batch=2",
        "mse sgd initialisation=zero batch=8",
        "mse adam initialisation=torch7_uniform batch=2",
    };
    struct experiment experiment =
        parse_grid("grid: {losses: [mse], optimizers: [sgd, adam], batch: [2, 8], initialisation: "
                   "[torch7_uniform, zero]}\n");
    cr_assert_eq(experiment.cell_count, 8);
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(cell_at(&experiment, i)->label, labels[i]);
    for (size_t i = 0; i < 8; i++) {
        cr_expect_eq(cell_at(&experiment, i)->setup.batch, i % 2 == 0 ? 2 : 8);
        cr_expect_eq(cell_at(&experiment, i)->setup.initialisation.index, i / 2 % 2);
    }
    experiment_free(&experiment);
}

/* The keys are those of the same values in the spec: where they are written decides nothing. */
Test(setup, of_a_block_has_the_keys_of_the_same_in_the_spec)
{
    struct experiment block =
        parse_grid("grid:\n"
                   "  - {losses: [mse], optimizers: [sgd], batch: {log: [1, 100], points: 3}}\n"
                   "  - {losses: [abs], optimizers: [sgd], initialisation: zero}\n"
                   "  - {losses: [abs], optimizers: [adam]}\n");
    static const char *const batches[] = {"batch=1", "batch=10", "batch=100"};
    cr_assert_eq(block.cell_count, 5);
    for (size_t i = 0; i < 3; i++) {
        struct experiment spec = parse_sound(sound_spec, batches[i], "metrics=[mse, abs]");
        cr_expect_str_eq(cell_at(&block, i)->key, cell_at(&spec, 0)->key, "%s", batches[i]);
        experiment_free(&spec);
    }
    cr_expect_str_neq(cell_at(&block, 3)->key, cell_at(&block, 4)->key);
    cr_expect_eq(cell_at(&block, 3)->setup.initialisation.index, 1);
    cr_expect_eq(cell_at(&block, 4)->setup.initialisation.index, 0);
    cr_expect_eq(cell_at(&block, 4)->setup.batch, 1);
    experiment_free(&block);
}

static const struct {
    const char *keys;
    int column;
    const char *message;
} refused[] = {
    {"batch: 0", 49, "grid.batch: found '0', expected a whole number from 1 to 60000"},
    {"batch: []", 49,
     "grid.batch: found an empty list, expected a value, or a list of at least one"},
    {"batch: [1, x]", 53, "grid.batch.1: found 'x', expected a whole number from 1 to 60000"},
    {"batch: {log: [0, 8], points: 2}", 56,
     "grid.batch.log.0: found '0', expected a number above 0"},
    {"batch: {linear: [1, 2], points: 3}", 74,
     "grid.batch.points: found 3, of which two would be 2"},
    {"initialisation: []", 58,
     "grid.initialisation: found an empty list, expected a name, or a list of at least one"},
    {"initialisation: [zeros]", 59, "unknown initialisation 'zeros'"},
    {"schedule: nothing", 52, "unknown schedule 'nothing'"},
};

Test(setup, what_is_wrong_is_said_in_its_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char grid[1024], text[SPEC_BYTES_MAX];
        struct experiment experiment;
        struct lg_error error;
        snprintf(grid, sizeof grid, "grid: {losses: [mse], optimizers: [sgd], %s}\n",
                 refused[i].keys);
        cr_assert_eq(parse_spec(spec_with(GRID, grid, text), NULL, NULL, &experiment, &error),
                     LG_INPUT, "%s", refused[i].keys);
        cr_expect(error.line == 8 && error.column == refused[i].column, "%s: %d:%d",
                  refused[i].keys, error.line, error.column);
        cr_expect(strncmp(error.message, refused[i].message, strlen(refused[i].message)) == 0,
                  "%s: %s", refused[i].keys, error.message);
    }
}
