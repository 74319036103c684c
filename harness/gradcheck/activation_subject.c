#include <stdio.h>
#include <stdlib.h>

#include "harness/gradcheck/loss_subject.h"
#include "harness/gradcheck/points.h"
#include "harness/gradcheck/variants.h"

enum { N = ACTIVATION_FEATURES };

/* Sample k is the k-th copy of the inputs, of which output k counts. */
struct activation_own {
    const struct copies *copies;
    struct lg_choice choice;
    double upstream[N * N], h[N * N], dz[N * N];
    struct lg_arena arena[COPIES];
};

static long double value(struct subject *subject, enum copy copy, const double *x)
{
    struct activation_own *own = subject->own;
    struct lg_arena arena = own->arena[copy];
    arena.used_bytes = 0;
    return own->copies->backend[copy]->evaluate_activation(&arena, &own->choice, N, N, x,
                                                           own->upstream, own->h, own->dz);
}

static void gradient(struct subject *subject, enum copy copy, const double *x, size_t batch,
                     double *to)
{
    const struct activation_own *own = subject->own;
    (void)batch;
    value(subject, copy, x);
    for (size_t i = 0; i < N * N; i++)
        to[i] = own->dz[i];
}

static void free_own(struct subject *subject)
{
    struct activation_own *own = subject->own;
    for (int copy = 0; own != NULL && copy < COPIES; copy++)
        lg_arena_destroy(&own->arena[copy]);
    free(own);
}

enum lg_status activation_subject(const struct copies *copies, const struct lg_choice *activation,
                                  double reach, uint64_t seed, struct subject *subject,
                                  struct lg_error *error)
{
    const struct lg_info *info = copies->backend[COPY_F64]->activation(activation->index);
    struct activation_own *own = calloc(1, sizeof *own);
    *subject = (struct subject){.kind = "activation",
                                .size = N * N,
                                .block_count = 1,
                                .blocks = {{"Jacobian", 0, N, N}},
                                .step = 0x1p-5,
                                .is_small = reach == subject_reaches[0],
                                .is_single = true,
                                .is_far = reach > subject_reaches[0],
                                .minimum = -8,
                                .maximum = 8,
                                .batches = 1,
                                .value = value,
                                .gradient = gradient,
                                .free = free_own,
                                .own = own};
    snprintf(subject->name, sizeof subject->name, "%s", info->name);
    variants_describe(info, &activation->options, subject->options);
    if (!subject->is_small)
        snprintf(subject->blocks[0].name, sizeof subject->blocks[0].name, "Jacobian up to %g",
                 reach);
    subject->point = malloc(subject->size * sizeof *subject->point);
    if (own == NULL || subject->point == NULL)
        return points_no_memory(subject, error);
    own->copies = copies;
    own->choice = *activation;
    for (int copy = 0; copy < COPIES; copy++) {
        struct lg_arena measured = {0};
        copies->backend[copy]->evaluate_activation(&measured, activation, N, N, NULL, own->upstream,
                                                   NULL, NULL);
        if (lg_arena_create(&own->arena[copy], measured.used_bytes, error) != LG_OK)
            return points_no_memory(subject, error);
    }
    struct lg_pcg pcg = lg_pcg_seed(seed, 7);
    for (size_t i = 0; i < N; i++) {
        const double range = i < 2 ? 0.5 : reach; /* some where saturating ones move */
        const double z = points_draw(&pcg, -range, range);
        for (size_t k = 0; k < N; k++)
            subject->point[k * N + i] = z;
        own->upstream[i * N + i] = 1;
    }
    return LG_OK;
}
