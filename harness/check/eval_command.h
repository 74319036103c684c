/* lossgrid eval: one loss, activation or optimizer on numbers of the user's. */
#ifndef HARNESS_CHECK_EVAL_COMMAND_H
#define HARNESS_CHECK_EVAL_COMMAND_H

#include "harness/command/command.h"

extern const struct command eval_command;

#endif
