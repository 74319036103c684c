#include <stdio.h>
#include <string.h>

#include "harness/machine/calibration.h"
#include "harness/machine/calibration_columns.h"
#include "harness/support/version.h"

static bool is_measured(const struct measure *measure)
{
    return measure->absent[0] == '\0' && measure->summary.count > 0;
}

/* A duration in ticks of the counter; 0 for what is no duration, or without a rate. */
static double ticks(const struct calibration *calibration, const struct measure *measure)
{
    return measure->is_rate ? 0 : measure->summary.median * calibration->tsc.hz * 1e-9;
}

/* ---- JSON ---------------------------------------------------------------- */

static json_t *word_or_null(const char *word)
{
    json_t *value = word != NULL && word[0] != '\0' ? json_string(word) : NULL;
    return value != NULL ? value : json_null();
}

static json_t *bytes_or_null(size_t bytes)
{
    return bytes > 0 ? json_integer((json_int_t)bytes) : json_null();
}

/* Members that do not apply to a thing are left out of its object. */
static void set_word(json_t *object, const char *key, const char *word)
{
    if (word != NULL)
        json_object_set_new(object, key, json_string(word));
}

static void set_number(json_t *object, const char *key, double number)
{
    json_object_set_new(object, key, json_real(number));
}

static json_t *measure_json(const struct calibration *calibration, const struct measure *measure)
{
    const struct sample_summary *summary = &measure->summary;
    json_t *object = json_object();
    set_word(object, "name", measure->name);
    set_word(object, "isa", measure->isa);
    set_word(object, "precision", measure->precision);
    set_word(object, "level", measure->level);
    set_word(object, "pages", measure->pages);
    set_word(object, "clock", measure->clock);
    if (measure->bytes > 0)
        json_object_set_new(object, "working_set_bytes", json_integer((json_int_t)measure->bytes));
    set_word(object, "unit", measure->unit);
    set_word(object, "note", measure->note);
    if (!is_measured(measure)) {
        set_word(object, "absent", measure->absent[0] != '\0' ? measure->absent : "not measured");
        return object;
    }
    set_word(object, "better", measure->is_rate ? "higher" : "lower");
    set_number(object, "median", summary->median);
    if (summary->has_interval) {
        set_number(object, "low", summary->low);
        set_number(object, "high", summary->high);
    }
    set_number(object, "minimum", summary->minimum);
    set_number(object, "maximum", summary->maximum);
    json_object_set_new(object, "samples", json_integer((json_int_t)summary->count));
    if (ticks(calibration, measure) > 0)
        set_number(object, "tsc_cycles", ticks(calibration, measure));
    return object;
}

static json_t *method_json(const struct calibration *calibration)
{
    json_t *method = json_pack("{s:b, s:i, s:s}", "quick", calibration->quick, "passes",
                               (int)calibration->effort.passes, "interval",
                               "95 % of the median, between order statistics");
    if (calibration->processor >= 0)
        json_object_set_new(method, "pinned_to_processor", json_integer(calibration->processor));
    else
        set_word(method, "not_pinned", calibration->unpinned);
    return method;
}

static json_t *tsc_json(const struct calibration *calibration)
{
    json_t *tsc = json_object();
    set_word(tsc, "name", tsc_name());
    if (calibration->tsc.hz > 0)
        set_number(tsc, "hz", calibration->tsc.hz);
    set_word(tsc, calibration->tsc.hz > 0 ? "source" : "absent", calibration->tsc.source);
    return tsc;
}

json_t *calibration_json(const struct calibration *calibration)
{
    const struct memory_facts *memory = &calibration->memory;
    json_t *measures = json_array();
    for (size_t i = 0; i < calibration->measures.count; i++)
        json_array_append_new(measures, measure_json(calibration, &calibration->measures.all[i]));
    return json_pack(
        "{s:s, s:s, s:s, s:s, s:o, s:o, s:{s:o, s:o, s:o}, s:o, s:o}", "lossgrid", version_text(),
        "compiler", version_compiler(), "flags", version_flags(), "variant", version_variant(),
        "machine", machine_json(&calibration->machine), "method", method_json(calibration), "pages",
        "base_bytes", bytes_or_null(memory->base_bytes), "huge_bytes",
        bytes_or_null(memory->huge_bytes), "transparent_huge_pages",
        word_or_null(memory->huge_policy), "tsc", tsc_json(calibration), "measures", measures);
}

/* ---- CSV ----------------------------------------------------------------- */

enum lg_status calibration_csv(const struct calibration *calibration, struct text *text,
                               struct lg_error *error)
{
    struct csv csv = {.text = *text};
    csv_file_header(&calibration_csv_file, NULL, &csv);
    for (size_t i = 0; i < calibration->measures.count; i++) {
        const struct measure *measure = &calibration->measures.all[i];
        csv_file_row(
            &calibration_csv_file, NULL, &csv,
            &(struct calibration_row){measure, is_measured(measure), ticks(calibration, measure)});
    }
    *text = csv.text;
    return csv_check(&csv, error);
}

/* ---- Text ---------------------------------------------------------------- */

enum { OF_MAX = 64, NUMBER_MAX = 16 };

