/* `lossgrid env` */
#ifndef HARNESS_MEASURE_ENV_COMMAND_H
#define HARNESS_MEASURE_ENV_COMMAND_H

#include <jansson.h>

#include "harness/command/command.h"

/* What it prints as JSON, owned by the caller; NULL when memory is short. */
json_t *env_json(void);

extern const struct command env_command;

#endif
