#include "harness/store/results.h"

enum lg_status results_make(const struct export *export, struct results *results,
                            struct lg_error *error)
{
    *results = (struct results){.machines = NULL};
    enum lg_status status = export_write(export, &results->extent, results->trace_sha256, error);
    return status == LG_OK ? manifest_machines(export->store, &results->machines, error) : status;
}

void results_free(struct results *results)
{
    extent_free(&results->extent);
    json_decref(results->machines);
    *results = (struct results){.machines = NULL};
}
