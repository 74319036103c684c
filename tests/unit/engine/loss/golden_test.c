#include "registry.h"

#include "engine/net/net.h"
#include "tests/golden/loss_inputs.h"
#include "tests/unit/golden.h"
#include "tests/unit/template.h"
#include "tests/unit/tolerance.h"

enum { CELLS_MAX = 64, BATCH_MAX = LOSS_INPUTS_BATCH_MAX, PADDING = 3 };
enum { PADDED_MAX = CELLS_MAX + BATCH_MAX * PADDING, INPUTS_MAX = LG_LOSS_INPUTS_MAX };

/* The longest chain is smooth_l1's: the difference, beta itself, a product, a
 * quotient, the scale, one more product. Where terms cancel, a loss computes in f64. */
enum { ROUNDINGS = 6 };

static const char *const paths[] = {"tests/golden/losses.csv", "tests/golden/class_losses.csv"};
enum { PATHS = sizeof paths / sizeof *paths };

static const char *const prediction_names[] = {"prediction", "prediction2", "prediction3"};
static const char *const gradient_names[] = {"gradient", "gradient2", "gradient3"};

#define NAME(name) #name,
static const char *const names[] = {LG_LOSSES(NAME)};
enum { NAMES = sizeof names / sizeof *names };

/* A batch whose rows are each followed by PADDING NaNs that must never be read. */
struct padded {
    real prediction[INPUTS_MAX][PADDED_MAX], target[PADDED_MAX];
    struct loss_batch at;
    bool are_reals; /* else the case is one for f64 */
};

/* Quantity `name` of the group, (batch, width), to padded rows. */
static bool pad_rows(struct golden group, const char *name, size_t batch, size_t width, real *to)
{
    double from[CELLS_MAX];
    const size_t cells = golden_values(group, name, from, CELLS_MAX);
    cr_assert_eq(cells, batch * width, "%s %s %s: %zu numbers of %s", group.rows->name,
                 group.rows->options, group.rows->label, cells, name);
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < width + PADDING; i++)
            *to++ = i < width ? (real)from[b * width + i] : (real)__builtin_nan("");
    return golden_are_reals(from, cells);
}

static void read_batch(const struct loss *loss, struct golden group, struct padded *padded)
{
    double values[CELLS_MAX];
    const size_t cells = golden_values(group, "prediction", values, CELLS_MAX);
    const size_t batch = golden_values(group, "value", values, BATCH_MAX);
    const size_t features = cells / batch, width = loss_target_width(loss, features);
    padded->are_reals = pad_rows(group, "target", batch, width, padded->target);
    padded->at = (struct loss_batch){.target = width ? padded->target : NULL,
                                     .batch = batch,
                                     .features = features,
                                     .stride = features + PADDING,
                                     .target_stride = width + PADDING};
    for (size_t p = 0; p < loss->shape.inputs; p++) {
        real *to = padded->prediction[p];
        padded->are_reals &= pad_rows(group, prediction_names[p], batch, features, to);
        padded->at.prediction[p] = to;
    }
}

/* Compare got, rows of width numbers stride apart, with a quantity. */
static void expect_rows(struct golden group, const char *name, const real *got, size_t width,
                        size_t stride, size_t batch)
{
    double expected[CELLS_MAX];
    const struct golden_row *row = group.rows;
    cr_assert_eq(golden_values(group, name, expected, CELLS_MAX), batch * width, "%s %s", row->name,
                 name);
    for (size_t i = 0; i < batch * width; i++) {
        const double g = (double)got[i / width * stride + i % width];
        cr_expect(is_near(g, expected[i], fabs(expected[i]), ROUNDINGS),
                  "%s %s %s: %s %zu is %.17g, expected %.17g", row->name, row->options, row->label,
                  name, i, g, expected[i]);
    }
}

/* A value is a double in f32, too: one that no float can hold is infinite, or itself
 * where no term on the way was a float. */
static bool is_near_value(double got, double expected)
{
    const double magnitude = fabs(expected);
    return is_near(got, expected, magnitude, ROUNDINGS) ||
           (LG_PRECISION == 32 && magnitude > (double)FLT_MAX &&
            fabs(got - expected) <= ROUNDINGS * ROUNDING_F32 * magnitude);
}

/* The same of values, one after the other. */
static void expect_values(struct golden group, const char *name, const double *got, size_t count)
{
    double expected[CELLS_MAX];
    const struct golden_row *row = group.rows;
    cr_assert_eq(golden_values(group, name, expected, CELLS_MAX), count, "%s %s", row->name, name);
    for (size_t i = 0; i < count; i++)
        cr_expect(is_near_value(got[i], expected[i]), "%s %s %s: %s %zu is %.17g, expected %.17g",
                  row->name, row->options, row->label, name, i, got[i], expected[i]);
}

/* Returns whether the case is one for this precision. */
static bool check(struct golden group)
{
    const struct loss *loss = registry_loss(golden_entry(group.rows, names, NAMES));
    const struct lg_options options = golden_options(&loss->info, group.rows->options);
    struct padded padded;
    read_batch(loss, group, &padded);
    if (!padded.are_reals)
        return false;
    const struct loss_batch *at = &padded.at;
    real gradient[INPUTS_MAX][PADDED_MAX];
    double values[BATCH_MAX], weights[BATCH_MAX];
    loss->value(&options, at, values);
    loss->gradient(&options, at, (real *[]){gradient[0], gradient[1], gradient[2]});
    expect_values(group, "value", values, at->batch);
    const double batch_loss = loss_of_batch(loss, &options, at);
    expect_values(group, "loss", &batch_loss, 1);
    if (loss->weights)
        loss->weights(&options, at, weights);
    expect_values(group, "weights", weights, loss->weights ? at->batch : 0);
    for (size_t p = 0; p < loss->shape.inputs; p++)
        expect_rows(group, gradient_names[p], gradient[p], at->features, at->stride, at->batch);
    return true;
}

TEMPLATE_TEST(loss_golden, values_and_gradients_are_the_references)
{
    const struct golden file = golden_read_all(paths, PATHS);
    struct golden rest = file;
    size_t checked = 0;
    for (struct golden group; (group = golden_next(&rest)).count;)
        checked += check(group);
    cr_assert_geq(checked, NAMES);
    golden_free(file);
}

TEMPLATE_TEST(loss_golden, every_loss_and_option_has_golden_values)
{
    const struct golden file = golden_read_all(paths, PATHS);
    golden_check_complete(file, names, NAMES);
    for (size_t i = 0; i < NAMES; i++)
        golden_check_options(file, &registry_loss(i)->info);
    golden_free(file);
}
