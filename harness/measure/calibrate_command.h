/* `lossgrid calibrate` */
#ifndef HARNESS_MEASURE_CALIBRATE_COMMAND_H
#define HARNESS_MEASURE_CALIBRATE_COMMAND_H

#include "harness/command/command.h"

extern const struct command calibrate_command;

#endif
