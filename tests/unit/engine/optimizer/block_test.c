#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/golden.h"
#include "tests/unit/options.h"
#include "tests/unit/template.h"
#include "tests/unit/tolerance.h"

/* Block optimizers against numpy (tests/golden/block_optimizers.py), on blocks that lie
 * in a wider matrix whose other columns must stay as they are. */

enum { CELLS_MAX = 64, STEPS = 25, ROWS_MAX = STEPS * CELLS_MAX, GAP = 3, RECORDED = 5 };

static const size_t recorded[RECORDED] = {1, 2, 5, 21, 25};
static const char path[] = "tests/golden/block_optimizers.csv";

#define NAME(name) #name,
static const char *const names[] = {LG_OPTIMIZERS(NAME)};
enum { NAMES = sizeof names / sizeof *names };

/* A block with memory of its own, and what it was before. */
struct sample {
    const struct optimizer *optimizer;
    struct lg_options options;
    struct block block;
    real *w, *gradient; /* block's, (rows, stride) */
    size_t state_reals, scratch_reals;
    double scalars[OPTIMIZER_SCALARS_MAX];
    uint64_t steps;
};

/* n reals, each `value`. */
static real *reals(size_t n, double value)
{
    real *values = malloc((n + 1) * sizeof *values);
    cr_assert_not_null(values);
    for (size_t i = 0; i <= n; i++)
        values[i] = (real)value;
    return values;
}

/* Shape from a label such as 3x5, zero-2x3, 1x6-bias. */
static struct sample sample_new(const struct optimizer *optimizer, const struct lg_options *options,
                                const char *label, size_t gap)
{
    struct sample s = {.optimizer = optimizer, .options = *options};
    const char *shape = strncmp(label, "zero-", 5) == 0 ? label + 5 : label;
    struct block *b = &s.block;
    cr_assert_eq(sscanf(shape, "%zux%zu", &b->rows, &b->columns), 2);
    b->is_bias = strstr(label, "bias") != NULL;
    b->stride = b->columns + gap;
    s.w = reals(b->rows * b->stride, (double)NAN);
    s.gradient = reals(b->rows * b->stride, (double)NAN);
    s.state_reals = optimizer->block_reals(options, b->rows, b->columns, b->is_bias);
    s.scratch_reals = optimizer_scratch_reals(optimizer, options, b->rows, b->columns, b->is_bias);
    b->state = reals(s.state_reals, 0);
    b->state[s.state_reals] = 7; /* a guard */
    b->scratch = reals(s.scratch_reals, (double)NAN);
    b->scratch[s.scratch_reals] = 7;
    b->w = s.w;
    b->gradient = s.gradient;
    return s;
}

static void sample_free(struct sample *s)
{
    cr_assert(s->block.state[s->state_reals] == 7 && s->block.scratch[s->scratch_reals] == 7,
              "%s writes past its state or scratch", s->optimizer->info.name);
    for (size_t row = 0; row < s->block.rows; row++)
        for (size_t i = s->block.columns; i < s->block.stride; i++)
            cr_assert(s->w[row * s->block.stride + i] != s->w[row * s->block.stride + i],
                      "%s writes between rows", s->optimizer->info.name);
    free(s->w);
    free(s->gradient);
    free(s->block.state);
    free(s->block.scratch);
}

static void put(const struct sample *s, real *into, const double *values)
{
    for (size_t i = 0; i < s->block.rows * s->block.columns; i++)
        into[i / s->block.columns * s->block.stride + i % s->block.columns] = (real)values[i];
}

static real parameter(const struct sample *s, size_t i)
{
    return s->w[i / s->block.columns * s->block.stride + i % s->block.columns];
}

static void step(struct sample *s)
{
    struct optimizer_step now;
    optimizer_begin(s->optimizer, &s->options, ++s->steps, s->scalars, &now);
    s->optimizer->update_block(&s->options, &now, &s->block);
}

