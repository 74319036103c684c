#include "harness/report/report_command.h"

#include "harness/support/interrupt.h"
#include "harness/support/script.h"

/* What kinds of result folder there are, told by a file that each has. */
static const struct {
    const char *file, *script;
} kinds[] = {{"trace.csv", "report.py"},
             {"gradcheck.csv", "gradcheck.py"},
             {"cost.csv", "cost.py"},
             {"compare.csv", "compare.py"}};

static enum lg_status make(const char *directory, const char *out, struct lg_error *error)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[FILES_PATH_MAX];
        int ending;
        enum lg_status status = files_path(path, error, "%s/%s", directory, kinds[i].file);
        if (status == LG_OK && !files_exists(path))
            continue;
        if (status == LG_OK)
            status = script_run(kinds[i].script, directory, out, &ending, error);
        return status == LG_OK ? script_check(kinds[i].script, ending, error) : status;
    }
    return lg_fail(error, LG_ENVIRONMENT,
                   "%s is no result folder: no trace.csv, gradcheck.csv, cost.csv or compare.csv "
                   "is in it",
                   directory);
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    static const struct option long_options[] = {{"out", required_argument, NULL, 1},
                                                 {NULL, 0, NULL, 0}};
    const char *out = NULL;
    enum lg_status status = LG_OK;
    for (int option = 0; status == LG_OK && option >= 0;) {
        status = command_next_option(argc, argv, long_options, &option, error);
        if (status == LG_OK && option > 0)
            out = optarg;
    }
    if (status == LG_OK && out != NULL && out[0] == '\0')
        status = lg_fail(error, LG_USAGE, "--out: the name is empty");
    if (status == LG_OK)
        status = command_operands(argc, argv, 1, 1, "a result folder", error);
    if (status != LG_OK)
        return status;
    interrupt_catch();
    return make(argv[optind], out, error);
}

const struct command report_command = {
    .name = "report",
    .synopsis = "DIR [--out DIR]",
    .summary = "figures and report.md from a result folder",
    .help =
        "Draws the figures of the result folder DIR, of `lossgrid run`, `gradcheck` or `time`,\n"
        "and writes DIR/report/report.md (of `compare --out DIR`: DIR/compare.md), by means of\n"
        "reports/*.py and the first Python that can import what they need (PYTHON names one\n"
        "to try first).\n"
        "\n"
        "  --out DIR   write report.md and figures there (compare.md, of a comparison)\n"
        "\n"
        "Example:\n"
        "  lossgrid report results/article-losses\n",
    .run = run,
};
