/* What the registry says of metrics, held against the engine's own values. */
#include "harness/spec/metric.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lossgrid/pcg.h"

enum { BATCH = 4, FEATURES = 5, SPEC_MAX = 1024 };

static const struct lg_backend *generic(void)
{
    const struct lg_backend *backend = NULL;
    cr_assert_eq(lg_backend_select(LG_F64, "generic", &backend, NULL), LG_OK);
    return backend;
}

static struct metric find(const char *name)
{
    for (size_t i = 0; i < metrics_count(generic()); i++) {
        const struct metric metric = metrics_get(generic(), i);
        if (strcmp(metric.name, name) == 0)
            return metric;
    }
    cr_assert_fail("no metric %s", name);
    return metrics_get(generic(), 0);
}

Test(metric, every_one_has_direction_unit_range_and_domain)
{
    for (size_t i = 0; i < metrics_count(generic()); i++) {
        const struct metric metric = metrics_get(generic(), i);
        cr_expect_neq(metric.better, BETTER_NONE, "%s", metric.name);
        cr_expect(metric.unit != NULL && metric.unit[0] != '\0', "%s", metric.name);
        cr_expect_lt(metric.minimum, metric.maximum, "%s", metric.name);
        cr_expect_gt(strlen(metric.meaning), 5, "%s", metric.name);
        cr_expect_gt(strlen(metric.defined_on), 5, "%s", metric.name);
    }
}

Test(metric, accuracy_alone_is_better_when_higher)
{
    for (size_t i = 0; i < metrics_count(generic()); i++) {
        const struct metric metric = metrics_get(generic(), i);
        const bool is_accuracy = strcmp(metric.name, "accuracy") == 0;
        cr_expect_eq(metric.better, is_accuracy ? BETTER_HIGHER : BETTER_LOWER, "%s", metric.name);
    }
    cr_expect_eq(find("accuracy").minimum, 0);
    cr_expect_eq(find("accuracy").maximum, 1);
    cr_expect_eq(find("cosine_embedding").maximum, 2);
    cr_expect_eq(find("gaussian_nll").minimum, -INFINITY);
}

/* ---- Ranges against the engine -------------------------------------------- */

static double between(struct lg_pcg *pcg, double low, double high)
{
    return low + (high - low) * lg_pcg_uniform(pcg);
}

/* A sample's logarithms of random numbers that add up to 1. */
static void fill_log_probabilities(struct lg_pcg *pcg, double row[FEATURES])
{
    double sum = 0;
    for (size_t i = 0; i < FEATURES; i++) {
        row[i] = between(pcg, -9, 0);
        sum += exp(row[i]);
    }
    for (size_t i = 0; i < FEATURES; i++)
        row[i] -= log(sum);
}

static void fill_prediction(struct lg_pcg *pcg, const struct lg_loss_shape *shape, size_t which,
                            bool inside, double row[FEATURES])
{
    const bool positive = inside && (shape->needs == LG_NEEDS_NOT_NEGATIVE ||
                                     (shape->needs == LG_NEEDS_VARIANCE && which == 1));
    const bool ranged = shape->minimum != 0 || shape->maximum != 0;
    if (inside && shape->needs == LG_NEEDS_LOG_PROBABILITIES) {
        fill_log_probabilities(pcg, row);
        return;
    }
    for (size_t i = 0; i < FEATURES; i++)
        row[i] = ranged     ? between(pcg, shape->minimum, shape->maximum)
                 : positive ? between(pcg, 0, 5)
                            : between(pcg, -5, 5);
}

static size_t fill_target(struct lg_pcg *pcg, const struct lg_loss_shape *shape,
                          double target[BATCH * FEATURES])
{
    const double sign = (lg_pcg_next(pcg) & 1) != 0 ? 1 : -1;
    const bool single = shape->target == LG_TARGET_CLASS || shape->target == LG_TARGET_PAIR;
    const size_t columns = single ? 1 : FEATURES;
    for (size_t b = 0; b < BATCH; b++) {
        const uint32_t class = lg_pcg_below(pcg, FEATURES);
        for (size_t i = 0; i < columns; i++) {
            double *t = &target[b * columns + i];
            if (shape->target == LG_TARGET_CLASS)
                *t = class;
            else if (shape->target == LG_TARGET_CLASSES)
                *t = i == 0 ? (double)class : -1;
            else if (shape->target == LG_TARGET_SIGNS || shape->target == LG_TARGET_PAIR)
                *t = sign;
            else if (shape->target_is_distribution)
                *t = i == class ? 1 : 0;
            else if (shape->target == LG_TARGET_VALUES)
                *t = between(pcg, -5, 5);
            else
                *t = between(pcg, 0, 1);
        }
    }
    return columns;
}

