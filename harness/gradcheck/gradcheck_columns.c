#include "harness/gradcheck/gradcheck_columns.h"

#include <math.h>

static const char *const precision_words[] = {"f32", "f64", NULL};
static const char *const method_words[] = {"central", "richardson", "reference-central",
                                           "reference-richardson", NULL};
static const char *const kink_words[] = {"pass", "fail", NULL};

/* ---- What several files have --------------------------------------------- */

/* True for a number that a plot can show: one that is neither infinite nor NaN. */
static bool is_finite(double value)
{
    return value - value == 0;
}

struct names {
    const char *kind, *name, *options;
};

static void subject(struct csv_columns *to, const struct names *row)
{
    COLUMN_TEXT("kind", "of the subject: loss, activation, optimizer, network, ...", row->kind);
    COLUMN_TEXT("name", "of the subject", row->name);
    COLUMN_TEXT("options", "those that differ from the defaults: a=1;b=2", row->options);
}

static void entry(struct csv_columns *to, const struct subject *row, size_t i)
{
    const struct gradient_block *block = row == NULL ? NULL : subject_block_at(row, i);
    char name[48];
    COLUMN_TEXT("block", "the matrix or vector that was differentiated by", block->name);
    COLUMN_TEXT("coordinate", "the entry within it, counted from 0",
                subject_entry_name(block, i, name));
}

static void ulps(struct csv_columns *to, const char *name, const char *meaning,
                 const struct ulps *row)
{
    COLUMN_REAL_IF(name, "ulp", meaning, is_finite(row->largest), row->largest);
}

static void optional(struct csv_columns *to, const char *name, const char *meaning,
                     const double *row)
{
    COLUMN_REAL_IF(name, "1", meaning, is_finite(*row), *row);
}

/* ---- The files ----------------------------------------------------------- */

static void worst(struct csv_columns *to, const struct judgement *row)
{
    COLUMN_REAL_IF("analytic", "", "the gradient's value there",
                   row->worst != SIZE_MAX && is_finite(row->analytic), row->analytic);
    COLUMN_REAL_IF("numeric", "", "the difference's",
                   row->worst != SIZE_MAX && is_finite(row->numeric), row->numeric);
    COLUMN_REAL_IF("error_bar", "", "how far the difference may be off",
                   row->worst != SIZE_MAX && is_finite(row->error_bar), row->error_bar);
    COLUMN_REAL_IF("relative_error", "1", "how far apart the two are, relative",
                   row->worst != SIZE_MAX && is_finite(row->relative_error), row->relative_error);
}

static void gradcheck(struct csv_columns *to, const void *given)
{
    const struct block_row *row = given;
    const struct result *result = row == NULL ? NULL : row->result;
    const struct result_row *of = row == NULL ? NULL : row->of;
    const struct judgement *judgement = row == NULL ? NULL : of->judgement;
    subject(to, row == NULL ? NULL : &(struct names){result->kind, result->name, result->options});
    COLUMN_TEXT("block", "the matrix or vector that was differentiated by", of->block);
    COLUMN_INTEGER("size", "1", "entries of the block", of->size);
    COLUMN_INTEGER("checked", "1", "derivatives that were compared with differences",
                   judgement->checked);
    COLUMN_INTEGER("certified", "1", "of these at a kink, between the one-sided derivatives",
                   judgement->certified);
    COLUMN_INTEGER("skipped", "1", "derivatives that were of no use", judgement->skipped);
    COLUMN_TEXT("reason", "why some were skipped, or empty", judgement->reason);
    COLUMN_TEXT("worst", "the entry or direction with the largest relative error, or empty",
                of->worst);
    worst(to, judgement);
    COLUMN_TEXT("method", "what it was compared with", of->method);
    ulps(to, "ulps_f64", "largest difference of the f64 gradient to the one in long double",
         row == NULL ? NULL : of->f64);
    ulps(to, "ulps_f32", "largest difference of the f32 gradient to the f64 one",
         row == NULL ? NULL : of->f32);
    optional(to, "asymmetry", "largest asymmetry of second derivatives, relative",
             row == NULL ? NULL : of->asymmetry);
    optional(to, "asymmetry_bar", "how far that may be off",
             row == NULL ? NULL : of->asymmetry_bar);
    COLUMN_WORD("verdict", verdict_names, "of the block; dead: all of it is 0",
                verdict_names[judgement->verdict]);
    COLUMN_TEXT("message", "what is wrong, or empty", judgement->message);
}

