#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "harness/gradcheck/copies.h"
#include "harness/gradcheck/formula_check.h"
#include "harness/gradcheck/other_checks.h"
#include "lossgrid/pcg.h"

/* ---- Elementary functions ------------------------------------------------ */

static void expect_near(long double ours, long double libm, long double allowed, const char *what,
                        long double x)
{
    const long double apart = bounded_abs(ours - libm);
    cr_expect(ours == libm || apart <= allowed * LDBL_EPSILON * bounded_abs(libm),
              "%s(%Lg): %.21Lg, libm: %.21Lg", what, x, ours, libm);
}

Test(elementary, agrees_with_libm_in_long_double)
{
    struct lg_pcg pcg = lg_pcg_seed(1, 90);
    for (int trial = 0; trial < 20000; trial++) {
        const long double u = 2 * (long double)lg_pcg_uniform(&pcg) - 1;
        const long double size = ldexpl(u, (int)lg_pcg_below(&pcg, 60) - 40);
        const long double far = ldexpl(1 + bounded_abs(u), (int)lg_pcg_below(&pcg, 4000) - 2000);
        const long double turns = u * 50;
        expect_near(elementary_exp(size), expl(size), 4, "exp", size);
        expect_near(elementary_log(far), logl(far), 4, "log", far);
        expect_near(elementary_sqrt(far), sqrtl(far), 2, "sqrt", far);
        expect_near(elementary_power(far, 3), far * far * far, 4, "cube", far);
        const long double cosine = cosl(acosl(-1) * remainderl(turns, 2));
        cr_expect(bounded_abs(elementary_cospi(turns) - cosine) <= 8 * LDBL_EPSILON, "cospi(%Lg)",
                  turns);
    }
    cr_expect(elementary_exp(0) == 1 && elementary_log(1) == 0 && elementary_cospi(0.5L) == 0);
    cr_expect(elementary_log(0) == -(long double)INFINITY && isnan(elementary_sqrt(-1)));
    cr_expect(elementary_pow(0, 0) == 1 && elementary_pow(0, 2) == 0);
}

/* ---- Bounds -------------------------------------------------------------- */

/* The same operations in f32: their result lies within the bound, and often near it. */
Test(bounded, holds_what_f32_makes_of_it)
{
    struct lg_pcg pcg = lg_pcg_seed(2, 90);
    long double most = 0;
    for (int trial = 0; trial < 20000; trial++) {
        float x = 1;
        struct bounded y = known(1, 0x1p-24L);
        for (int step = 0; step < 12; step++) {
            const float z = (float)(0.5 + lg_pcg_uniform(&pcg));
            const struct bounded exact = known((long double)z, 0x1p-24L);
            switch (lg_pcg_below(&pcg, 5)) {
            case 0:
                x = x + z, y = plus(y, exact);
                break;
            case 1:
                x = x - z, y = minus(y, exact);
                break;
            case 2:
                x = x * z, y = times(y, exact);
                break;
            case 3:
                x = x / z, y = over(y, exact);
                break;
            default:
                x = sqrtf(x < 0 ? -x : x), y = root(magnitude(y));
            }
        }
        const long double apart = bounded_abs((long double)x - y.value);
        cr_assert(apart <= y.error, "trial %d: %g, %Lg +- %Lg", trial, (double)x, y.value, y.error);
        most = y.error > 0 && apart / y.error > most ? apart / y.error : most;
    }
    cr_expect(most > 0.5L, "bounds are %Lg times too wide", 1 / most);
}

/* ---- Formulas ------------------------------------------------------------ */

static struct copies select_copies(void)
{
    struct copies copies;
    cr_assert(copies_select(NULL, &copies, NULL) == LG_OK);
    return copies;
}

Test(formula, every_optimizer_has_one_and_every_one_an_optimizer)
{
    const struct copies copies = select_copies();
    const struct lg_backend *b = copies.backend[COPY_F64];
    for (size_t i = 0; i < b->optimizer_count; i++)
        cr_expect(formula_find(b->optimizer(i)->name) != NULL, "%s", b->optimizer(i)->name);
    for (const struct formula_entry *entry = formula_entries; entry->name != NULL; entry++) {
        bool known_name = false;
        for (size_t i = 0; i < b->optimizer_count; i++)
            known_name = known_name || strcmp(entry->name, b->optimizer(i)->name) == 0;
        cr_expect(known_name, "%s", entry->name);
        cr_expect(entry->formula->source != NULL && entry->formula->source[0] != '\0');
    }
    cr_expect(formula_find("no optimizer") == NULL);
}

Test(formula, every_optimizer_agrees_with_its_own)
{
    const struct copies copies = select_copies();
    const struct lg_backend *b = copies.backend[COPY_F64];
    for (size_t i = 0; i < b->optimizer_count; i++) {
        const struct lg_choice choice = {i, lg_options_default(b->optimizer(i))};
        struct result result;
        result_begin(&result, "optimizer", b->optimizer(i)->name, "");
        cr_assert(optimizer_check(&copies, &choice, 1, NULL, &result, NULL) == LG_OK);
        cr_expect(result.failed == 0, "%s", result.message);
        cr_expect(result.checked > 0, "%s: nothing checked", b->optimizer(i)->name);
        result_free(&result);
    }
}
