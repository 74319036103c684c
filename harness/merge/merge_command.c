#include "harness/merge/merge_command.h"

#include <stddef.h>
#include <stdint.h>

#include "harness/merge/merge.h"

struct options {
    const char *out; /* NULL: not given */
};

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct options options = {.out = NULL};
    struct operands operands;
    enum lg_status status = command_read(&merge_command, argc, argv, &options, &operands, error);
    if (status == LG_OK && options.out == NULL)
        status = lg_fail(error, LG_USAGE, "merge needs --out DIR: the folder of the union");
    if (status != LG_OK)
        return status;
    const struct merge_request request = {operands.list, operands.count, options.out};
    return merge_folders(&request, error);
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
        "asks whether a folder is whole).\n\n"
        "Exit code 0 when the union is written, 1 for an alarm, 2 for folders that do not belong "
        "together (another spec, other data, another version of the store, the same folder twice) "
        "or are no results, 3 when something cannot be read or written.",
    .example = "lossgrid merge shards/0 shards/1 shards/2 --out results/whole\n",
    .options = option_rows,
    .operands = operand_rows,
    .run = run,
};
