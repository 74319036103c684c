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

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    static const struct option long_options[] = {{"out", required_argument, NULL, 1},
                                                 {NULL, 0, NULL, 0}};
    const char *directory = NULL;
    enum lg_status status = LG_OK;
    for (int option = 0; status == LG_OK && option >= 0;) {
        status = command_next_option(argc, argv, long_options, &option, error);
        if (status == LG_OK && option > 0)
            directory = optarg;
    }
    if (status == LG_OK)
        status = command_operands(
            argc, argv, 2, FOLDERS_MAX,
            argc - optind == 1 ? "a second folder of timings" : "a folder of timings", error);
    if (status != LG_OK)
        return status;
    struct compared compared = {0};
    status = read_folders(argv + optind, (size_t)(argc - optind), &compared, error);
    if (status == LG_OK)
        status = publish(&compared, directory, error);
    if (status == LG_OK)
        status = check(&compared, error);
    free_compared(&compared);
    return status;
}

const struct command compare_command = {
    .name = "compare",
    .synopsis = "DIR DIR... [--out DIR]",
    .summary = "timings of machines or versions side by side, and which differences are real",
    .help =
        "Each DIR is one that `lossgrid time` wrote; the first is the baseline. For every cell\n"
        "and phase: ns a step, cycles (or ticks of the clock) a sample, ns a parameter, the share\n"
        "of that machine's roofline, and how many times as long it takes as in the baseline, with\n"
        "a 95 % interval (bootstrap over rounds); \"normalised\" is the same of time x FMA peak.\n"
        "\n"
        "Verdicts: a winner is named only if the whole interval lies outside the noise floor, the\n"
        "larger of both folders' A/A floors; \"same\" if it lies within; else \"undecided\". "
        "Cells\n"
        "whose weights_sha256 differ did not do the same work: they are refused, with the place\n"
        "where the trace.csv beside the folders part. Of each cell the later state is compared:\n"
        "after equal steps, or settled in both folders. Exit code 1 if any was refused, or none\n"
        "is in both.\n"
        "\n"
        "  --out DIR   write compare.csv, compare.json, and compare.md with a figure there\n"
        "\n"
        "Example:\n"
        "  lossgrid compare results/laptop/timing results/server/timing --out results/compare\n"
        "  lossgrid compare results/before results/after        two versions on one machine\n",
    .run = run,
};
