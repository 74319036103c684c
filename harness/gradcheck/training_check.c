#include "harness/gradcheck/training_check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/backprop.h"
#include "harness/gradcheck/targets.h"
#include "harness/spec/registry.h"

/* Bars: so many times the root mean square of an entry's roundings. */
static const double ROUNDINGS = BACKPROP_ROUNDINGS;

/* A fault changes an entry by at least this share of its block's largest; so many draws. */
static const double LEAST_FAULT = 1e-2;
enum { FAULT_DRAWS = 8 };

/* An entry whose bar is wider than this share of it is a sum that cancels: it is judged by
 * its terms, and counted. */
static const double OWN_SIZE = 0.25;

/* A clipping that never clips makes the network collect its gradient. */
static const double NO_CLIP = 1e300;

/* The way of a gradient to the parameters. One that an optimizer scales, block by block or
 * as a whole, is compared up to that scale. */
struct way {
    const char *name, *optimizer;
    double clip_norm;
    enum { PLAIN, BY_BLOCK, AS_A_WHOLE } scale;
};
static const struct way ways[] = {{"streamed", "sgd", 0, PLAIN},
                                  {"collected", "sgd", NO_CLIP, PLAIN},
                                  {"collected for lars", "lars", 0, BY_BLOCK},
                                  {"collected for lbfgs", "lbfgs", 0, AS_A_WHOLE}};
enum { WAYS = sizeof ways / sizeof *ways, WAYS_PLAIN = 2, BATCHES_MAX = 6 };

struct batch {
    size_t first, count;
};

struct training {
    const struct training_request *request;
    struct subject *subject;
    const struct fault *fault;
    struct result *result;
    struct lg_pcg pcg;
    struct backprop right;
    double *before, *after, *got, *wrong; /* (size) each */
    size_t turn;                          /* of the faults that are put in */
    size_t put, seen;
};

/* ---- A gradient by one way -------------------------------------------------- */

/* Options that would add something else to a step, or make it small. */
static void make_plain(const struct lg_info *info, struct lg_options *options)
{
    static const struct {
        const char *name;
        double value;
    } plain[] = {{"lr", NETWORK_LR},
                 {"momentum", 0},
                 {"weight_decay", 0},
                 {"max_iter", 1},
                 {"tolerance_grad", 0}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        const int at = lg_option_find(info, plain[i].name);
        if (at < 0)
            continue;
        const double most = info->options[at].maximum;
        options->value[at] = plain[i].value < most ? plain[i].value : most;
    }
}

static enum lg_status configure(const struct training *training, const struct lg_backend *backend,
                                const struct way *way, struct lg_net_config *config,
                                struct lg_error *error)
{
    *config = *network_config(training->subject);
    const enum lg_status status =
        registry_choose("optimizer", backend->optimizer_count, backend->optimizer, way->optimizer,
                        &config->optimizer, error);
    if (status != LG_OK)
        return status;
    make_plain(backend->optimizer(config->optimizer.index), &config->optimizer.options);
    config->clip_norm = way->clip_norm;
    return LG_OK;
}

/* Put the difference that a step on the batch makes to the parameters into `got`, and its
 * paths into *paths. */
static void take_step(struct training *t, const struct lg_backend *backend, struct lg_net *net,
                      const struct way *way, const struct batch *batch, uint64_t *paths)
{
    const struct samples *samples = network_samples(t->subject);
    const struct lg_pass pass = samples_pass(samples, batch->first, batch->count);
    const struct lg_pass other = samples_pass(samples, 1, batch->count);
    struct lg_sums sums = {0};
    *paths = 0;
    /* A step on other samples first: what it leaves behind must not show. (A method that
     * learns from the step before is another one then.) */
    backend->set_parameters(net, t->subject->point);
    if (way->scale != AS_A_WHOLE)
        backend->train(net, &other, &sums);
    backend->set_parameters(net, t->subject->point);
    backend->parameters(net, t->before);
    backend->watch_paths(net, paths);
    backend->train(net, &pass, &sums);
    backend->watch_paths(net, NULL);
    backend->parameters(net, t->after);
    for (size_t i = 0; i < t->subject->size; i++)
        t->got[i] = t->before[i] - t->after[i];
}

/* True if nothing of a gradient is more than what rounding may leave of 0. */
static bool is_rounding(const struct training *t, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++)
        if (fabs((double)t->right.gradient[i]) > ROUNDINGS * DBL_EPSILON * t->right.rounding[i])
            return false;
    return true;
}

/* The factor by which `got` is the right gradient, from first to end: least squares. */
static double scale_of(const struct training *t, size_t first, size_t end)
{
    long double up = 0, down = 0;
    for (size_t i = first; i < end; i++) {
        up += (long double)t->got[i] * t->right.gradient[i];
        down += t->right.gradient[i] * t->right.gradient[i];
    }
    return down > 0 && up != 0 ? (double)(up / down) : 1;
}