/* The thing measured, in words. */
static void format_of(const struct measure *measure, char of[OF_MAX])
{
    const size_t kib = measure->bytes >> 10;
    if (measure->level != NULL && measure->bytes == 0)
        snprintf(of, OF_MAX, "%s", measure->level);
    else if (measure->level != NULL)
        snprintf(of, OF_MAX, "%s: %zu %s%s%s%s", measure->level, kib < 10240 ? kib : kib >> 10,
                 kib < 10240 ? "KiB" : "MiB", measure->pages != NULL ? ", " : "",
                 measure->pages != NULL ? measure->pages : "",
                 measure->pages != NULL ? " pages" : "");
    else if (measure->isa != NULL)
        snprintf(of, OF_MAX, "%s %s", measure->precision, measure->isa);
    else
        snprintf(of, OF_MAX, "%s", measure->clock != NULL ? measure->clock : "");
}

static void format_number(char text[NUMBER_MAX], bool known, double number)
{
    if (!known)
        snprintf(text, NUMBER_MAX, "-");
    else
        snprintf(text, NUMBER_MAX, "%.*f",
                 number < 1      ? 3
                 : number < 10   ? 2
                 : number < 1000 ? 1
                                 : 0,
                 number);
}

static void format_name(const struct measure *measure, char name[OF_MAX])
{
    snprintf(name, OF_MAX, "%s", measure->name);
    for (char *at = name; *at != '\0'; at++)
        *at = (char)(*at == '_' ? ' ' : *at);
}

static void add_row(struct table *table, const struct calibration *calibration,
                    const struct measure *measure)
{
    const struct sample_summary *summary = &measure->summary;
    const bool measured = is_measured(measure), between = measured && summary->has_interval;
    char name[OF_MAX], of[OF_MAX], median[NUMBER_MAX], low[NUMBER_MAX], high[NUMBER_MAX];
    char best[NUMBER_MAX], cycles[NUMBER_MAX];
    format_name(measure, name);
    format_of(measure, of);
    format_number(median, measured, summary->median);
    format_number(low, between, summary->low);
    format_number(high, between, summary->high);
    format_number(best, measured, measure->is_rate ? summary->maximum : summary->minimum);
    format_number(cycles, measured && ticks(calibration, measure) > 0, ticks(calibration, measure));
    table_row(table, (const char *const[]){name, of, median, low, high, best, measure->unit,
                                           measure->is_rate ? "" : cycles});
}

static void add_head(struct text *text, const struct calibration *calibration)
{
    const struct memory_facts *memory = &calibration->memory;
    text_print(text, "%s\n", calibration->machine.cpu);
    if (calibration->processor >= 0)
        text_print(text, "Measured on processor %d, in %zu passes.\n", calibration->processor,
                   calibration->effort.passes);
    else
        text_print(text, "Not pinned to a processor: %s.\n", calibration->unpinned);
    if (strcmp(calibration->machine.caches_from, "/sys") != 0)
        text_print(text, "Sizes of caches by %s%s.\n", calibration->machine.caches_from,
                   strcmp(calibration->machine.caches_from, MACHINE_SWEEP) == 0
                       ? " of latencies, each known to a factor of the root of 2: the system does "
                         "not tell them"
                       : ": /sys does not tell them");
    if (calibration->tsc.hz > 0)
        text_print(text, "%s: %.1f MHz, %s.\n", tsc_name(), calibration->tsc.hz * 1e-6,
                   calibration->tsc.source);
    else
        text_print(text, "%s: rate unknown: %s.\n", tsc_name(), calibration->tsc.source);
    if (memory->base_bytes > 0)
        text_print(text, "Pages: %zu KiB", memory->base_bytes >> 10);
    else
        text_print(text, "Pages: size unknown");
    if (memory->huge_bytes > 0)
        text_print(text, "; huge: %zu KiB", memory->huge_bytes >> 10);
    if (memory->huge_policy[0] != '\0')
        text_print(text, ", %s", memory->huge_policy);
    text_print(text, ".\n\n");
}

/* Below the table: why something was not measured, what is to be known of the rest. */
static void add_notes(struct text *text, const struct measures *measures)
{
    const char *between = "\n";
    for (size_t i = 0; i < measures->count; i++) {
        const struct measure *measure = &measures->all[i];
        char name[OF_MAX], of[OF_MAX];
        const char *note = is_measured(measure) ? measure->note : measure->absent;
        if (note == NULL)
            continue;
        format_name(measure, name);
        format_of(measure, of);
        text_print(text, "%s%s%s%s: %s%s\n", between, name, of[0] != '\0' ? ", " : "", of,
                   is_measured(measure) ? "" : "not measured: ", note);
        between = "";
    }
}

enum lg_status calibration_text(const struct calibration *calibration, struct text *text,
                                struct lg_error *error)
{
    struct table table = {.columns = 8};
    add_head(text, calibration);
    table_row(&table, (const char *const[]){"measurement", "of", "median", "low", "high", "best",
                                            "unit", "TSC cycles"});
    for (size_t i = 0; i < calibration->measures.count; i++)
        add_row(&table, calibration, &calibration->measures.all[i]);
    enum lg_status status = table_format(&table, TABLE_TEXT, text, error);
    table_free(&table);
    if (status == LG_OK)
        add_notes(text, &calibration->measures);
    return status;
}
