/* lossgrid eval: one loss, activation or optimizer on numbers of the user's. */
#ifndef HARNESS_EVAL_EVAL_COMMAND_H
#define HARNESS_EVAL_EVAL_COMMAND_H

#include "harness/support/command.h"

extern const struct command eval_command;

#endif
