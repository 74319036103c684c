#include "harness/store/tuned_columns.h"

#include <math.h>

/* The mean and the standard deviation over the chosen arm's cells. */
static void part(struct csv_columns *to, const char *name, const char *meaning,
                 const struct moments *row)
{
    char sd[CSV_COLUMN_NAME_MAX];
    snprintf(sd, sizeof sd, "%s_sd", name);
    COLUMN_OPTIONAL(name, "", meaning, row->mean);
    COLUMN_OPTIONAL(sd, "", "its standard deviation over the seeds; empty for one seed", row->sd);
}

static void tuned(struct csv_columns *to, const void *given)
{
    static const char *const directions[] = {"lower", "higher", NULL};
    const struct tuned_row *row = given;
    COLUMN_TEXT("group", "the levels of the factors in tune.by", row->group);
    COLUMN_TEXT("id", "the chosen configuration (configurations.csv); empty: every trial diverged",
                row->id);
    COLUMN_TEXT("label", "of the chosen arm, as in trace.csv", row->label);
    COLUMN_TEXT("levels", "of the factors that vary in the group", row->levels);
    COLUMN_TEXT("edge",
                "levels, of three or more, beyond which nothing was tried: the best may lie there, "
                "and the range should be wider; empty: none",
                row->edge);
    COLUMN_TEXT("metric", "the column of trials/trace.csv that it was chosen by", row->metric);
    COLUMN_WORD("better", directions, "which of two values is the better one",
                directions[row->is_higher_better]);
    COLUMN_INTEGER("trials", "1", "configurations that were tried: as many in every group",
                   row->trials);
    COLUMN_INTEGER("trial_seeds", "1", "seeds that each of them was trained from",
                   row->trial_seeds);
    COLUMN_INTEGER("diverged", "1", "trials of which a seed diverged: they are not chosen",
                   row->diverged);
    COLUMN_OPTIONAL("value", "", "the metric after the last epoch, mean over the trial's seeds",
                    row->value);
    COLUMN_OPTIONAL("value_sd", "", "its standard deviation over those; empty for one seed",
                    row->value_sd);
    COLUMN_TEXT("second", "id of the next best trial; empty: there is none", row->second);
    COLUMN_OPTIONAL("second_value", "", "its value", row->second_value);
    COLUMN_OPTIONAL("lead", "", "by how much the chosen one is better",
                    fabs(row->value - row->second_value));
    COLUMN_INTEGER("ties", "1", "other trials that are as good: the first in the grid was chosen",
                   row->ties);
    COLUMN_INTEGER("final_seeds", "1",
                   "cells of the chosen arm that have ended, from seeds that no trial saw",
                   row->final_seeds);
    COLUMN_INTEGER("final_diverged", "1", "those of them that diverged: in no mean",
                   row->final_diverged);
    part(to, "train", "of the final cells: the same metric on the samples they learnt from",
         row != NULL ? &row->train : NULL);
    part(to, "validation", "likewise on the validation split",
         row != NULL ? &row->validation : NULL);
    part(to, "test", "likewise on the test set, measured once, after the last epoch",
         row != NULL ? &row->test : NULL);
}

const struct csv_file tuned_csv = {"tuned.csv", "a row for each group: what was chosen", tuned};

static void tried(struct csv_columns *to, const void *given)
{
    static const char *const answers[] = {"no", "yes", NULL};
    const struct tried_row *row = given;
    COLUMN_TEXT("group", "as in tuned.csv", row->group);
    COLUMN_TEXT("id", "the configuration, as in trials/configurations.csv", row->id);
    COLUMN_TEXT("label", "likewise", row->label);
    COLUMN_INTEGER("seeds", "1", "that it was trained from", row->seeds);
    COLUMN_INTEGER("diverged", "1", "those of them from which it diverged", row->diverged);
    COLUMN_OPTIONAL("value", "",
                    "the metric of tuned.csv after the last epoch, mean over the seeds; empty: "
                    "one diverged",
                    row->value);
    COLUMN_OPTIONAL("value_sd", "", "its standard deviation over those; empty for one seed",
                    row->value_sd);
    COLUMN_WORD("chosen", answers, "whether it is the chosen one", answers[row->is_chosen]);
}

const struct csv_file tried_csv = {"tried.csv", "a row for each trial, group by group", tried};

const struct csv_folder csv_folder_tuned = {
    "run", (const struct csv_file *const[]){&tuned_csv, &tried_csv, NULL}};
