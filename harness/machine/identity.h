/* Which machine made a number: the facts that stay while it works, and a short name for them. */
#ifndef HARNESS_MACHINE_IDENTITY_H
#define HARNESS_MACHINE_IDENTITY_H

#include "harness/machine/machine.h"
#include "lossgrid/status.h"

enum { MACHINE_ID_BYTES = 12 };

/* Its facts without those that change from run to run (load, governor, turbo, the processors
 * that a process may use, ...), and its host name, so that equal nodes of a cluster are not one
 * machine. A JSON object, owned by the caller; NULL when memory is short. */
json_t *identity_json(const struct machine *machine);

/* The first digits of the SHA-256 of identity_json() as compact JSON with sorted keys (what
 * `jq -jcS .` prints). LG_ENVIRONMENT when memory is short. */
enum lg_status identity_id(const json_t *identity, char id[MACHINE_ID_BYTES + 1],
                           struct lg_error *error);

#endif
