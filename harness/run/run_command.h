/* `lossgrid run` */
#ifndef HARNESS_RUN_RUN_COMMAND_H
#define HARNESS_RUN_RUN_COMMAND_H

#include "harness/support/command.h"

extern const struct command run_command;

#endif
