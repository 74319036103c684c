#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/other_checks.h"
#include "harness/gradcheck/samples.h"

/* A clipping that never clips makes the network collect its gradient in memory. */
static const double NO_CLIP = 1e300;

/* The mean of gradients may be this many units of the last place of the largest off. */
static const double ULPS = 256;

/* Draws of samples until one has a gradient. */
enum { REDRAWS = 32 };

struct paths {
    const struct lg_backend *backend;
    struct lg_net_config config;
    const struct samples *samples;
    const double *start; /* (parameters) */
    size_t parameters;
};

/* The gradient that a step on samples first..first + count - 1 applies, times `weight`, is
 * added to `sum`. */
static enum lg_status add_gradient(const struct paths *paths, double clip_norm, size_t first,
                                   size_t count, double weight, double *sum, struct lg_error *error)
{
    const struct lg_backend *backend = paths->backend;
    struct lg_net_config config = paths->config;
    struct lg_arena arena = {0};
    config.clip_norm = clip_norm;
    config.batch = count;
    backend->create(&arena, &config);
    enum lg_status status = lg_arena_create(&arena, arena.used_bytes, error);
    double *after = malloc(2 * paths->parameters * sizeof *after);
    if (after == NULL && status == LG_OK)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
    if (status == LG_OK && after != NULL) {
        double *before = after + paths->parameters;
        const struct lg_pass pass = samples_pass(paths->samples, first, count);
        struct lg_sums sums = {0};
        struct lg_net *net = backend->create(&arena, &config);
        backend->set_parameters(net, paths->start);
        backend->parameters(net, before);
        backend->train(net, &pass, &sums);
        backend->parameters(net, after);
        for (size_t i = 0; i < paths->parameters; i++)
            sum[i] += weight * (before[i] - after[i]) / NETWORK_LR;
    }
    free(after);
    lg_arena_destroy(&arena);
    return status;
}

static void report(const char *block, const double *a, const double *b, size_t count, int bits,
                   double allowed, struct result *result)
{
    struct ulps ulps = {{0}, 0};
    struct judgement judgement = {.checked = 1, .reason = "", .worst = 0, .wrong = SIZE_MAX};
    double scale = 0;
    size_t worst = 0;
    char name[48];
    for (size_t i = 0; i < count; i++)
        scale = fabs(b[i]) > scale ? fabs(b[i]) : scale;
    for (size_t i = 0; i < count; i++) {
        ulps_note(&ulps, a[i], b[i], scale, bits);
        if (!(fabs(a[i] - b[i]) <= fabs(a[worst] - b[worst])))
            worst = i;
    }
    judgement.analytic = a[worst];
    judgement.numeric = b[worst];
    judgement.relative_error = scale > 0 ? fabs(a[worst] - b[worst]) / scale : 0;
    judgement.verdict = !(ulps.largest <= allowed) ? OUTCOME_FAIL
                        : scale == 0               ? OUTCOME_DEAD
                                                   : OUTCOME_PASS;
    snprintf(name, sizeof name, "parameter %zu", worst);
    if (judgement.verdict == OUTCOME_FAIL)
        snprintf(judgement.message, sizeof judgement.message,
                 "%s: %s is %.17g one way and %.17g the other: %.3g units of the last place, at "
                 "most %g are expected",
                 block, name, a[worst], b[worst], ulps.largest, allowed);
    result_add(result, &(struct result_row){.block = block,
                                            .size = count,
                                            .worst = name,
                                            .method = "exact",
                                            .judgement = &judgement});
}

/* Streamed against collected, for one copy. */
static enum lg_status check_stream(const struct paths *paths, enum copy copy, double *work,
                                   struct result *result, struct lg_error *error)
{
    double *streamed = work, *collected = work + paths->parameters;
    memset(work, 0, 2 * paths->parameters * sizeof *work);
    enum lg_status status = add_gradient(paths, 0, 0, 1, 1, streamed, error);
    if (status == LG_OK)
        status = add_gradient(paths, NO_CLIP, 0, 1, 1, collected, error);
    if (status == LG_OK)
        report(copy == COPY_F32 ? "batch of one, f32: streamed and collected"
                                : "batch of one, f64: streamed and collected",
               streamed, collected, paths->parameters,
               copy == COPY_F32 ? FLT_MANT_DIG : DBL_MANT_DIG, 0, result);
    return status;
}

