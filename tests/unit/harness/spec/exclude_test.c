/* Arms that a block leaves out. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/harness/spec/spec_fixture.h"

#define GRID "grid:\n  losses: [mse]\n  optimizers: [sgd]\n"
#define BLOCK                                                                                      \
    "grid:\n"                                                                                      \
    "  losses: [abs, {name: mse, reduction: [mean, sum]}]\n"                                       \
    "  optimizers: [{name: sgd, lr: [0.1, 1], momentum: [0, 0.5]}, {name: adam, lr: [0.1, 1]}]\n"  \
    "  exclude: "

enum { ALL = 18 }; /* three losses, six optimizers */

static size_t count_left(const char *exclude)
{
    char grid[1024], text[SPEC_BYTES_MAX];
    snprintf(grid, sizeof grid, BLOCK "%s\n", exclude);
    struct experiment experiment = parse_sound(spec_with(GRID, grid, text), NULL, NULL);
    const size_t count = experiment.cell_count;
    experiment_free(&experiment);
    return count;
}

Test(exclude, leaves_out_what_an_entry_says)
{
    static const struct {
        const char *exclude;
        size_t left_out;
    } cases[] = {
        {"[{loss: abs}]", 6},
        {"[{loss: {name: abs}}]", 6},
        {"[{loss: {reduction: sum}}]", 6}, /* abs has no such option here */
        {"[{optimizer: sgd}]", 12},
        {"[{optimizer: {lr: 1}}]", 9},
        {"[{optimizer: {lr: 1, momentum: 0.5}}]", 3},
        {"[{optimizer: {lr: [0.1, 1], momentum: 0.5}}]", 6},
        {"[{optimizer: {name: sgd, lr: 1.0}}]", 6},
        {"[{loss: abs, optimizer: sgd}]", 4},
        {"[{loss: abs}, {optimizer: sgd}]", 14},
        {"[{loss: abs}, {loss: abs, optimizer: sgd}]", 6},
        {"[{loss: mse}, {optimizer: {name: sgd}}, {optimizer: {lr: 1}}]", 17},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        cr_expect_eq(count_left(cases[i].exclude), ALL - cases[i].left_out, "%s: %zu left",
                     cases[i].exclude, count_left(cases[i].exclude));
}

Test(exclude, what_is_left_keeps_its_order_and_seeds)
{
    static const char *const slugs[] = {"abs-sgd-s1", "abs-sgd-s2", "mse-adam-s1", "mse-adam-s2",
                                        "abs-adagrad-s9"};
    char text[SPEC_BYTES_MAX];
    struct experiment experiment = parse_sound(
        spec_with(GRID,
                  "seeds: [1, 2]\n"
                  "grid:\n"
                  "  - losses: [mse, abs]\n"
                  "    optimizers: [sgd]\n"
                  "    exclude: [{loss: mse}]\n"
                  "  - losses: [mse]\n"
                  "    optimizers: [adam]\n"
                  "  - {losses: [abs], optimizers: [sgd, adagrad], exclude: [{optimizer: sgd}], "
                  "seeds: [9]}\n",
                  text),
        NULL, NULL);
    cr_assert_eq(experiment.cell_count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(cell_at(&experiment, i)->slug, slugs[i]);
    experiment_free(&experiment);
}

/* A block's label names its only arm, also where the others are left out. */
Test(exclude, the_only_arm_left_has_the_label_of_its_block)
{
    char text[SPEC_BYTES_MAX];
    struct experiment experiment =
        parse_sound(spec_with(GRID,
                              "grid: {label: one, losses: [mse, abs], optimizers: [sgd], "
                              "exclude: [{loss: mse}]}\n",
                              text),
                    NULL, NULL);
    cr_assert_eq(experiment.cell_count, 1);
    cr_expect_str_eq(cell_at(&experiment, 0)->label, "one");
    experiment_free(&experiment);
}

Test(exclude, values_of_an_axis_are_found_by_what_is_printed)
{
    char text[SPEC_BYTES_MAX];
    struct experiment experiment = parse_sound(
        spec_with(GRID,
                  "grid: {losses: [mse], optimizers: [{name: sgd, lr: {log: [0.01, 1], points: "
                  "5}}], exclude: [{optimizer: {lr: [0.0316228, 1]}}]}\n",
                  text),
        NULL, NULL);
    cr_assert_eq(experiment.cell_count, 3);
    cr_expect_eq(cell_at(&experiment, 1)->optimizer.options.value[0], 0.1);
    experiment_free(&experiment);
}

static const struct {
    const char *exclude;
    int column;
    const char *message;
} refused[] = {
    {"[]", 12,
     "grid.exclude: found an empty list, expected a list of one or more {loss: ..., optimizer: "
     "...}"},
    {"abs", 12, "grid.exclude: found 'abs', expected a list"},
    {"[abs]", 13, "grid.exclude.0: found 'abs', expected a mapping"},
    {"[{}]", 13, "grid.exclude.0: found an empty mapping, expected loss, optimizer or both"},
    {"[{loss: {}}]", 20,
     "grid.exclude.0.loss: found an empty mapping, expected a name or an option"},
    {"[{los: abs}]", 14, "unknown key 'los'"},
    {"[{loss: abz}]", 20, "unknown loss 'abz'"},
    {"[{optimizer: {name: sgd, beta1: 0.9}}]", 37,
     "grid.exclude.0.optimizer: found 'beta1', which is no option of the sgd"},
    {"[{optimizer: {beta9: 0.9}}]", 26,
     "grid.exclude.0.optimizer: found 'beta9', which is no option of any optimizer"},
    {"[{optimizer: {momentum: 2}}]", 36,
     "grid.exclude.0.optimizer.momentum: found '2', expected a number from 0 to 1"},
    {"[{optimizer: {momentum: []}}]", 36,
     "grid.exclude.0.optimizer.momentum: found an empty list, expected a value, or a list of at "
     "least "
     "one"},
    {"[{optimizer: {momentum: [0, x]}}]", 40,
     "grid.exclude.0.optimizer.momentum.1: found 'x', expected a number from 0 to 1"},
    {"[{optimizer: {momentum: {linear: [0, 1], points: 2}}}]", 36,
     "grid.exclude.0.optimizer.momentum: found a mapping, expected a number from 0 to 1"},
    {"[{loss: {weights: [1]}}]", 31,
     "grid.exclude.0.loss.weights.0: arms cannot be left out by an option that is a list"},
    {"[{loss: abs}, {optimizer: adagrad}]", 26,
     "grid.exclude.1: found an entry that leaves out no arm of the block"},
    {"[{optimizer: {lr: 0.2}}]", 13,
     "grid.exclude.0: found an entry that leaves out no arm of the block"},
    {"[{loss: [abs, mse]}]", 20, "grid.exclude.0.loss: found a list, expected the name"},
    {"[{loss: abs}, {loss: mse}]", 12,
     "grid.exclude: found all arms of the block, expected one to be left"},
};

Test(exclude, what_is_wrong_is_said_in_its_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char grid[1024], text[SPEC_BYTES_MAX];
        struct experiment experiment;
        struct lg_error error;
        snprintf(grid, sizeof grid, BLOCK "%s\n", refused[i].exclude);
        cr_assert_eq(parse_spec(spec_with(GRID, grid, text), NULL, NULL, &experiment, &error),
                     LG_INPUT, "%s", refused[i].exclude);
        cr_expect(error.line == 11 && error.column == refused[i].column, "%s: %d:%d",
                  refused[i].exclude, error.line, error.column);
        cr_expect(strncmp(error.message, refused[i].message, strlen(refused[i].message)) == 0,
                  "%s: %s", refused[i].exclude, error.message);
    }
}