/* Roundings of the way that a parameter has come which a step may add in f32. Measured:
 * 1.6 for elementwise rules, 4.3 for Newton-Schulz, 3060 for Shampoo at its default eps,
 * 1e-4: an inverse root divides by eigenvalues as small as eps, while the sum that they
 * belong to is rounded at its own size. */
static double roundings_a_step(const char *name, double eps)
{
    if (strcmp(name, "shampoo") == 0)
        return 8 + 0.6 / eps;
    return strcmp(name, "muon") == 0 ? 8 : 3;
}

/* The same for f64, as a multiple of TOLERANCE_F64. Measured: 0.006 for all but Shampoo,
 * 4.8 for Shampoo at its default eps, where numpy's own result is no better. */
static double slack_f64(const char *name, double eps)
{
    return strcmp(name, "shampoo") == 0 ? 1 + 1e-3 / eps : 1;
}

static void check_path(const struct golden_row *row, const double *start, const double *gradient,
                       const double *expected, size_t cells)
{
    const struct optimizer *optimizer = registry_optimizer(golden_entry(row, names, NAMES));
    const struct lg_options options = golden_options(&optimizer->info, row->options);
    struct sample s = sample_new(optimizer, &options, row->label, GAP);
    const int has_eps = lg_option_find(&optimizer->info, "eps");
    const double eps = has_eps < 0 ? 1 : options.value[has_eps];
    double way[CELLS_MAX], before[CELLS_MAX];
    put(&s, s.w, start);
    for (size_t i = 0; i < cells; i++)
        way[i] = fabs(before[i] = start[i]);
    for (size_t done = 0, next = 0; next < RECORDED; next++) {
        for (; done < recorded[next]; done++) {
            put(&s, s.gradient, gradient + done * cells);
            step(&s);
            for (size_t i = 0; i < cells; i++) {
                way[i] += fabs((double)parameter(&s, i) - before[i]);
                before[i] = (double)parameter(&s, i);
            }
        }
        for (size_t i = 0; i < cells; i++) {
            const double target = expected[next * cells + i], got = (double)parameter(&s, i);
            cr_expect(is_near(got, target, way[i] * slack_f64(row->name, eps),
                              (int)(roundings_a_step(row->name, eps) * (double)done)),
                      "%s %s %s: parameter %zu after step %zu is %.17g, expected %.17g", row->name,
                      row->options, row->label, i, done, got, target);
        }
    }
    sample_free(&s);
}

TEMPLATE_TEST(block_optimizer, paths_are_the_references)
{
    const struct golden file = golden_read(path);
    struct golden rest = file;
    size_t checked = 0;
    for (struct golden group; (group = golden_next(&rest)).count;) {
        if (group.rows->name[0] == '\0')
            continue;
        double start[CELLS_MAX], gradient[ROWS_MAX], expected[RECORDED * CELLS_MAX];
        const struct golden shared = golden_shared(file, group.rows->label);
        const size_t cells = golden_values(shared, "start", start, CELLS_MAX);
        cr_assert_eq(golden_values(shared, "gradient", gradient, ROWS_MAX), STEPS * cells);
        cr_assert_eq(golden_values(group, "w", expected, RECORDED * CELLS_MAX), RECORDED * cells);
        check_path(group.rows, start, gradient, expected, cells);
        checked++;
    }
    cr_assert_gt(checked, 100);
    golden_free(file);
}

/* True if the golden rows of a name give one of its options a value that is not its
 * default. */
static bool is_tried(struct golden file, const char *name, const char *option)
{
    char key[64];
    snprintf(key, sizeof key, "%s=", option);
    for (size_t i = 0; i < file.count; i++) {
        const char *found = strstr(file.rows[i].options, key);
        if (strcmp(file.rows[i].name, name) == 0 && found &&
            (found == file.rows[i].options || found[-1] == ';'))
            return true;
    }
    return false;
}

