#include "harness/dataset/data.h"

#include <stdio.h>

#include "harness/spec/task.h"
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

enum lg_status data_load(const struct experiment *experiment, const struct located *located,
                         struct lg_dataset *dataset, struct lg_error *error)
{
    enum lg_status status = lg_dataset_load(located->info, located->directory, dataset, error);
    if (status == LG_OK && experiment->selects) {
        select_classes(experiment, &dataset->train);
        select_classes(experiment, &dataset->test);
    }
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
    if (train->count == 0)
        return lg_fail_at(error, LG_INPUT, experiment->path, 0, 0,
                          "%s has no sample of the classes", dataset->info->title);
    if (experiment->samples > train->count)
        return lg_fail_at(error, LG_INPUT, experiment->path, 0, 0,
                          "samples: found %zu, expected at most %zu, all that %s has",
                          experiment->samples, train->count, dataset->info->title);
    return task_check_lists(experiment, error);
}

size_t data_samples(const struct experiment *experiment, const struct lg_dataset *dataset)
{
    return experiment->samples > 0 ? experiment->samples : dataset->train.count;
}
