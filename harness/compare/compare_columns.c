#include "harness/compare/compare_columns.h"

#include <math.h>
#include <stdio.h>

#include "harness/compare/roofline.h"

/* A ratio whose columns' names begin with a prefix: its own is `name`. */
static void ratio(struct csv_columns *to, const char *name, const char *prefix, const char *meaning,
                  const struct ratio *row)
{
    const bool has_interval = row != NULL && row->has_interval && !isnan(row->value);
    char low[CSV_COLUMN_NAME_MAX], high[CSV_COLUMN_NAME_MAX];
    snprintf(low, sizeof low, "%slow", prefix);
    snprintf(high, sizeof high, "%shigh", prefix);
    COLUMN_OPTIONAL(name, "1", meaning, row->value);
    COLUMN_REAL_IF(low, "1", "lower end of its 95 % interval", has_interval, row->low);
    COLUMN_REAL_IF(high, "1", "upper end of its 95 % interval", has_interval, row->high);
}

/* One of the two folders, and its cell, NULL where only the other has it. */
struct side {
    const struct timed_folder *folder;
    const struct timed_cell *cell;
    enum timed_phase phase;
};

/* A column of one side: its name behind the side's. */
static const char *of(const char *name, const char *column, char buffer[CSV_COLUMN_NAME_MAX])
{
    snprintf(buffer, CSV_COLUMN_NAME_MAX, "%s_%s", name, column);
    return buffer;
}

static void side(struct csv_columns *to, const char *name, const struct side *row)
{
    const struct timed_cell *cell = row == NULL ? NULL : row->cell;
    const bool is_there = cell != NULL && cell->costs[row->phase].is_there;
    const double none = (double)NAN;
    const struct timed_cost nothing = {.ns = none,
                                       .low_ns = none,
                                       .high_ns = none,
                                       .ns_per_parameter = none,
                                       .ticks = none,
                                       .cycles = none};
    const struct timed_cost *cost = is_there ? &cell->costs[row->phase] : &nothing;
    char b[CSV_COLUMN_NAME_MAX];
    COLUMN_TEXT(of(name, "isa", b), "the instruction set of the engine's copy that ran",
                is_there ? cell->isa : "");
    COLUMN_INTEGER_IF(of(name, "rounds", b), "1", "rounds that were timed", is_there, cost->rounds);
    COLUMN_OPTIONAL(of(name, "ns", b), "ns", "time of a step, median", cost->ns);
    COLUMN_OPTIONAL(of(name, "low_ns", b), "ns", "lower end of its 95 % interval", cost->low_ns);
    COLUMN_OPTIONAL(of(name, "high_ns", b), "ns", "upper end of its 95 % interval", cost->high_ns);
    COLUMN_OPTIONAL(of(name, "cycles_per_sample", b), "1", "cycles of the core for a sample",
                    cost->cycles / (is_there ? cell->batch : 1));
    COLUMN_OPTIONAL(of(name, "ticks_per_sample", b), "1",
                    "ticks of the processor's clock for a sample",
                    cost->ticks / (is_there ? cell->batch : 1));
    COLUMN_OPTIONAL(of(name, "ns_per_parameter", b), "ns", "time of a step / parameters",
                    cost->ns_per_parameter);
    COLUMN_OPTIONAL(of(name, "roofline", b), "1",
                    "share of what the machine could do at best in that time",
                    is_there ? roofline_share(row->folder, cell, row->phase) : none);
}

static void compare(struct csv_columns *to, const void *given)
{
    const struct compare_row *row = given;
    const struct paired *paired = row == NULL ? NULL : row->paired;
    const struct timed_cell *cell = row == NULL ? NULL : paired_cell(paired);
    COLUMN_TEXT("cell", "the configuration's name, unique in the experiment", cell->cell);
    COLUMN_TEXT("loss", "the loss it is trained under", cell->loss);
    COLUMN_TEXT("optimizer", "the optimizer that trains it", cell->optimizer);
    COLUMN_TEXT("label", "the configuration's name for readers", cell->label);
    COLUMN_TEXT("precision", "of the engine's copy that ran", cell->precision);
    COLUMN_WORD("phase", phases_of_step, "the whole step or one of its phases",
                phases_of_step[paired->phase]);
    COLUMN_TEXT("baseline", "the folder compared with", row->pairing->a->path);
    COLUMN_TEXT("other", "the folder that is compared", row->pairing->b->path);
    COLUMN_REAL("batch", "samples", "samples in a step", cell->batch);
    COLUMN_REAL("parameters", "1", "weights and biases of the network", cell->parameters);
    COLUMN_WORD("verdict", verdict_words, "verdict on other against baseline",
                verdict_words[paired->verdict]);
    COLUMN_TEXT("reason", "why not comparable, or undecided; else empty", paired->reason);
    ratio(to, "ratio", "", "time of other / time of baseline", row == NULL ? NULL : &paired->ratio);
    COLUMN_OPTIONAL("floor", "1", "how far a ratio of equals may be from 1, the larger of both",
                    paired->floor);
    ratio(to, "normalised", "normalised_",
          "the same of time times the machine's peak of multiply-adds",
          row == NULL ? NULL : &paired->normalised);
    side(to, "baseline",
         row == NULL ? NULL : &(struct side){row->pairing->a, paired->a, paired->phase});
    side(to, "other",
         row == NULL ? NULL : &(struct side){row->pairing->b, paired->b, paired->phase});
}

const struct csv_file compare_csv = {
    "compare.csv", "a row for each configuration, phase and other folder", compare};

const struct csv_folder csv_folder_compare = {"compare",
                                              (const struct csv_file *const[]){&compare_csv, NULL}};
