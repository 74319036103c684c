#include "harness/gradcheck/backprop.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/targets.h"

/* The unit roundoff that kinks are looked for with, and how far arguments are moved. */
static const double UNIT = (double)FLT_EPSILON / 2;
#define REACH (BACKPROP_ROUNDINGS * UNIT)

/* Roundings of a result of an elementary function or a loss's entry. */
static const double OWN = 4;

/* A matrix and the root mean square of its errors: (rows, columns). */
struct field {
    size_t rows, columns;
    double *value, *error;
};

struct work {
    const struct lg_net_config *config;
    const struct lg_backend *backend;
    const struct lg_pass *pass;
    size_t batch, arity, rows;
    struct field x[LG_LAYERS_MAX + 1]; /* what enters layer l; the last: the outputs */
    struct field z[LG_LAYERS_MAX];
    struct field delta, before; /* by the outputs of a layer; by its inputs */
    double *moved, *answer[2];  /* (rows, widest) */
    struct field turned[2];     /* two fields by column: (widest + 1, rows) */
    struct lg_arena arena;      /* of the evaluations */
};

static bool take(struct field *field, size_t rows, size_t columns)
{
    *field = (struct field){rows, columns, calloc(rows * columns + 1, sizeof(double)),
                            calloc(rows * columns + 1, sizeof(double))};
    return field->value != NULL && field->error != NULL;
}

static double square(double x)
{
    return x * x;
}

/* ---- One dot product with its error ----------------------------------------- */

/* sum + a . b; b_error NULL: b is exact. Terms with a zero factor add nothing, and are not
 * rounded. *error: of the result. */
static long double dot(long double sum, const double *a, const double *a_error, const double *b,
                       const double *b_error, size_t n, double *error)
{
    double terms = (double)(sum * sum), carried = 0;
    size_t count = sum != 0;
    for (size_t i = 0; i < n; i++) {
        if (a[i] == 0 && a_error[i] == 0)
            continue;
        const double term = a[i] * b[i];
        sum += (long double)a[i] * (long double)b[i];
        terms += term * term;
        carried += square(a_error[i] * b[i]);
        if (b_error != NULL)
            carried += square(a[i] * b_error[i]);
        count += term != 0;
    }
    *error = __builtin_sqrt(carried + (double)count * (terms + (double)(sum * sum)));
    return sum;
}

/* ---- Through an activation, through the loss -------------------------------- */

/* x +- so far as its error is, with signs that differ from place to place. */
static const double *move(struct work *work, const struct field *x, int side)
{
    for (size_t i = 0; i < x->rows * x->columns; i++) {
        const bool up = ((i * 2654435761u) >> 7 & 1) == (size_t)side;
        work->moved[i] = x->value[i] + (up ? REACH : -REACH) * x->error[i];
    }
    return work->moved;
}

static double *activate(struct work *work, size_t l, const double *z, const double *upstream,
                        double *h, double *dz)
{
    const struct lg_layer_config *layer = &work->config->layers[l];
    work->arena.used_bytes = 0;
    work->backend->evaluate_activation(&work->arena, &layer->activation, work->rows, layer->outputs,
                                       z, upstream, h, dz);
    return upstream != NULL ? dz : h;
}

/* The change of a result when its arguments move, as an error in unit roundoffs. */
static void note_moves(struct field *to, const double *moved)
{
    for (size_t i = 0; i < to->rows * to->columns; i++) {
        const double apart = fabs(moved[i] - to->value[i]) / REACH;
        to->error[i] = apart > to->error[i] ? apart : to->error[i];
    }
}

static void add_own(struct field *field)
{
    for (size_t i = 0; i < field->rows * field->columns; i++)
        field->error[i] = __builtin_sqrt(square(field->error[i]) + square(OWN * field->value[i]));
}

static void forward(struct work *work, const double *const *weight)
{
    for (size_t l = 0; l < work->config->layer_count; l++) {
        const struct field *x = &work->x[l];
        struct field *z = &work->z[l], *h = &work->x[l + 1];
        const double *bias = weight[l] + z->columns * x->columns; /* NOLINT: run() set it */
        for (size_t r = 0; r < work->rows; r++)
            for (size_t o = 0; o < z->columns; o++) {
                const size_t at = r * x->columns;
                z->value[r * z->columns + o] = (double)dot(
                    (long double)bias[o], x->value + at, x->error + at, weight[l] + o * x->columns,
                    NULL, x->columns, &z->error[r * z->columns + o]);
            }
        activate(work, l, z->value, NULL, h->value, NULL);
        for (int side = 0; side < 2; side++)
            note_moves(h, activate(work, l, move(work, z, side), NULL, work->answer[0], NULL));
        add_own(h);
    }
}

