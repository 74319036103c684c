#include "harness/support/script.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/support/interrupt.h"

static const char *const places[] = {"..", "../share/lossgrid"};

enum lg_status script_find(const char *name, char path[FILES_PATH_MAX], struct lg_error *error)
{
    char program[FILES_PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size < 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot tell where this program lies: %s",
                       strerror(errno));
    program[size] = '\0';
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        enum lg_status status = files_path(path, error, "%s/%s/%s", program, places[i], name);
        if (status != LG_OK || files_exists(path))
            return status;
    }
    return lg_fail(error, LG_ENVIRONMENT, "%s is neither in %s/%s nor in %s/%s", name, program,
                   places[0], program, places[1]);
}

/* The exit code of a child, -1 when it has none. A signal that is noted meanwhile stops it
 * too. */
static int wait_for(pid_t pid)
{
    const int signals = interrupt_count();
    int ending = -1;
    while (pid > 0 && waitpid(pid, &ending, 0) < 0 && errno == EINTR)
        if (interrupt_count() > signals)
            kill(pid, SIGTERM);
    return pid > 0 && WIFEXITED(ending) ? WEXITSTATUS(ending) : -1;
}

/* In a child, before it becomes another program: it ends with this one, and Ctrl-C, which a
 * terminal sends to both, is left to this one; Python would print a traceback. */
static void follow_parent(pid_t parent)
{
    signal(SIGINT, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
}

/* The modules that the scripts import and Python does not bring. */
#define MODULES "matplotlib, scipy"

/* True if this Python has the modules: asked of it, since one without is common. */
static bool has_modules(const char *python)
{
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        follow_parent(parent);
        int nowhere = open("/dev/null", O_RDWR);
        if (nowhere >= 0) {
            dup2(nowhere, STDOUT_FILENO);
            dup2(nowhere, STDERR_FILENO);
        }
        execlp(python, python, "-c", "import " MODULES, (char *)NULL);
        _exit(127);
    }
    return wait_for(pid) == 0;
}

static const char *find_python(void)
{
    const char *asked = getenv("PYTHON");
    const char *const candidates[] = {asked != NULL ? asked : "", "python3", "/usr/bin/python3"};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (candidates[i][0] != '\0' && has_modules(candidates[i]))
            return candidates[i];
    return NULL;
}

enum lg_status script_run(const char *name, const char *directory, const char *out, int *ending,
                          struct lg_error *error)
{
    const int signals = interrupt_count();
    char relative[FILES_PATH_MAX], script[FILES_PATH_MAX];
    enum lg_status status = files_path(relative, error, "reports/%s", name);
    if (status == LG_OK)
        status = script_find(relative, script, error);
    if (status != LG_OK)
        return status;
    const char *python = find_python();
    if (python == NULL)
        return lg_fail(error, LG_ENVIRONMENT,
                       "no Python here can import " MODULES " (tried PYTHON, python3 and "
                       "/usr/bin/python3); on Debian: the packages python3-NAME of these");
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        follow_parent(parent);
        execlp(python, python, script, out != NULL ? "--out" : "--", out != NULL ? out : directory,
               out != NULL ? "--" : (char *)NULL, directory, (char *)NULL);
        _exit(127);
    }
    *ending = wait_for(pid);
    if (interrupt_count() > signals)
        return lg_fail(error, LG_INTERRUPTED, "interrupted: no report was finished");
    if (*ending == 127 || *ending < 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot run %s with %s", script, python);
    return LG_OK;
}

enum lg_status script_check(const char *name, int ending, struct lg_error *error)
{
    if (ending == 0)
        return LG_OK;
    const enum lg_status status = ending == 2 ? LG_INPUT : ending == 3 ? LG_ENVIRONMENT : LG_FAILED;
    return lg_fail(error, status, "no report: reports/%s ended with exit code %d", name, ending);
}
