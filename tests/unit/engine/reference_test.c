/* The reference copy (long double) against the f64 one and against itself: the slope of
 * its own values, extrapolated, must be its gradient. f64's values are too coarse for
 * that, so that a single double on the way to a value shows. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lossgrid/backend.h"
#include "lossgrid/pcg.h"
#include "tests/golden/synthetic.h"

enum { BATCH = 3, FEATURES = 5, CELLS = BATCH * FEATURES, STEPS = 4, ROWS = 3 };

/* Steps of the central differences, h, h / 2 and h / 4: with the terms of h^2 and h^4
 * extrapolated away, what is left of h^6 is below 1e-18 times a seventh derivative. A
 * value's rounding is 2^-64 of it; 2^-53 over the smallest step would be 100 times the
 * limit. */
static const double STEP = 0x1p-9;
static const double LIMIT = 0x1p-47;

static const struct lg_backend *f64_copy(void)
{
    const struct lg_backend *backend;
    cr_assert_eq(lg_backend_select(LG_F64, "generic", &backend, NULL), LG_OK);
    return backend;
}

/* The slope at x of what value_at() gives, three differences extrapolated. */
static long double slope_at(long double (*value_at)(void *context), void *context, double *x)
{
    long double slopes[3];
    const double at = *x;
    for (int level = 0; level < 3; level++) {
        const double h = STEP / (1 << level);
        *x = at + h;
        const long double above = value_at(context);
        *x = at - h;
        slopes[level] = (above - value_at(context)) / (2 * (long double)h);
    }
    *x = at;
    const long double first = (4 * slopes[1] - slopes[0]) / 3;
    const long double second = (4 * slopes[2] - slopes[1]) / 3;
    return (16 * second - first) / 15;
}

/* Within `limit` of each other, measured by the larger of 1 and their size. */
static bool is_near(long double a, long double b, double limit)
{
    const long double size = fabsl(a) > fabsl(b) ? fabsl(a) : fabsl(b);
    return fabsl(a - b) <= (long double)limit * (size > 1 ? size : 1);
}

/* ---- Losses -------------------------------------------------------------- */

struct loss_case {
    const struct lg_backend *backend;
    struct lg_choice loss;
    double prediction[LG_LOSS_INPUTS_MAX][CELLS], target[CELLS];
    double gradient[LG_LOSS_INPUTS_MAX][CELLS];
    struct lg_loss_data data;
};

/* 1 is sound for every kind that is not of classes. */
static double target_at(enum lg_target target, size_t i)
{
    if (target == LG_TARGET_CLASSES)
        return i % FEATURES == 0 ? 2 : -1;
    return target == LG_TARGET_CLASS ? (double)(i % FEATURES) : 1;
}

/* Predictions between 1/4 and 3/4, never nearer to each other or to 1 than 1/128. */
static void fill(struct loss_case *c, size_t index)
{
    const struct lg_loss_shape *shape = c->backend->loss_shape(index);
    struct lg_pcg pcg = lg_pcg_seed(index, 9);
    const bool one = shape->target == LG_TARGET_CLASS || shape->target == LG_TARGET_PAIR;
    c->loss = (struct lg_choice){index, lg_options_default(c->backend->loss(index))};
    c->data = (struct lg_loss_data){.batch = BATCH,
                                    .features = FEATURES,
                                    .target_features = one ? 1 : FEATURES,
                                    .target = shape->target == LG_TARGET_NONE ? NULL : c->target};
    for (size_t p = 0; p < shape->inputs; p++) {
        for (size_t i = 0; i < CELLS; i++)
            c->prediction[p][i] = 0.25 + (8 * lg_pcg_below(&pcg, 16) + 2 * (double)p + 1) / 256.0;
        c->data.prediction[p] = c->prediction[p];
    }
    for (size_t i = 0; i < CELLS; i++)
        c->target[i] = target_at(shape->target, i);
}

