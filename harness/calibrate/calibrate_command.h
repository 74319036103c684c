/* `lossgrid calibrate` */
#ifndef HARNESS_CALIBRATE_CALIBRATE_COMMAND_H
#define HARNESS_CALIBRATE_CALIBRATE_COMMAND_H

#include "harness/support/command.h"

extern const struct command calibrate_command;

#endif
