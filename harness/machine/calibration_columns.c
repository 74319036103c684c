#include "harness/machine/calibration_columns.h"

static const char *word(const char *text)
{
    return text != NULL ? text : "";
}

static void calibration(struct csv_columns *to, const void *given)
{
    const struct calibration_row *row = given;
    const struct measure *measure = row == NULL ? NULL : row->measure;
    const struct sample_summary *summary = row == NULL ? NULL : &measure->summary;
    const bool measured = row != NULL && row->is_measured;
    const bool between = measured && summary->has_interval;
    COLUMN_TEXT("name", "what was measured", measure->name);
    COLUMN_TEXT("isa", "the instruction set, where it matters", word(measure->isa));
    COLUMN_TEXT("precision", "f32 or f64, where it matters", word(measure->precision));
    COLUMN_TEXT("level", "of memory", word(measure->level));
    COLUMN_TEXT("pages", "of memory: base or huge", word(measure->pages));
    COLUMN_TEXT("clock", "that was read", word(measure->clock));
    COLUMN_INTEGER_IF("working_set_bytes", "B", "memory that the measurement goes through",
                      measure->bytes > 0, measure->bytes);
    COLUMN_TEXT("unit", "of median, low, high, minimum and maximum", word(measure->unit));
    COLUMN_REAL_IF("median", "", "of the samples; empty: not measured", measured, summary->median);
    COLUMN_REAL_IF("low", "", "lower end of its 95 % interval", between, summary->low);
    COLUMN_REAL_IF("high", "", "upper end of its 95 % interval", between, summary->high);
    COLUMN_REAL_IF("minimum", "", "of the samples", measured, summary->minimum);
    COLUMN_REAL_IF("maximum", "", "of the samples", measured, summary->maximum);
    COLUMN_INTEGER_IF("samples", "1", "blocks that were timed", measured, summary->count);
    COLUMN_REAL_IF("tsc_cycles", "1", "the median in ticks of the time stamp counter",
                   measured && row->ticks > 0, row->ticks);
    COLUMN_TEXT("note", "what is to be known of it, or why it was not measured",
                word(measured ? measure->note : measure->absent));
}

const struct csv_file calibration_csv_file = {
    "calibration.csv", "a row for each thing measured, as --format csv prints it", calibration};

const struct csv_folder csv_folder_calibration = {
    "calibrate", (const struct csv_file *const[]){&calibration_csv_file, NULL}};
