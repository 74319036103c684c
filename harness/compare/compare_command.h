/* `lossgrid compare` */
#ifndef HARNESS_COMPARE_COMPARE_COMMAND_H
#define HARNESS_COMPARE_COMPARE_COMMAND_H

#include "harness/support/command.h"

extern const struct command compare_command;

#endif
