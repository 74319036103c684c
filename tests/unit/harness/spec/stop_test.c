#include "harness/spec/stop.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/metric.h"
#include "tests/unit/harness/spec/spec_fixture.h"

static struct experiment parse_with(const char *keys)
{
    char text[SPEC_BYTES_MAX];
    return parse_sound(spec_with("", keys, text), NULL, NULL);
}

Test(stop, rules_and_targets_are_read)
{
    char name[MEASURED_NAME_MAX];
    struct experiment experiment =
        parse_with("validation: 10\nevaluate_every: 5\n"
                   "stop: [{metric: validation_loss, patience: 3, least_change: 0.5}, "
                   "{metric: train_mse, reaches: 0.25}]\n"
                   "targets: [{metric: validation_mse, value: 0.125}]\n");
    cr_expect_eq(experiment.evaluate_every, 5);
    cr_assert_eq(experiment.stop_count, 2);
    cr_expect_eq(experiment.stops[0].patience, 3);
    cr_expect_eq(experiment.stops[0].least_change, 0.5);
    cr_expect_not(experiment.stops[0].has_value);
    cr_expect_eq(experiment.stops[0].of.better, BETTER_LOWER);
    cr_expect_str_eq(measured_name(&experiment, &experiment.stops[0].of, name), "validation_loss");
    cr_expect(experiment.stops[1].has_value);
    cr_expect_eq(experiment.stops[1].value, 0.25);
    cr_expect_eq(experiment.stops[1].patience, 0);
    cr_assert_eq(experiment.target_count, 1);
    cr_expect_str_eq(measured_name(&experiment, &experiment.targets[0].of, name), "validation_mse");
    experiment_free(&experiment);
}

static char *text_with(const char *keys,
                       char *(*text_of)(const struct experiment *, const struct cell *))
{
    struct experiment experiment = parse_with(keys);
    char *text = text_of(&experiment, cell_at(&experiment, 0));
    cr_assert_not_null(text);
    experiment_free(&experiment);
    return text;
}

/* A target decides nothing; how often is measured decides rows, and where there are rules bits. */
Test(stop, the_key_has_what_decides)
{
    char *plain = text_with("", experiment_canonical);
    char *target = text_with("targets: [{metric: train_mse, value: 1}]\n", experiment_canonical);
    char *rule = text_with("stop: {metric: train_mse, patience: 2}\n", experiment_canonical);
    char *every = text_with("evaluate_every: 9\n", experiment_canonical);
    cr_expect_str_eq(plain, target);
    cr_expect_not_null(strstr(rule, "\nstop train_mse patience=2 least_change=0\n"));
    cr_expect_not_null(strstr(every, "\nevaluate_every 9\n"));
    char *configuration = text_with("", experiment_configuration);
    char *measured = text_with("evaluate_every: 9\n", experiment_configuration);
    cr_expect_str_eq(configuration, measured);
    free(plain);
    free(target);
    free(rule);
    free(every);
    free(configuration);
    free(measured);
}
