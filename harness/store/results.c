#include "harness/store/results.h"

#include <stdlib.h>

static void describe(struct results *results, size_t i)
{
    const struct cell_extent *extent = &results->extents[i];
    const bool has_failed = !extent->finished && extent->why[0] != '\0';
    results->cells[i] = (struct manifest_cell){
        .status = extent->diverged   ? "diverged"
                  : extent->stopped  ? "stopped"
                  : extent->finished ? "done"
                  : has_failed       ? "failed"
                                     : "missing",
        .why = extent->why,
        .epochs = extent->epochs,
    };
    results->finished += extent->finished;
    results->diverged += extent->diverged;
    results->failed += has_failed;
    results->unfinished += !extent->finished && !has_failed && extent->epochs > 0;
}

enum lg_status results_make(const struct export *export, struct results *results,
                            struct lg_error *error)
{
    const size_t count = export->experiment->cell_count;
    *results = (struct results){
        .extents = calloc(count, sizeof *results->extents),
        .cells = calloc(count, sizeof *results->cells),
        .count = count,
    };
    if (results->extents == NULL || results->cells == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu cells", count);
    enum lg_status status = export_write(export, results->extents, results->trace_sha256, error);
    for (size_t i = 0; status == LG_OK && i < count; i++)
        describe(results, i);
    return status == LG_OK ? manifest_machines(export->store, &results->machines, error) : status;
}

void results_free(struct results *results)
{
    free(results->extents);
    free(results->cells);
    json_decref(results->machines);
    *results = (struct results){0};
}
