/* Axes given by their ends, and mistakes in one. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/harness/spec/spec_fixture.h"

#define SGD "[sgd]"

static struct experiment parse_optimizers(const char *optimizers)
{
    char text[SPEC_BYTES_MAX];
    return parse_sound(spec_with(SGD, optimizers, text), NULL, NULL);
}

static void expect_values(const char *optimizers, size_t option, const double *values, size_t count)
{
    struct experiment experiment = parse_optimizers(optimizers);
    cr_assert_eq(experiment.cell_count, count, "%s: %zu cells", optimizers, experiment.cell_count);
    for (size_t i = 0; i < count; i++)
        cr_expect_eq(cell_at(&experiment, i)->optimizer.options.value[option], values[i],
                     "%s: %.17g", optimizers,
                     cell_at(&experiment, i)->optimizer.options.value[option]);
    experiment_free(&experiment);
}

Test(axis, points_are_what_one_would_have_typed)
{
    static const double decades[] = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1};
    static const double halves[] = {0.001, 0.00316228, 0.01}, tenths[] = {0, 0.3, 0.6, 0.9};
    static const double steps[] = {1, 4, 7, 10}, powers[] = {1, 2, 5, 10};
    expect_values("[{name: sgd, lr: {log: [1e-5, 1], points: 6}}]", 0, decades, 6);
    expect_values("[{name: sgd, lr: {points: 3, log: [0.001, 0.01]}}]", 0, halves, 3);
    expect_values("[{name: sgd, momentum: {linear: [0, 0.9], points: 4}}]", 1, tenths, 4);
    expect_values("[{name: adam, delay: {linear: [1, 10], points: 4}}]", 2, steps, 4);
    expect_values("[{name: adam, delay: {log: [1, 10], points: 4}}]", 2, powers, 4);
}

/* The keys of cells are those of the same values in a list: an axis is a way of writing. */
Test(axis, is_the_list_of_its_values)
{
    struct experiment axis =
        parse_optimizers("[{name: adam, lr: {log: [0.001, 0.1], points: 5}, beta1: [0.8, 0.9]}]");
    struct experiment list = parse_optimizers(
        "[{name: adam, lr: [0.001, 0.00316228, 0.01, 0.0316228, 0.1], beta1: [0.8, 0.9]}]");
    cr_assert_eq(axis.cell_count, 10);
    cr_assert_eq(list.cell_count, 10);
    for (size_t i = 0; i < 10; i++) {
        cr_expect_str_eq(cell_at(&axis, i)->key, cell_at(&list, i)->key);
        cr_expect_str_eq(cell_at(&axis, i)->slug, cell_at(&list, i)->slug);
    }
    experiment_free(&axis);
    experiment_free(&list);
}

/* The rates of sgd in order, whatever else varies. */
static size_t rates_of(const char *optimizers, double *rates)
{
    size_t count = 0;
    struct experiment experiment = parse_optimizers(optimizers);
    for (size_t i = 0; i < experiment.cell_count; i++) {
        const struct lg_choice *optimizer = &cell_at(&experiment, i)->optimizer;
        const double rate = optimizer->options.value[0];
        if (optimizer->index == 2 && (count == 0 || rates[count - 1] != rate))
            rates[count++] = rate;
    }
    experiment_free(&experiment);
    return count;
}

#define DRAWN "lr: {random: log_uniform, range: [1e-5, 1], count: 8}"

Test(axis, draws_do_not_depend_on_other_axes_or_on_where_they_stand)
{
    static const char *const same[] = {
        "[{name: sgd, " DRAWN ", momentum: {random: uniform, range: [0, 1], count: 3}}]",
        "[{name: adam, " DRAWN "}, {name: sgd, " DRAWN ", nesterov: [false, true]}]",
        "[{name: sgd, lr: {seed: 1, count: 8, range: [1e-5, 1], random: log_uniform}}]",
    };
    double first[64], other[64];
    cr_assert_eq(rates_of("[{name: sgd, " DRAWN "}]", first), 8);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(rates_of(same[i], other), 8, "%s", same[i]);
        cr_expect_arr_eq(first, other, 8 * sizeof *first, "%s", same[i]);
    }
    cr_assert_eq(rates_of("[{name: sgd, lr: {random: log_uniform, range: [1e-5, 1], count: 8, "
                          "seed: 2}}]",
                          other),
                 8);
    for (size_t i = 0; i < 8; i++)
        cr_expect_neq(first[i], other[i]);
}

Test(axis, another_optimizer_draws_other_values)
{
    struct experiment experiment =
        parse_optimizers("[{name: adam, " DRAWN "}, {name: sgd, " DRAWN "}]");
    cr_assert_eq(experiment.cell_count, 16);
    for (size_t i = 0; i < 8; i++)
        cr_expect_neq(cell_at(&experiment, i)->optimizer.options.value[0],
                      cell_at(&experiment, i + 8)->optimizer.options.value[0]);
    experiment_free(&experiment);
}

#define LR "grid.optimizers.0.lr"

