/* An engine that is only registries, so that what tests expect of messages does
 * not change with every loss that is added. */
#ifndef TESTS_FAKE_BACKEND_H
#define TESTS_FAKE_BACKEND_H

#include "lossgrid/backend.h"

/* Losses abs, mse {reduction} and smooth_l1 {beta}; optimizers adagrad {lr}, adam
 * {lr, beta1, delay} and sgd {lr, momentum, nesterov}; activations identity,
 * leaky {slope} and relu; initialisations torch7_uniform and zero. */
extern const struct lg_backend fake_backend;

#endif
