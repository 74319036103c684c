/* `lossgrid report` */
#ifndef HARNESS_REPORT_REPORT_COMMAND_H
#define HARNESS_REPORT_REPORT_COMMAND_H

#include "harness/support/command.h"

extern const struct command report_command;

#endif
