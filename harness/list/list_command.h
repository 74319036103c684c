/* `lossgrid list` */
#ifndef HARNESS_LIST_LIST_COMMAND_H
#define HARNESS_LIST_LIST_COMMAND_H

#include "harness/support/command.h"

extern const struct command list_command;

#endif
