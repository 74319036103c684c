/* `lossgrid verify` */
#ifndef HARNESS_CHECK_VERIFY_COMMAND_H
#define HARNESS_CHECK_VERIFY_COMMAND_H

#include "harness/command/command.h"

extern const struct command verify_command;

#endif
