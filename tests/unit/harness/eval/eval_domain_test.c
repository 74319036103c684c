#include "harness/eval/eval_domain.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

static struct matrix matrix;
static struct lg_error error;

static void read(const char *text)
{
    matrix_free(&matrix);
    cr_assert_eq(matrix_parse("t.csv", text, strlen(text), LG_F64, &matrix, &error), LG_OK);
}

static void clean(void)
{
    matrix_free(&matrix);
}

TestSuite(eval_domain, .fini = clean);

static const struct lg_option ignoring[] = {{.name = "ignore_index",
                                             .kind = LG_OPTION_INTEGER,
                                             .default_value = -100,
                                             .minimum = -1e9,
                                             .maximum = 1e9}};
static const struct lg_info plain = {.name = "plain"};
static const struct lg_info ignores = {.name = "ignores", .options = ignoring, .option_count = 1};

/* Beside predictions of three numbers; NULL: the target is sound. */
static void expect_target(const struct lg_info *info, enum lg_target target, const char *text,
                          const char *message)
{
    const struct lg_loss_shape shape = {.inputs = 1, .target = target};
    const struct lg_options options = lg_options_default(info);
    read(text);
    const enum lg_status status = domain_check_target(info, &shape, &options, 3, &matrix, &error);
    cr_expect_eq(status, message != NULL ? LG_INPUT : LG_OK, "%s", text);
    if (message != NULL)
        cr_expect_str_eq(error.message, message);
}

Test(eval_domain, targets)
{
    expect_target(&plain, LG_TARGET_VALUES, "-5,0.5,1e300", NULL);
    expect_target(&plain, LG_TARGET_NOT_NEGATIVE, "0,0.5,7", NULL);
    expect_target(&plain, LG_TARGET_NOT_NEGATIVE, "0,-1e-9,7",
                  "number 2 of the row: found -1e-9, expected a number, 0 or more");
    expect_target(&plain, LG_TARGET_UNIT, "0,0.5,1", NULL);
    expect_target(&plain, LG_TARGET_UNIT, "0,0.5,1.5",
                  "number 3 of the row: found 1.5, expected a number from 0 to 1");
    expect_target(&plain, LG_TARGET_SIGNS, "1,-1,1", NULL);
    expect_target(&plain, LG_TARGET_SIGNS, "0,-1,1",
                  "number 1 of the row: found 0, expected -1 or 1");
    expect_target(&plain, LG_TARGET_PAIR, "1\n2", "number 1 of the row: found 2, expected -1 or 1");
}

Test(eval_domain, classes)
{
    expect_target(&plain, LG_TARGET_CLASS, "0\n2\n1", NULL);
    expect_target(&plain, LG_TARGET_CLASS, "3",
                  "number 1 of the row: found 3, expected a class from 0 to 2");
    expect_target(&plain, LG_TARGET_CLASS, "-100",
                  "number 1 of the row: found -100, expected a class from 0 to 2");
    expect_target(&plain, LG_TARGET_CLASS, "1.5",
                  "number 1 of the row: found 1.5, expected a class from 0 to 2");
    expect_target(&ignores, LG_TARGET_CLASS, "0\n-100", NULL);
    expect_target(&ignores, LG_TARGET_CLASS, "-1",
                  "number 1 of the row: found -1, expected a class from 0 to 2, or -100: ignored");
    expect_target(&plain, LG_TARGET_CLASSES, "2,0,-1\n-1,-1,-1\n0,-1,1", NULL);
    expect_target(&plain, LG_TARGET_CLASSES, "2,0,3",
                  "number 3 of the row: found 3, expected a class from 0 to 2, or -1: no more "
                  "classes");
}

Test(eval_domain, the_place_is_named)
{
    expect_target(&plain, LG_TARGET_UNIT, "0.25,1\n0.5, 2",
                  "number 2 of the row: found 2, expected a number from 0 to 1");
    cr_expect_str_eq(error.file, "t.csv");
    cr_expect(error.line == 2 && error.column == 6, "%d:%d", error.line, error.column);
}

Test(eval_domain, predictions)
{
    static const struct {
        double minimum, maximum;
        const char *sound, *wrong, *message;
    } cases[] = {
        {0, 1, "0,1", "0,1.25", "number 2 of the row: found 1.25, expected numbers from 0 to 1"},
        {0, DBL_MAX, "0,9e300", "-1,0",
         "number 1 of the row: found -1, expected numbers of 0 or more"},
        {0, (double)INFINITY, "0,9e300", "-1,0",
         "number 1 of the row: found -1, expected numbers of 0 or more"},
        {-(double)INFINITY, 0, "0,-9e300", "1,0",
         "number 1 of the row: found 1, expected numbers of at most 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct lg_loss_shape shape = {.inputs = 1,
                                            .target = LG_TARGET_NONE,
                                            .minimum = cases[i].minimum,
                                            .maximum = cases[i].maximum};
        read(cases[i].sound);
        cr_expect_eq(domain_check_prediction(&shape, &matrix, &error), LG_OK);
        read(cases[i].wrong);
        cr_expect_eq(domain_check_prediction(&shape, &matrix, &error), LG_INPUT);
        cr_expect_str_eq(error.message, cases[i].message);
    }
    const struct lg_loss_shape any = {.inputs = 1};
    read("-1e300,1e300");
    cr_expect_eq(domain_check_prediction(&any, &matrix, &error), LG_OK);
}

Test(eval_domain, numbers_in_a_row_of_targets)
{
    cr_expect_eq(target_features(LG_TARGET_VALUES, 5), 5);
    cr_expect_eq(target_features(LG_TARGET_CLASSES, 5), 5);
    cr_expect_eq(target_features(LG_TARGET_CLASS, 5), 1);
    cr_expect_eq(target_features(LG_TARGET_PAIR, 5), 1);
    cr_expect_eq(target_features(LG_TARGET_NONE, 5), 0);
}
