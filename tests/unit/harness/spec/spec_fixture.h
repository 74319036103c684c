/* A small sound spec, changed in one place per test. */
#ifndef TESTS_SPEC_FIXTURE_H
#define TESTS_SPEC_FIXTURE_H

#include "harness/spec/experiment.h"

/* Its lines are counted in what the tests expect:
 *  1 title: A title
 *  2 model:
 *  3   inputs: 784
 *  4   layers:
 *  5     - {outputs: 32, activation: relu}
 *  6     - {outputs: 784, activation: identity}
 *  7 epochs: 2
 *  8 grid:
 *  9   losses: [mse]
 * 10   optimizers: [sgd]
 */
extern const char sound_spec[];

enum { SPEC_BYTES_MAX = 8192 };

/* The sound spec with the first `from` replaced by `to`; text ends up in buffer,
 * which is returned. An empty `from` adds `to` at the end. */
const char *spec_with(const char *from, const char *to, char buffer[SPEC_BYTES_MAX]);

/* Parse with the fake engine; each override may be NULL. */
enum lg_status parse_spec(const char *text, const char *override, const char *override2,
                          struct experiment *experiment, struct lg_error *error);

/* As parse_spec(), failing the test when the spec is refused. */
struct experiment parse_sound(const char *text, const char *override, const char *override2);

/* A cell of an experiment; good until the 64th call after this one. */
const struct cell *cell_at(const struct experiment *experiment, size_t number);

#endif
