#include "tests/unit/harness/spec/fake_backend.h"

#include <math.h>

#define COUNT(table) (sizeof(table) / sizeof *(table))

static const char *const reductions[] = {"mean", "sum", NULL};

static const struct lg_option mse_options[] = {
    {.name = "reduction", .kind = LG_OPTION_CHOICE, .choices = reductions},
};
static const struct lg_option smooth_options[] = {
    {"beta", LG_OPTION_REAL, 1, 0, INFINITY, 1, NULL, "width", false, false},
    {"weights", LG_OPTION_LIST, 0, 0, 9, 0, NULL, "of outputs", false, false},
    {"places", LG_OPTION_LIST, 0, -9, 9, 0, NULL, "of outputs", false, false},
};
static const struct lg_option adagrad_options[] = {
    {"lr", LG_OPTION_REAL, 0.01, 0, INFINITY, 1, NULL, "rate", false, false},
};
static const struct lg_option adam_options[] = {
    {"lr", LG_OPTION_REAL, 0.001, 0, INFINITY, 1, NULL, "rate", false, false},
    {"beta1", LG_OPTION_REAL, 0.9, 0, 1, 0, NULL, "decay", false, false},
    {"delay", LG_OPTION_INTEGER, 1, 1, 10, 0, NULL, "steps", false, false},
};
static const struct lg_option sgd_options[] = {
    {"lr", LG_OPTION_REAL, 0.001, 0, 1e6, 1, NULL, "rate", false, false},
    {"momentum", LG_OPTION_REAL, 0, 0, 1, 0, NULL, "momentum", false, false},
    {"nesterov", LG_OPTION_FLAG, 0, 0, 1, 0, NULL, "look ahead", false, false},
};
static const struct lg_option leaky_options[] = {
    {"slope", LG_OPTION_REAL, 0.01, -1, 1, 0, NULL, "below 0", false, false},
};

static const struct lg_info losses[] = {
    {.name = "abs"},
    {.name = "mse", .options = mse_options, .option_count = COUNT(mse_options)},
    {.name = "smooth_l1", .options = smooth_options, .option_count = COUNT(smooth_options)},
};
static const struct lg_info optimizers[] = {
    {.name = "adagrad", .options = adagrad_options, .option_count = COUNT(adagrad_options)},
    {.name = "adam", .options = adam_options, .option_count = COUNT(adam_options)},
    {.name = "sgd", .options = sgd_options, .option_count = COUNT(sgd_options)},
};
static const struct lg_info activations[] = {
    {.name = "identity"},
    {.name = "leaky", .options = leaky_options, .option_count = COUNT(leaky_options)},
    {.name = "relu"},
};
static const struct lg_info schedules[] = {{.name = "ending"}, {.name = "endless"}};
static const struct lg_info initialisations[] = {{.name = "torch7_uniform"}, {.name = "zero"}};

static const struct lg_info *loss(size_t index)
{
    return &losses[index];
}

static const struct lg_info *optimizer(size_t index)
{
    return &optimizers[index];
}

static const struct lg_info *activation(size_t index)
{
    return &activations[index];
}

static const struct lg_info *initialisation(size_t index)
{
    return &initialisations[index];
}

static const struct lg_info *schedule(size_t index)
{
    return &schedules[index];
}

static bool schedule_needs_end(size_t index)
{
    return index == 0;
}

static const struct lg_loss_shape *loss_shape(size_t index)
{
    static const struct lg_loss_shape shape = {.inputs = 1, .target = LG_TARGET_VALUES};
    (void)index;
    return &shape;
}

static const struct lg_loss_measure *loss_measure(size_t index)
{
    static const struct lg_loss_measure measure = {.unit = "1", .least = 0, .most = INFINITY};
    (void)index;
    return &measure;
}

static enum lg_rows activation_rows(size_t index)
{
    (void)index;
    return LG_ROWS_ANY;
}

static void activation_range(size_t index, double *minimum, double *maximum)
{
    (void)index;
    *minimum = *maximum = 0;
}

/* The engine's own: what an axis is made of is not what these tests make up. */
static double power(double x, double p)
{
    size_t count;
    return lg_backends(&count)[0]->power(x, p);
}

const struct lg_backend fake_backend = {
    .isa = "fake",
    .precision = LG_F64,
    .loss_count = COUNT(losses),
    .optimizer_count = COUNT(optimizers),
    .activation_count = COUNT(activations),
    .initialisation_count = COUNT(initialisations),
    .loss = loss,
    .optimizer = optimizer,
    .activation = activation,
    .initialisation = initialisation,
    .schedule_count = COUNT(schedules),
    .schedule = schedule,
    .schedule_needs_end = schedule_needs_end,
    .loss_shape = loss_shape,
    .loss_measure = loss_measure,
    .activation_range = activation_range,
    .activation_rows = activation_rows,
    .power = power,
};