/* The metric's value on random predictions, inside its domain or anywhere. */
static double draw(struct lg_pcg *pcg, size_t loss, bool inside)
{
    const struct lg_backend *backend = generic();
    const struct lg_loss_shape *shape = backend->loss_shape(loss);
    double prediction[LG_LOSS_INPUTS_MAX][BATCH * FEATURES], target[BATCH * FEATURES];
    struct lg_loss_data data = {.batch = BATCH, .features = FEATURES};
    for (size_t p = 0; p < shape->inputs; p++) {
        for (size_t b = 0; b < BATCH; b++)
            fill_prediction(pcg, shape, p, inside, &prediction[p][b * FEATURES]);
        data.prediction[p] = prediction[p];
    }
    if (shape->target != LG_TARGET_NONE) {
        data.target_features = fill_target(pcg, shape, target);
        data.target = target;
    }
    const struct lg_choice choice = {loss, lg_options_default(backend->loss(loss))};
    double *const none[LG_LOSS_INPUTS_MAX] = {NULL};
    struct lg_arena arena = {0};
    (void)backend->evaluate_loss(&arena, &choice, &data, none);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    const double value = (double)backend->evaluate_loss(&arena, &choice, &data, none);
    lg_arena_destroy(&arena);
    return value;
}

Test(metric, values_inside_the_domain_keep_to_the_range)
{
    for (size_t loss = 0; loss < generic()->loss_count; loss++) {
        const struct metric metric = metrics_get(generic(), loss);
        struct lg_pcg pcg = lg_pcg_seed(7, loss);
        for (int i = 0; i < 300; i++) {
            const double value = draw(&pcg, loss, true);
            cr_expect(value >= metric.minimum && value <= metric.maximum, "%s is %g, beyond %g..%g",
                      metric.name, value, metric.minimum, metric.maximum);
        }
    }
}

/* A need that no value betrays would be none. */
Test(metric, values_outside_the_domain_leave_the_range)
{
    for (size_t loss = 0; loss < generic()->loss_count; loss++) {
        const struct metric metric = metrics_get(generic(), loss);
        const struct lg_loss_shape *shape = generic()->loss_shape(loss);
        struct lg_pcg pcg = lg_pcg_seed(8, loss);
        bool left = false;
        if (shape->needs == LG_NEEDS_NOTHING || shape->needs_unless != NULL)
            continue;
        for (int i = 0; i < 300; i++)
            left = left || !(draw(&pcg, loss, false) >= metric.minimum);
        cr_expect(left, "%s of any numbers is always a number from %g on", metric.name,
                  metric.minimum);
    }
}

/* ---- Specs ---------------------------------------------------------------- */

static enum lg_status parse(const char *task, const char *activation, const char *rest,
                            struct experiment *experiment, struct lg_error *error)
{
    char text[SPEC_MAX];
    const bool two = strcmp(task, "two") == 0; /* reconstruct: mean and variance */
    const int outputs = strcmp(task, "classify") == 0 ? 10 : two ? 1568 : 784;
    const int length = snprintf(text, sizeof text,
                                "task: %s\nepochs: 1\nmodel:\n  inputs: 784\n  layers:\n"
                                "    - {outputs: %d, activation: %s}\n%s",
                                two ? "reconstruct" : task, outputs, activation, rest);
    memset(error, 0, sizeof *error);
    return experiment_parse(generic(), "a.yaml", text, (size_t)length, NULL, 0, experiment, error);
}

#define GRID(losses) "grid: {losses: [" losses "], optimizers: [sgd]}\n"

static void expect_refused(const char *task, const char *activation, const char *rest, int line,
                           const char *words)
{
    struct experiment experiment;
    struct lg_error error;
    cr_assert_eq(parse(task, activation, rest, &experiment, &error), LG_INPUT, "%s %s", activation,
                 rest);
    cr_expect_str_eq(error.file, "a.yaml");
    cr_expect_eq(error.line, line, "%d: %s", error.line, error.message);
    cr_expect(strstr(error.message, words) != NULL, "%s", error.message);
}

