#include "harness/gradcheck/subject_check.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/gradcheck_columns.h"
#include "harness/gradcheck/hessian.h"
#include "harness/gradcheck/kinks.h"

/* Sweeps show both arms of the V. */
static const double SWEEP_FROM = 0.25;
enum { SWEEP_STEPS = 30 };

/* A copy's gradient, and its value, may be so many units of its last place off those of the
 * next wider one. */
static const double COPY_ULPS = 256;

/* Far from 0 a form may lose all digits in one copy, as it does elsewhere: there the reference
 * copy's gradient is judged, and of the others only that they are numbers. */
static const double ANY_NUMBER = 1e300;

/* What cancels in a block is of the size of others' entries: its units are at least those
 * of this share of them. */
static const double LEAST_SHARE = 1.0 / 16;

/* A second derivative's asymmetry above this many error bars, and above rounding. */
static const double ASYMMETRY_BARS = 4, ASYMMETRY_LEAST = 1e-9;

struct work {
    struct subject *subject;
    struct check check;
    struct result *result;
    double *gradient[COPIES], *faulty; /* (size) */
    double *second;                    /* (size); NULL: there is none, or a fault is injected */
    double *space;                     /* for the Hessian; NULL: not a small subject */
    struct kink kinks[KINKS_MAX];
    size_t kink_count;
    struct asymmetry asymmetry[SUBJECT_BLOCKS_MAX];
    bool has_asymmetry;
};

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* ---- Copies against each other ------------------------------------------- */

static void compare_copies(const struct work *work, const struct gradient_block *block,
                           struct ulps *f64, struct ulps *f32)
{
    double scale = 0;
    const size_t end = block->first + block->rows * block->columns;
    for (size_t i = 0; i < work->subject->size; i++) {
        const double share = i >= block->first && i < end ? 1 : LEAST_SHARE;
        scale = larger(scale, share * fabs(work->gradient[COPY_REFERENCE][i]));
    }
    for (size_t i = block->first; i < end; i++) {
        const double reference = work->gradient[COPY_REFERENCE][i], f = work->gradient[COPY_F64][i];
        ulps_note(f64, f, reference, scale, DBL_MANT_DIG);
        ulps_note(f32, work->gradient[COPY_F32][i], f, scale, FLT_MANT_DIG);
    }
}

/* ---- The V --------------------------------------------------------------- */

static void add_sweep_row(const struct work *work, const struct check_line *line,
                          const char *method, double h, const struct estimate *estimate)
{
    const struct sweep_row row = {
        work->subject, line->first, method, h, work->gradient[COPY_F64][line->first], estimate};
    csv_file_row(&sweep_csv, NULL, &work->result->sweep, &row);
}

static void sweep(struct work *work, const struct check_line *line)
{
    static const char *const methods[COPIES][2] = {
        [COPY_F64] = {"central", "richardson"},
        [COPY_REFERENCE] = {"reference-central", "reference-richardson"}};
    for (enum copy copy = COPY_F64; copy <= COPY_REFERENCE; copy++) {
        struct check_entry entry = {&work->check, line->first, copy};
        const struct line along = {check_entry_value, &entry};
        struct derivative d;
        derivative_measure(&along, SWEEP_FROM, SWEEP_STEPS,
                           derivative_noise(&along, check_unit(copy), false), &d);
        for (size_t k = 0; k < d.steps; k++)
            add_sweep_row(work, line, methods[copy][0], d.h[k], &d.central[k]);
        for (size_t k = 1; k < d.steps; k++)
            add_sweep_row(work, line, methods[copy][1], d.h[k], &d.richardson[k]);
    }
}

/* The entry of a sweep: the one with the largest derivative. */
static const struct check_line *choose_sweep(const struct work *work)
{
    const struct check_line *best = NULL;
    for (size_t l = 0; l < work->check.line_count; l++) {
        const struct check_line *line = &work->check.lines[l];
        const double size = fabs(work->gradient[COPY_F64][line->first]);
        if (line->count == 1 && size > 0 && size - size == 0 &&
            (best == NULL || size > fabs(work->gradient[COPY_F64][best->first])))
            best = line;
    }
    return best;
}

/* ---- Kinks --------------------------------------------------------------- */

