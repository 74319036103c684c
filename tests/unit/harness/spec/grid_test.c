#include "harness/spec/grid.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/metric.h"
#include "tests/unit/harness/spec/spec_fixture.h"

#define GRID "grid:\n  losses: [mse]\n  optimizers: [sgd]\n"

static struct experiment parse_grid(const char *grid)
{
    char text[SPEC_BYTES_MAX];
    return parse_sound(spec_with(GRID, grid, text), NULL, NULL);
}

static void expect_refused(const char *grid, int line, int column, const char *message)
{
    char text[SPEC_BYTES_MAX];
    struct experiment experiment;
    struct lg_error error;
    cr_expect_eq(parse_spec(spec_with(GRID, grid, text), NULL, NULL, &experiment, &error),
                 LG_INPUT);
    cr_expect(error.line == line && error.column == column, "%d:%d, expected %d:%d", error.line,
              error.column, line, column);
    cr_expect_str_eq(error.message, message);
}

static void expect_slugs(const struct experiment *experiment, const char *const *slugs,
                         size_t count)
{
    cr_assert_eq(experiment->cell_count, count, "%zu cells", experiment->cell_count);
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(cell_at(experiment, i)->slug, slugs[i]);
}

Test(grid, cells_come_block_loss_optimizer_seed)
{
    static const char *const slugs[] = {
        "mse-sgd-s5", "mse-sgd-s2",  "mse-adam-s5", "mse-adam-s2",    "abs-sgd-s5",
        "abs-sgd-s2", "abs-adam-s5", "abs-adam-s2", "abs-adagrad-s9",
    };
    struct experiment experiment =
        parse_grid("seeds: [5, 2]\n"
                   "grid:\n"
                   "  - {losses: [mse, abs], optimizers: [sgd, adam]}\n"
                   "  - {losses: [abs], optimizers: [adagrad], seeds: [9]}\n");
    expect_slugs(&experiment, slugs, sizeof slugs / sizeof *slugs);
    experiment_free(&experiment);
}

Test(grid, a_list_of_values_is_an_axis_and_the_last_changes_fastest)
{
    struct experiment experiment =
        parse_grid("seeds: [1, 2]\n"
                   "grid:\n"
                   "  losses: [{name: mse, reduction: [sum, mean]}, abs]\n"
                   "  optimizers: [{name: sgd, momentum: [0, 0.5], lr: [0.1, 0.2, 0.3]}]\n");
    static const double rates[] = {0.1, 0.2, 0.3}, momenta[] = {0, 0.5};
    cr_assert_eq(experiment.cell_count, 36);
    for (size_t i = 0; i < 24; i++) {
        const struct cell *cell = cell_at(&experiment, i);
        cr_expect_eq(cell->seed, 1 + i % 2);
        cr_expect_eq(cell->optimizer.options.value[0], rates[i / 2 % 3]);
        cr_expect_eq(cell->optimizer.options.value[1], momenta[i / 6 % 2]);
        cr_expect_eq(cell->loss.options.value[0], i < 12 ? 1 : 0);
        cr_expect_eq(cell->loss.index, 1);
    }
    cr_expect_eq(cell_at(&experiment, 24)->loss.index, 0);
    experiment_free(&experiment);
}

Test(grid, one_block_may_stand_alone_or_in_a_list)
{
    struct experiment one = parse_grid("grid: {losses: [abs], optimizers: [adam]}\n");
    struct experiment list = parse_grid("grid: [{losses: [abs], optimizers: [adam]}]\n");
    cr_expect_eq(one.cell_count, 1);
    cr_expect_eq(list.cell_count, 1);
    cr_expect_str_eq(cell_at(&one, 0)->key, cell_at(&list, 0)->key);
    experiment_free(&one);
    experiment_free(&list);
}

Test(grid, options_given_are_kept_and_others_are_default)
{
    struct experiment experiment =
        parse_grid("grid: {losses: [{name: smooth_l1, beta: 2}], draw: 3,\n"
                   "       optimizers: [{name: adam, delay: 4, beta1: .5}]}\n");
    const struct cell *cell = cell_at(&experiment, 0);
    cr_expect_eq(cell->loss.options.value[0], 2);
    cr_expect_eq(cell->optimizer.options.value[0], 0.001);
    cr_expect_eq(cell->optimizer.options.value[1], 0.5);
    cr_expect_eq(cell->optimizer.options.value[2], 4);
    cr_expect_eq(cell->draw, 3);
    experiment_free(&experiment);
}

