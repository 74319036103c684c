#include <math.h>

#include "tests/unit/engine/net/example.h"

/* Central differences of a loss L with h = 1e-6: the truncation, h^2 / 6 times a third
 * derivative of about 1, is 2e-13; rounding, some 1e-16 L / h, is 1e-10 L. Kinks of
 * relu and abs closer than h to one of the few thousand numbers that a test moves
 * are rare; the seeds are fixed and meet none. */
#define STEP 1e-6
static double allowed(double loss)
{
    return 1e-9 * (1 + loss);
}

/* The loss that a step on samples [first, first + count) goes down on. */
static double loss_of(struct example *e, size_t first, size_t count)
{
    const struct lg_pass pass = {
        .images = &e->images, .first = first, .count = count, .capture = SIZE_MAX};
    struct lg_sums sums = {0};
    net_evaluate(e->net, &pass, &sums);
    const bool mean = e->net->config.loss.options.value[LOSS_REDUCTION] == LOSS_MEAN;
    return mean ? sums.loss / (double)sums.samples : sums.loss;
}

/* sgd with lr = 1: what a step takes from the parameters is its gradient. */
static void gradient_of(struct example *e, size_t first, size_t count, double *gradient)
{
    double before[EXAMPLE_PARAMETERS], after[EXAMPLE_PARAMETERS];
    net_parameters(e->net, before);
    cr_assert_eq(example_train(e, first, count), 1);
    net_parameters(e->net, after);
    net_set_parameters(e->net, before);
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++)
        gradient[i] = before[i] - after[i];
}

static void check_gradient(struct example *e, size_t first, size_t count, double slack,
                           const char *what)
{
    double w[EXAMPLE_PARAMETERS], gradient[EXAMPLE_PARAMETERS];
    size_t moving = 0;
    cr_assert_eq(net_parameter_count(e->net), EXAMPLE_PARAMETERS);
    gradient_of(e, first, count, gradient);
    net_parameters(e->net, w);
    const double limit = allowed(fabs(loss_of(e, first, count))) + slack;
    for (size_t i = 0; i < EXAMPLE_PARAMETERS; i++) {
        const double nonzero = w[i];
        w[i] = nonzero + STEP;
        net_set_parameters(e->net, w);
        const double above = loss_of(e, first, count);
        w[i] = nonzero - STEP;
        net_set_parameters(e->net, w);
        const double slope = (above - loss_of(e, first, count)) / (2 * STEP);
        w[i] = nonzero;
        cr_assert(fabs(slope - gradient[i]) <= limit,
                  "%s, samples %zu + %zu: parameter %zu has gradient %.12g, slope %.12g", what,
                  first, count, i, gradient[i], slope);
        moving += fabs(slope) > 100 * limit;
    }
    net_set_parameters(e->net, w);
    /* Zero pixels and dead units stop some; zeros alone would prove nothing. */
    cr_assert_geq(moving, EXAMPLE_PARAMETERS / 8, "%s: only %zu parameters have a slope", what,
                  moving);
}

/* True if the loss takes one prediction and values as targets, and the activation gives
 * predictions that it allows. */
static bool reconstructs(size_t activation, size_t loss)
{
    const struct activation *f = registry_activation(activation);
    const struct lg_loss_shape *shape = &registry_loss(loss)->shape;
    const char *why;
    const bool any = shape->minimum == 0 && shape->maximum == 0;
    const bool within = (f->minimum != 0 || f->maximum != 0) && f->minimum >= shape->minimum &&
                        f->maximum <= shape->maximum;
    return lg_task_takes(LG_TASK_RECONSTRUCT, shape, &why) && shape->inputs == 1 && (any || within);
}

static void check_network(size_t activation, size_t loss, const char *reduction)
{
    char what[96];
    snprintf(what, sizeof what, "%s, %s, %s", example_activations[activation], example_losses[loss],
             reduction);
    struct lg_net_config config = example_config(example_activations[activation], 9);
    config.loss = example_loss(example_losses[loss], reduction);
    config.optimizer = example_optimizer("sgd", "lr=1");
    struct example e = example_create(&config);
    check_gradient(&e, 0, 1, 0, what); /* fewer than config.batch: an epoch's last step */
    check_gradient(&e, 1, 3, 0, what);
    check_gradient(&e, 4, 9, 0, what); /* enough for the packed products */
    example_destroy(&e);
}

TEMPLATE_TEST(net_gradient, is_the_slope_of_the_loss)
{
    if (LG_PRECISION == 32)
        cr_skip_test("a float is too short for a difference quotient; digests cover f32");
    for (size_t activation = 0; activation < ACTIVATIONS; activation++)
        for (size_t loss = 0; loss < LOSSES; loss++) {
            if (!reconstructs(activation, loss))
                continue;
            check_network(activation, loss, "reduction=mean");
            check_network(activation, loss, "reduction=sum");
        }
}

/* True if the slopes on both sides of 0 differ. */
static bool bends_at_zero(size_t index)
{
    const struct activation *activation = registry_activation(index);
    const struct lg_options options = lg_options_default(&activation->info);
    const real h = (real)1e-4;
    real z[] = {-h, 0, h}, y[3];
    for (size_t i = 0; i < 3; i++)
        activation->forward(&options, 1, &z[i], &y[i]);
    return fabs((double)(y[2] + y[0] - 2 * y[1])) > 1e-3 * (double)h;
}

/* A unit that puts out exactly 0 passes its gradient on all the same, unless its
 * activation says otherwise; its outgoing weights have none. */
TEMPLATE_TEST(net_gradient, flows_through_a_unit_at_zero)
{
    if (LG_PRECISION == 32)
        cr_skip_test("a float is too short for a difference quotient; digests cover f32");
    for (size_t activation = 0; activation < ACTIVATIONS; activation++) {
        if (registry_activation(activation)->dead_at_zero || bends_at_zero(activation))
            continue; /* its derivative jumps there */
        struct lg_net_config config = example_config(example_activations[activation], 3);
        config.optimizer = example_optimizer("sgd", "lr=1");
        struct example e = example_create(&config);
        double w[EXAMPLE_PARAMETERS];
        net_parameters(e.net, w);
        for (size_t i = 0; i < EXAMPLE_FEATURES; i++)
            w[2 * EXAMPLE_FEATURES + i] = 0; /* unit 2 of the first layer */
        w[5 * EXAMPLE_FEATURES + 2] = 0;
        net_set_parameters(e.net, w);
        /* elu's curvature jumps there, which moves a central difference by half a step. */
        check_gradient(&e, 1, 3, STEP / 100, example_activations[activation]);
        example_destroy(&e);
    }
}
