#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "harness/gradcheck/result.h"
#include "harness/spec/registry.h"

static void add(struct result *result, enum outcome verdict, double relative_error)
{
    const struct judgement judgement = {.verdict = verdict,
                                        .checked = 1,
                                        .reason = "",
                                        .worst = 0,
                                        .wrong = SIZE_MAX,
                                        .relative_error = relative_error};
    result_add(result, &(struct result_row){
                           .block = "b", .worst = "w", .method = "m", .judgement = &judgement});
}

Test(result, the_largest_error_is_that_of_what_failed_too)
{
    struct result result;
    result_begin(&result, "loss", "mse", "");
    cr_expect(!result.has_error);
    add(&result, OUTCOME_PASS, 1e-15);
    add(&result, OUTCOME_FAIL, 0.5);
    add(&result, OUTCOME_PASS, 1e-14);
    cr_expect(result.has_error);
    cr_expect_eq(result.relative_error, 0.5);
    add(&result, OUTCOME_FAIL, NAN);
    add(&result, OUTCOME_FAIL, 2);
    cr_expect(isinf(result.relative_error), "%g", result.relative_error);
    result_free(&result);
}

Test(result, a_reason_without_room_is_not_called_by_another_ones_name)
{
    static const char *const reasons[] = {"a", "b", "c", "d", "e", "f"};
    struct result result;
    size_t count = 0;
    result_begin(&result, "loss", "mse", "");
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        result_skip(&result, "block", reasons[i]);
    for (size_t i = 0; i < RESULT_REASONS_MAX; i++)
        count += result.reasons[i].count;
    cr_expect_eq(count, 6, "every skipped derivative counts");
    cr_expect_str_eq(result.reasons[0].why, "a");
    cr_expect(strstr(result.reasons[RESULT_REASONS_MAX - 1].why, "other") != NULL);
    result_free(&result);
}

Test(result, a_name_that_is_not_there_is_an_error_and_no_other_entry)
{
    const struct lg_backend *b = lg_backend_reference();
    struct lg_error error = {.code = LG_OK};
    struct lg_choice choice;
    size_t index;
    cr_expect_eq(registry_lookup("loss", b->loss_count, b->loss, "mes", &index, &error), LG_USAGE);
    cr_expect(strstr(error.message, "mse") != NULL, "%s", error.message);
    cr_expect_eq(
        registry_lookup("optimizer", b->optimizer_count, b->optimizer, "zzz", &index, &error),
        LG_USAGE, "the last entry is not what was asked for");
    cr_expect_eq(
        registry_choose("optimizer", b->optimizer_count, b->optimizer, "sgd", &choice, &error),
        LG_OK);
    cr_expect_str_eq(b->optimizer(choice.index)->name, "sgd");
}