Test(grid, aliases_share_lists)
{
    static const char *const slugs[] = {"a-s1", "a-s2", "b-s1", "b-s2"};
    struct experiment experiment =
        parse_grid("seeds: &s [1, 2]\n"
                   "grid:\n"
                   "  - {label: a, losses: &l [mse], optimizers: &o [sgd]}\n"
                   "  - {label: b, losses: *l, optimizers: *o, seeds: *s}\n");
    expect_slugs(&experiment, slugs, 4);
    experiment_free(&experiment);
}

Test(grid, metrics_are_the_losses_of_the_grid_when_absent)
{
    struct experiment experiment = parse_grid("grid:\n"
                                              "  - {losses: [smooth_l1, mse], optimizers: [sgd]}\n"
                                              "  - {losses: [abs, mse], optimizers: [adam]}\n");
    static const size_t expected[] = {2, 1, 0};
    cr_assert_eq(experiment.metric_count, 3);
    for (size_t i = 0; i < 3; i++)
        cr_expect_eq(experiment.metrics[i], expected[i]);
    experiment_free(&experiment);
}

Test(grid, mistakes_in_blocks)
{
    expect_refused("grid: []\n", 8, 7,
                   "grid: found an empty list, expected a block, or a list of at least one");
    expect_refused("grid: 3\n", 8, 7, "grid: found '3', expected a mapping of keys to values");
    expect_refused("grid: [3]\n", 8, 8, "grid.0: found '3', expected a mapping of keys to values");
    expect_refused("grid: {losses: [mse], optimizers: [sgd], draw: 0}\n", 8, 48,
                   "grid.draw: found '0', expected a whole number from 1 to 1000");
    expect_refused(
        "grid:\n  - {losses: [mse], optimizers: [sgd]}\n"
        "  - {loss: [mse], optimizers: [sgd]}\n",
        10, 6,
        "unknown key 'loss'; valid: label, losses, optimizers, activation, batch, schedule, "
        "initialisation, draw, seeds, exclude; did you mean "
        "'losses'?");
    expect_refused("grid:\n  - {losses: [mse], optimizers: [sgd], seeds: [1, 1]}\n", 9, 51,
                   "grid.0.seeds.1: found '1', expected a seed that is not in the list yet");
}

/* 10^9 cells and more are counted, and each is found by its number, though none is stored. */
Test(grid, any_cell_of_many_is_made_by_its_number)
{
    struct experiment experiment =
        parse_grid("seeds: [7, 8]\n"
                   "grid:\n"
                   "  - {losses: [abs], optimizers: [sgd]}\n"
                   "  - losses: [mse, {name: smooth_l1, beta: [1, 2]}]\n"
                   "    optimizers: [{name: sgd, lr: {linear: [1, 4000], points: 4000}, "
                   "momentum: {linear: [0, 0.999], points: 1000}}, adam]\n"
                   "    batch: {linear: [1, 100], points: 100}\n");
    const size_t sgd = (size_t)4000 * 1000 * 100;
    cr_assert_eq(experiment.cell_count, 2 * (1 + 3 * (sgd + 100)));
    cr_assert_eq(experiment.arm_count, 1 + 3 * (sgd + 100));
    const struct cell *cell = cell_at(&experiment, experiment.cell_count - 1);
    cr_expect_str_eq(cell->slug, "smooth_l1-adam-beta-2-batch-100-s8");
    cr_expect_eq(cell->arm, experiment.arm_count - 1);
    /* Behind: mse; of smooth_l1 and sgd beta 1, then lr 1233, momentum 0.076, batch 4. */
    const size_t arm = 1 + sgd + 100 + sgd + ((size_t)1233 * 1000 + 77) * 100 + 4;
    cell = cell_at(&experiment, experiment_first_cell(&experiment, arm) + 1);
    cr_expect_str_eq(cell->slug, "smooth_l1-sgd-beta-2-lr-1234-momentum-0.077-batch-5-s8");
    cr_expect_eq(cell->arm, arm);
    experiment_free(&experiment);
}

