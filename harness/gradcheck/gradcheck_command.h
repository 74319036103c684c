/* lossgrid gradcheck: gradients against differences. */
#ifndef HARNESS_GRADCHECK_GRADCHECK_COMMAND_H
#define HARNESS_GRADCHECK_GRADCHECK_COMMAND_H

#include "harness/support/command.h"

extern const struct command gradcheck_command;

#endif
