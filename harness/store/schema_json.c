#include "harness/store/schema_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/configuration_columns.h"
#include "harness/store/evaluation_columns.h"
#include "harness/store/failed_columns.h"
#include "harness/store/parameters_columns.h"
#include "harness/store/target_columns.h"
#include "harness/store/tuned_columns.h"
#include "harness/support/files.h"
#include "harness/support/json.h"

static const char *type_of(enum column_kind kind)
{
    switch (kind) {
    case FIELD_TEXT:
    case FIELD_DIGEST:
        return "text";
    case FIELD_INTEGER:
        return "integer";
    case FIELD_REAL:
    case FIELD_METRICS:
        break;
    }
    return "real";
}

static const char *role_of(enum column_role role)
{
    return role == COLUMN_KEY ? "key" : role == COLUMN_CONTEXT ? "context" : "measured";
}

static json_t *bound(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* A column that is no metric: `better` says all that is known of it. */
static json_t *plain(const struct column *column)
{
    const bool ranked = column->better != BETTER_NONE;
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:[o, n], s:n, s:n, s:s, s:n, s:b, s:s}",
                     "name", column->name, "type", type_of(column->kind), "role",
                     role_of(column->role), "unit", column->unit, "meaning", column->meaning,
                     "better", better_words[column->better], "range",
                     ranked ? json_integer(0) : json_null(), "metric", "part", "defined_on", "",
                     "chance", "ranked", ranked, "reason", "");
}

/* A metric on a part of the samples. why: why arms are not ranked by it, or "". */
static json_t *measured(const struct column *column, const struct metric *metric, const char *why,
                        bool is_primary)
{
    const char *part = column->presence == COLUMN_TESTED      ? "test"
                       : column->presence == COLUMN_VALIDATED ? "validation"
                                                              : "train";
    const bool is_loss = column->kind != FIELD_METRICS;
    char name[COLUMN_NAME_MAX], meaning[2 * METRIC_TEXT_MAX];
    snprintf(name, sizeof name, "%s%s", column->name, is_loss ? "" : metric->name);
    if (is_loss)
        snprintf(meaning, sizeof meaning, "%s", column->meaning);
    else
        snprintf(meaning, sizeof meaning, "%s; %s", metric->meaning,
                 column->presence == COLUMN_TESTED
                     ? "on the held-out test set after the epoch, mean"
                 : column->presence == COLUMN_VALIDATED
                     ? "on the validation split after the epoch, mean"
                     : "on the training samples, mean over the epoch, each before its update");
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:s, s:s, s:[o, o], s:s, s:s, s:s, s:o, s:b, s:s, s:b}", "name", name,
        "type", type_of(column->kind), "role", role_of(column->role), "unit", metric->unit,
        "meaning", meaning, "better", better_words[metric->better], "range", bound(metric->minimum),
        bound(metric->maximum), "metric", is_loss ? "loss" : metric->name, "part", part,
        "defined_on", metric->defined_on, "chance", bound(metric->chance), "ranked",
        why[0] == '\0' && metric->better != BETTER_NONE, "reason", why, "primary", is_primary);
}

static json_t *describe_file(const struct experiment *experiment, enum column_file file)
{
    size_t count;
    const struct column *columns = columns_table(file, &count);
    char why[METRIC_TEXT_MAX];
    const struct metric own = metrics_own_loss(experiment, why);
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (!columns_has(experiment, &columns[i]))
            continue;
        if (columns[i].is_loss)
            json_array_append_new(list, measured(&columns[i], &own, why, false));
        else if (columns[i].kind != FIELD_METRICS)
            json_array_append_new(list, plain(&columns[i]));
        for (size_t m = 0; columns[i].kind == FIELD_METRICS && m < metrics_measured(experiment);
             m++) {
            const struct metric metric = metrics_of(experiment, m);
            json_array_append_new(
                list, measured(&columns[i], &metric, "", m == metrics_primary(experiment)));
        }
    }
    return list;
}

static json_t *describe_unmeasured(const struct experiment *experiment)
{
    json_t *list = json_array();
    for (size_t i = 0; i < experiment->unmeasured_count; i++) {
        const struct unmeasured *entry = &experiment->unmeasured[i];
        json_array_append_new(list, json_pack("{s:s, s:s}", "metric",
                                              experiment->registries->loss(entry->loss)->name,
                                              "reason", entry->why));
    }
    return list;
}

json_t *schema_json(const struct experiment *experiment, bool has_parameters, bool has_failed)
{
    const struct configuration_columns columns = configuration_columns_of(experiment);
    json_t *schema =
        json_pack("{s:i, s:o, s:o, s:o, s:o}", "schema", CSV_SCHEMA_VERSION,
                  columns_file_name(COLUMNS_TRACE), describe_file(experiment, COLUMNS_TRACE),
                  columns_file_name(COLUMNS_TIMING), describe_file(experiment, COLUMNS_TIMING),
                  configurations_csv.name, csv_file_json(&configurations_csv, &columns),
                  "not_measured", describe_unmeasured(experiment));
    if (experiment->evaluate_every > 0) {
        const struct columns_measured measured = columns_measured(experiment);
        json_object_set_new(schema, evaluations_csv.name,
                            csv_file_json(&evaluations_csv, &measured));
    }
    if (experiment->target_count > 0)
        json_object_set_new(schema, targets_csv.name, csv_file_json(&targets_csv, NULL));
    if (has_parameters)
        json_object_set_new(schema, parameters_csv.name, csv_file_json(&parameters_csv, NULL));
    if (has_failed)
        json_object_set_new(schema, failed_csv.name, csv_file_json(&failed_csv, NULL));
    if (experiment->tuning.is_final) {
        json_object_set_new(schema, tuned_csv.name, csv_file_json(&tuned_csv, NULL));
        json_object_set_new(schema, tried_csv.name, csv_file_json(&tried_csv, NULL));
    }
    return schema;
}

enum lg_status schema_json_write(const char *path, const struct experiment *experiment,
                                 bool has_parameters, bool has_failed, struct lg_error *error)
{
    return json_write(path, schema_json(experiment, has_parameters, has_failed), 1, error);
}