/* delta, by outputs of layer l, becomes that by its pre-activations. */
static void through_activation(struct work *work, size_t l)
{
    struct field *delta = &work->delta;
    const struct field *z = &work->z[l];
    double *h = work->answer[0], *slope = work->answer[1];
    const size_t count = delta->rows * delta->columns;
    double *carried = work->before.error; /* free until the input gradient */
    memcpy(carried, activate(work, l, z->value, delta->error, h, slope), count * sizeof *carried);
    double *upstream = work->before.value;
    memcpy(upstream, delta->value, count * sizeof *upstream);
    memcpy(delta->value, activate(work, l, z->value, upstream, h, slope), count * sizeof *slope);
    memset(delta->error, 0, count * sizeof *delta->error);
    for (int side = 0; side < 2; side++)
        note_moves(delta, activate(work, l, move(work, z, side), upstream, h, slope));
    for (size_t i = 0; i < count; i++)
        delta->error[i] = __builtin_sqrt(square(delta->error[i]) + square(carried[i]));
    add_own(delta);
}

/* The loss's gradient, its terms' too, by outputs, into `to`: (rows, outputs). */
static void loss_slope(struct work *work, const double *outputs, double *to)
{
    const struct lg_net_config *config = work->config;
    const size_t columns = work->x[config->layer_count].columns, count = work->rows * columns;
    memset(to, 0, count * sizeof *to);
    for (size_t t = 0; t <= config->term_count; t++) {
        const struct lg_choice *loss = t == 0 ? &config->loss : &config->terms[t - 1].loss;
        struct targets targets;
        work->arena.used_bytes = 0;
        targets_fill(work->backend, config, work->pass, loss, outputs, &work->arena, &targets);
        work->backend->evaluate_loss(&work->arena, loss, &targets.data, targets.gradient);
        targets_add(&targets, t == 0 ? 1 : config->terms[t - 1].weight, to, columns);
    }
}

static void through_loss(struct work *work)
{
    const struct field *y = &work->x[work->config->layer_count];
    struct field *delta = &work->delta;
    delta->columns = y->columns;
    memset(delta->error, 0, delta->rows * delta->columns * sizeof *delta->error);
    loss_slope(work, y->value, delta->value);
    for (int side = 0; side < 2; side++) {
        loss_slope(work, move(work, y, side), work->answer[1]);
        note_moves(delta, work->answer[1]);
    }
    add_own(delta);
}

/* ---- The gradient ----------------------------------------------------------- */

/* A field's columns as rows; one more row is 1, the bias's input. */
static void turn(const struct field *from, struct field *to)
{
    for (size_t r = 0; r < from->rows; r++)
        for (size_t i = 0; i < from->columns; i++) {
            to->value[i * from->rows + r] = from->value[r * from->columns + i];
            to->error[i * from->rows + r] = from->error[r * from->columns + i];
        }
    for (size_t r = 0; r < from->rows; r++) {
        to->value[from->columns * from->rows + r] = 1;
        to->error[from->columns * from->rows + r] = 0;
    }
}

static void weight_gradient(struct work *work, size_t l, long double *gradient, double *rounding)
{
    const size_t inputs = work->x[l].columns, outputs = work->delta.columns, rows = work->rows;
    const struct field *x = &work->turned[0], *delta = &work->turned[1];
    turn(&work->x[l], &work->turned[0]);
    turn(&work->delta, &work->turned[1]);
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i <= inputs; i++) { /* the last: the bias */
            const size_t at = i < inputs ? o * inputs + i : outputs * inputs + o;
            gradient[at] = dot(0, delta->value + o * rows, delta->error + o * rows,
                               x->value + i * rows, x->error + i * rows, rows, &rounding[at]);
        }
}

/* delta by the inputs of layer l, which are the outputs of the one before. */
static void input_gradient(struct work *work, size_t l, const double *weight, double *turned)
{
    const struct field *delta = &work->delta;
    struct field *before = &work->before;
    const size_t inputs = work->x[l].columns, outputs = delta->columns;
    before->columns = inputs;
    for (size_t o = 0; o < outputs; o++)
        for (size_t i = 0; i < inputs; i++)
            turned[i * outputs + o] = weight[o * inputs + i];
    for (size_t r = 0; r < work->rows; r++)
        for (size_t i = 0; i < inputs; i++) {
            const size_t at = r * outputs;
            before->value[r * inputs + i] =
                (double)dot(0, delta->value + at, delta->error + at, turned + i * outputs, NULL,
                            outputs, &before->error[r * inputs + i]);
        }
    const struct field swapped = *before;
    *before = work->delta;
    work->delta = swapped;
}

static void add_penalty(const struct lg_net_config *config, const double *parameters,
                        struct backprop *result)
{
    for (size_t i = 0; i < result->parameters && config->l1 > 0; i++) {
        const double w = parameters[i], sign = w > 0 ? 1 : w < 0 ? -1 : 0;
        result->gradient[i] += (long double)(config->l1 * sign);
        result->rounding[i] += config->l1 + fabs((double)result->gradient[i]);
    }
}