static void sweep(struct csv_columns *to, const void *given)
{
    const struct sweep_row *row = given;
    const struct subject *of = row == NULL ? NULL : row->subject;
    const double value = row == NULL ? 0 : (double)row->estimate->value;
    const double error = row == NULL ? 0 : (double)row->estimate->error;
    subject(to, row == NULL ? NULL : &(struct names){of->kind, of->name, of->options});
    entry(to, of, row == NULL ? 0 : row->entry);
    COLUMN_WORD("method", method_words,
                "central differences or their extrapolation, in f64 or in the reference copy",
                row->method);
    COLUMN_REAL("h", "", "the step", row->h);
    COLUMN_REAL("estimate", "", "the derivative by that step", value);
    COLUMN_REAL_IF("error_bar", "", "how far it may be off", is_finite(error), error);
    COLUMN_REAL("analytic", "", "what the f64 gradient says", row->analytic);
    COLUMN_REAL("relative_error", "1", "how far apart the two are, relative to the gradient",
                fabs(value - row->analytic) / fabs(row->analytic));
}

static void kinks(struct csv_columns *to, const void *given)
{
    const struct kink_row *row = given;
    const struct subject *of = row == NULL ? NULL : row->subject;
    subject(to, row == NULL ? NULL : &(struct names){of->kind, of->name, of->options});
    entry(to, of, row == NULL ? 0 : row->kink->entry);
    COLUMN_REAL("at", "", "the entry's value at the kink", row->kink->at);
    COLUMN_REAL("left", "", "the derivative from below", (double)row->kink->derivative.left.value);
    COLUMN_REAL("right", "", "the derivative from above",
                (double)row->kink->derivative.right.value);
    COLUMN_REAL("analytic", "", "what the gradient says at the kink", row->kink->analytic);
    COLUMN_WORD("verdict", kink_words, "whether that lies between the two",
                row->kink->is_inside ? "pass" : "fail");
}

static void histogram(struct csv_columns *to, const void *given)
{
    const struct ulps_row *row = given;
    COLUMN_WORD("precision", precision_words,
                "f64: compared with long double; f32: compared with f64", row->precision);
    COLUMN_TEXT("kind", "of the subjects", row->kind);
    COLUMN_SIGNED("log2_ulps", "1",
                  "of the difference in units of the last place, rounded down; -1: the same, 0: "
                  "less than 2",
                  row->bin);
    COLUMN_INTEGER("count", "1", "entries of gradients", row->count);
}

static void injected(struct csv_columns *to, const void *given)
{
    const struct trials_row *row = given;
    COLUMN_TEXT("fault", "what was injected; none: nothing was", row->fault);
    COLUMN_REAL_IF("size", "1",
                   "of an entry's error by the block's largest entry; empty: as the fault is",
                   row->size > 0, row->size);
    COLUMN_INTEGER("trials", "1", "random networks that had it", row->trials);
    COLUMN_INTEGER("detected", "1", "of these found to be wrong", row->detected);
    COLUMN_INTEGER("named", "1", "of these with the right place named", row->named);
}

static void coverage(struct csv_columns *to, const void *given)
{
    const struct coverage_row *row = given;
    const struct coverage *of = row == NULL ? NULL : row->coverage;
    COLUMN_TEXT("path", "of training", lg_path_names[row->path]);
    COLUMN_TEXT("meaning", "when a gradient comes by it", lg_path_meanings[row->path]);
    COLUMN_WORD("precision", precision_words, "of the engine's copy",
                lg_precision_name(row->backend->precision));
    COLUMN_TEXT("isa", "of the engine's copy", row->backend->isa);
    COLUMN_INTEGER("covered", "1", "1: the copy took the path, and was checked; 0: not",
                   (of->paths[row->copy] & LG_PATH_BIT(row->path)) != 0 ? 1u : 0u);
    COLUMN_INTEGER("faults", "1", "that were put into gradients of the path, in any copy",
                   of->put[row->path]);
    COLUMN_INTEGER("faults_seen", "1", "of these that were found", of->seen[row->path]);
}

const struct csv_file gradcheck_csv = {"gradcheck.csv", "a row for each block of each subject",
                                       gradcheck};
const struct csv_file sweep_csv = {
    "sweep.csv", "one derivative of each subject by differences of many steps", sweep};
const struct csv_file kinks_csv = {"kinks.csv", "a row for each kink that was found", kinks};
const struct csv_file ulps_csv = {
    "ulps.csv", "how far the gradients of precisions are apart: a histogram for each kind",
    histogram};
const struct csv_file injected_csv = {
    "injected.csv", "whether faults injected into random networks were found: a row for each",
    injected};
const struct csv_file coverage_csv = {
    "coverage.csv", "a row for every path of training and every copy that runs here", coverage};

const struct csv_folder csv_folder_gradcheck = {
    "gradcheck", (const struct csv_file *const[]){&gradcheck_csv, &sweep_csv, &kinks_csv, &ulps_csv,
                                                  &injected_csv, &coverage_csv, NULL}};