/* Kinks that were found in a block count with its derivatives. */
static void judge_kinks(const struct work *work, const struct gradient_block *block,
                        struct judgement *judgement)
{
    for (size_t k = 0; k < work->kink_count; k++) {
        const struct kink *kink = &work->kinks[k];
        char name[48];
        if (subject_block_at(work->subject, kink->entry) != block)
            continue;
        csv_file_row(&kinks_csv, NULL, &work->result->kinks,
                     &(struct kink_row){work->subject, kink});
        result_add_kink(work->result, kink->at, (double)kink->derivative.left.value,
                        (double)kink->derivative.right.value, kink->analytic);
        judgement->checked++;
        judgement->certified += kink->is_inside;
        if (kink->is_inside || judgement->verdict == OUTCOME_FAIL)
            continue;
        judgement->verdict = OUTCOME_FAIL;
        judgement->wrong = kink->entry;
        snprintf(judgement->message, sizeof judgement->message,
                 "%s %s at its kink %.10g: the gradient says %.10g, which is not between the "
                 "one-sided derivatives %.10Lg and %.10Lg",
                 block->name, subject_entry_name(block, kink->entry, name), kink->at,
                 kink->analytic, kink->derivative.left.value, kink->derivative.right.value);
    }
}

/* ---- A block ------------------------------------------------------------- */

static void fail(struct judgement *judgement, const char *format, const char *block, double found,
                 double allowed)
{
    judgement->verdict = OUTCOME_FAIL;
    snprintf(judgement->message, sizeof judgement->message, format, block, found, allowed);
}

static double most_ulps(const struct work *work)
{
    return work->subject->is_far ? ANY_NUMBER : COPY_ULPS;
}

static void judge_copies(const struct work *work, const struct gradient_block *block,
                         const struct ulps *f64, const struct ulps *f32,
                         struct judgement *judgement)
{
    const double most = most_ulps(work);
    if (judgement->verdict == OUTCOME_FAIL)
        return;
    if (!(f32->largest <= most))
        fail(judgement,
             "%s: the f32 gradient is %.3g units of its last place off the f64 one, at most %g are "
             "expected",
             block->name, f32->largest, most);
    else if (!(f64->largest <= most))
        fail(judgement,
             "%s: the f64 gradient is %.3g units of its last place off the one in long double, at "
             "most %g are expected",
             block->name, f64->largest, most);
}

/* The values of the copies, in units of what they are made of: terms may cancel. */
static void judge_values(const struct work *work, struct judgement *judgement)
{
    struct subject *subject = work->subject;
    const double most = most_ulps(work);
    const long double reference = subject->value(subject, COPY_REFERENCE, subject->point);
    long double scale = fabsl(reference);
    for (size_t i = 0; i < subject->size; i++) {
        const long double part =
            (long double)work->gradient[COPY_REFERENCE][i] * (long double)subject->point[i];
        scale = fabsl(part) > scale ? fabsl(part) : scale;
    }
    for (enum copy copy = COPY_F32; copy <= COPY_F64; copy++) {
        const long double value = subject->value(subject, copy, subject->point);
        const long double units = fabsl(value - reference) / (scale * 2 * check_unit(copy));
        if (scale > 0 && !(units <= (long double)most) && judgement->verdict != OUTCOME_FAIL)
            fail(judgement,
                 copy == COPY_F32 ? "%s: the f32 value is %.3g units of its last place off the one "
                                    "in long double, at most %g are expected"
                                  : "%s: the f64 value is %.3g units of its last place off the one "
                                    "in long double, at most %g are expected",
                 subject->blocks[0].name, (double)units, most);
    }
}

static void judge_asymmetry(const struct gradient_block *block, const struct asymmetry *asymmetry,
                            struct judgement *judgement)
{
    const double allowed = ASYMMETRY_BARS * asymmetry->error + ASYMMETRY_LEAST;
    if (judgement->verdict != OUTCOME_FAIL && !(asymmetry->value <= allowed))
        fail(judgement,
             "%s: second derivatives are not symmetric: they differ by %.3g of the "
             "largest, at most %.3g is expected",
             block->name, asymmetry->value, allowed);
}

static const char *method_of(const struct work *work, const struct judgement *judgement)
{
    if (judgement->worst == SIZE_MAX)
        return "";
    const struct derivative *d = &work->check.lines[judgement->worst].derivative;
    return derivative_has_kink(d) ? "one-sided" : "reference";
}

/* The gradient that other checks use is compared with the same differences. */
static void judge_second(struct work *work, size_t b, struct judgement *judgement)
{
    struct judgement own;
    char message[sizeof own.message];
    check_judge(&work->check, b, work->second, &own);
    judgement->checked += own.checked;
    if (own.verdict != OUTCOME_FAIL || judgement->verdict == OUTCOME_FAIL)
        return;
    snprintf(message, sizeof message, "plain backpropagation, which training is held against: %.*s",
             (int)sizeof message - 80, own.message);
    *judgement = own;
    memcpy(judgement->message, message, sizeof message);
}