static long double loss_value(void *context)
{
    struct loss_case *c = context;
    double *const gradient[] = {c->gradient[0], c->gradient[1], c->gradient[2]};
    struct lg_arena arena = {0};
    c->backend->evaluate_loss(&arena, &c->loss, &c->data, gradient);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    const long double value = c->backend->evaluate_loss(&arena, &c->loss, &c->data, gradient);
    lg_arena_destroy(&arena);
    return value;
}

static void check_loss(size_t index, double reduction)
{
    static struct loss_case accumulator, f64;
    accumulator.backend = lg_backend_reference();
    f64.backend = f64_copy();
    fill(&accumulator, index);
    fill(&f64, index);
    accumulator.loss.options.value[0] = f64.loss.options.value[0] = reduction;
    const char *name = accumulator.backend->loss(index)->name;
    const long double expected = loss_value(&accumulator), value = loss_value(&f64);
    cr_expect(is_near(value, expected, 0x1p-50), "%s: %.20Lg in f64, %.20Lg", name, value,
              expected);
    cr_expect_eq((long double)(double)value, value, "%s: f64 gives more than a double", name);
    size_t moving = 0;
    for (size_t p = 0; p < accumulator.backend->loss_shape(index)->inputs; p++)
        for (size_t i = 0; i < CELLS; i++) {
            loss_value(&accumulator);
            const double gradient = accumulator.gradient[p][i];
            const long double slope =
                slope_at(loss_value, &accumulator, &accumulator.prediction[p][i]);
            cr_expect(is_near(f64.gradient[p][i], gradient, 0x1p-50), "%s: gradient %zu", name, i);
            cr_expect(is_near(gradient, slope, LIMIT),
                      "%s: prediction %zu, entry %zu: gradient %.20g, slope %.20Lg", name, p, i,
                      gradient, slope);
            moving += fabsl(slope) > 0x1p-30L;
        }
    cr_expect_geq(moving, BATCH, "%s has hardly a slope", name);
}

Test(accumulator, every_loss_has_its_gradient_as_slope)
{
    for (size_t index = 0; index < lg_backend_reference()->loss_count; index++) {
        check_loss(index, 0);
        check_loss(index, 1);
    }
}

/* ---- Activations --------------------------------------------------------- */

struct activation_case {
    const struct lg_backend *backend;
    struct lg_choice activation;
    double z[CELLS], upstream[CELLS], h[CELLS], dz[CELLS];
};

static long double activation_value(void *context)
{
    struct activation_case *c = context;
    struct lg_arena arena = {0};
    c->backend->evaluate_activation(&arena, &c->activation, BATCH, FEATURES, c->z, c->upstream,
                                    c->h, c->dz);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    const long double sum = c->backend->evaluate_activation(&arena, &c->activation, BATCH, FEATURES,
                                                            c->z, c->upstream, c->h, c->dz);
    lg_arena_destroy(&arena);
    return sum;
}

/* Odd sixteenths from -2 to 2: no kink is nearer than 1/16. */
static struct activation_case activation_case(const struct lg_backend *backend, size_t index)
{
    struct lg_pcg pcg = lg_pcg_seed(index, 10);
    struct activation_case c = {
        .backend = backend, .activation = {index, lg_options_default(backend->activation(index))}};
    for (size_t i = 0; i < CELLS; i++) {
        c.z[i] = (2 * (double)lg_pcg_below(&pcg, 32) - 31) / 16;
        c.upstream[i] = 2 * lg_pcg_uniform(&pcg) - 1;
    }
    return c;
}

