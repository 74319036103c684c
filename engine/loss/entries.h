/* Losses that are one term an entry: a file gives the term and its derivative.
 *
 * Both are computed as `accumulator`, f64 in either precision, so that what cancels between
 * predictions, targets and options costs an f32 result no digits, and rounded to
 * `real` once. */
#ifndef LG_LOSS_ENTRIES_H
#define LG_LOSS_ENTRIES_H

#include <assert.h>

#include "engine/kernel/lanes.h"
#include "engine/loss/loss.h"

/* The inputs and list options of such a loss. */
struct entries_form {
    size_t inputs;     /* predictions: 1 or 2 */
    size_t weights;    /* index of the list option; 0: none */
    size_t pos_weight; /* index of another one; 0: none */
};

/* One feature of one sample. */
struct entry {
    accumulator y, y2, t;           /* predictions, target */
    accumulator weight, pos_weight; /* 1 where the lists are empty */
    const double *option;           /* values of the loss's options */
};

typedef accumulator entry_function(const struct entry *entry);

/* A list: empty, one number for all features, or one a feature. */
struct entry_list {
    const double *number;
    size_t step; /* 0: one number for all */
};

static inline struct entry_list entry_list(const struct lg_options *options, size_t index,
                                           size_t features)
{
    static const double one = 1;
    size_t count = 0;
    const double *numbers = index ? lg_options_list(options, index, &count) : NULL;
    assert(count <= 1 || count == features);
    (void)features;
    return (struct entry_list){count ? numbers : &one, count > 1};
}

/* A sample's features. */
struct entry_row {
    const real *y, *y2, *t; /* y2: y where there is one input */
    struct entry_list weights, pos_weight;
    const double *option;
};

static inline struct entry_row entry_row(const struct entries_form *form,
                                         const struct lg_options *options,
                                         const struct loss_batch *at, size_t b)
{
    return (struct entry_row){
        .y = at->prediction[0] + b * at->stride,
        .y2 = at->prediction[form->inputs - 1] + b * at->stride,
        .t = at->target + b * at->target_stride,
        .weights = entry_list(options, form->weights, at->features),
        .pos_weight = entry_list(options, form->pos_weight, at->features),
        .option = options->value,
    };
}

static inline struct entry entry_at(const struct entry_row *row, size_t i)
{
    return (struct entry){
        .y = (accumulator)row->y[i],
        .y2 = (accumulator)row->y2[i],
        .t = (accumulator)row->t[i],
        .weight = row->weights.number[i * row->weights.step],
        .pos_weight = row->pos_weight.number[i * row->pos_weight.step],
        .option = row->option,
    };
}

/* values[b] = the sum of sample b's terms / divisor. term is a constant at every call
 * and is inlined. */
static inline __attribute__((always_inline)) void
entries_value(entry_function *const term, const struct entries_form *form,
              const struct lg_options *options, const struct loss_batch *at, accumulator divisor,
              accumulator *values)
{
    enum { BLOCK = 4 * VIRTUAL_LANES };
    for (size_t b = 0; b < at->batch; b++) {
        const struct entry_row row = entry_row(form, options, at, b);
        struct lanes lanes = {{0}};
        for (size_t first = 0; first < at->features; first += BLOCK) {
            real terms[BLOCK];
            const size_t left = at->features - first, count = left < BLOCK ? left : BLOCK;
            for (size_t i = 0; i < count; i++) {
                const struct entry entry = entry_at(&row, first + i);
                terms[i] = (real)term(&entry);
            }
            lanes_add(&lanes, terms, count);
        }
        values[b] = lanes_total(&lanes) / divisor;
    }
}

/* out[b][i] = scale * the derivative at each entry; rows as a prediction's. */
static inline __attribute__((always_inline)) void entries_gradient(entry_function *const derivative,
                                                                   const struct entries_form *form,
                                                                   const struct lg_options *options,
                                                                   const struct loss_batch *at,
                                                                   accumulator scale, real *out)
{
    for (size_t b = 0; b < at->batch; b++) {
        const struct entry_row row = entry_row(form, options, at, b);
        for (size_t i = 0; i < at->features; i++) {
            const struct entry entry = entry_at(&row, i);
            out[b * at->stride + i] = (real)(scale * derivative(&entry));
        }
    }
}

/* The scale of an elementwise derivative; that of loss_gradient_scale(), in f64. */
static inline accumulator entries_scale(const struct lg_options *options,
                                        const struct loss_batch *at)
{
    return options->value[LOSS_REDUCTION] == LOSS_MEAN
               ? 1.0 / ((accumulator)at->features * (accumulator)at->batch)
               : 1.0;
}

/* Defines form, value() and gradient() from a file's own term() and derivative(), which are
 * inlined there; the arguments are the members of the form. */
#define LOSS_BY_ENTRY(...)                                                                         \
    static const struct entries_form form = {__VA_ARGS__};                                         \
    static void value(const struct lg_options *options, const struct loss_batch *at,               \
                      accumulator *values)                                                         \
    {                                                                                              \
        entries_value(term, &form, options, at, loss_value_divisor(options, at), values);          \
    }                                                                                              \
    static void gradient(const struct lg_options *options, const struct loss_batch *at,            \
                         real *const gradients[LG_LOSS_INPUTS_MAX])                                \
    {                                                                                              \
        entries_gradient(derivative, &form, options, at, entries_scale(options, at),               \
                         gradients[0]);                                                            \
    }

/* A list option of class or feature weights. */
#define ENTRIES_LIST_OPTION(option_name, option_meaning)                                           \
    {                                                                                              \
        .name = option_name, .kind = LG_OPTION_LIST, .minimum = 0, .maximum = 1e30,                \
        .meaning = option_meaning                                                                  \
    }

#endif
