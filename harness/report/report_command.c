#include "harness/report/report_command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/record/files.h"

/* The script lies beside the build folder, or where `make install` puts it. */
static const char *const places[] = {"../reports/report.py", "../share/lossgrid/reports/report.py"};

static enum lg_status find_script(char script[FILES_PATH_MAX], struct lg_error *error)
{
    char program[FILES_PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof program - 1);
    if (size < 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot tell where this program lies: %s",
                       strerror(errno));
    program[size] = '\0';
    *strrchr(program, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        enum lg_status status = files_path(script, error, "%s/%s", program, places[i]);
        if (status != LG_OK || files_exists(script))
            return status;
    }
    return lg_fail(error, LG_ENVIRONMENT, "no report.py: neither %s/%s nor %s/%s", program,
                   places[0], program, places[1]);
}

/* Whether this Python can draw: asked of it, since one without the module is
 * common. */
static bool can_draw(const char *python)
{
    pid_t pid = fork();
    if (pid == 0) {
        int nowhere = open("/dev/null", O_RDWR);
        if (nowhere >= 0) {
            dup2(nowhere, STDOUT_FILENO);
            dup2(nowhere, STDERR_FILENO);
        }
        execlp(python, python, "-c", "import matplotlib", (char *)NULL);
        _exit(127);
    }
    int ending = -1;
    while (pid > 0 && waitpid(pid, &ending, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && WIFEXITED(ending) && WEXITSTATUS(ending) == 0;
}

static const char *find_python(void)
{
    const char *asked = getenv("PYTHON");
    const char *const candidates[] = {asked != NULL ? asked : "", "python3", "/usr/bin/python3"};
    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
        if (candidates[i][0] != '\0' && can_draw(candidates[i]))
            return candidates[i];
    return NULL;
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    static const struct option long_options[] = {{NULL, 0, NULL, 0}};
    int option = 0;
    enum lg_status status = command_next_option(argc, argv, long_options, &option, error);
    if (status == LG_OK)
        status = command_operands(argc, argv, 1, 1, "a result folder", error);
    if (status != LG_OK)
        return status;
    const char *directory = argv[optind];
    char path[FILES_PATH_MAX], script[FILES_PATH_MAX];
    status = files_path(path, error, "%s/trace.csv", directory);
    if (status == LG_OK && !files_exists(path))
        return lg_fail(error, LG_ENVIRONMENT, "%s is no result folder: no %s", directory, path);
    if (status == LG_OK)
        status = find_script(script, error);
    if (status != LG_OK)
        return status;
    const char *python = find_python();
    if (python == NULL)
        return lg_fail(error, LG_ENVIRONMENT,
                       "no Python here can import matplotlib (tried PYTHON, python3 and "
                       "/usr/bin/python3); install python3-matplotlib");
    fflush(NULL);
    execlp(python, python, script, directory, (char *)NULL);
    return lg_fail(error, LG_ENVIRONMENT, "cannot start %s: %s", python, strerror(errno));
}

const struct command report_command = {
    .name = "report",
    .synopsis = "DIR",
    .summary = "figures and report.md from a result folder",
    .help = "Draws the figures of the result folder DIR and writes DIR/report/report.md, by\n"
            "means of reports/report.py and the first Python that can import matplotlib\n"
            "(PYTHON names one to try first).\n"
            "\n"
            "Example:\n"
            "  lossgrid report results/article-losses\n",
    .run = run,
};
