#include "harness/gradcheck/check.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/diagnosis.h"
#include "lossgrid/pcg.h"

const char *const verdict_names[] = {"pass", "fail", "dead", "skipped", NULL};

/* A gradient in f64 may be off by so many units of the last place of its block's
 * largest entry (of a direction: of the sum of all), as sums of products are. */
static const long double ROUNDINGS = 256;

/* A difference whose error bar is wider than this share of the block's largest
 * derivative decides nothing. */
static const long double WIDEST_BAR = 1e-6L;

/* A block whose derivatives are below this share of another's largest is measured by that
 * one: what cancels in it is of that size. */
static const long double LEAST_SHARE = 1.0L / 16;

/* A derivative is sharp with an error bar below this share of it; if it is not, steps this
 * much smaller are tried, so many times. */
static const long double SHARP = 1e-10L;
enum { CLOSER = 64, RETRIES = 3 };

/* Error bars are estimates: so many of them are allowed. */
static const long double BARS = 4;

long double check_unit(enum copy copy)
{
    const long double epsilon[COPIES] = {(long double)FLT_EPSILON, (long double)DBL_EPSILON,
                                         LDBL_EPSILON};
    return epsilon[copy] / 2;
}

/* ---- Measuring ----------------------------------------------------------- */

/* Between 1 and 2 in size, by a hash of seed and place: entries that change places do not
 * go unseen, as they would with equal ones. (The finaliser of SplitMix64: G. L. Steele, D.
 * Lea, C. H. Flood, OOPSLA 2014, DOI 10.1145/2660193.2660195.) */
static double direction_at(const struct check_line *line, size_t i)
{
    if (line->count == 1)
        return 1;
    uint64_t z = line->seed + (i + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    const double size = 1 + (double)(z >> 1 & 255) / 256;
    return z & 1 ? size : -size;
}

struct moved {
    struct check *check;
    const struct check_line *line;
};

static long double line_value(void *context, double t)
{
    const struct moved *moved = context;
    const struct check_line *line = moved->line;
    struct subject *subject = moved->check->subject;
    double *x = moved->check->x;
    for (size_t i = line->first; i < line->first + line->count; i++)
        x[i] = subject->point[i] + t * direction_at(line, i);
    const long double value = subject->value(subject, COPY_REFERENCE, x);
    memcpy(x + line->first, subject->point + line->first, line->count * sizeof *x);
    return value;
}

long double check_entry_value(void *context, double t)
{
    const struct check_entry *entry = context;
    struct subject *subject = entry->check->subject;
    double *x = entry->check->x;
    x[entry->entry] = subject->point[entry->entry] + t;
    const long double value = subject->value(subject, entry->copy, x);
    x[entry->entry] = subject->point[entry->entry];
    return value;
}

static bool is_known(const struct estimate *estimate, long double scale, long double least)
{
    return estimate->error <= SHARP * scale || estimate->error <= least;
}

/* True if a derivative, or both sides of a kink, are known well enough to judge others by:
 * to many digits, or as well as noise allows. */
static bool is_sharp(const struct derivative *d, long double noise)
{
    const long double left = fabsl(d->left.value), right = fabsl(d->right.value);
    const long double scale = left > right ? left : right,
                      least = 64 * noise / (long double)d->h[0];
    if (derivative_has_kink(d))
        return is_known(&d->left, scale, 8 * least) && is_known(&d->right, scale, 8 * least);
    return is_known(&d->best, fabsl(d->best.value), least);
}

/* Steps that reach over a kink see two pieces of the function: where none was small
 * enough, smaller ones are tried. Not of a loss by itself, whose kinks are few: where it
 * lacks digits, small steps see the stairs of rounding. */
static void measure_line(struct check *check, struct check_line *line, size_t steps)
{
    struct moved moved = {check, line};
    const struct line along = {line_value, &moved};
    const long double noise = check->noise[line->block];
    const int retries = check->subject->is_single ? 0 : RETRIES;
    double step = check->subject->step;
    derivative_measure(&along, step, steps, noise, &line->derivative);
    for (int i = 0; i < retries && !is_sharp(&line->derivative, noise); i++) {
        struct derivative finer;
        step /= CLOSER;
        derivative_measure(&along, step, steps, noise, &finer);
        if (finer.best.error < line->derivative.best.error || is_sharp(&finer, noise))
            line->derivative = finer;
    }
}

static size_t block_size(const struct gradient_block *block)
{
    return block->rows * block->columns;
}

static size_t lines_of(const struct gradient_block *block, const struct check_plan *plan)
{
    const size_t size = block_size(block);
    return size <= plan->whole ? size : plan->entries + plan->directions;
}

/* The entries or directions in which a block is measured. */
static void choose_lines(const struct subject *subject, size_t b, const struct check_plan *plan,
                         struct lg_pcg *pcg, struct check_line *lines)
{
    const struct gradient_block *block = &subject->blocks[b];
    const size_t count = lines_of(block, plan), size = block_size(block);
    for (size_t i = 0; i < count; i++) {
        lines[i] = (struct check_line){.block = b, .first = block->first, .count = size};
        if (size <= plan->whole)
            lines[i].first += i;
        else if (i < plan->entries)
            lines[i].first += lg_pcg_below(pcg, (uint32_t)size);
        if (size <= plan->whole || i < plan->entries)
            lines[i].count = 1;
        lines[i].seed = (uint64_t)lg_pcg_next(pcg) << 32 | lg_pcg_next(pcg);
    }
}

static long double noise_of(struct check *check, struct check_line *line)
{
    struct moved moved = {check, line};
    const struct line along = {line_value, &moved};
    return derivative_noise(&along, check_unit(COPY_REFERENCE), check->subject->is_single);
}

enum lg_status check_measure(struct subject *subject, const struct check_plan *plan,
                             struct check *check, struct lg_error *error)
{
    size_t count = 0;
    for (size_t b = 0; b < subject->block_count; b++)
        count += lines_of(&subject->blocks[b], plan);
    *check = (struct check){.subject = subject};
    check->lines = calloc(count + 1, sizeof *check->lines);
    check->x = malloc((subject->size + 1) * sizeof *check->x);
    if (check->lines == NULL || check->x == NULL) {
        check_free(check);
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory to check %s '%s'", subject->kind,
                       subject->name);
    }
    memcpy(check->x, subject->point, subject->size * sizeof *check->x);
    check->line_count = count;
    struct lg_pcg pcg = lg_pcg_seed(plan->seed, 1);
    struct check_line *line = check->lines;
    for (size_t b = 0; b < subject->block_count; b++) {
        const size_t own = lines_of(&subject->blocks[b], plan);
        choose_lines(subject, b, plan, &pcg, line);
        /* A direction's noise, where there is one; a loss's entries may differ in theirs. */
        check->noise[b] = noise_of(check, line + own - 1);
        for (size_t i = 0; i < own; i++) {
            if (subject->is_single)
                check->noise[b] = noise_of(check, line + i);
            measure_line(check, line + i, plan->steps);
        }
        line += own;
    }
    return LG_OK;
}

