#include "harness/gradcheck/result.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/gradcheck/gradcheck_columns.h"

void result_begin(struct result *result, const char *kind, const char *name, const char *options)
{
    *result = (struct result){.block_count = 0};
    snprintf(result->kind, sizeof result->kind, "%s", kind);
    snprintf(result->name, sizeof result->name, "%s", name);
    snprintf(result->options, sizeof result->options, "%s", options);
}

bool result_same_subject(const struct result *a, const struct result *b)
{
    return strcmp(a->kind, b->kind) == 0 && strcmp(a->name, b->name) == 0 &&
           strcmp(a->options, b->options) == 0;
}

bool result_is_lifeless(const struct result *result)
{
    return result->dead + result->unchecked == result->block_count;
}

void result_note(struct result *result, const char *message)
{
    if (result->message[0] == '\0' && message[0] != '\0')
        snprintf(result->message, sizeof result->message, "%s %s%s%s%s: %s", result->kind,
                 result->name, result->options[0] != '\0' ? " (" : "", result->options,
                 result->options[0] != '\0' ? ")" : "", message);
}

/* One of few; what has no room is counted as what it is: another. */
static void add_reason(struct result *result, const struct judgement *judgement)
{
    size_t at = 0;
    while (at + 1 < RESULT_REASONS_MAX && result->reasons[at].count > 0 &&
           strcmp(result->reasons[at].why, judgement->reason) != 0)
        at++;
    const bool full = at + 1 == RESULT_REASONS_MAX && result->reasons[at].count > 0 &&
                      strcmp(result->reasons[at].why, judgement->reason) != 0;
    if (full || result->reasons[at].count == 0)
        snprintf(result->reasons[at].why, sizeof result->reasons[at].why, "%s",
                 full ? "other reasons: see gradcheck.csv" : judgement->reason);
    result->reasons[at].count += judgement->skipped;
}

void result_add(struct result *result, const struct result_row *row)
{
    const struct judgement *j = row->judgement;
    const bool measured = j->worst != SIZE_MAX;
    csv_file_row(&gradcheck_csv, NULL, &result->blocks, &(struct block_row){result, row});
    result->block_count++;
    result->checked += j->checked;
    result->certified += j->certified;
    result->skipped += j->skipped;
    result->cancelled += j->cancelled;
    result->failed += j->verdict == OUTCOME_FAIL;
    result->dead += j->verdict == OUTCOME_DEAD;
    result->unchecked += j->verdict == OUTCOME_SKIPPED;
    if (j->skipped > 0)
        add_reason(result, j);
    if (measured && !(j->relative_error < result->relative_error)) {
        result->has_error = true;
        result->relative_error =
            j->relative_error == j->relative_error ? j->relative_error : (double)INFINITY;
        result->error_bar = j->error_bar;
    }
    if (row->f64 != NULL)
        ulps_add(&result->f64, row->f64);
    if (row->f32 != NULL)
        ulps_add(&result->f32, row->f32);
    if (j->verdict == OUTCOME_FAIL)
        result_note(result, j->message);
}

void result_add_kink(struct result *result, double at, double left, double right, double analytic)
{
    for (size_t k = 0; k < result->kink_count; k++)
        if (result->kink[k].left == left && result->kink[k].right == right &&
            result->kink[k].analytic == analytic)
            return;
    if (result->kink_count == RESULT_KINKS_MAX)
        return;
    const size_t k = result->kink_count++;
    result->kink[k].at = at;
    result->kink[k].left = left;
    result->kink[k].right = right;
    result->kink[k].analytic = analytic;
}

void result_skip(struct result *result, const char *block, const char *reason)
{
    const struct judgement none = {
        .verdict = OUTCOME_SKIPPED, .skipped = 1, .reason = reason, .worst = SIZE_MAX};
    result_add(result,
               &(struct result_row){.block = block, .worst = "", .method = "", .judgement = &none});
}

void result_dead(struct result *result, const char *block, const char *reason)
{
    struct judgement none = {.verdict = OUTCOME_DEAD, .reason = reason, .worst = SIZE_MAX};
    snprintf(none.message, sizeof none.message, "%s", reason);
    result_add(result,
               &(struct result_row){.block = block, .worst = "", .method = "", .judgement = &none});
}

void ulps_note(struct ulps *ulps, double a, double b, double scale, int bits)
{
    int exponent = 0;
    frexp(scale, &exponent);
    const double apart = a < b ? b - a : a - b;
    /* NaN is not the same as anything. */
    const double in_ulps =
        !(apart <= 0) ? (apart == apart ? apart / ldexp(1, exponent - bits) : (double)INFINITY) : 0;
    size_t bin = 0;
    if (in_ulps > 0)
        for (bin = 1; bin + 1 < ULPS_BINS && in_ulps >= ldexp(1, (int)bin - 1); bin++)
            ;
    ulps->count[bin]++;
    if (!(in_ulps <= ulps->largest))
        ulps->largest = in_ulps;
}

void ulps_add(struct ulps *to, const struct ulps *from)
{
    for (size_t i = 0; i < ULPS_BINS; i++)
        to->count[i] += from->count[i];
    if (!(from->largest <= to->largest))
        to->largest = from->largest;
}

void ulps_rows(struct csv *csv, const char *precision, const char *kind, const struct ulps *ulps)
{
    for (size_t i = 0; i < ULPS_BINS; i++) {
        const struct ulps_row row = {precision, kind, (int)i - (i < 2 ? 1 : 2), ulps->count[i]};
        if (row.count > 0)
            csv_file_row(&ulps_csv, NULL, csv, &row);
    }
}

void result_free(struct result *result)
{
    text_free(&result->blocks.text);
    text_free(&result->sweep.text);
    text_free(&result->kinks.text);
}
