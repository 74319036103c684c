#include "harness/compare/compare_command.h"

#include <stdlib.h>

#include "harness/compare/compare_output.h"
#include "harness/support/output.h"
#include "harness/support/script.h"

/* More would be a table that nobody reads; each has a letter. */
enum { FOLDERS_MAX = 26 };

static enum lg_status read_folders(char **paths, size_t count, struct compared *compared,
                                   struct lg_error *error)
{
    *compared = (struct compared){
        .folders = calloc(count, sizeof *compared->folders),
        .pairings = calloc(count, sizeof *compared->pairings),
    };
    if (compared->folders == NULL || compared->pairings == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory to compare");
    enum lg_status status = LG_OK;
    for (; status == LG_OK && compared->count < count; compared->count++)
        status =
            timed_folder_read(paths[compared->count], &compared->folders[compared->count], error);
    for (size_t i = 1; status == LG_OK && i < count; i++)
        status = pairing_make(&compared->folders[0], &compared->folders[i],
                              &compared->pairings[i - 1], error);
    return status;
}

static void free_compared(struct compared *compared)
{
    for (size_t i = 0; i < compared->count; i++) {
        timed_folder_free(&compared->folders[i]);
        pairing_free(&compared->pairings[i]);
    }
    free(compared->folders);
    free(compared->pairings);
}

static enum lg_status publish(const struct compared *compared, const char *directory,
                              struct lg_error *error)
{
    struct text text = {0};
    int ending = 0;
    enum lg_status status = compare_text(compared, &text, error);
    if (status == LG_OK)
        status = output_shown(&text, error);
    text_free(&text);
    if (status == LG_OK && directory != NULL) {
        status = compare_write(compared, directory, error);
        if (status == LG_OK)
            status = script_run("compare.py", directory, NULL, &ending, error);
        if (status == LG_OK)
            status = script_check("compare.py", ending, error);
    }
    return status;
}

/* Times of unlike work are no comparison: said last, so that it is not overlooked. */
static enum lg_status check(const struct compared *compared, struct lg_error *error)
{
    for (size_t i = 0; i + 1 < compared->count; i++) {
        const struct pairing *pairing = &compared->pairings[i];
        if (pairing->refused > 0)
            return lg_fail(error, LG_FAILED,
                           "%s and %s did not compute the same in %zu of their cells, the first "
                           "'%s'; %s",
                           pairing->a->path, pairing->b->path, pairing->refused, pairing->first,
                           pairing->first_divergence.bytes);
        if (pairing->cells == 0 && pairing->apart > 0)
            return lg_fail(error, LG_FAILED,
                           "%s and %s were timed in different states of their training; time both "
                           "with one --settle",
                           pairing->a->path, pairing->b->path);
        if (pairing->cells == 0)
            return lg_fail(error, LG_FAILED, "%s and %s have no cell in common", pairing->a->path,
                           pairing->b->path);
    }
    return LG_OK;
}

struct request {
    const char *directory; /* or NULL */
};

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    struct request request = {.directory = NULL};
    struct operands folders;
    struct compared compared = {0};
    enum lg_status status = command_read(&compare_command, argc, argv, &request, &folders, error);
    if (status != LG_OK)
        return status;
    status = read_folders(folders.list, folders.count, &compared, error);
    if (status == LG_OK)
        status = publish(&compared, request.directory, error);
    if (status == LG_OK)
        status = check(&compared, error);
    free_compared(&compared);
    return status;
}

static const struct option_row options[] = {
    {"out", "DIR", "write compare.csv, compare.json, and compare.md with a figure there",
     OPTION_TEXT, offsetof(struct request, directory), .offer = OFFER_FOLDER},
    {.name = NULL},
};

static const struct operand_row operands[] = {
    {"DIR", "a folder of timings", "a second folder of timings", 2, FOLDERS_MAX, OFFER_FOLDER,
     NULL},
    {.name = NULL},
};

const struct command compare_command = {
    .name = "compare",
    .summary = "timings of machines or versions side by side, and which differences are real",
    .about =
        "Each DIR is one that `lossgrid time` wrote; the first is the baseline. For every cell and "
        "phase: ns a step, cycles (or ticks of the clock) a sample, ns a parameter, the share of "
        "that machine's roofline, and how many times as long it takes as in the baseline, with a "
        "95 % interval (bootstrap over rounds); \"normalised\" is the same of time x FMA "
        "peak.\n\n"
        "Verdicts: a winner is named only if the whole interval lies outside the noise floor, the "
        "larger of both folders' A/A floors; \"same\" if it lies within; else \"undecided\". "
        "Cells whose weights_sha256 differ did not do the same work: they are refused, with the "
        "first divergence of the trace.csv next to the folders. Of each cell the later state "
        "is compared: after equal steps, or settled in both folders. Exit code 1 if any was "
        "refused, or none is in both.",
    .example =
        "lossgrid compare results/laptop/timing results/server/timing --out results/compare\n"
        "lossgrid compare results/before results/after\n",
    .options = options,
    .operands = operands,
    .run = run,
};
