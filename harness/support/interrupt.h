/* Ctrl-C, SIGTERM and SIGHUP, noted and handled at the next good moment. */
#ifndef HARNESS_SUPPORT_INTERRUPT_H
#define HARNESS_SUPPORT_INTERRUPT_H

/* From now on note these signals; processes forked later do so too. */
void interrupt_catch(void);

/* The number of signals since. */
int interrupt_count(void);

/* The number of the first, such as SIGINT; 0: none has come. */
int interrupt_signal(void);

#endif