Test(grid, the_number_of_cells_is_bounded)
{
    expect_refused(
        "grid: {losses: [{name: smooth_l1, beta: {log: [1, 1000], points: 4000}}],\n"
        "  optimizers: [{name: adam, lr: {log: [1, 1000], points: 4000}, beta1: "
        "{linear: [0, 0.4], points: 4000}}], batch: {linear: [1, 4000], points: 4000}}\n",
        8, 7, "grid: the grid has more than 1000000000000 cells");
}

/* Arms of blocks whose seeds differ keep theirs. */
Test(grid, selected_arms_keep_their_seeds_where_none_are_given)
{
    struct experiment experiment =
        parse_grid("grid:\n"
                   "  - {losses: [mse], optimizers: [sgd, adam], seeds: [1, 2, 3]}\n"
                   "  - {losses: [abs], optimizers: [sgd, adam], seeds: [4, 5]}\n");
    struct lg_error error;
    static const char *const slugs[] = {"mse-adam-s1", "mse-adam-s2", "mse-adam-s3", "abs-adam-s4",
                                        "abs-adam-s5"};
    cr_assert_eq(experiment_select(&experiment, (const size_t[]){1, 3}, 2, NULL, &error), LG_OK);
    cr_assert_eq(experiment.cell_count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(cell_at(&experiment, i)->slug, slugs[i]);
    cr_expect_eq(experiment_first_cell(&experiment, 1), 3);
    experiment_free(&experiment);
}

Test(grid, some_arms_of_one_make_another_experiment)
{
    static const char grid[] =
        "seeds: [1, 2]\ngrid: {losses: [mse, abs], optimizers: [{name: sgd, lr: [1, 2, 3]}]}\n";
    struct experiment whole = parse_grid(grid), some = parse_grid(grid);
    static const uint64_t numbers[] = {7, 1, 9};
    static const size_t arms[] = {1, 5}, twice[] = {1, 1}, beyond[] = {6};
    const struct seeds seeds = {3, numbers}, none = {0, NULL};
    const struct seeds same = {2, (const uint64_t[]){4, 4}};
    struct lg_error error;
    cr_assert_eq(experiment_select(&some, arms, 2, &seeds, &error), LG_OK);
    cr_assert_eq(some.cell_count, 6);
    cr_assert_eq(some.arm_count, 2);
    static const char *const slugs[] = {"mse-sgd-lr-2-s7", "mse-sgd-lr-2-s1", "mse-sgd-lr-2-s9",
                                        "abs-sgd-lr-3-s7", "abs-sgd-lr-3-s1", "abs-sgd-lr-3-s9"};
    for (size_t i = 0; i < 6; i++) {
        cr_expect_str_eq(cell_at(&some, i)->slug, slugs[i]);
        cr_expect_eq(cell_at(&some, i)->arm, i / 3);
        cr_expect_eq(cell_at(&some, i)->number, i);
    }
    /* The same cell has the same key. */
    cr_expect_str_eq(cell_at(&some, 1)->key, cell_at(&whole, 2)->key);
    cr_expect_eq(experiment_first_cell(&some, 1), 3);
    cr_expect_eq(experiment_seeds(&some, 1).count, 3);
    /* Of a selection the losses that it has count. */
    char why[METRIC_TEXT_MAX];
    (void)metrics_own_loss(&some, why);
    cr_expect_neq(why[0], '\0');
    /* And of that one a part, from seeds of its own again. */
    cr_assert_eq(experiment_select(&some, (const size_t[]){1}, 1, NULL, &error), LG_OK);
    cr_expect_eq(some.cell_count, 3);
    cr_expect_str_eq(cell_at(&some, 2)->slug, "abs-sgd-lr-3-s9");
    (void)metrics_own_loss(&some, why);
    cr_expect_str_eq(why, "");
    experiment_free(&some);
    cr_expect_eq(experiment_select(&whole, arms, 0, &seeds, &error), LG_INPUT);
    cr_expect_eq(experiment_select(&whole, arms, 2, &none, &error), LG_INPUT);
    cr_expect_eq(experiment_select(&whole, arms, 2, &same, &error), LG_INPUT);
    cr_expect_eq(experiment_select(&whole, twice, 2, &seeds, &error), LG_INPUT);
    cr_expect_eq(experiment_select(&whole, beyond, 1, &seeds, &error), LG_INPUT);
    cr_expect_not_null(strstr(error.message, "found arm 6"), "%s", error.message);
    experiment_free(&whole);
}

/* The numbers of a list option of a cell's smooth_l1. */
static void expect_list(const struct experiment *experiment, size_t cell, size_t option,
                        const double *numbers, size_t count)
{
    size_t found;
    const struct lg_choice *loss = &cell_at(experiment, cell)->loss;
    const double *list = lg_options_list(&loss->options, option, &found);
    cr_assert_eq(found, count, "cell %zu: %zu numbers", cell, found);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(list[i], numbers[i]);
}

enum { WEIGHTS = 1, PLACES = 2 };

Test(grid, a_list_option_takes_a_list)
{
    static const double weights[] = {0.5, 1, 2}, places[] = {-1};
    struct experiment experiment =
        parse_grid("grid:\n"
                   "  losses: [{name: smooth_l1, places: [-1], weights: [0.5, 1, 2]},\n"
                   "           {name: smooth_l1, weights: []}]\n"
                   "  optimizers: [sgd]\n");
    cr_assert_eq(experiment.cell_count, 2);
    expect_list(&experiment, 0, WEIGHTS, weights, 3);
    expect_list(&experiment, 0, PLACES, places, 1);
    expect_list(&experiment, 1, WEIGHTS, NULL, 0);
    experiment_free(&experiment);
}

Test(grid, a_list_of_lists_is_an_axis)
{
    static const double first[] = {1, 2}, third[] = {3}, places[] = {4, 5, 6};
    struct experiment experiment =
        parse_grid("grid:\n"
                   "  losses: [{name: smooth_l1, weights: [[1, 2], [], [3]], beta: [1, 2],\n"
                   "            places: [4, 5, 6]}]\n"
                   "  optimizers: [sgd]\n");
    cr_assert_eq(experiment.cell_count, 6);
    for (size_t cell = 0; cell < 6; cell++) {
        cr_expect_eq(cell_at(&experiment, cell)->loss.options.value[0], cell % 2 + 1);
        expect_list(&experiment, cell, PLACES, places, 3);
    }
    expect_list(&experiment, 1, WEIGHTS, first, 2);
    expect_list(&experiment, 2, WEIGHTS, NULL, 0);
    expect_list(&experiment, 4, WEIGHTS, third, 1);
    experiment_free(&experiment);
}

Test(grid, wrong_lists_are_refused)
{
    expect_refused("grid: {losses: [{name: smooth_l1, weights: 2}], optimizers: [sgd]}\n", 8, 44,
                   "grid.losses.0.weights: found '2', expected a list of at most 64, each a number "
                   "from 0 to 9");
    expect_refused("grid: {losses: [{name: smooth_l1, weights: [1, x]}], optimizers: [sgd]}\n", 8,
                   48, "grid.losses.0.weights.1: found 'x', expected a number from 0 to 9");
    expect_refused("grid: {losses: [{name: smooth_l1, weights: [[1], 2]}], optimizers: [sgd]}\n", 8,
                   50,
                   "grid.losses.0.weights.1: found '2', expected a list of at most 64, each a "
                   "number from 0 to 9");
    expect_refused("grid: {losses: [{name: smooth_l1, weights: [[1], [10]]}], optimizers: [sgd]}\n",
                   8, 51, "grid.losses.0.weights.1.0: found '10', expected a number from 0 to 9");
}

Test(grid, lists_share_their_room)
{
    char grid[2048], numbers[512] = "1";
    for (size_t i = 1; i < 40; i++)
        strcat(numbers, ", 1");
    snprintf(
        grid, sizeof grid,
        "grid: {losses: [{name: smooth_l1, weights: [%s], places: [%s]}], optimizers: [sgd]}\n",
        numbers, numbers);
    expect_refused(grid, 8, 174, "the lists of smooth_l1 have more than 64 numbers together");
    snprintf(grid, sizeof grid,
             "grid: {losses: [{name: smooth_l1, weights: [[1], [%s]], places: [[%s], []]}],\n"
             "       optimizers: [sgd]}\n",
             numbers, numbers);
    expect_refused(grid, 8, 17, "the lists of smooth_l1 have more than 64 numbers together");
}