void check_free(struct check *check)
{
    free(check->lines);
    free(check->x);
    *check = (struct check){.subject = NULL};
}

/* ---- Judging ------------------------------------------------------------- */

/* A gradient and what it is measured against, for a block. */
struct court {
    struct check *check;
    const struct gradient_block *block;
    const double *gradient;
    long double largest, sum; /* of the block's |gradient| and derivatives */
    bool alive;               /* an entry of its gradient is not 0 */
};

static long double along(const struct court *court, const struct check_line *line)
{
    long double sum = 0;
    for (size_t i = line->first; i < line->first + line->count; i++)
        sum += (long double)(court->gradient[i] * direction_at(line, i));
    return sum;
}

static long double allowance(const struct court *court, const struct check_line *line)
{
    return ROUNDINGS * check_unit(COPY_F64) * (line->count == 1 ? court->largest : court->sum);
}

/* The result of a line: `excess` is its error beyond what is allowed. */
struct line_reading {
    bool is_usable, at_kink;
    long double analytic, numeric, bar, error, excess;
};

static struct line_reading try_line(const struct court *court, const struct check_line *line)
{
    const struct derivative *d = &line->derivative;
    struct line_reading o = {.at_kink = derivative_has_kink(d), .analytic = along(court, line)};
    const struct estimate *left = &d->left, *right = &d->right;
    if (o.at_kink) {
        const bool rising = left->value <= right->value;
        const struct estimate *low = rising ? left : right, *high = rising ? right : left;
        o.numeric = o.analytic > high->value   ? high->value
                    : o.analytic >= low->value ? o.analytic
                                               : low->value; /* of NaN too */
        o.bar = left->error > right->error ? left->error : right->error;
    } else {
        o.numeric = d->best.value;
        o.bar = d->best.error;
    }
    const long double scale = court->largest > fabsl(o.numeric) ? court->largest : fabsl(o.numeric);
    o.is_usable = o.bar <= WIDEST_BAR * scale || (scale == 0 && o.bar < 1e-12L);
    o.error = fabsl(o.analytic - o.numeric);
    o.excess = o.error - BARS * o.bar - allowance(court, line);
    return o;
}

