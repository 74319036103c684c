/* The environment of results: the machine, this build, the data at hand. */
#ifndef HARNESS_STORE_ENVIRONMENT_H
#define HARNESS_STORE_ENVIRONMENT_H

#include <jansson.h>

/* As a JSON object, owned by the caller; NULL when memory is short. */
json_t *environment_json(void);

#endif