static void check_activation(size_t index)
{
    struct activation_case accumulator = activation_case(lg_backend_reference(), index);
    struct activation_case f64 = activation_case(f64_copy(), index);
    const char *name = accumulator.backend->activation(index)->name;
    const long double sum = activation_value(&accumulator), sum_f64 = activation_value(&f64);
    long double expected = 0;
    for (size_t i = 0; i < CELLS; i++)
        expected += (long double)accumulator.upstream[i] * (long double)accumulator.h[i];
    cr_expect(is_near(sum, expected, 0x1p-49) && is_near(sum, sum_f64, 0x1p-49), "%s: the sum",
              name);
    for (size_t i = 0; i < CELLS; i++) {
        activation_value(&accumulator);
        const double dz = accumulator.dz[i];
        cr_expect(is_near(f64.h[i], accumulator.h[i], 0x1p-51), "%s: output %zu", name, i);
        cr_expect(is_near(f64.dz[i], dz, 0x1p-51), "%s: derivative %zu", name, i);
        const long double slope = slope_at(activation_value, &accumulator, &accumulator.z[i]);
        cr_expect(is_near(dz, slope, LIMIT), "%s: derivative %.20g, slope %.20Lg", name, dz, slope);
    }
}

Test(accumulator, every_activation_has_its_derivative_as_slope)
{
    for (size_t index = 0; index < lg_backend_reference()->activation_count; index++)
        check_activation(index);
}

Test(accumulator, an_activation_without_upstream_has_no_sum)
{
    struct activation_case c = activation_case(lg_backend_reference(), 0);
    struct lg_arena arena = {0};
    c.backend->evaluate_activation(&arena, &c.activation, BATCH, FEATURES, c.z, NULL, c.h, NULL);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    cr_expect_eq(c.backend->evaluate_activation(&arena, &c.activation, BATCH, FEATURES, c.z, NULL,
                                                c.h, NULL),
                 0);
    lg_arena_destroy(&arena);
}

/* ---- Optimizers ---------------------------------------------------------- */

static void replay(const struct lg_backend *backend, size_t index, bool is_bias, double *after)
{
    double parameters[ROWS * FEATURES], gradients[STEPS * ROWS * FEATURES];
    struct lg_pcg pcg = lg_pcg_seed(index, 11);
    for (size_t i = 0; i < ROWS * FEATURES; i++)
        parameters[i] = 2 * lg_pcg_uniform(&pcg) - 1;
    for (size_t i = 0; i < STEPS * ROWS * FEATURES; i++)
        gradients[i] = 2 * lg_pcg_uniform(&pcg) - 1;
    const struct lg_replay_data data = {.steps = STEPS,
                                        .rows = is_bias ? 1 : ROWS,
                                        .columns = FEATURES,
                                        .is_bias = is_bias,
                                        .parameters = parameters,
                                        .gradients = gradients};
    const struct lg_choice choice = {index, lg_options_default(backend->optimizer(index))};
    struct lg_arena arena = {0};
    backend->evaluate_optimizer(&arena, &choice, &data, after);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, NULL), LG_OK);
    backend->evaluate_optimizer(&arena, &choice, &data, after);
    lg_arena_destroy(&arena);
}

Test(accumulator, every_optimizer_takes_the_steps_of_f64)
{
    const struct lg_backend *accumulator = lg_backend_reference(), *f64 = f64_copy();
    for (size_t index = 0; index < accumulator->optimizer_count; index++)
        for (int is_bias = 0; is_bias < 2 && accumulator->optimizer_replays(index); is_bias++) {
            const size_t cells = STEPS * FEATURES * (is_bias ? 1 : ROWS);
            double expected[STEPS * ROWS * FEATURES], after[STEPS * ROWS * FEATURES];
            replay(accumulator, index, is_bias, expected);
            replay(f64, index, is_bias, after);
            const bool is_iterated = strcmp(accumulator->optimizer(index)->name, "muon") == 0 ||
                                     strcmp(accumulator->optimizer(index)->name, "shampoo") == 0;
            for (size_t i = 0; i < cells; i++)
                cr_expect(is_near(after[i], expected[i], is_iterated ? 0x1p-40 : 0x1p-49),
                          "%s: entry %zu is %.20g in f64, %.20g",
                          accumulator->optimizer(index)->name, i, after[i], expected[i]);
        }
}