/* `got` divided by its scale; before[] becomes what a unit roundoff of the parameters is of
 * that. */
static void unscale(struct training *t, const struct way *way)
{
    const struct subject *subject = t->subject;
    double scale = way->scale == AS_A_WHOLE ? scale_of(t, 0, subject->size) : NETWORK_LR;
    for (size_t b = 0; b < subject->block_count; b++) {
        const struct gradient_block *block = &subject->blocks[b];
        const size_t end = block->first + block->rows * block->columns;
        if (way->scale == BY_BLOCK)
            scale = scale_of(t, block->first, end);
        for (size_t i = block->first; i < end; i++) {
            t->got[i] /= scale;
            t->before[i] = fabs(t->before[i] / scale);
        }
        /* A step made of rounding alone has no scale to compare by. */
        if (way->scale == BY_BLOCK && is_rounding(t, block->first, end))
            for (size_t i = block->first; i < end; i++)
                t->got[i] = (double)t->right.gradient[i];
    }
}

/* ---- Judging it ------------------------------------------------------------- */

struct finding {
    size_t wrong, first_wrong, cancelled;
    size_t worst;
    double worst_bars; /* its error in bars */
};

static double bar_of(const struct training *t, size_t i, double unit, double least)
{
    const double own = fabs((double)t->right.gradient[i]);
    return ROUNDINGS * (unit * (t->right.rounding[i] + own + t->before[i]) + least);
}

static struct finding judge(const struct training *t, const double *got, bool is_f32)
{
    const double unit = (is_f32 ? (double)FLT_EPSILON : DBL_EPSILON) / 2;
    const double least = is_f32 ? (double)FLT_MIN : DBL_MIN; /* what underflows */
    struct finding f = {.worst = SIZE_MAX, .first_wrong = SIZE_MAX, .worst_bars = -1};
    for (size_t i = 0; i < t->subject->size; i++) {
        const double bar = bar_of(t, i, unit, least);
        const double error = (double)fabsl((long double)got[i] - t->right.gradient[i]);
        f.cancelled +=
            t->right.gradient[i] != 0 && bar > OWN_SIZE * fabs((double)t->right.gradient[i]);
        if (!(error <= bar)) {
            f.first_wrong = f.wrong == 0 ? i : f.first_wrong;
            f.wrong++;
        }
        if (!(error / bar <= f.worst_bars) && f.worst_bars == f.worst_bars) {
            f.worst_bars = error / bar;
            f.worst = i;
        }
    }
    return f;
}

/* "every one of them is 2 times what it should be", where that is so. */
static void find_factor(const struct training *t, const struct finding *f, bool is_f32, char *hint,
                        size_t size)
{
    const double unit = (is_f32 ? (double)FLT_EPSILON : DBL_EPSILON) / 2;
    const double first = t->got[f->first_wrong] / (double)t->right.gradient[f->first_wrong];
    for (size_t i = 0; i < t->subject->size; i++) {
        const double right = (double)t->right.gradient[i], bar = bar_of(t, i, unit, DBL_MIN);
        if (!(fabs(t->got[i] - right) <= bar) && !(fabs(t->got[i] - first * right) <= 4 * bar))
            return;
    }
    snprintf(hint, size, ": each is %.6g times what it should be", first);
}

static void describe(const struct training *t, const struct finding *f, bool is_f32,
                     const char *name, struct judgement *judgement)
{
    const size_t i = f->first_wrong;
    const struct gradient_block *block = subject_block_at(t->subject, i);
    char entry[48], hint[80] = "";
    judgement->verdict = OUTCOME_FAIL;
    judgement->wrong = i;
    if (f->wrong > 1)
        find_factor(t, f, is_f32, hint, sizeof hint);
    snprintf(judgement->message, sizeof judgement->message,
             "%s: %s %s: training says %.10g, plain backpropagation %.10Lg +- %.2g; %zu of %zu "
             "entries are wrong%s",
             name, block->name, subject_entry_name(block, i, entry), t->got[i],
             t->right.gradient[i],
             bar_of(t, i, (is_f32 ? (double)FLT_EPSILON : DBL_EPSILON) / 2, 0), f->wrong,
             t->subject->size, hint);
}

