#include "harness/gradcheck/loss_subject.h"

#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/clamp_check.h"
#include "harness/gradcheck/points.h"
#include "harness/gradcheck/variants.h"
#include "harness/spec/domain.h"
#include "lossgrid/pcg.h"

enum { BATCH = 3, ENTRIES = BATCH * LOSS_FEATURES };

struct loss_own {
    const struct copies *copies;
    struct lg_choice choice;
    struct lg_loss_data data;
    size_t inputs;
    double target[ENTRIES];
    double slope[LG_LOSS_INPUTS_MAX][ENTRIES];
    struct lg_arena arena[COPIES];
};

/* ---- The function -------------------------------------------------------- */

static long double evaluate(struct loss_own *own, enum copy copy, const double *x, bool slope)
{
    double *gradient[LG_LOSS_INPUTS_MAX] = {NULL};
    struct lg_arena arena = own->arena[copy];
    arena.used_bytes = 0;
    for (size_t i = 0; i < own->inputs; i++) {
        own->data.prediction[i] = x + i * ENTRIES;
        gradient[i] = slope ? own->slope[i] : NULL;
    }
    return own->copies->backend[copy]->evaluate_loss(&arena, &own->choice, &own->data, gradient);
}

static long double value(struct subject *subject, enum copy copy, const double *x)
{
    return evaluate(subject->own, copy, x, false);
}

static void gradient(struct subject *subject, enum copy copy, const double *x, size_t batch,
                     double *to)
{
    struct loss_own *own = subject->own;
    (void)batch;
    evaluate(own, copy, x, true);
    for (size_t i = 0; i < own->inputs; i++)
        memcpy(to + i * ENTRIES, own->slope[i], sizeof own->slope[i]);
}

static void free_own(struct subject *subject)
{
    struct loss_own *own = subject->own;
    for (int copy = 0; own != NULL && copy < COPIES; copy++)
        lg_arena_destroy(&own->arena[copy]);
    free(own);
}

/* ---- Its points ---------------------------------------------------------- */

static void draw_target(enum lg_target kind, const double range[2], struct lg_pcg *pcg,
                        double *target)
{
    for (size_t i = 0; i < ENTRIES; i++)
        switch (kind) {
        case LG_TARGET_VALUES:
            target[i] = points_draw(pcg, range[0], range[1]);
            break;
        case LG_TARGET_NOT_NEGATIVE:
            target[i] = points_draw(pcg, 0, 2);
            break;
        case LG_TARGET_UNIT:
            target[i] = points_draw(pcg, 0, 1);
            break;
        case LG_TARGET_SIGNS:
        case LG_TARGET_PAIR:
            target[i] = (i + lg_pcg_below(pcg, 2)) % 2 ? 1 : -1;
            break;
        case LG_TARGET_CLASS:
            target[i] = lg_pcg_below(pcg, LOSS_FEATURES);
            break;
        case LG_TARGET_CLASSES: /* one to three ascending classes a row */
            target[i] = i % LOSS_FEATURES <= i / LOSS_FEATURES ? (double)(i % LOSS_FEATURES) : -1;
            break;
        case LG_TARGET_NONE:
            break;
        }
    if (kind == LG_TARGET_PAIR) /* both kinds of pairs */
        target[0] = 1, target[1] = -1;
}

const double subject_reaches[REACHES] = {2, 8, 40};

/* Where predictions and free targets are drawn, tried in turn, by a reach of 2. */
static const double ranges[][2] = {{-2, 2}, {0.25, 2}, {0.0625, 0.9375}, {-2, -0.0625}};
enum { RANGES = sizeof ranges / sizeof *ranges, REDRAWS = 32 };

static void clip(const struct lg_loss_shape *shape, double range[2])
{
    if (shape->minimum == 0 && shape->maximum == 0)
        return;
    const double margin = 0x1p-5;
    range[0] = range[0] > shape->minimum + margin ? range[0] : shape->minimum + margin;
    range[1] = range[1] < shape->maximum - margin ? range[1] : shape->maximum - margin;
    if (range[0] >= range[1]) {
        range[0] = shape->minimum > -DBL_MAX ? shape->minimum + margin : shape->maximum - 2;
        range[1] = shape->maximum < DBL_MAX ? shape->maximum - margin : shape->minimum + 2;
    }
}

/* True if the value, not only the gradient, depends on a prediction. */
static bool moves(struct subject *subject, size_t input, long double at)
{
    struct loss_own *own = subject->own;
    bool moved = false;
    for (size_t i = input * ENTRIES; i < (input + 1) * ENTRIES && !moved; i++) {
        const double x = subject->point[i];
        subject->point[i] = x + subject->step / 2;
        moved = evaluate(own, COPY_REFERENCE, subject->point, false) != at;
        subject->point[i] = x;
    }
    return moved;
}