Test(metric, outside_its_domain_is_refused_with_place_and_reason)
{
    static const char *const asked = "metrics: [cross_entropy, nll]\n" GRID("cross_entropy");
    expect_refused("classify", "identity", asked, 7,
                   "nll takes log-probabilities (the exponentials of a sample's add up to 1); the "
                   "last layer's activation, identity, gives any numbers");
    expect_refused("classify", "softmax", asked, 7, "softmax, gives probabilities");
    expect_refused("classify", "identity", "metrics: [kl_div]\n" GRID("cross_entropy"), 7,
                   "kl_div takes log-probabilities");
    expect_refused("classify", "tanh", "metrics: [hinge_embedding]\n" GRID("mse"), 7,
                   "takes numbers of 0 or more");
    expect_refused("reconstruct", "log_softmax", "metrics: [kl_div]\n" GRID("mse"), 7,
                   "kl_div takes probabilities as targets; the task reconstruct gives others");
}

Test(metric, a_loss_outside_its_domain_is_refused_unless_allowed)
{
    static const char *const cases[][3] = {
        {"classify", "identity", GRID("nll")},
        {"classify", "softmax", GRID("nll")},
        {"classify", "identity", GRID("kl_div")},
        {"classify", "log_softmax", GRID("{name: kl_div, log_target: true}")},
        {"classify", "identity", GRID("hinge_embedding")},
        {"reconstruct", "identity", GRID("{name: poisson_nll, log_input: false}")},
        {"reconstruct", "sigmoid", GRID("kl_div")},
        {"two", "identity", GRID("gaussian_nll")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char allowed[SPEC_MAX], why[METRIC_TEXT_MAX];
        struct experiment experiment;
        struct lg_error error;
        expect_refused(cases[i][0], cases[i][1], cases[i][2], 7, "`outside_domain: allow`");
        snprintf(allowed, sizeof allowed, "outside_domain: allow\n%s", cases[i][2]);
        cr_assert_eq(parse(cases[i][0], cases[i][1], allowed, &experiment, &error), LG_OK, "%s",
                     error.message);
        cr_expect_eq(metrics_own_loss(&experiment, why).better, BETTER_NONE);
        cr_expect(strstr(why, " takes ") != NULL, "%s", why);
        experiment_free(&experiment);
    }
}

Test(metric, a_loss_inside_its_domain_is_taken_and_ranked)
{
    static const char *const cases[][3] = {
        {"classify", "log_softmax", GRID("nll")},
        {"classify", "log_softmax", GRID("kl_div")},
        {"classify", "softplus", GRID("hinge_embedding")},
        {"reconstruct", "sigmoid", GRID("{name: poisson_nll, log_input: false}")},
        {"reconstruct", "identity", GRID("poisson_nll")},
        {"two", "softplus", GRID("gaussian_nll")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char why[METRIC_TEXT_MAX];
        struct experiment experiment;
        struct lg_error error;
        cr_assert_eq(parse(cases[i][0], cases[i][1], cases[i][2], &experiment, &error), LG_OK, "%s",
                     error.message);
        cr_expect_eq(metrics_own_loss(&experiment, why).better, BETTER_LOWER);
        cr_expect_str_eq(why, "");
        experiment_free(&experiment);
    }
}

Test(metric, what_the_grid_leaves_unmeasured_has_a_reason)
{
    struct experiment experiment;
    struct lg_error error;
    char why[METRIC_TEXT_MAX];
    cr_assert_eq(parse("classify", "identity", "outside_domain: allow\n" GRID("cross_entropy, nll"),
                       &experiment, &error),
                 LG_OK, "%s", error.message);
    cr_assert_eq(experiment.metric_count, 1);
    cr_assert_eq(experiment.unmeasured_count, 1);
    cr_expect(strstr(experiment.unmeasured[0].why, "nll takes log-probabilities") != NULL);
    cr_expect_eq(metrics_measured(&experiment), 2);
    cr_expect_str_eq(metrics_of(&experiment, 1).name, "accuracy");
    cr_expect_float_eq(metrics_of(&experiment, 1).chance, 0.1, 1e-15);
    cr_expect_eq(metrics_primary(&experiment), 1);
    (void)metrics_own_loss(&experiment, why);
    cr_expect(why[0] != '\0', "arms of different losses are ranked by them");
    experiment_free(&experiment);
}