static enum lg_status check_mean(const struct paths *paths, double *work, struct result *result,
                                 struct lg_error *error)
{
    double *whole = work, *mean = work + paths->parameters;
    const size_t batch = paths->config.batch;
    memset(work, 0, 2 * paths->parameters * sizeof *work);
    enum lg_status status = add_gradient(paths, 0, 0, batch, 1, whole, error);
    for (size_t b = 0; b < batch && status == LG_OK; b++)
        status = add_gradient(paths, 0, b, 1, 1 / (double)batch, mean, error);
    if (status == LG_OK)
        report("a batch and the mean of its samples", whole, mean, paths->parameters, DBL_MANT_DIG,
               ULPS, result);
    return status;
}

/* True if a batch's loss is the mean of its samples'. */
static bool is_mean(const struct lg_backend *backend, const struct lg_net_config *config)
{
    if (config->loss.options.value[0] != 0 || backend->loss_shape(config->loss.index)->is_weighted)
        return false; /* `reduction` is every loss's first option; 0: mean */
    for (size_t t = 0; t < config->term_count; t++)
        if (config->terms[t].loss.options.value[0] != 0 ||
            backend->loss_shape(config->terms[t].loss.index)->is_weighted)
            return false;
    return true;
}

static bool is_zero(const double *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (x[i] != 0)
            return false;
    return true;
}

/* Samples whose first has a gradient: a hinge may be satisfied. */
static enum lg_status find_samples(const struct paths *paths, struct samples *samples,
                                   uint64_t seed, double *work, struct lg_error *error)
{
    const struct lg_net_config *config = &paths->config;
    enum lg_status status = LG_OK;
    for (uint64_t draw = seed; draw < seed + REDRAWS && status == LG_OK; draw++) {
        samples_free(samples);
        if (!samples_draw(samples, config->task, 2 * config->batch + 1, config->inputs,
                          config->classes > 0 ? config->classes : 10, draw))
            return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
        memset(work, 0, paths->parameters * sizeof *work);
        status = add_gradient(paths, 0, 0, 1, 1, work, error);
        if (!is_zero(work, paths->parameters))
            break;
    }
    return status;
}

static enum lg_status compare(const struct copies *copies, struct paths *paths, double *work,
                              struct result *result, struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (enum copy copy = COPY_F32; copy <= COPY_F64 && status == LG_OK; copy++) {
        paths->backend = copies->backend[copy];
        status = check_stream(paths, copy, work, result, error);
    }
    if (status == LG_OK && is_mean(paths->backend, &paths->config))
        return check_mean(paths, work, result, error);
    if (status == LG_OK)
        result_skip(result, "a batch and the mean of its samples",
                    "the loss of a batch is not the plain mean of its samples'");
    return status;
}

enum lg_status path_check(const struct copies *copies, const struct network_request *request,
                          struct result *result, struct lg_error *error)
{
    struct subject subject;
    struct samples samples = {.images = {.pixels = NULL}};
    enum lg_status status = network_subject(copies, request, &subject, error);
    if (status != LG_OK)
        return status;
    struct paths paths = {.backend = copies->backend[COPY_F64],
                          .config = request->config,
                          .samples = &samples,
                          .start = subject.point,
                          .parameters = subject.size};
    paths.config.metric_count = 0;
    paths.config.has_schedule = false;
    paths.config.clip_value = paths.config.clip_norm = paths.config.l1 = 0;
    double *work = malloc(2 * subject.size * sizeof *work);
    status = work != NULL
                 ? network_sgd(paths.backend, &paths.config.optimizer, error)
                 : lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
    if (work != NULL && status == LG_OK)
        status = find_samples(&paths, &samples, request->seed, work, error);
    if (work != NULL && status == LG_OK)
        status = compare(copies, &paths, work, result, error);
    free(work);
    samples_free(&samples);
    subject_free(&subject);
    return status;
}
