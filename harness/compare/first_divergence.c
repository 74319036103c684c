#include "harness/compare/first_divergence.h"

#include "harness/store/trace_compare.h"
#include "harness/support/files.h"

/* The trace of the run that the timings belong to; false when there is none. */
static bool find_trace(const char *folder, char path[FILES_PATH_MAX])
{
    static const char *const places[] = {"", "/.."};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (files_path(path, NULL, "%s%s/trace.csv", folder, places[i]) == LG_OK &&
            files_exists(path))
            return true;
    return false;
}

static void describe(const struct comparison *comparison, struct text *sentence)
{
    const struct compared_place *first = &comparison->first_different;
    if (first->column[0] != '\0')
        text_print(sentence,
                   "the traces part at cell '%s', epoch %s, column %s: %s in the baseline, %s in "
                   "the other",
                   first->cell, first->epoch, first->column,
                   first->here[0] != '\0' ? first->here : "(empty)",
                   first->there[0] != '\0' ? first->there : "(empty)");
    else if (comparison->rows == 0)
        text_print(sentence, "the traces have no row in common");
    else
        text_print(sentence,
                   "the traces are equal in all %zu rows that both have: the timings "
                   "are of something else",
                   comparison->rows);
}

void first_divergence_find(const char *here, const char *there, struct text *sentence)
{
    char path_here[FILES_PATH_MAX], path_there[FILES_PATH_MAX];
    struct csv_table trace_here = {0}, trace_there = {0};
    struct comparison comparison = {0};
    struct lg_error error = {0};
    if (!find_trace(here, path_here) || !find_trace(there, path_there)) {
        text_print(sentence, "the first divergence is unknown: no trace.csv next to %s",
                   find_trace(here, path_here) ? there : here);
        return;
    }
    enum lg_status status = csv_read(path_here, &trace_here, &error);
    if (status == LG_OK)
        status = csv_read(path_there, &trace_there, &error);
    if (status == LG_OK)
        status = trace_compare(&trace_here, &trace_there, &comparison, &error);
    if (status == LG_OK)
        describe(&comparison, sentence);
    else
        text_print(sentence, "the first divergence is unknown: %s%s%s", error.file,
                   error.file[0] != '\0' ? ": " : "", error.message);
    comparison_free(&comparison);
    csv_free(&trace_here);
    csv_free(&trace_there);
}