/* True if the loss is a number there and depends on every prediction. */
static bool is_alive(struct subject *subject)
{
    struct loss_own *own = subject->own;
    const long double at = evaluate(own, COPY_REFERENCE, subject->point, true);
    subject->not_finite += at - at != 0;
    for (size_t i = 0; i < own->inputs; i++) {
        double largest = 0;
        for (size_t j = 0; j < ENTRIES; j++)
            largest = own->slope[i][j] != 0 ? 1 : largest;
        if (largest == 0 && !moves(subject, i, at))
            return false;
    }
    return at - at == 0;
}

/* Predictions that a clamp holds are moved above it: below it the gradient is not the
 * value's (clamp_check.h). */
static void lift_clamped(struct subject *subject)
{
    const struct loss_own *own = subject->own;
    const struct lg_info *info = own->copies->backend[COPY_F64]->loss(own->choice.index);
    const struct clamp *clamp = clamp_of(info->name);
    const int option = clamp != NULL ? lg_option_find(info, clamp->option) : -1;
    if (option < 0)
        return;
    const double least = own->choice.options.value[option] + 0x1p-4;
    for (size_t i = clamp->input * ENTRIES; i < (clamp->input + 1) * ENTRIES; i++)
        if (subject->point[i] >= 0 && subject->point[i] < least)
            subject->point[i] = points_round(subject->point[i] + least);
}

/* Draw targets and predictions until the loss is alive; false if it never is. */
static bool draw_points(const struct lg_loss_shape *shape, double reach, struct lg_pcg *pcg,
                        struct subject *subject)
{
    struct loss_own *own = subject->own;
    const bool anywhere = shape->minimum == shape->maximum;
    for (size_t attempt = 0; attempt < RANGES * REDRAWS; attempt++) {
        const double *tried = ranges[attempt / REDRAWS];
        double range[2] = {tried[0] * reach / 2, tried[1] * reach / 2};
        draw_target(shape->target, range, pcg, own->target);
        clip(shape, range);
        for (size_t i = 0; i < subject->size; i++)
            subject->point[i] = points_draw(pcg, range[0], range[1]);
        lift_clamped(subject);
        subject->minimum = anywhere && attempt < REDRAWS ? -4 : range[0];
        subject->maximum = anywhere && attempt < REDRAWS ? 4 : range[1];
        if (is_alive(subject))
            return true;
    }
    return false;
}

enum lg_status loss_subject(const struct copies *copies, const struct lg_choice *loss, double reach,
                            uint64_t seed, struct subject *subject, struct lg_error *error)
{
    const struct lg_backend *backend = copies->backend[COPY_F64];
    const struct lg_loss_shape *shape = backend->loss_shape(loss->index);
    const struct lg_info *info = backend->loss(loss->index);
    struct loss_own *own = calloc(1, sizeof *own);
    *subject = (struct subject){.kind = "loss",
                                .size = shape->inputs * ENTRIES,
                                .block_count = shape->inputs,
                                .step = 0x1p-5,
                                .is_small = reach == subject_reaches[0],
                                .is_single = true,
                                .is_far = reach > subject_reaches[0],
                                .batches = 1,
                                .value = value,
                                .gradient = gradient,
                                .free = free_own,
                                .own = own};
    snprintf(subject->name, sizeof subject->name, "%s", info->name);
    variants_describe(info, &loss->options, subject->options);
    for (size_t i = 0; i < shape->inputs; i++) {
        struct gradient_block *block = &subject->blocks[i];
        *block =
            (struct gradient_block){.first = i * ENTRIES, .rows = BATCH, .columns = LOSS_FEATURES};
        if (shape->inputs == 1)
            snprintf(block->name, sizeof block->name, "prediction");
        else
            snprintf(block->name, sizeof block->name, "prediction %zu", i + 1);
        if (!subject->is_small)
            snprintf(block->name + strlen(block->name), 24, " up to %g", reach);
    }
    subject->point = malloc(subject->size * sizeof *subject->point);
    if (own == NULL || subject->point == NULL)
        return points_no_memory(subject, error);
    own->copies = copies;
    own->choice = *loss;
    own->inputs = shape->inputs;
    own->data = (struct lg_loss_data){
        .batch = BATCH,
        .features = LOSS_FEATURES,
        .target_features = target_features(shape->target, LOSS_FEATURES),
        .target = shape->target == LG_TARGET_NONE ? NULL : own->target,
    };
    for (int copy = 0; copy < COPIES; copy++) {
        struct lg_arena measured = {0};
        double *none[LG_LOSS_INPUTS_MAX] = {NULL};
        copies->backend[copy]->evaluate_loss(&measured, loss, &own->data, none);
        if (lg_arena_create(&own->arena[copy], measured.used_bytes, error) != LG_OK)
            return points_no_memory(subject, error);
    }
    struct lg_pcg pcg = lg_pcg_seed(seed, 7);
    if (draw_points(shape, reach, &pcg, subject))
        return LG_OK;
    enum lg_status status =
        lg_fail(error, LG_FAILED, "%s has no gradient other than 0 at any point tried", info->name);
    subject_free(subject);
    return status;
}
