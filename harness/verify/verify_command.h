/* `lossgrid verify` */
#ifndef HARNESS_VERIFY_VERIFY_COMMAND_H
#define HARNESS_VERIFY_VERIFY_COMMAND_H

#include "harness/support/command.h"

extern const struct command verify_command;

#endif
