#include "harness/support/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* The globals of the harness: a handler has no other way to say anything. */
static volatile sig_atomic_t seen, first;

static void note(int signal_number)
{
    if (seen == 0)
        first = signal_number;
    seen++;
}

void interrupt_catch(void)
{
    /* No SA_RESTART: a wait is to end when a signal comes. */
    struct sigaction action = {.sa_handler = note};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction before;
    /* Under nohup a hang-up stays ignored. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        sigaction(SIGHUP, &action, NULL);
}

int interrupt_count(void)
{
    return seen;
}

int interrupt_signal(void)
{
    return first;
}
