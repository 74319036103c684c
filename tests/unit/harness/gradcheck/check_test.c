#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "harness/gradcheck/check.h"
#include "harness/gradcheck/kinks.h"

/* f(x) = sum of (i + 1) x_i^2 / 2 + |x_0 - 1|, a block (3, 4) and one of 2. */
enum { ENTRIES = 14, FIRST = 12 };

static long double value(struct subject *subject, enum copy copy, const double *x)
{
    long double sum = fabsl((long double)x[0] - 1);
    (void)subject;
    (void)copy;
    for (size_t i = 0; i < ENTRIES; i++)
        sum += (long double)(i + 1) * (long double)x[i] * (long double)x[i] / 2;
    return sum;
}

static void gradient(struct subject *subject, enum copy copy, const double *x, size_t batch,
                     double *to)
{
    (void)subject;
    (void)copy;
    (void)batch;
    for (size_t i = 0; i < ENTRIES; i++)
        to[i] = (double)(i + 1) * x[i];
    to[0] += x[0] < 1 ? -1 : 1;
}

static struct subject make(double *point)
{
    for (size_t i = 0; i < ENTRIES; i++)
        point[i] = 0.5 + (double)i / 8;
    return (struct subject){.kind = "test",
                            .name = "squares",
                            .size = ENTRIES,
                            .point = point,
                            .block_count = 2,
                            .blocks = {{"matrix", 0, 3, 4}, {"vector", FIRST, 1, 2}},
                            .step = 0.0078125,
                            .is_small = true,
                            .minimum = -4,
                            .maximum = 4,
                            .batches = 1,
                            .value = value,
                            .gradient = gradient};
}

struct fixture {
    double point[ENTRIES], gradient[ENTRIES];
    struct subject subject;
    struct check check;
};

static void begin(struct fixture *f, size_t whole)
{
    const struct check_plan plan = {
        .whole = whole, .entries = 1, .directions = 2, .steps = 14, .seed = 7};
    f->subject = make(f->point);
    cr_assert(check_measure(&f->subject, &plan, &f->check, NULL) == LG_OK);
    gradient(&f->subject, COPY_F64, f->point, 0, f->gradient);
}

static struct judgement judge(struct fixture *f, size_t block)
{
    struct judgement judgement;
    check_judge(&f->check, block, f->gradient, &judgement);
    return judgement;
}

static void expect_message(const struct judgement *judgement, const char *part)
{
    cr_expect(judgement->verdict == OUTCOME_FAIL);
    cr_expect(strstr(judgement->message, part) != NULL, "'%s' is not in: %s", part,
              judgement->message);
}

Test(check, a_right_gradient_passes)
{
    for (size_t whole = 0; whole <= 20; whole += 20) {
        struct fixture f;
        begin(&f, whole);
        for (size_t b = 0; b < 2; b++) {
            const struct judgement j = judge(&f, b);
            cr_expect(j.verdict == OUTCOME_PASS, "%s", j.message);
            cr_expect(j.relative_error < 1e-14);
            cr_expect(j.error_bar > 0);
        }
        check_free(&f.check);
    }
}

Test(check, one_wrong_entry_is_named_entry_by_entry_and_in_directions)
{
    for (size_t whole = 0; whole <= 20; whole += 20)
        for (size_t wrong = 0; wrong < ENTRIES; wrong++) {
            struct fixture f;
            begin(&f, whole);
            f.gradient[wrong] *= 1.000001;
            const struct judgement j = judge(&f, wrong >= FIRST);
            cr_expect(j.verdict == OUTCOME_FAIL);
            cr_expect_eq(j.wrong, wrong);
            cr_expect(judge(&f, wrong < FIRST).verdict == OUTCOME_PASS);
            check_free(&f.check);
        }
}

