/* `lossgrid env` */
#ifndef HARNESS_ENV_ENV_COMMAND_H
#define HARNESS_ENV_ENV_COMMAND_H

#include "harness/support/command.h"

extern const struct command env_command;

#endif
