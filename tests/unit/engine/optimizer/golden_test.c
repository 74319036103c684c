#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/golden.h"
#include "tests/unit/template.h"
#include "tests/unit/tolerance.h"

enum { PARAMETERS_MAX = 8, CELLS_MAX = 256 };

/* A step rounds a parameter once, and its move by about a dozen roundings of numbers
 * no larger than the move or, in a running mean, than earlier ones. Moves are small
 * beside the way a parameter has come, so four roundings of that way a step are
 * enough; errors of steps add up. */
enum { ROUNDINGS_A_STEP = 4 };

static const char path[] = "tests/golden/optimizers.csv";

#define NAME(name) #name,
static const char *const names[] = {LG_OPTIMIZERS(NAME)};
enum { NAMES = sizeof names / sizeof *names };

/* Compare step after step with expected: (steps, n), parameters or those of
 * evaluated_slot. */
static void check_path(const struct golden_row *row, const double *start, const double *gradient,
                       const double *expected, size_t steps, size_t n, bool is_evaluated)
{
    const struct optimizer *optimizer = registry_optimizer(golden_entry(row, names, NAMES));
    const struct lg_options options = golden_options(&optimizer->info, row->options);
    real w[PARAMETERS_MAX], g[PARAMETERS_MAX], slots[OPTIMIZER_SLOTS_MAX][PARAMETERS_MAX];
    real *state[OPTIMIZER_SLOTS_MAX];
    double way[PARAMETERS_MAX], scalars[OPTIMIZER_SCALARS_MAX] = {0};
    for (size_t i = 0; i < n; i++) {
        w[i] = (real)start[i];
        way[i] = fabs(start[i]);
        for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++)
            slots[slot][i] = optimizer->initial_state && slot < optimizer->slots(&options)
                                 ? optimizer->initial_state(&options, slot)
                                 : 0;
    }
    for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++)
        state[slot] = slots[slot];
    for (size_t step = 0; step < steps; step++) {
        struct optimizer_step now;
        optimizer_begin(optimizer, &options, step + 1, scalars, &now);
        for (size_t i = 0; i < n; i++)
            g[i] = (real)gradient[step * n + i];
        optimizer->update(&now, n, w, (struct gradient){1, g}, state);
        const real *got = is_evaluated ? state[optimizer->evaluated_slot - 1] : w;
        for (size_t i = 0; i < n; i++) {
            const double before = step ? expected[(step - 1) * n + i] : start[i];
            const double now_expected = expected[step * n + i];
            way[i] += fabs(now_expected - before);
            cr_expect(
                is_near((double)got[i], now_expected, way[i], ROUNDINGS_A_STEP * (int)(step + 1)),
                "%s %s %s: parameter %zu after step %zu is %.17g, expected %.17g", row->name,
                row->options, row->label, i, step + 1, (double)got[i], now_expected);
        }
    }
}

/* Returns whether the case is one for this precision. */
static bool check(struct golden file, struct golden group)
{
    double start[PARAMETERS_MAX], gradient[CELLS_MAX], expected[CELLS_MAX];
    const struct golden shared = golden_shared(file, group.rows->label);
    const size_t n = golden_values(shared, "start", start, PARAMETERS_MAX);
    const size_t cells = golden_values(shared, "gradient", gradient, CELLS_MAX);
    cr_assert(golden_values(group, "w", expected, CELLS_MAX) == cells && cells % n == 0);
    if (!golden_are_reals(start, n) || !golden_are_reals(gradient, cells))
        return false;
    check_path(group.rows, start, gradient, expected, cells / n, n, false);
    const struct optimizer *optimizer = registry_optimizer(golden_entry(group.rows, names, NAMES));
    const size_t evaluated = golden_values(group, "evaluated", expected, CELLS_MAX);
    cr_assert_eq(evaluated, optimizer->evaluated_slot ? cells : 0, "%s", group.rows->name);
    if (evaluated)
        check_path(group.rows, start, gradient, expected, cells / n, n, true);
    return true;
}

TEMPLATE_TEST(optimizer_golden, paths_are_the_references)
{
    const struct golden file = golden_read(path);
    struct golden rest = file;
    size_t checked = 0;
    for (struct golden group; (group = golden_next(&rest)).count;)
        if (group.rows->name[0] != '\0')
            checked += check(file, group);
    cr_assert_gt(checked, 0);
    golden_free(file);
}

/* True if a row of an optimizer sets one of its options. */
static bool is_set_somewhere(struct golden file, const struct optimizer *optimizer, size_t option)
{
    char key[40];
    snprintf(key, sizeof key, ";%s=", optimizer->info.options[option].name);
    for (size_t i = 0; i < file.count; i++) {
        char text[sizeof file.rows->options + 1];
        snprintf(text, sizeof text, ";%s", file.rows[i].options);
        if (strcmp(file.rows[i].name, optimizer->info.name) == 0 && strstr(text, key))
            return true;
    }
    return false;
}

/* Other kinds of optimizer have golden values of their own. */
TEMPLATE_TEST(optimizer_golden, every_elementwise_optimizer_and_option_has_golden_values)
{
    const struct golden file = golden_read(path);
    for (size_t index = 0; index < NAMES; index++) {
        const struct optimizer *optimizer = registry_optimizer(index);
        if (!optimizer->update)
            continue;
        golden_check_complete(file, &names[index], 1);
        for (size_t i = 0; i < optimizer->info.option_count; i++)
            cr_expect(is_set_somewhere(file, optimizer, i), "no golden values for %s with %s",
                      optimizer->info.name, optimizer->info.options[i].name);
    }
    golden_free(file);
}
