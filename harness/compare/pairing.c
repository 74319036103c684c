#include "harness/compare/pairing.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/first_divergence.h"
#include "harness/compare/roofline.h"

const struct timed_cell *paired_cell(const struct paired *paired)
{
    return paired->a != NULL ? paired->a : paired->b;
}

/* ---- One phase ----------------------------------------------------------- */

/* Time is normalised by what the machine could have computed meanwhile. The peaks have
 * intervals too, which widen that of the ratio. */
static void normalise(const struct pairing *pairing, struct paired *paired)
{
    const struct peak a = roofline_fma(pairing->a, paired->a->isa, paired->a->precision);
    const struct peak b = roofline_fma(pairing->b, paired->b->isa, paired->b->precision);
    const struct ratio *ratio = &paired->ratio;
    paired->normalised = (struct ratio){.value = ratio->value * b.median / a.median,
                                        .has_interval = ratio->has_interval,
                                        .low = ratio->low * b.low / a.high,
                                        .high = ratio->high * b.high / a.low};
}

static bool all_positive(const struct timed_cost *cost)
{
    for (size_t i = 0; i < cost->rounds; i++)
        if (!(cost->values[i] > 0))
            return false;
    return cost->rounds > 0;
}

static void set_verdict(struct paired *paired, enum verdict verdict, const char *reason)
{
    paired->verdict = verdict;
    snprintf(paired->reason, sizeof paired->reason, "%s", reason);
}

/* The reason why there is no winner, or nothing. */
static const char *doubt(const struct paired *paired)
{
    if (paired->verdict != VERDICT_UNDECIDED)
        return "";
    if (!paired->ratio.has_interval)
        return "too few rounds for an interval";
    if (isnan(paired->floor))
        return "a noise floor is unknown";
    if (paired->ratio.low <= 1 && paired->ratio.high >= 1)
        return "no difference seen, none ruled out";
    return "different, but perhaps by no more than noise";
}

static enum lg_status compare_phase(const struct pairing *pairing, struct paired *paired,
                                    struct lg_error *error)
{
    assert(paired->a != NULL && paired->b != NULL);
    const struct timed_cost *a = &paired->a->costs[paired->phase];
    const struct timed_cost *b = &paired->b->costs[paired->phase];
    const double floors[] = {timed_folder_floor(pairing->a, paired->phase),
                             timed_folder_floor(pairing->b, paired->phase)};
    /* Unknown is larger than any number: there may be any noise. */
    paired->floor = isnan(floors[0]) || floors[0] > floors[1] ? floors[0] : floors[1];
    if (!a->is_there || !b->is_there) {
        set_verdict(paired, VERDICT_NOT_COMPARABLE,
                    a->is_there ? "only in the baseline" : "only in the other");
        return LG_OK;
    }
    if (!all_positive(a) || !all_positive(b)) {
        set_verdict(paired, VERDICT_UNDECIDED, "not sampled, or too short to measure");
        return LG_OK;
    }
    enum lg_status status =
        ratio_estimate(a->values, a->rounds, b->values, b->rounds, &paired->ratio, error);
    if (status != LG_OK)
        return status;
    normalise(pairing, paired);
    paired->verdict = verdict_of_interval(paired->ratio.has_interval, paired->ratio.low,
                                          paired->ratio.high, paired->floor);
    set_verdict(paired, paired->verdict, doubt(paired));
    return LG_OK;
}

/* ---- One cell ------------------------------------------------------------ */

/* True if both were timed after so many steps; where one does not tell, they were. */
static bool is_one_state(const struct timed_cell *a, const struct timed_cell *b)
{
    return a->from_step == b->from_step || isnan(a->from_step + b->from_step);
}

/* The reason why two that settled, or did not, at different steps cannot be compared, or
 * nothing: two settled states cost what all states from there on do. */
static void find_distance(const struct timed_cell *a, const struct timed_cell *b,
                          char reason[PAIRED_REASON_MAX])
{
    static const char settled[] = "settled";
    reason[0] = '\0';
    if (!is_one_state(a, b) && (strcmp(a->state, settled) != 0 || strcmp(b->state, settled) != 0))
        snprintf(reason, PAIRED_REASON_MAX,
                 "states differ: %.12s at step %.0f and %.12s at step %.0f; see time --settle",
                 a->state, a->from_step, b->state, b->from_step);
}