TEMPLATE_TEST(block_optimizer, every_option_has_golden_values)
{
    const struct golden file = golden_read(path);
    size_t blocks = 0;
    for (size_t i = 0; i < NAMES; i++) {
        const struct optimizer *optimizer = registry_optimizer(i);
        if (!optimizer->update_block)
            continue;
        blocks++;
        for (size_t option = 0; option < optimizer->info.option_count; option++)
            cr_expect(is_tried(file, names[i], optimizer->info.options[option].name),
                      "%s: no golden values with another %s", names[i],
                      optimizer->info.options[option].name);
    }
    cr_assert_geq(blocks, 5);
    golden_free(file);
}

/* Where a block lies, and what its scratch held, changes no bit; with any options. */
TEMPLATE_TEST(block_optimizer, place_and_scratch_change_no_bit)
{
    static const char *const shapes[] = {"1x1", "5x3", "17x33", "1x40-bias", "2x70"};
    struct lg_pcg pcg = lg_pcg_seed(51, 1);
    for (int trial = 0; trial < 300; trial++) {
        const size_t index = lg_pcg_below(&pcg, NAMES);
        const struct optimizer *optimizer = registry_optimizer(index);
        if (!optimizer->update_block)
            continue;
        struct lg_options options = random_options(&pcg, &optimizer->info);
        const char *label = shapes[lg_pcg_below(&pcg, 5)];
        struct sample broad = sample_new(optimizer, &options, label, 5);
        struct sample narrow = sample_new(optimizer, &options, label, 0);
        const size_t cells = broad.block.rows * broad.block.columns;
        double values[17 * 33];
        for (int turn = 0; turn < 4; turn++) {
            for (size_t i = 0; i < cells; i++)
                values[i] = (double)awkward_real(&pcg);
            put(&broad, turn ? broad.gradient : broad.w, values);
            put(&narrow, turn ? narrow.gradient : narrow.w, values);
            for (size_t i = 0; i < broad.scratch_reals; i++)
                broad.block.scratch[i] = awkward_real(&pcg);
            if (turn) {
                step(&broad);
                step(&narrow);
            }
        }
        for (size_t i = 0; i < cells; i++) {
            const real a = parameter(&broad, i), b = parameter(&narrow, i);
            cr_assert((a != a && b != b) || memcmp(&a, &b, sizeof a) == 0, "%s %s entry %zu",
                      optimizer->info.name, label, i);
        }
        sample_free(&broad);
        sample_free(&narrow);
    }
}

/* Scratch is enough where it is not the products that need most of it; sample_free()
 * looks. */
TEMPLATE_TEST(block_optimizer, a_long_side_keeps_to_its_scratch)
{
    for (size_t index = 0; index < NAMES; index++) {
        const struct optimizer *optimizer = registry_optimizer(index);
        if (!optimizer->update_block)
            continue;
        const struct lg_options options = lg_options_default(&optimizer->info);
        struct sample s = sample_new(optimizer, &options, "1x160-bias", 0);
        for (size_t i = 0; i < 160; i++)
            s.w[i] = s.gradient[i] = (real)0.25;
        step(&s);
        sample_free(&s);
    }
}

/* What is not finite shows in the parameters, and ends. */
TEMPLATE_TEST(block_optimizer, nan_and_infinity_show)
{
    for (size_t index = 0; index < NAMES; index++) {
        const struct optimizer *optimizer = registry_optimizer(index);
        if (!optimizer->update_block)
            continue;
        const struct lg_options options = lg_options_default(&optimizer->info);
        for (int bad = 0; bad < 2; bad++) {
            struct sample s = sample_new(optimizer, &options, "5x7", 0);
            for (size_t i = 0; i < 35; i++)
                s.w[i] = s.gradient[i] = (real)(0.25 + 0.125 * (double)i);
            s.gradient[17] = bad ? (real)INFINITY : (real)NAN;
            step(&s);
            bool shows = false;
            for (size_t i = 0; i < 35; i++)
                shows |= !(real_abs(s.w[i]) <= REAL_MAX);
            cr_expect(shows, "%s hides %s", names[index], bad ? "infinity" : "NaN");
            sample_free(&s);
        }
    }
}
