/* A test that hangs is stopped: each runs in a process of its own, which an alarm ends after
 * UNIT_SECONDS. Criterion 2.4.1 has --timeout, and does not stop a test that never returns. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_SECONDS = 600 };

static void stop(int signal_number)
{
    static const char message[] = "time limit: the test was stopped\n";
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* Before main(), which in such a process calls the test. */
__attribute__((constructor)) static void start(void)
{
    const char *text = getenv("UNIT_SECONDS");
    const long seconds = text != NULL ? strtol(text, NULL, 10) : 0;
    if (strcmp(program_invocation_short_name, "boxfort-worker") != 0)
        return;
    signal(SIGALRM, stop);
    alarm(seconds > 0 ? (unsigned)seconds : DEFAULT_SECONDS);
}
