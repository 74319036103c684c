/* `lossgrid env` */
#ifndef HARNESS_MEASURE_ENV_COMMAND_H
#define HARNESS_MEASURE_ENV_COMMAND_H

#include "harness/command/command.h"

extern const struct command env_command;

#endif
