#include "harness/report/report_command.h"

#include "harness/report/script.h"

/* What kinds of result folder there are, told by a file that each has. */
static const struct {
    const char *file, *script, *module;
} kinds[] = {{"trace.csv", "report.py", "matplotlib"},
             {"gradcheck.csv", "gradcheck.py", "csv"},
             {"cost.csv", "cost.py", "csv"},
             {"compare.csv", "compare.py", "csv"}};

static enum lg_status make(const char *directory, struct lg_error *error)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[FILES_PATH_MAX];
        int ending;
        enum lg_status status = files_path(path, error, "%s/%s", directory, kinds[i].file);
        if (status == LG_OK && !files_exists(path))
            continue;
        if (status == LG_OK)
            status = script_run(kinds[i].script, kinds[i].module, directory, &ending, error);
        return status == LG_OK ? script_check(kinds[i].script, ending, error) : status;
    }
    return lg_fail(error, LG_ENVIRONMENT, "%s is no result folder: no %s/trace.csv", directory,
                   directory);
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
    return make(argv[optind], error);
}

const struct command report_command = {
    .name = "report",
    .synopsis = "DIR",
    .summary = "figures and report.md from a result folder",
    .help =
        "Draws the figures of the result folder DIR, of `lossgrid run`, `gradcheck` or `time`,\n"
        "and writes DIR/report/report.md (of `compare`: DIR/compare.md), by means of\n"
        "reports/*.py and the first Python that can import what they need (PYTHON names one\n"
        "to try first).\n"
        "\n"
        "Example:\n"
        "  lossgrid report results/article-losses\n",
    .run = run,
};
