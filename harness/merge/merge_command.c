#include "harness/merge/merge_command.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/merge/merge.h"
#include "harness/store/tuned.h"
#include "harness/support/output.h"

struct options {
    const char *out; /* NULL: not given */
};

/* The folders of trials among those given, and the others. */
struct stages {
    char **trials; /* (trial_count) owned, as is each */
    char **others; /* (other_count) owned; each is borrowed */
    size_t trial_count, other_count;
};

static void free_stages(struct stages *stages)
{
    for (size_t i = 0; i < stages->trial_count; i++)
        free(stages->trials[i]);
    free(stages->trials);
    free(stages->others);
}

static enum lg_status find_stages(const struct operands *operands, struct stages *stages,
                                  struct lg_error *error)
{
    stages->trials = calloc(operands->count, sizeof *stages->trials);
    stages->others = calloc(operands->count, sizeof *stages->others);
    if (stages->trials == NULL || stages->others == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    for (size_t i = 0; i < operands->count; i++) {
        char path[FILES_PATH_MAX], own[FILES_PATH_MAX];
        const bool has_trials = tuned_has_trials(operands->list[i], path);
        enum lg_status status = files_path(own, error, "%s/cells.sqlite", operands->list[i]);
        if (status != LG_OK)
            return status;
        if (!has_trials || files_exists(own))
            stages->others[stages->other_count++] = operands->list[i];
        if (has_trials && (stages->trials[stages->trial_count] = strdup(path)) == NULL)
            return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
        stages->trial_count += has_trials;
    }
    return LG_OK;
}

/* Trials into out/trials, then what was chosen from them into out. */
static enum lg_status merge_stages(const struct stages *stages, const char *out,
                                   struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    const bool was_there = files_exists(out);
    enum lg_status status = files_path(path, error, "%s/" TUNED_TRIALS, out);
    if (status == LG_OK)
        status = files_make_directories(out, error);
    if (status == LG_OK)
        status = merge_folders(&(struct merge_request){stages->trials, stages->trial_count, path},
                               error);
    if (status != LG_OK && !was_there)
        (void)rmdir(out);
    if (status == LG_OK && stages->other_count > 0)
        status =
            merge_folders(&(struct merge_request){stages->others, stages->other_count, out}, error);
    if (status == LG_OK && stages->other_count > 0)
        return tuned_make(out, error);
    if (status == LG_OK)
        output_line(stderr,
                    "%s: these are trials; `lossgrid run` of the spec with --out %s chooses among "
                    "them and trains what is chosen",
                    out, out);
    return status;
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options options = {.out = NULL};
    struct operands operands;
    enum lg_status status = command_read(&merge_command, argc, argv, &options, &operands, error);
    if (status != LG_OK)
        return status;
    if (options.out == NULL)
        return lg_fail(error, LG_USAGE, "merge needs --out DIR: the folder of the union");
    struct stages stages = {0};
    status = find_stages(&operands, &stages, error);
    if (status == LG_OK)
        status =
            stages.trial_count > 0
                ? merge_stages(&stages, options.out, error)
                : merge_folders(&(struct merge_request){operands.list, operands.count, options.out},
                                error);
    free_stages(&stages);
    return status;
}

static const struct option_row option_rows[] = {
    {"out", "DIR", "the folder of the union; what it holds of the same experiment is kept",
     OPTION_TEXT, offsetof(struct options, out), .offer = OFFER_FOLDER, .needed = 1},
    {.name = NULL},
};

static const struct operand_row operand_rows[] = {
    {"DIR", "a result folder", NULL, 1, SIZE_MAX, OFFER_FOLDER, NULL},
    {.name = NULL},
};

const struct command merge_command = {
    .name = "merge",
    .summary = "shards of one experiment, made into one result folder",
    .about =
        "Makes the union of result folders (such as those of `run --shard I/N`) and writes its "
        "files, to the bytes that one run of all cells would have written; timing.csv has the "
        "times and machines of the folders. The order of the folders decides nothing but whose "
        "times are kept of a cell that is finished in several. Nothing is trained, and no data is "
        "read. Of an unfinished cell the checkpoint goes along.\n\n"
        "Every cell is held against its seals. The same cell with other bits, or a damaged one, is "
        "an alarm that names the folders, the cell, the epoch and the column; nothing is written "
        "then. `lossgrid run` on its folder trains a damaged cell again. Cells that are missing "
        "are no failure: their number is said, and the command that trains them (`lossgrid verify` "
        "asks whether a folder is whole). Shards of an experiment with `tune` hold trials: their "
        "union is out/trials, from which `lossgrid run` chooses.\n\n"
        "Exit code 0 when the union is written, 1 for an alarm, 2 for folders that do not belong "
        "together (another spec, other data, another version of the store, the same folder twice) "
        "or are no results, 3 when something cannot be read or written.",
    .example = "lossgrid merge shards/0 shards/1 shards/2 --out results/whole\n",
    .options = option_rows,
    .operands = operand_rows,
    .run = run,
};
