/* `lossgrid time` */
#ifndef HARNESS_TIMING_TIME_COMMAND_H
#define HARNESS_TIMING_TIME_COMMAND_H

#include "harness/support/command.h"

extern const struct command time_command;

#endif
