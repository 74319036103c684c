#include "harness/dataset/data.h"

#include <stdio.h>

#include "harness/spec/task.h"
#include "lossgrid/hold_out.h"
#include "lossgrid/pair_sampler.h"

void data_warn_of_substitute(const struct experiment *experiment, const struct located *located)
{
    const char *asked = experiment->dataset->title, *used = located->info->title;
    fprintf(stderr,
            "\n"
            "  ########################################################################\n"
            "  #  WARNING: %s was not found. This run uses %s instead.\n"
            "  #  (read from %s)\n"
            "  #  Its numbers and images are those of %s and of nothing else.\n"
            "  #  `make data` fetches %s; --data DIR or LOSSGRID_DATA names a folder.\n"
            "  ########################################################################\n\n",
            asked, used, located->directory, used, asked);
}

static void select_classes(const struct experiment *experiment, struct lg_images *images)
{
    images->count = lg_samples_keep(images->pixels, images->labels, images->count,
                                    images->rows * images->columns, experiment->classes,
                                    experiment->class_count);
}

/* The samples that the spec asks for against those that there are. */
static enum lg_status check_counts(const struct experiment *experiment, const char *title,
                                   size_t count, struct lg_error *error)
{
    const size_t used = experiment->samples > 0 ? experiment->samples : count;
    const size_t held = experiment->validation.samples;
    if (count == 0)
        return lg_fail_at(error, LG_INPUT, experiment->path, 0, 0,
                          "%s has no sample of the classes", title);
    if (experiment->samples > count)
        return lg_fail_at(error, LG_INPUT, experiment->path, 0, 0,
                          "samples: found %zu, expected at most %zu, all that %s has",
                          experiment->samples, count, title);
    if (held >= used)
        return lg_fail_at(error, LG_INPUT, experiment->path, 0, 0,
                          "validation: found %zu samples, expected fewer than the %zu training "
                          "samples that are used",
                          held, used);
    return LG_OK;
}

static enum lg_status hold_out(const struct experiment *experiment, struct lg_dataset *dataset,
                               struct lg_error *error)
{
    const size_t count = dataset->train.count;
    enum lg_status status = check_counts(experiment, dataset->info->title, count, error);
    return status == LG_OK
               ? lg_dataset_hold_out(dataset, experiment->samples > 0 ? experiment->samples : count,
                                     experiment->validation.samples, experiment->validation.seed,
                                     error)
               : status;
}

enum lg_status data_load(const struct experiment *experiment, const struct located *located,
                         struct lg_dataset *dataset, struct lg_error *error)
{
    enum lg_status status = lg_dataset_load(located->info, located->directory, dataset, error);
    if (status == LG_OK && experiment->selects) {
        select_classes(experiment, &dataset->train);
        select_classes(experiment, &dataset->test);
    }
    if (status == LG_OK && experiment->validation.samples > 0)
        status = hold_out(experiment, dataset, error);
    return status;
}

enum lg_status data_check_fit(const struct experiment *experiment, const struct lg_dataset *dataset,
                              struct lg_error *error)
{
    const struct lg_images *train = &dataset->train;
    size_t pixels = train->rows * train->columns;
    if (experiment->inputs != pixels)
        return lg_fail_at(error, LG_INPUT, experiment->path, 0, 0,
                          "the model has %zu inputs; %s has images of %zu pixels",
                          experiment->inputs, dataset->info->title, pixels);
    enum lg_status status = check_counts(experiment, dataset->info->title,
                                         train->count + dataset->validation.count, error);
    return status == LG_OK ? task_check_lists(experiment, error) : status;
}

size_t data_samples(const struct experiment *experiment, const struct lg_dataset *dataset)
{
    if (experiment->validation.samples > 0 || experiment->samples == 0)
        return dataset->train.count;
    return experiment->samples;
}
