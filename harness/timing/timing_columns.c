#include "harness/timing/timing_columns.h"

#include <math.h>

/* ---- What several files have --------------------------------------------- */

static const char *const precision_words[] = {"f32", "f64", NULL};
static const char *const yes_and_no[] = {"yes", "no", NULL};
static const char *const before_and_after[] = {"before", "after", NULL};
const char phases_probed[] = "probed", phases_all[] = "all";
static const char *const phases_and_probed[] = {"step", PHASES_NAMES, phases_probed, NULL};
static const char *const phases_and_all[] = {"step", PHASES_NAMES, phases_all, NULL};

static void state(struct csv_columns *to, const struct timed_what *row)
{
    COLUMN_WORD("state", arm_state_words,
                "of the training: its first steps, or as far on as was looked, where the cost of a "
                "step has settled or not",
                arm_state_word(row->arm, row->state));
}

static void is_control(struct csv_columns *to, const struct timed_arm *row)
{
    COLUMN_INTEGER("is_control", "1",
                   "1: the A/A control, the same configuration measured once more; 0: not",
                   row->is_control);
}

/* A ratio with its interval. */
static void ratio(struct csv_columns *to, const char *meaning, const struct sample_summary *row)
{
    COLUMN_REAL_IF("ratio", "1", meaning, row->count > 0, row->median);
    COLUMN_REAL_IF("low", "1", "lower end of its 95 % interval", row->has_interval, row->low);
    COLUMN_REAL_IF("high", "1", "upper end of its 95 % interval", row->has_interval, row->high);
}

/* ---- The files ----------------------------------------------------------- */

static void cost(struct csv_columns *to, const void *given)
{
    const struct cost_row *row = given;
    const struct timed_arm *arm = row == NULL ? NULL : row->what.arm;
    COLUMN_TEXT("cell", "the configuration's name, unique in the experiment", arm->cell->slug);
    is_control(to, row == NULL ? NULL : row->what.arm);
    COLUMN_TEXT("loss", "the loss it is trained under",
                row->backend->loss(arm->cell->loss.index)->name);
    COLUMN_TEXT("optimizer", "the optimizer that trains it",
                row->backend->optimizer(arm->cell->optimizer.index)->name);
    COLUMN_TEXT("label", "the configuration's name for readers", arm->cell->label);
    COLUMN_WORD("precision", precision_words, "of the engine's copy that ran",
                lg_precision_name(row->backend->precision));
    COLUMN_TEXT("isa", "the instruction set of the engine's copy that ran", row->backend->isa);
    COLUMN_INTEGER("batch", "samples", "samples in a step", arm->batch);
    COLUMN_INTEGER("parameters", "1", "weights and biases of the network", arm->parameters);
    COLUMN_WORD("phase", phases_of_step, "the whole step, without a probe, or one of its phases",
                row->phase);
    state(to, row == NULL ? NULL : &row->what);
    COLUMN_INTEGER("from_step", "steps", "training steps before that state",
                   arm->points[row->what.state].steps);
    COLUMN_INTEGER("blocks", "1", "blocks that were timed, one a round", row->ns.count);
    COLUMN_INTEGER("steps", "steps", "steps that were timed, of all blocks", row->steps);
    COLUMN_REAL("median_ns", "ns", "time of a step, median over the blocks", row->ns.median);
    COLUMN_REAL_IF("low_ns", "ns", "lower end of its 95 % interval", row->ns.has_interval,
                   row->ns.low);
    COLUMN_REAL_IF("high_ns", "ns", "upper end of its 95 % interval", row->ns.has_interval,
                   row->ns.high);
    COLUMN_REAL("ns_per_parameter", "ns", "median_ns / parameters",
                row->ns.median / (double)arm->parameters);
    COLUMN_REAL_IF("low_ns_per_parameter", "ns", "low_ns / parameters", row->ns.has_interval,
                   row->ns.low / (double)arm->parameters);
    COLUMN_REAL_IF("high_ns_per_parameter", "ns", "high_ns / parameters", row->ns.has_interval,
                   row->ns.high / (double)arm->parameters);
    COLUMN_OPTIONAL("ticks", "1", "ticks of the processor's clock a step, median over the blocks",
                    row->ticks);
    COLUMN_OPTIONAL("cycles", "1", "cycles of the core a step, median over the blocks",
                    row->cycles);
    COLUMN_OPTIONAL("instructions", "1", "instructions a step, median over the blocks",
                    row->instructions);
    COLUMN_TEXT("weights_sha256", "of all parameters in that state, little-endian",
                arm->points[row->what.state].weights_sha256);
}

static void samples(struct csv_columns *to, const void *given)
{
    const struct sample_row *row = given;
    struct readings every = {.count = 0};
    const struct readings *readings = to->context;
    if (readings == NULL) {
        for (size_t i = 0; i < COUNTERS_MAX; i++)
            every.chosen[i] = true;
        readings_list(&every);
        readings = &every;
    }
    COLUMN_TEXT("cell", "the configuration's name, unique in the experiment",
                row->what.arm->cell->slug);
    is_control(to, row == NULL ? NULL : row->what.arm);
    COLUMN_WORD("phase", phases_and_probed,
                "the whole step without a probe, one of its phases, or the whole step while its "
                "phases were looked into",
                row->phase);
    state(to, row == NULL ? NULL : &row->what);
    COLUMN_INTEGER("round", "1", "one block of every series, counted from 0", row->block->round);
    COLUMN_INTEGER("position", "1", "of the block in its round, counted from 0",
                   row->block->position);
    COLUMN_INTEGER("steps", "steps", "steps that the other columns are of", row->steps);
    for (size_t i = 0; i < readings->count; i++) {
        const struct counter_column *reading = readings_column(&readings->all[i]);
        COLUMN_OPTIONAL(reading->name, reading->unit, reading->meaning, row->values[i]);
    }
}

