#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/golden.h"
#include "tests/unit/template.h"
#include "tests/unit/tolerance.h"

enum { CELLS_MAX = 64, BATCH_MAX = 8, PADDING = 3 };

/* The longest chain is smooth_l1's: the difference, beta itself, a product, a
 * quotient, the scale, one more product. Nothing cancels. */
enum { ROUNDINGS = 6 };

static const char path[] = "tests/golden/losses.csv";

#define NAME(name) #name,
static const char *const names[] = {LG_LOSSES(NAME)};
enum { NAMES = sizeof names / sizeof *names };

/* (batch, features) doubles as reals, each row followed by PADDING NaNs that must
 * never be read. */
static void pad_rows(real *to, const double *from, size_t batch, size_t features)
{
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < features + PADDING; i++)
            *to++ = i < features ? (real)from[b * features + i] : (real)__builtin_nan("");
}

/* Returns whether the case is one for this precision. */
static bool check(struct golden group)
{
    const struct golden_row *row = group.rows;
    double y[CELLS_MAX], t[CELLS_MAX], value[BATCH_MAX], gradient[CELLS_MAX];
    const size_t cells = golden_values(group, "prediction", y, CELLS_MAX);
    const size_t batch = golden_values(group, "value", value, BATCH_MAX);
    const size_t features = cells / batch, stride = features + PADDING;
    cr_assert(golden_values(group, "target", t, CELLS_MAX) == cells &&
              golden_values(group, "gradient", gradient, CELLS_MAX) == cells);
    if (!golden_are_reals(y, cells) || !golden_are_reals(t, cells))
        return false;

    real prediction[CELLS_MAX + BATCH_MAX * PADDING], target[CELLS_MAX + BATCH_MAX * PADDING];
    real got[CELLS_MAX + BATCH_MAX * PADDING];
    double got_value[BATCH_MAX];
    pad_rows(prediction, y, batch, features);
    pad_rows(target, t, batch, features);
    const struct loss_batch at = {.prediction = {prediction},
                                  .target = target,
                                  .batch = batch,
                                  .features = features,
                                  .stride = stride,
                                  .target_stride = stride};
    const struct loss *loss = registry_loss(golden_entry(row, names, NAMES));
    const struct lg_options options = golden_options(&loss->info, row->options);
    loss->value(&options, &at, got_value);
    loss->gradient(&options, &at, (real *[]){got, NULL, NULL});
    for (size_t b = 0; b < batch; b++)
        cr_expect(is_near(got_value[b], value[b], fabs(value[b]), ROUNDINGS),
                  "%s %s %s: value %zu is %.17g, expected %.17g", row->name, row->options,
                  row->label, b, got_value[b], value[b]);
    for (size_t i = 0; i < cells; i++) {
        const double g = (double)got[i / features * stride + i % features];
        cr_expect(is_near(g, gradient[i], fabs(gradient[i]), ROUNDINGS),
                  "%s %s %s: gradient %zu is %.17g, expected %.17g", row->name, row->options,
                  row->label, i, g, gradient[i]);
    }
    return true;
}

TEMPLATE_TEST(loss_golden, values_and_gradients_are_the_references)
{
    const struct golden file = golden_read(path);
    struct golden rest = file;
    size_t checked = 0;
    for (struct golden group; (group = golden_next(&rest)).count;)
        checked += check(group);
    cr_assert_geq(checked, NAMES);
    golden_free(file);
}

TEMPLATE_TEST(loss_golden, every_loss_has_golden_values)
{
    const struct golden file = golden_read(path);
    golden_check_complete(file, names, NAMES);
    golden_free(file);
}