static bool is_wrong(const struct line_reading *o)
{
    return o->is_usable && !(o->excess <= 0); /* NaN is wrong */
}

static bool lies_in(const struct check *check, const struct check_line *line,
                    const struct gradient_block *block)
{
    return &check->subject->blocks[line->block] == block;
}

static struct court open_court(struct check *check, size_t b, const double *gradient)
{
    const struct gradient_block *block = &check->subject->blocks[b];
    struct court court = {.check = check, .block = block, .gradient = gradient};
    for (size_t i = block->first; i < block->first + block_size(block); i++) {
        const long double size = fabsl((long double)gradient[i]);
        court.largest = size > court.largest ? size : court.largest;
        court.sum += size;
    }
    court.alive = court.largest > 0;
    for (size_t l = 0; l < check->line_count; l++) {
        const struct check_line *line = &check->lines[l];
        const long double own = lies_in(check, line, block) ? 1 : LEAST_SHARE;
        const long double size = own * fabsl(line->derivative.best.value);
        if (line->count == 1 && size > court.largest)
            court.largest = size;
    }
    return court;
}

/* Entries that disagree, as few as can be named. */
struct suspect {
    size_t first, count;
    struct line_reading outcome;
};

/* The entries that make a direction disagree: the half that disagrees more, halved again,
 * while one does. False where neither half of the whole does: derivatives add up, so the
 * measurement of the whole was not to be trusted. */
static bool bisect(const struct court *court, const struct check_line *direction,
                   struct suspect *suspect)
{
    struct check_line half[2] = {*direction};
    while (half[0].count > 1) {
        struct line_reading o[2];
        half[1] = half[0];
        half[0].count /= 2;
        half[1].first += half[0].count;
        half[1].count -= half[0].count;
        for (int i = 0; i < 2; i++) {
            measure_line(court->check, &half[i], direction->derivative.steps);
            o[i] = try_line(court, &half[i]);
        }
        const int more = o[1].error - o[1].bar > o[0].error - o[0].bar;
        const int wrong = is_wrong(&o[more]) ? more : is_wrong(&o[!more]) ? !more : -1;
        if (wrong < 0)
            return suspect->count < direction->count;
        half[0] = half[wrong];
        *suspect = (struct suspect){half[0].first, half[0].count, o[wrong]};
    }
    return true;
}

/* Derivatives entry by entry, where every one was measured alone and is of use. */
static bool entry_by_entry(const struct court *court, long double *numeric)
{
    size_t found = 0;
    for (size_t l = 0; l < court->check->line_count; l++) {
        const struct check_line *line = &court->check->lines[l];
        if (!lies_in(court->check, line, court->block) || line->count != 1)
            continue;
        const struct line_reading o = try_line(court, line);
        if (!o.is_usable)
            return false;
        numeric[line->first - court->block->first] = o.numeric;
        found++;
    }
    return found == block_size(court->block);
}

static void describe(const struct court *court, struct judgement *judgement,
                     const struct suspect *suspect)
{
    char name[48], hint[200] = "";
    const struct gradient_block *block = court->block;
    const struct line_reading *o = &suspect->outcome;
    long double numeric[DIAGNOSIS_ENTRIES_MAX];
    judgement->verdict = OUTCOME_FAIL;
    judgement->wrong = suspect->first;
    if (block_size(block) <= DIAGNOSIS_ENTRIES_MAX && entry_by_entry(court, numeric))
        diagnosis_make(block, court->gradient + block->first, numeric,
                       ROUNDINGS * check_unit(COPY_F64) * court->largest, hint);
    if (suspect->count > 1)
        snprintf(hint, sizeof hint, "it is spread over this and the next %zu entries",
                 suspect->count - 1);
    snprintf(judgement->message, sizeof judgement->message,
             "%s %s: the gradient says %.10Lg, differences of the value say %.10Lg +- %.2Lg%s%s",
             block->name, subject_entry_name(block, suspect->first, name), o->analytic, o->numeric,
             o->bar, hint[0] != '\0' ? ": " : "", hint);
}