static void add_block(struct work *work, size_t b, const double *gradient)
{
    const struct gradient_block *block = &work->subject->blocks[b];
    struct judgement judgement;
    struct ulps f64 = {{0}, 0}, f32 = {{0}, 0};
    char worst[CHECK_WORST_MAX] = "";
    check_judge(&work->check, b, gradient, &judgement);
    if (work->second != NULL)
        judge_second(work, b, &judgement);
    judge_kinks(work, block, &judgement);
    compare_copies(work, block, &f64, &f32);
    judge_copies(work, block, &f64, &f32, &judgement);
    if (b == 0)
        judge_values(work, &judgement);
    if (work->has_asymmetry)
        judge_asymmetry(block, &work->asymmetry[b], &judgement);
    if (judgement.worst != SIZE_MAX)
        check_line_name(&work->check, judgement.worst, worst);
    const struct result_row row = {
        .block = block->name,
        .size = block->rows * block->columns,
        .worst = worst,
        .method = method_of(work, &judgement),
        .judgement = &judgement,
        .f64 = &f64,
        .f32 = &f32,
        .asymmetry = work->has_asymmetry ? &work->asymmetry[b].value : NULL,
        .asymmetry_bar = work->has_asymmetry ? &work->asymmetry[b].error : NULL,
    };
    result_add(work->result, &row);
}

/* ---- All of it ----------------------------------------------------------- */

static bool take(struct work *work)
{
    const size_t n = work->subject->size;
    for (int copy = 0; copy < COPIES; copy++)
        work->gradient[copy] = malloc((n + 1) * sizeof(double));
    work->faulty = malloc((n + 1) * sizeof(double));
    if (work->subject->is_small)
        work->space = malloc(n * (n + 3) * sizeof(double));
    return work->gradient[COPY_F32] != NULL && work->gradient[COPY_F64] != NULL &&
           work->gradient[COPY_REFERENCE] != NULL && work->faulty != NULL &&
           (work->space != NULL || !work->subject->is_small);
}

static void give_back(struct work *work)
{
    for (int copy = 0; copy < COPIES; copy++)
        free(work->gradient[copy]);
    free(work->faulty);
    free(work->second);
    free(work->space);
    check_free(&work->check);
}

static void examine(struct work *work, const struct check_plan *plan, const struct fault *fault)
{
    struct subject *subject = work->subject;
    const double *judged = work->gradient[subject->is_far ? COPY_REFERENCE : COPY_F64];
    for (int copy = 0; copy < COPIES; copy++)
        subject->gradient(subject, (enum copy)copy, subject->point, 0, work->gradient[copy]);
    if (subject->is_small && fault == NULL) {
        work->kink_count = kinks_find(&work->check, plan->steps, work->faulty, work->kinks);
        work->has_asymmetry = hessian_measure(&work->check, work->space, work->asymmetry);
    }
    if (fault != NULL) {
        struct lg_pcg pcg = lg_pcg_seed(plan->seed, 3);
        struct fault_place place;
        if (!fault->apply(subject, &pcg, work->gradient[COPY_F64], work->faulty, &place)) {
            result_skip(work->result, "", "the fault does not apply");
            return;
        }
        judged = work->faulty;
    }
    for (size_t b = 0; b < subject->block_count; b++)
        add_block(work, b, judged);
    const struct check_line *line = choose_sweep(work);
    if (line != NULL && fault == NULL)
        sweep(work, line);
}

static enum lg_status measure_second(struct work *work, const struct fault *fault,
                                     struct lg_error *error)
{
    struct subject *subject = work->subject;
    if (subject->second == NULL || fault != NULL)
        return LG_OK;
    work->second = malloc((subject->size + 1) * sizeof *work->second);
    if (work->second == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
    return subject->second(subject, work->second, error);
}

enum lg_status subject_check(struct subject *subject, const struct check_plan *plan,
                             const struct fault *fault, struct result *result,
                             struct lg_error *error)
{
    struct work *work = calloc(1, sizeof *work);
    if (work == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
    work->subject = subject;
    work->result = result;
    enum lg_status status =
        take(work) ? LG_OK
                   : lg_fail(error, LG_ENVIRONMENT, "not enough memory to check %s '%s'",
                             subject->kind, subject->name);
    if (status == LG_OK)
        status = check_measure(subject, plan, &work->check, error);
    if (status == LG_OK)
        status = measure_second(work, fault, error);
    if (status == LG_OK)
        examine(work, plan, fault);
    give_back(work);
    free(work);
    return status;
}