static void report(struct training *t, const char *name, const struct finding *f, bool is_f32)
{
    char worst[CHECK_WORST_MAX], entry[48];
    struct judgement judgement = {.checked = t->subject->size,
                                  .cancelled = f->cancelled,
                                  .reason = "",
                                  .worst = 0,
                                  .wrong = SIZE_MAX};
    const size_t i = f->worst;
    const struct gradient_block *block = subject_block_at(t->subject, i);
    const double own = fabs((double)t->right.gradient[i]);
    const double error = (double)fabsl((long double)t->got[i] - t->right.gradient[i]);
    judgement.analytic = t->got[i];
    judgement.numeric = (double)t->right.gradient[i];
    judgement.error_bar = bar_of(t, i, (is_f32 ? (double)FLT_EPSILON : DBL_EPSILON) / 2, 0);
    judgement.relative_error = error == 0 ? 0 : error / (own + t->right.rounding[i]);
    struct ulps ulps = {{0}, 0};
    if (is_f32) /* its errors are in its own units, not among those of f64 */
        ulps_note(&ulps, t->got[i], (double)t->right.gradient[i], own + t->right.rounding[i],
                  FLT_MANT_DIG);
    if (is_f32 && f->wrong == 0)
        judgement.worst = SIZE_MAX;
    if (f->wrong > 0)
        describe(t, f, is_f32, name, &judgement);
    snprintf(worst, sizeof worst, "%.24s %.36s", block->name, subject_entry_name(block, i, entry));
    result_add(t->result, &(struct result_row){.block = name,
                                               .size = t->subject->size,
                                               .worst = worst,
                                               .method = is_f32 ? "backprop-f32" : "backprop-f64",
                                               .judgement = &judgement,
                                               .f32 = is_f32 ? &ulps : NULL});
}

/* True if the fault moves an entry by more than LEAST_FAULT of its block's largest: two
 * entries that change places may be as good as equal. */
static bool is_large(const struct training *t)
{
    for (size_t b = 0; b < t->subject->block_count; b++) {
        const struct gradient_block *block = &t->subject->blocks[b];
        const size_t end = block->first + block->rows * block->columns;
        double largest = 0, most = 0;
        for (size_t i = block->first; i < end; i++) {
            const double moved = fabs(t->wrong[i] - t->got[i]);
            largest = fabs(t->got[i]) > largest ? fabs(t->got[i]) : largest;
            most = moved > most ? moved : most;
        }
        if (most > LEAST_FAULT * largest)
            return true;
    }
    return false;
}

/* Put a fault into what came by these paths, and see whether it is seen. */
static void inject_fault(struct training *t, const char *name, bool is_f32, uint64_t paths)
{
    struct fault_place place;
    const struct fault *fault = t->fault;
    if (fault == NULL)
        fault = &faults[t->turn++ % fault_count()];
    /* Entries that may be nothing but rounding are made 0: a fault in those alone is none. */
    const double unit = (is_f32 ? (double)FLT_EPSILON : DBL_EPSILON) / 2;
    for (size_t i = 0; i < t->subject->size; i++)
        if (fabs((double)t->right.gradient[i]) <= bar_of(t, i, unit, 0))
            t->got[i] = 0;
    bool applies = false;
    for (int draw = 0; draw < FAULT_DRAWS && !applies; draw++)
        applies = fault->apply(t->subject, &t->pcg, t->got, t->wrong, &place) && is_large(t);
    if (!applies)
        return;
    const bool seen = judge(t, t->wrong, is_f32).wrong > 0;
    coverage_note_fault(&t->result->coverage, paths, seen);
    t->put++;
    t->seen += seen;
    if (seen || t->fault != NULL)
        return;
    struct judgement unseen = {.verdict = OUTCOME_FAIL, .reason = "", .worst = SIZE_MAX};
    snprintf(unseen.message, sizeof unseen.message, "%s: '%s', put in on purpose, was not seen",
             name, fault->name);
    result_add(t->result, &(struct result_row){
                              .block = name, .worst = "", .method = "", .judgement = &unseen});
}

/* ---- All of them ------------------------------------------------------------ */

static enum lg_status check_way(struct training *t, const struct lg_backend *backend,
                                const struct way *way, const struct batch *batch,
                                struct lg_error *error)
{
    const bool is_f32 = backend->precision == LG_F32;
    struct lg_net_config config;
    struct lg_arena arena = {0};
    uint64_t paths;
    char name[96];
    enum lg_status status = configure(t, backend, way, &config, error);
    if (status != LG_OK)
        return status;
    backend->create(&arena, &config);
    status = lg_arena_create(&arena, arena.used_bytes, error);
    if (status != LG_OK)
        return status;
    struct lg_net *net = backend->create(&arena, &config);
    snprintf(name, sizeof name, "batch of %zu, %s, %s %s", batch->count, way->name,
             is_f32 ? "f32" : "f64", backend->isa);
    take_step(t, backend, net, way, batch, &paths);
    lg_arena_destroy(&arena);
    unscale(t, way);
    const struct finding finding = judge(t, t->got, is_f32);
    coverage_note(&t->result->coverage, backend, paths);
    if (t->fault == NULL)
        report(t, name, &finding, is_f32);
    if (finding.wrong == 0)
        inject_fault(t, name, is_f32, paths);
    return LG_OK;
}