/* ---- Networks ------------------------------------------------------------ */

enum { SIDE = 3, INPUTS = SIDE * SIDE, HIDDEN = 4, CLASSES = 10, SAMPLES = 6 };
enum { PARAMETERS_MAX = (INPUTS + 1) * HIDDEN + (HIDDEN + 1) * CLASSES };

static size_t index_of(const struct lg_info *(*entry)(size_t), size_t count, const char *name)
{
    size_t i = 0;
    while (i < count && strcmp(entry(i)->name, name) != 0)
        i++;
    cr_assert_lt(i, count, "no %s", name);
    return i;
}

static struct lg_choice choice_of(const struct lg_info *(*entry)(size_t), size_t count,
                                  const char *name)
{
    const size_t index = index_of(entry, count, name);
    return (struct lg_choice){index, lg_options_default(entry(index))};
}

/* tanh, then `last`; sgd at rate 1, so that a step takes the gradient off the weights. */
static struct lg_net_config config_of(enum lg_task task, const char *loss, const char *last,
                                      size_t outputs)
{
    const struct lg_backend *b = lg_backend_reference();
    struct lg_net_config config = {
        .inputs = INPUTS,
        .layer_count = 2,
        .layers = {{HIDDEN, choice_of(b->activation, b->activation_count, "tanh")},
                   {outputs, choice_of(b->activation, b->activation_count, last)}},
        .batch = SAMPLES,
        .task = task,
        .classes = CLASSES,
        .loss = choice_of(b->loss, b->loss_count, loss),
        .optimizer = choice_of(b->optimizer, b->optimizer_count, "sgd"),
    };
    const int rate = lg_option_find(b->optimizer(config.optimizer.index), "lr");
    config.optimizer.options.value[rate] = 1;
    return config;
}

struct net_case {
    const struct lg_backend *backend;
    struct lg_arena arena;
    struct lg_net *net;
    struct lg_images images;
    struct lg_pass pass;
    size_t count;
    double w[PARAMETERS_MAX];
};

/* Parameters are multiples of 1/512, between -1 and 1, that differences move exactly. */
static struct net_case *net_case(const struct lg_backend *backend,
                                 const struct lg_net_config *config)
{
    static uint8_t labels[SAMPLES] = {3, 7, 0, 9, 3, 1};
    struct net_case *c = calloc(1, sizeof *c);
    cr_assert_not_null(c);
    struct lg_pcg pcg = lg_pcg_seed(4, 12);
    c->backend = backend;
    c->images = synthetic_images(3, SAMPLES, SIDE, SIDE);
    c->images.labels = labels;
    c->pass = (struct lg_pass){.images = &c->images, .count = SAMPLES - 1, .capture = SIZE_MAX};
    backend->create(&c->arena, config);
    cr_assert_eq(lg_arena_create(&c->arena, c->arena.used_bytes, NULL), LG_OK);
    c->net = backend->create(&c->arena, config);
    const size_t method = index_of(backend->initialisation, backend->initialisation_count, "zeros");
    backend->initialise(c->net, &(struct lg_initialisation){.method = method, .draw = 1});
    c->count = backend->parameter_count(c->net);
    cr_assert_leq(c->count, PARAMETERS_MAX);
    for (size_t i = 0; i < c->count; i++)
        c->w[i] = ((double)lg_pcg_below(&pcg, 1024) - 512) / 512;
    backend->set_parameters(c->net, c->w);
    return c;
}

static void net_case_free(struct net_case *c)
{
    free(c->images.pixels);
    lg_arena_destroy(&c->arena);
    free(c);
}

static long double net_value(void *context)
{
    struct net_case *c = context;
    c->backend->set_parameters(c->net, c->w);
    return c->backend->batch_loss(c->net, &c->pass);
}

