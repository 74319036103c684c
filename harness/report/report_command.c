#include "harness/report/report_command.h"

#include "harness/support/interrupt.h"
#include "harness/support/script.h"

/* The kinds of result folder, recognised by a file that each has. */
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

struct request {
    const char *out; /* or NULL */
};

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct request request = {.out = NULL};
    struct operands operands;
    enum lg_status status = command_read(&report_command, argc, argv, &request, &operands, error);
    if (status != LG_OK)
        return status;
    interrupt_catch();
    return make(operands.list[0], request.out, error);
}

static const struct option_row options[] = {
    {"out", "DIR", "write report.md and figures there (compare.md, of a comparison)", OPTION_TEXT,
     offsetof(struct request, out), .offer = OFFER_FOLDER},
    {.name = NULL},
};

static const struct operand_row operands[] = {
    {"DIR", "a result folder", NULL, 1, 1, OFFER_FOLDER, NULL},
    {.name = NULL},
};

const struct command report_command = {
    .name = "report",
    .summary = "figures and report.md from a result folder",
    .about = "Draws the figures of the result folder DIR, of `lossgrid run`, `gradcheck` or "
             "`time`, and writes DIR/report/report.md (of `compare --out DIR`: DIR/compare.md), by "
             "means of reports/*.py and the first Python that can import what they need (PYTHON "
             "names one to try first).",
    .example = "lossgrid report results/article-losses\n",
    .options = options,
    .operands = operands,
    .run = run,
};