static const struct {
    const char *optimizers;
    int column;
    const char *message;
} refused[] = {
    {"[{name: sgd, lr: []}]", 32,
     LR ": found an empty list, expected a value, or a list of at least one"},
    {"[{name: sgd, lr: {}}]", 32,
     LR ": found a mapping with none of them, expected one of log, linear, random"},
    {"[{name: sgd, lr: {log: [1, 2], linear: [1, 2], points: 3}}]", 32,
     LR ": found a mapping with more than one, expected one of log, linear, random"},
    {"[{name: sgd, lr: {logs: [1, 2], points: 3}}]", 33, "unknown key 'logs'"},
    {"[{name: sgd, lr: {log: [1, 2]}}]", 32, "the key '" LR ".points' is missing: 'log' needs it"},
    {"[{name: sgd, lr: {log: [1, 2], points: 3, count: 3}}]", 64,
     LR ": found the key 'count', which does not go with 'log'"},
    {"[{name: sgd, lr: {random: uniform, range: [1, 2], count: 3, points: 3}}]", 83,
     LR ": found the key 'points', which does not go with 'random'"},
    {"[{name: sgd, lr: {log: [1, 2], points: 3, seed: 3}}]", 63,
     LR ": found the key 'seed', which does not go with 'log'"},
    {"[{name: sgd, lr: {log: [1, 1e-5], points: 3}}]", 38,
     LR ".log: found [1, 1e-5], expected a range: the lower end first, then a larger one"},
    {"[{name: sgd, lr: {linear: [1, 1], points: 3}}]", 41,
     LR ".linear: found [1, 1], expected a range: the lower end first, then a larger one"},
    {"[{name: sgd, lr: {log: [0, 1], points: 3}}]", 39,
     LR ".log.0: found '0', expected a number above 0, which has a logarithm"},
    {"[{name: sgd, momentum: {random: log_uniform, range: [0, 1], count: 3}}]", 68,
     "grid.optimizers.0.momentum.range.0: found '0', expected a number above 0, which has a "
     "logarithm"},
    {"[{name: sgd, momentum: {linear: [0, 1.5], points: 3}}]", 51,
     "grid.optimizers.0.momentum.linear.1: found '1.5', expected a number from 0 to 1"},
    {"[{name: sgd, lr: {log: [1], points: 3}}]", 38,
     LR ".log: found a list, expected [a, b], two numbers with 0 < a < b"},
    {"[{name: sgd, lr: {log: 1, points: 3}}]", 38,
     LR ".log: found '1', expected [a, b], two numbers with 0 < a < b"},
    {"[{name: sgd, lr: {log: [1, x], points: 3}}]", 42,
     LR ".log.1: found 'x', expected a number above 0 and at most 1000000"},
    {"[{name: sgd, lr: {log: [1, 2], points: 1}}]", 54,
     LR ".points: found '1', expected a whole number from 2 to 4096"},
    {"[{name: sgd, lr: {log: [1, 2], points: 4097}}]", 54,
     LR ".points: found '4097', expected a whole number from 2 to 4096"},
    {"[{name: sgd, lr: {random: uniform, range: [1, 2], count: 0}}]", 72,
     LR ".count: found '0', expected a whole number from 1 to 4096"},
    {"[{name: sgd, lr: {random: normal, range: [1, 2], count: 3}}]", 41, "unknown random 'normal'"},
    {"[{name: sgd, lr: {random: integer_uniform, range: [1, 2.5], count: 2}}]", 69,
     LR ".range.1: found '2.5', expected a whole number"},
    {"[{name: adam, delay: {linear: [1, 2.5], points: 2}}]", 49,
     "grid.optimizers.0.delay.linear.1: found '2.5', expected a whole number from 1 to 10"},
    {"[{name: adam, delay: {random: integer_uniform, range: [1, 3], count: 4}}]", 84,
     "grid.optimizers.0.delay.count: found 4, expected at most 3: the range has no more different "
     "values"},
    {"[{name: adam, delay: {linear: [1, 3], points: 4}}]", 61,
     "grid.optimizers.0.delay.points: found 4, of which two would be 2, expected fewer"},
    {"[{name: sgd, nesterov: {linear: [0, 1], points: 2}}]", 38,
     "grid.optimizers.0.nesterov: found a mapping, expected true or false"},
};

Test(axis, what_is_wrong_is_said_in_its_place)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        char text[SPEC_BYTES_MAX];
        struct experiment experiment;
        struct lg_error error;
        spec_with(SGD, refused[i].optimizers, text);
        cr_assert_eq(parse_spec(text, NULL, NULL, &experiment, &error), LG_INPUT, "%s",
                     refused[i].optimizers);
        cr_expect(error.line == 10 && error.column == refused[i].column, "%s: %d:%d",
                  refused[i].optimizers, error.line, error.column);
        cr_expect(strncmp(error.message, refused[i].message, strlen(refused[i].message)) == 0,
                  "%s: %s", refused[i].optimizers, error.message);
    }
}

Test(axis, one_value_is_needed_outside_the_grid)
{
    char text[SPEC_BYTES_MAX];
    struct experiment experiment;
    struct lg_error error;
    spec_with("activation: relu", "activation: {name: leaky, slope: {linear: [0, 1], points: 2}}",
              text);
    cr_assert_eq(parse_spec(text, NULL, NULL, &experiment, &error), LG_INPUT);
    cr_expect_eq(error.line, 5);
    cr_expect_str_eq(error.message, "model.layers.0.activation.slope: found a mapping, expected a "
                                    "number from -1 to 1");
}

/* Ends that f32 holds, with a number between them that it does not:
 * what lies between is checked too. */
Test(axis, a_value_between_the_ends_that_the_precision_lacks_is_refused)
{
    char text[SPEC_BYTES_MAX];
    struct experiment experiment;
    struct lg_error error;
    spec_with(SGD, "[{name: adam, beta1: {linear: [0.99999994, 1], points: 3}}]", text);
    cr_assert_eq(parse_spec(text, "precision=f32", NULL, &experiment, &error), LG_INPUT);
    cr_expect(strstr(error.message, "grid.optimizers.0.beta1") != NULL, "%s", error.message);
}