static void count_line(const struct line_reading *o, struct judgement *judgement)
{
    if (!o->is_usable) {
        judgement->skipped++;
        judgement->reason = o->bar < 1e300L ? "no step gives the derivative well enough: a kink is "
                                              "too near, or values are too noisy"
                                            : "the value is not finite on both sides";
        return;
    }
    judgement->checked++;
    judgement->certified += o->at_kink;
}

/* The numbers of a line that disagrees, or of the worst that agrees. */
static void note_worst(const struct court *court, size_t l, const struct line_reading *o,
                       long double *worst, struct judgement *judgement)
{
    const long double scale =
        court->largest > fabsl(o->numeric) ? court->largest : fabsl(o->numeric);
    const long double relative = scale > 0 ? o->error / scale : 0;
    if (!o->is_usable || relative <= *worst || *worst != *worst) /* NaN stays the worst */
        return;
    *worst = relative;
    judgement->worst = l;
    judgement->analytic = (double)o->analytic;
    judgement->numeric = (double)o->numeric;
    judgement->error_bar = (double)o->bar;
    judgement->relative_error = (double)relative;
}

static void settle(const struct court *court, bool alive, struct judgement *judgement)
{
    judgement->verdict = judgement->checked == 0 ? OUTCOME_SKIPPED
                         : alive                 ? OUTCOME_PASS
                                                 : OUTCOME_DEAD;
    if (judgement->verdict == OUTCOME_DEAD)
        snprintf(judgement->message, sizeof judgement->message,
                 "%s: the gradient and every difference are 0: nothing has been shown",
                 court->block->name);
    if (judgement->verdict == OUTCOME_SKIPPED)
        snprintf(judgement->message, sizeof judgement->message, "%s: %s", court->block->name,
                 judgement->reason);
}

/* True if a line that disagrees is right to, and which entries it is about. */
static bool accuse(const struct court *court, const struct check_line *line, struct line_reading *o,
                   struct suspect *suspect)
{
    *suspect = (struct suspect){line->first, line->count, *o};
    if (line->count == 1 || bisect(court, line, suspect))
        return true;
    o->is_usable = false;
    return false;
}

void check_judge(struct check *check, size_t block, const double *gradient,
                 struct judgement *judgement)
{
    const struct court court = open_court(check, block, gradient);
    struct suspect worst_suspect = {.count = 0};
    long double worst = -1;
    bool alive = court.alive;
    *judgement = (struct judgement){.worst = SIZE_MAX, .wrong = SIZE_MAX, .reason = ""};
    for (size_t l = 0; l < check->line_count; l++) {
        const struct check_line *line = &check->lines[l];
        struct suspect suspect;
        if (!lies_in(check, line, court.block))
            continue;
        struct line_reading o = try_line(&court, line);
        const bool wrong = is_wrong(&o) && accuse(&court, line, &o, &suspect);
        count_line(&o, judgement);
        note_worst(&court, l, &o, &worst, judgement);
        alive = alive || (o.is_usable && fabsl(o.numeric) > BARS * o.bar);
        /* Of those that are wrong the single entry that is most so. */
        if (wrong && (worst_suspect.count == 0 || suspect.count < worst_suspect.count ||
                      (suspect.count == worst_suspect.count &&
                       !(suspect.outcome.error <= worst_suspect.outcome.error))))
            worst_suspect = suspect;
    }
    if (worst_suspect.count > 0)
        describe(&court, judgement, &worst_suspect);
    else
        settle(&court, alive, judgement);
}

const char *check_line_name(const struct check *check, size_t line, char buffer[CHECK_WORST_MAX])
{
    const struct check_line *at = &check->lines[line];
    const struct gradient_block *block = &check->subject->blocks[at->block];
    char name[48];
    size_t number = 1;
    if (at->count == 1) {
        snprintf(buffer, CHECK_WORST_MAX, "%s", subject_entry_name(block, at->first, name));
        return buffer;
    }
    for (size_t l = 0; l < line; l++)
        number += check->lines[l].block == at->block && check->lines[l].count > 1;
    snprintf(buffer, CHECK_WORST_MAX, "direction %zu", number);
    return buffer;
}