static bool is_wanted(const struct training *t, const struct copies *copies,
                      const struct lg_backend *backend)
{
    if (!lg_isa_runs_here(backend->isa))
        return false;
    return (t->request->is_thorough && copies->is_any_isa) ||
           backend == copies->backend[COPY_F32] || backend == copies->backend[COPY_F64];
}

static enum lg_status check_batch(struct training *t, const struct copies *copies,
                                  const struct batch *batch, struct lg_error *error)
{
    const struct lg_pass pass =
        samples_pass(network_samples(t->subject), batch->first, batch->count);
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count);
    enum lg_status status =
        backprop_measure(network_config(t->subject), t->subject->point, &pass, &t->right, error);
    for (size_t i = 0; i < count && status == LG_OK; i++)
        for (size_t w = 0; w < WAYS && is_wanted(t, copies, backends[i]); w++) {
            const bool is_own = backends[i] == copies->backend[COPY_F64];
            if (w >= WAYS_PLAIN && !(t->request->is_thorough && is_own))
                continue;
            if (status == LG_OK)
                status = check_way(t, backends[i], &ways[w], batch, error);
        }
    backprop_free(&t->right);
    return status;
}

static size_t add_batch(struct batch *batches, size_t count, size_t first, size_t samples)
{
    for (size_t i = 0; i < count; i++)
        if (batches[i].count == samples)
            return count;
    batches[count] = (struct batch){first, samples};
    return count + 1;
}

/* The whole batch, the last one of an epoch, and both sides of what products are chosen by. */
static size_t choose_batches(const struct training *t, const struct lg_backend *backend,
                             struct batch batches[BATCHES_MAX])
{
    const struct lg_net_config *config = network_config(t->subject);
    const size_t whole = config->batch, way = targets_arity(config);
    const size_t packed = (backend->packed_batch + way - 1) / way;
    size_t count = add_batch(batches, 0, 0, whole);
    if (t->request->last > 0 && t->request->last < whole)
        count = add_batch(batches, count, whole, t->request->last);
    for (size_t i = 0; t->request->is_thorough && i < 2; i++)
        if (packed - i > 0 && packed - i < whole)
            count = add_batch(batches, count, i, packed - i);
    for (size_t small = 2; t->request->is_thorough && small > 0 && small < whole; small--)
        count = add_batch(batches, count, small, small);
    return count;
}

/* Of an injected fault: one row, failed where it was seen everywhere. */
static void report_fault(struct training *t)
{
    struct judgement judgement = {.checked = t->put, .reason = "", .worst = SIZE_MAX};
    if (t->put == 0) {
        result_skip(t->result, "", "the fault does not apply");
        return;
    }
    judgement.verdict = t->seen == t->put ? OUTCOME_FAIL : OUTCOME_PASS;
    snprintf(judgement.message, sizeof judgement.message, "seen in %zu of %zu gradients", t->seen,
             t->put);
    result_add(t->result,
               &(struct result_row){
                   .block = "every path", .worst = "", .method = "", .judgement = &judgement});
}

static enum lg_status check_all(struct training *t, const struct copies *copies,
                                struct lg_error *error)
{
    struct batch batches[BATCHES_MAX];
    const size_t count = choose_batches(t, copies->backend[COPY_F64], batches);
    enum lg_status status = LG_OK;
    for (size_t i = 0; i < count && status == LG_OK; i++)
        status = check_batch(t, copies, &batches[i], error);
    if (status == LG_OK && t->fault != NULL)
        report_fault(t);
    return status;
}

enum lg_status training_check(const struct copies *copies, const struct training_request *request,
                              uint64_t seed, const struct fault *fault, struct result *result,
                              struct lg_error *error)
{
    struct subject subject;
    enum lg_status status = network_subject(copies, request->network, &subject, error);
    if (status != LG_OK)
        return status;
    struct training t = {.request = request,
                         .subject = &subject,
                         .fault = fault,
                         .result = result,
                         .pcg = lg_pcg_seed(seed, 8),
                         .turn = seed};
    double *const space = malloc(4 * subject.size * sizeof *space);
    if (space == NULL) {
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
    } else {
        t.before = space;
        t.after = space + subject.size;
        t.got = space + 2 * subject.size;
        t.wrong = space + 3 * subject.size;
        status = check_all(&t, copies, error);
    }
    free(space);
    subject_free(&subject);
    return status;
}