static void check_network(const struct lg_net_config *config, const char *what)
{
    struct net_case *accumulator = net_case(lg_backend_reference(), config);
    struct net_case *f64 = net_case(f64_copy(), config);
    const long double value = net_value(accumulator);
    cr_expect(is_near(net_value(f64), value, 0x1p-49), "%s: the loss in f64", what);
    cr_expect(isfinite(value) && (long double)(double)value != value, "%s: no more than a double",
              what);
    struct lg_sums sums = {0};
    double after[PARAMETERS_MAX];
    cr_assert_eq(accumulator->backend->train(accumulator->net, &accumulator->pass, &sums), 1);
    accumulator->backend->parameters(accumulator->net, after);
    if (config->term_count == 0 && config->loss.options.value[0] == 0)
        cr_expect(is_near(sums.loss / sums.weight, value, 0x1p-50), "%s: a step's loss", what);
    size_t moving = 0;
    for (size_t i = 0; i < accumulator->count; i++) {
        const long double gradient = (long double)accumulator->w[i] - (long double)after[i];
        const long double slope = slope_at(net_value, accumulator, &accumulator->w[i]);
        cr_expect(is_near(gradient, slope, LIMIT),
                  "%s: parameter %zu: gradient %.20Lg, slope %.20Lg", what, i, gradient, slope);
        moving += fabsl(slope) > 0x1p-20L;
    }
    cr_expect_gt(moving, accumulator->count / 4, "%s: hardly a parameter has a slope", what);
    net_case_free(accumulator);
    net_case_free(f64);
}

Test(accumulator, a_batch_has_the_gradient_of_a_step_as_slope)
{
    const struct lg_backend *b = lg_backend_reference();
    struct lg_net_config config = config_of(LG_TASK_RECONSTRUCT, "mse", "sigmoid", INPUTS);
    check_network(&config, "mse");
    config.terms[config.term_count++] =
        (struct lg_term){choice_of(b->loss, b->loss_count, "log_cosh"), 0.75};
    check_network(&config, "mse and log_cosh");

    config = config_of(LG_TASK_CLASSIFY, "cross_entropy", "gelu", CLASSES);
    config.loss.options.value[0] = 1; /* the sum */
    check_network(&config, "sum of cross_entropy");
    config.loss.options.value[0] = 0;
    const double weights[CLASSES] = {1, 2, 0.5, 1, 3, 1, 0.25, 1, 1, 2};
    const int list = lg_option_find(b->loss(config.loss.index), "weights");
    cr_assert(lg_options_set_list(b->loss(config.loss.index), &config.loss.options, (size_t)list,
                                  weights, CLASSES));
    check_network(&config, "weighted cross_entropy");
    config.terms[config.term_count++] =
        (struct lg_term){choice_of(b->loss, b->loss_count, "multi_margin"), 0.5};
    check_network(&config, "weighted cross_entropy and multi_margin");
}

Test(accumulator, a_batch_that_is_not_finite_has_no_loss)
{
    const struct lg_net_config config = config_of(LG_TASK_RECONSTRUCT, "mse", "sigmoid", INPUTS);
    struct net_case *c = net_case(lg_backend_reference(), &config);
    c->w[c->count - 1] = INFINITY;
    cr_expect(isnan(net_value(c)));
    net_case_free(c);
}

/* ---- Where it is not ------------------------------------------------------ */

Test(accumulator, no_list_of_copies_knows_it)
{
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count), *found = NULL;
    for (size_t i = 0; i < count; i++)
        cr_expect_neq(backends[i], lg_backend_reference());
    cr_expect_neq(lg_backend_select(LG_REFERENCE, NULL, &found, NULL), LG_OK);
    cr_expect_neq(lg_backend_select(LG_REFERENCE, "generic", &found, NULL), LG_OK);
    cr_expect_null(found);
    cr_expect_eq(lg_backend_reference()->precision, LG_REFERENCE);
    cr_expect_str_eq(lg_precision_name(LG_REFERENCE), "reference");
}
