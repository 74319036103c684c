#include "harness/spec/evaluation.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/set_size.h"
#include "tests/unit/harness/spec/spec_fixture.h"

static struct experiment parse_with(const char *keys)
{
    char text[SPEC_BYTES_MAX];
    return parse_sound(spec_with("", keys, text), NULL, NULL);
}

Test(evaluation, a_split_is_a_number_or_a_mapping)
{
    static const struct {
        const char *keys;
        size_t samples;
        uint64_t seed;
        enum evaluate evaluate;
    } cases[] = {
        {"validation: 10000\n", 10000, 1, EVALUATE_END},
        {"validation: {samples: 59999}\n", 59999, 1, EVALUATE_END},
        {"validation: {samples: 10, seed: 7}\nevaluate: test\n", 10, 7, EVALUATE_TEST},
        {"samples: 100\nvalidation: 99\nevaluate: none\n", 99, 1, EVALUATE_NONE},
        {"evaluate: end\n", 0, 0, EVALUATE_END},
        {"", 0, 0, EVALUATE_TEST},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct experiment experiment = parse_with(cases[i].keys);
        cr_expect_eq(experiment.validation.samples, cases[i].samples, "%s", cases[i].keys);
        cr_expect_eq(experiment.validation.seed, cases[i].seed, "%s", cases[i].keys);
        cr_expect_eq(experiment.evaluate, cases[i].evaluate, "%s", cases[i].keys);
        experiment_free(&experiment);
    }
}

Test(evaluation, what_is_held_out_is_not_trained_on)
{
    struct experiment experiment = parse_with("samples: 100\nvalidation: 30\n");
    cr_expect_eq(experiment_sample_count(&experiment), 70);
    cr_expect_eq(experiment.image_sample, 70);
    experiment_free(&experiment);
}

Test(evaluation, a_split_that_leaves_nothing_is_refused)
{
    static const char *const cases[][2] = {
        {"validation: 60000\n",
         "validation: found '60000', expected a whole number from 1 to 59999"},
        {"samples: 100\nvalidation: {samples: 100}\n",
         "validation.samples: found '100', expected a whole number from 1 to 99"},
        {"validation: 0\n", "validation: found '0', expected a whole number from 1 to 59999"},
        {"validation: [5]\n", "validation: found a list, expected a whole number from 1 to 59999"},
        {"validation: {seed: 2}\n",
         "the key 'validation.samples' is missing: how many are held out; what remains is trained "
         "on"},
        {"samples: 1\nvalidation: 1\n",
         "validation: nothing can be held out of the 1 training sample that is used"},
        {"evaluate: ends\n",
         "unknown evaluate 'ends'; valid: none, test, end; did you mean 'end'?"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[SPEC_BYTES_MAX];
        struct experiment experiment;
        struct lg_error error;
        cr_expect_eq(parse_spec(spec_with("", cases[i][0], text), NULL, NULL, &experiment, &error),
                     LG_INPUT);
        cr_expect_str_eq(error.message, cases[i][1]);
    }
}

static char *canonical_with(const char *keys)
{
    struct experiment experiment = parse_with(keys);
    char *text = experiment_canonical(&experiment, cell_at(&experiment, 0));
    cr_assert_not_null(text);
    experiment_free(&experiment);
    return text;
}

/* A spec without a split has the key that it had before there were any. */
Test(evaluation, only_a_split_is_in_the_key)
{
    char *without = canonical_with(""), *with = canonical_with("validation: 10\n"),
         *other = canonical_with("validation: {samples: 10, seed: 2}\n");
    cr_expect_null(strstr(without, "validation"));
    cr_expect_not_null(strstr(with, "\nvalidation 10 seed 1\n"));
    cr_expect_not_null(strstr(with, "\nevaluate end 2\n"));
    cr_expect_not_null(strstr(other, "\nvalidation 10 seed 2\n"));
    free(without);
    free(with);
    free(other);
}
