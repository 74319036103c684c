/* `lossgrid merge` */
#ifndef HARNESS_MERGE_MERGE_COMMAND_H
#define HARNESS_MERGE_MERGE_COMMAND_H

#include "harness/support/command.h"

extern const struct command merge_command;

#endif