static bool run(struct work *work, const double *parameters, struct backprop *result)
{
    const double *weight[LG_LAYERS_MAX];
    size_t first[LG_LAYERS_MAX], at = 0, largest = 0;
    for (size_t l = 0; l < work->config->layer_count; l++) {
        const size_t size = work->x[l].columns * work->z[l].columns;
        weight[l] = parameters + at;
        first[l] = at;
        at += size + work->z[l].columns;
        largest = size > largest ? size : largest;
    }
    double *turned = malloc((largest + 1) * sizeof *turned);
    if (turned == NULL)
        return false;
    forward(work, weight);
    through_loss(work);
    for (size_t l = work->config->layer_count; l-- > 0;) {
        through_activation(work, l);
        weight_gradient(work, l, result->gradient + first[l], result->rounding + first[l]);
        if (l > 0)
            input_gradient(work, l, weight[l], turned);
    }
    add_penalty(work->config, parameters, result);
    free(turned);
    return true;
}

/* ---- Memory ----------------------------------------------------------------- */

static bool place(struct work *work, struct lg_error *error)
{
    const struct lg_net_config *config = work->config;
    size_t widest = config->inputs, bytes = 0;
    bool taken = take(&work->x[0], work->rows, config->inputs);
    for (size_t l = 0; l < config->layer_count; l++) {
        const size_t outputs = config->layers[l].outputs;
        taken = take(&work->z[l], work->rows, outputs) && taken;
        taken = take(&work->x[l + 1], work->rows, outputs) && taken;
        widest = outputs > widest ? outputs : widest;
        struct lg_arena measured = {0};
        double none;
        work->backend->evaluate_activation(&measured, &config->layers[l].activation, work->rows,
                                           outputs, NULL, &none, NULL, NULL);
        bytes = measured.used_bytes > bytes ? measured.used_bytes : bytes;
    }
    const size_t of_loss = targets_bytes(work->backend, config, work->pass);
    bytes = of_loss > bytes ? of_loss : bytes;
    taken = take(&work->delta, work->rows, widest) && taken;
    taken = take(&work->before, work->rows, widest) && taken;
    work->moved = malloc((work->rows * widest + 1) * sizeof(double));
    taken = taken && work->moved != NULL;
    for (int i = 0; i < 2; i++) {
        work->answer[i] = malloc((work->rows * widest + 1) * sizeof(double));
        taken = taken && work->answer[i] != NULL;
    }
    for (int i = 0; i < 2; i++)
        taken = take(&work->turned[i], widest + 1, work->rows) && taken;
    return taken && lg_arena_create(&work->arena, bytes, error) == LG_OK;
}

static void release(struct work *work)
{
    struct field *fields[] = {&work->delta, &work->before, &work->turned[0], &work->turned[1]};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        free(fields[i]->value);
        free(fields[i]->error);
    }
    free(work->answer[0]);
    free(work->answer[1]);
    for (size_t l = 0; l <= LG_LAYERS_MAX; l++) {
        free(work->x[l].value);
        free(work->x[l].error);
    }
    for (size_t l = 0; l < LG_LAYERS_MAX; l++) {
        free(work->z[l].value);
        free(work->z[l].error);
    }
    free(work->moved);
    lg_arena_destroy(&work->arena);
}

enum lg_status backprop_measure(const struct lg_net_config *config, const double *parameters,
                                const struct lg_pass *pass, struct backprop *result,
                                struct lg_error *error)
{
    struct work *work = calloc(1, sizeof *work);
    size_t inputs = config->inputs;
    *result = (struct backprop){.parameters = 0};
    for (size_t l = 0; l < config->layer_count; l++) {
        result->parameters += (inputs + 1) * config->layers[l].outputs;
        inputs = config->layers[l].outputs;
    }
    result->gradient = malloc((result->parameters + 1) * sizeof *result->gradient);
    result->rounding = malloc((result->parameters + 1) * sizeof *result->rounding);
    bool done = work != NULL && result->gradient != NULL && result->rounding != NULL;
    if (done) {
        *work = (struct work){.config = config,
                              .backend = lg_backend_reference(),
                              .pass = pass,
                              .batch = pass->count,
                              .arity = targets_arity(config)};
        work->rows = work->batch * work->arity;
        done = place(work, error);
        if (done) {
            targets_inputs(lg_backend_reference(), config, pass, work->x[0].value);
            for (size_t i = 0; i < work->rows * config->inputs; i++)
                work->x[0].error[i] = work->x[0].value[i];
            done = run(work, parameters, result);
        }
        release(work);
    }
    free(work);
    if (done)
        return LG_OK;
    backprop_free(result);
    return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
}

void backprop_free(struct backprop *result)
{
    free(result->gradient);
    free(result->rounding);
    *result = (struct backprop){.parameters = 0};
}