/* The reason why the two did not do the same work, or nothing. In different states of one
 * training the weights of the first steps are the same. */
static void find_obstacle(const struct timed_cell *a, const struct timed_cell *b,
                          char reason[PAIRED_REASON_MAX])
{
    const bool one_state = is_one_state(a, b);
    const char *digest_a = one_state ? a->weights_sha256 : a->first_sha256;
    const char *digest_b = one_state ? b->weights_sha256 : b->first_sha256;
    reason[0] = '\0';
    if (digest_a[0] == '\0' || digest_b[0] == '\0')
        snprintf(reason, PAIRED_REASON_MAX, "a weights_sha256 is missing");
    else if (strcmp(digest_a, digest_b) != 0)
        snprintf(reason, PAIRED_REASON_MAX, "weights_sha256 differ: %.16s and %.16s", digest_a,
                 digest_b);
    else if (a->batch != b->batch)
        snprintf(reason, PAIRED_REASON_MAX, "batches differ: %g and %g", a->batch, b->batch);
    else if (a->parameters != b->parameters || strcmp(a->precision, b->precision) != 0)
        snprintf(reason, PAIRED_REASON_MAX, "sizes differ: %g %.8s and %g %.8s", a->parameters,
                 a->precision, b->parameters, b->precision);
}

static bool has_phase(const struct timed_cell *cell, size_t phase)
{
    return cell != NULL && cell->costs[phase].is_there;
}

/* All phases that either has. */
static enum lg_status add_cell(struct pairing *pairing, const struct timed_cell *a,
                               const struct timed_cell *b, struct lg_error *error)
{
    char obstacle[PAIRED_REASON_MAX] = "";
    enum lg_status status = LG_OK;
    if (a == NULL || b == NULL)
        snprintf(obstacle, sizeof obstacle, "only in the %s", a != NULL ? "baseline" : "other");
    else
        find_obstacle(a, b, obstacle);
    if (a != NULL && b != NULL && obstacle[0] != '\0') {
        if (pairing->refused++ == 0)
            pairing->first = a->cell;
    } else if (a != NULL && b != NULL) {
        find_distance(a, b, obstacle);
        pairing->apart += obstacle[0] != '\0';
        pairing->cells += obstacle[0] == '\0';
    }
    for (size_t phase = 0; status == LG_OK && phase < TIMED_PHASES; phase++) {
        if (!has_phase(a, phase) && !has_phase(b, phase))
            continue;
        struct paired *paired = &pairing->all[pairing->count++];
        *paired = (struct paired){.a = a,
                                  .b = b,
                                  .phase = (enum timed_phase)phase,
                                  .ratio = {.value = (double)NAN},
                                  .normalised = {.value = (double)NAN},
                                  .floor = (double)NAN};
        if (obstacle[0] != '\0')
            set_verdict(paired, VERDICT_NOT_COMPARABLE, obstacle);
        else
            status = compare_phase(pairing, paired, error);
    }
    return status;
}

/* ---- Two folders --------------------------------------------------------- */

enum lg_status pairing_make(const struct timed_folder *a, const struct timed_folder *b,
                            struct pairing *pairing, struct lg_error *error)
{
    *pairing = (struct pairing){.a = a, .b = b};
    pairing->all = calloc((a->count + b->count) * TIMED_PHASES, sizeof *pairing->all);
    if (pairing->all == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory to compare");
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < a->count; i++)
        status = add_cell(pairing, &a->cells[i], timed_folder_find(b, a->cells[i].cell), error);
    for (size_t i = 0; status == LG_OK && i < b->count; i++)
        if (timed_folder_find(a, b->cells[i].cell) == NULL)
            status = add_cell(pairing, NULL, &b->cells[i], error);
    if (status == LG_OK && pairing->refused > 0) {
        first_divergence_find(a->path, b->path, &pairing->first_divergence);
        status = text_check(&pairing->first_divergence, error);
    }
    return status;
}

size_t pairing_count(const struct pairing *pairing, enum verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < pairing->count; i++)
        count += pairing->all[i].verdict == verdict;
    return count;
}

void pairing_free(struct pairing *pairing)
{
    free(pairing->all);
    text_free(&pairing->first_divergence);
    *pairing = (struct pairing){0};
}