static void noise(struct csv_columns *to, const void *given)
{
    const struct noise_row *row = given;
    COLUMN_TEXT("cell", "the configuration that was measured twice", row->what.arm->cell->slug);
    COLUMN_WORD("phase", phases_and_all,
                "the whole step, one of its phases, or all: the largest floor of any", row->phase);
    state(to, row == NULL ? NULL : &row->what);
    ratio(to, "the second measurement's time over the first's, median over the rounds",
          row == NULL ? NULL : &row->ratio);
    COLUMN_OPTIONAL("floor", "1", "how far a ratio of equals may be from 1 here", row->floor);
}

static void phases(struct csv_columns *to, const void *given)
{
    const struct overhead_row *row = given;
    COLUMN_TEXT("cell", "the configuration's name, unique in the experiment",
                row->what.arm->cell->slug);
    is_control(to, row == NULL ? NULL : row->what.arm);
    state(to, row == NULL ? NULL : &row->what);
    COLUMN_REAL("overhead", "1", "what looking into the phases adds to a step, as a share of it",
                row->ratio.median - 1);
    COLUMN_REAL_IF("low", "1", "lower end of its 95 % interval", row->ratio.has_interval,
                   row->ratio.low - 1);
    COLUMN_REAL_IF("high", "1", "upper end of its 95 % interval", row->ratio.has_interval,
                   row->ratio.high - 1);
}

static void ranking(struct csv_columns *to, const void *given)
{
    const struct ranking_row *row = given;
    COLUMN_TEXT("cell", "the configuration's name; the fastest first", row->what.arm->cell->slug);
    COLUMN_TEXT("label", "the configuration's name for readers", row->what.arm->cell->label);
    state(to, row == NULL ? NULL : &row->what);
    ratio(to,
          "time of a step over that of the fastest, of a sample where batches differ; median over "
          "the rounds",
          row == NULL ? NULL : &row->ratio);
    COLUMN_OPTIONAL("floor", "1", "how far a ratio of equals may be from 1 here", row->floor);
    COLUMN_TEXT("verdict", "fastest, or the verdict against the fastest", row->verdict);
}

static void settling(struct csv_columns *to, const void *given)
{
    const struct settling_row *row = given;
    const struct settling_look *look = row == NULL ? NULL : row->look;
    COLUMN_TEXT("cell", "the configuration's name, unique in the experiment", row->arm->cell->slug);
    COLUMN_INTEGER("step", "steps", "training steps before this state", look->steps);
    COLUMN_REAL_IF("blocks_ns", "ns", "time of a step in blocks from this state, median",
                   look->block.count > 0, look->block.median);
    COLUMN_REAL_IF("blocks_low", "ns", "lower end of its 95 % interval", look->block.has_interval,
                   look->block.low);
    COLUMN_REAL_IF("blocks_high", "ns", "upper end of its 95 % interval", look->block.has_interval,
                   look->block.high);
    COLUMN_REAL_IF("training_ns", "ns", "time of a step in the training on the way there, median",
                   look->training.count > 0, look->training.median);
    COLUMN_REAL_IF("training_low", "ns", "lower end of its 95 % interval",
                   look->training.has_interval, look->training.low);
    COLUMN_REAL_IF("training_high", "ns", "upper end of its 95 % interval",
                   look->training.has_interval, look->training.high);
    ratio(to, "time of blocks from here over blocks from the anchor, in pairs, median",
          row == NULL ? NULL : &look->ratio);
    COLUMN_WORD("changed", yes_and_no, "whether the cost is another than at the anchor",
                look->is_changed ? "yes" : "no");
}

static void conditions(struct csv_columns *to, const void *given)
{
    const struct condition_row *row = given;
    COLUMN_WORD("when", before_and_after, "before or after the timing", row->when);
    COLUMN_TEXT("condition", "what was looked at", row->found->name);
    COLUMN_WORD("verdict", conditions_words, "whether it may have spoilt the timing",
                conditions_words[row->found->verdict]);
    COLUMN_TEXT("sentence", "what was found", row->found->sentence);
}

const struct csv_file cost_csv = {
    "cost.csv", "a row for each configuration, state and phase; what was not counted is empty",
    cost};
const struct csv_file samples_csv = {"samples.csv", "a row for each block and phase, as read",
                                     samples};
const struct csv_file noise_csv = {
    "noise.csv", "the A/A control against its original: a row for each state and phase", noise};
const struct csv_file phases_csv = {
    "phases.csv", "what looking into the phases costs: a row for each configuration and state",
    phases};
const struct csv_file ranking_csv = {
    "ranking.csv",
    "each configuration against the fastest, from the late state, then from the first", ranking};
const struct csv_file settling_csv = {
    "settling.csv", "what a step cost as training went on: a row for each state after the first",
    settling};
const struct csv_file conditions_csv = {
    "conditions.csv", "whether the timing had the machine to itself: a row for each condition",
    conditions};

const struct csv_folder csv_folder_timing = {
    "time", (const struct csv_file *const[]){&cost_csv, &samples_csv, &noise_csv, &phases_csv,
                                             &ranking_csv, &settling_csv, &conditions_csv, NULL}};
