#include "harness/spec/set_size.h"

/* IDX files begin with 4 bytes and 4 for each dimension. */
size_t set_samples(const struct lg_dataset_info *info)
{
    return info->files[LG_TRAIN_LABELS].size_bytes - 8;
}

size_t set_features(const struct lg_dataset_info *info)
{
    return (info->files[LG_TRAIN_IMAGES].size_bytes - 16) / set_samples(info);
}

size_t experiment_sample_count(const struct experiment *experiment)
{
    const size_t used =
        experiment->samples > 0 ? experiment->samples : set_samples(experiment->dataset);
    return used - experiment->validation.samples;
}
