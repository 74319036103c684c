/* `lossgrid status` */
#ifndef HARNESS_STATUS_STATUS_COMMAND_H
#define HARNESS_STATUS_STATUS_COMMAND_H

#include "harness/support/command.h"

extern const struct command status_command;

#endif
