/* The inputs, predictions and targets of a network's loss, made from samples a second time,
 * independently of the engine (engine/net/target.c, train.c). */
#ifndef HARNESS_GRADCHECK_TARGETS_H
#define HARNESS_GRADCHECK_TARGETS_H

#include "lossgrid/backend.h"

struct targets {
    struct lg_loss_data data;
    double *gradient[LG_LOSS_INPUTS_MAX]; /* (batch, features) each: for evaluate_loss() */
    size_t arity, inputs;
};

/* Samples that one loss value compares. */
size_t targets_arity(const struct lg_net_config *config);

/* Pixels / 255 of the batch: first all first samples, then the second ones, then the third ones. x:
 * (batch x arity, inputs). */
void targets_inputs(const struct lg_backend *backend, const struct lg_net_config *config,
                    const struct lg_pass *pass, double *x);

/* Arena bytes of targets_fill() and evaluate_loss() for any of the config's losses. */
size_t targets_bytes(const struct lg_backend *backend, const struct lg_net_config *config,
                     const struct lg_pass *pass);

/* The loss's predictions, which are parts of `outputs`, (batch x arity, outputs), its targets
 * and room for its gradient, in the arena. */
void targets_fill(const struct lg_backend *backend, const struct lg_net_config *config,
                  const struct lg_pass *pass, const struct lg_choice *loss, const double *outputs,
                  struct lg_arena *arena, struct targets *targets);

/* Add weight times the gradient by predictions to that by outputs: (batch x arity, columns). */
void targets_add(const struct targets *targets, double weight, double *to, size_t columns);

#endif
