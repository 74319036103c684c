/* lossgrid gradcheck: gradients against differences. */
#ifndef HARNESS_GRADCHECK_GRADCHECK_COMMAND_H
#define HARNESS_GRADCHECK_GRADCHECK_COMMAND_H

#include "harness/command/command.h"

extern const struct command gradcheck_command;

#endif
