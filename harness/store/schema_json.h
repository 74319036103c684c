/* schema.json: the columns of a result folder's CSV files. Readers of the files take units,
 * ranges and the better direction from it. */
#ifndef HARNESS_STORE_SCHEMA_JSON_H
#define HARNESS_STORE_SCHEMA_JSON_H

#include <jansson.h>

#include "harness/spec/experiment.h"
#include "harness/store/epoch_columns.h"
#include "lossgrid/status.h"

/* An object: "schema": 1, the version of the format; for each CSV file of a run a list of
 * its columns, in order, each with
 *   name, type (text, integer, real), role (key, context, measured), unit ("1": a pure
 *   number; "": none), meaning;
 *   better: lower, higher, or none; range: [least, most], null: no bound;
 *   metric and part of the set: such as accuracy and test (train, validation or test); null
 *     where it is no metric;
 *   defined_on: the outputs on which a metric is what its name says;
 *   chance: what guessing at random gets, or null;
 *   ranked: whether arms may be ordered by it, and reason: why not, or "";
 *   primary: whether it is the metric that a report is judged by (metrics_primary());
 * and "not_measured": metric and reason of each loss of the grid that is no metric of the
 * run; and evaluations.csv, targets.csv, parameters.csv, failed.csv, tuned.csv and tried.csv, where
 * there is one (csv_file_json()). NULL when memory is short; owned by the caller. */
json_t *schema_json(const struct experiment *experiment, bool has_parameters, bool has_failed);

/* Write it to path. */
enum lg_status schema_json_write(const char *path, const struct experiment *experiment,
                                 bool has_parameters, bool has_failed, struct lg_error *error);

#endif