Test(check, the_message_says_where_what_and_how)
{
    struct fixture f;
    begin(&f, 20);
    f.gradient[6] = -f.gradient[6];
    struct judgement j = judge(&f, 0);
    expect_message(&j,
                   "matrix [1, 2]: the gradient says -8.75, differences of the value say 8.75 +-");
    expect_message(&j, "the other 11 entries of the block are right");
    for (size_t i = 0; i < FIRST; i++)
        f.gradient[i] = (i == 6 ? -2 : 2) * f.gradient[i];
    j = judge(&f, 0);
    expect_message(&j, "every entry of the block is 2 times what it should be");
    gradient(&f.subject, COPY_F64, f.point, 0, f.gradient);
    for (size_t i = 0; i < FIRST; i++)
        f.gradient[i] = -f.gradient[i];
    j = judge(&f, 0);
    expect_message(&j, "every entry of the block has the wrong sign");
    double right[ENTRIES];
    gradient(&f.subject, COPY_F64, f.point, 0, right);
    for (size_t i = 0; i < FIRST; i++)
        f.gradient[i] = right[i % 3 * 4 + i / 3];
    j = judge(&f, 0);
    expect_message(&j, "the block is the transpose of what it should be");
    f.gradient[FIRST] = right[FIRST + 1];
    f.gradient[FIRST + 1] = right[FIRST];
    j = judge(&f, 1);
    expect_message(&j, "[0] and [1] have changed places");
    check_free(&f.check);
}

Test(check, not_a_number_is_wrong)
{
    struct fixture f;
    begin(&f, 20);
    f.gradient[3] = NAN;
    const struct judgement j = judge(&f, 0);
    cr_expect(j.verdict == OUTCOME_FAIL);
    cr_expect_eq(j.wrong, 3);
    check_free(&f.check);
}

static long double flat(struct subject *subject, enum copy copy, const double *x)
{
    (void)subject;
    (void)copy;
    (void)x;
    return 1;
}

Test(check, a_gradient_and_differences_that_are_all_0_are_dead)
{
    const struct check_plan plan = {.whole = 20, .steps = 14, .seed = 7};
    double point[ENTRIES], zeros[ENTRIES] = {0};
    struct subject subject = make(point);
    struct check check;
    struct judgement j;
    subject.value = flat;
    cr_assert(check_measure(&subject, &plan, &check, NULL) == LG_OK);
    check_judge(&check, 0, zeros, &j);
    cr_expect(j.verdict == OUTCOME_DEAD);
    check_free(&check);
}

Test(check, all_zero_where_the_value_moves_fails)
{
    struct fixture f;
    begin(&f, 20);
    memset(f.gradient, 0, sizeof f.gradient);
    cr_expect(judge(&f, 0).verdict == OUTCOME_FAIL);
    check_free(&f.check);
}

Test(check, at_a_kink_anything_between_the_one_sided_derivatives_passes)
{
    const double inside[] = {0, 1, 2}, outside[] = {-0.001, 2.001};
    for (int i = 0; i < 5; i++) {
        const struct check_plan plan = {.whole = 20, .steps = 14, .seed = 7};
        struct fixture f;
        f.subject = make(f.point);
        f.point[0] = 1;
        cr_assert(check_measure(&f.subject, &plan, &f.check, NULL) == LG_OK);
        gradient(&f.subject, COPY_F64, f.point, 0, f.gradient);
        f.gradient[0] = i < 3 ? inside[i] : outside[i - 3];
        const struct judgement j = judge(&f, 0);
        cr_expect(j.verdict == (i < 3 ? OUTCOME_PASS : OUTCOME_FAIL), "%s", j.message);
        cr_expect_eq(j.certified, 1);
        check_free(&f.check);
    }
}

Test(kinks, are_found_by_values_alone)
{
    struct fixture f;
    struct kink kinks[KINKS_MAX];
    double work[ENTRIES];
    begin(&f, 20);
    cr_assert_eq(kinks_find(&f.check, 15, work, kinks), 1);
    cr_expect_eq(kinks[0].entry, 0);
    cr_expect_eq(kinks[0].at, 1);
    cr_expect(fabsl(kinks[0].derivative.left.value - 0) < 1e-12L);
    cr_expect(fabsl(kinks[0].derivative.right.value - 2) < 1e-12L);
    cr_expect_eq(kinks[0].analytic, 2);
    cr_expect(kinks[0].is_inside);
    cr_expect_eq(f.point[0], 0.5, "the point is as it was");
    check_free(&f.check);
}
