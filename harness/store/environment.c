#include "harness/store/environment.h"

#include "harness/dataset/locate.h"
#include "harness/machine/machine.h"
#include "harness/support/version.h"
#include "lossgrid/backend.h"

/* The instruction sets of this build that run here, best first. */
static json_t *isas_json(void)
{
    json_t *isas = json_array();
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count);
    for (size_t i = 0; i < count; i++)
        if (backends[i]->precision == LG_F32 && lg_isa_runs_here(backends[i]->isa))
            json_array_append_new(isas, json_string(backends[i]->isa));
    return isas;
}

/* The data that a run would take, null where none is found. */
static json_t *data_json(void)
{
    struct located located;
    struct lg_error error;
    const struct lg_dataset_info *mnist = lg_dataset_find("mnist");
    if (mnist == NULL || locate_dataset(mnist, NULL, &located, &error) != LG_OK)
        return json_null();
    return json_pack("{s:s, s:s, s:s}", "name", located.info->name, "title", located.info->title,
                     "train_images_sha256", located.info->files[LG_TRAIN_IMAGES].sha256);
}

json_t *environment_json(void)
{
    struct machine machine;
    machine_look(&machine);
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "lossgrid", version_text(), "compiler",
                     version_compiler(), "flags", version_flags(), "variant", version_variant(),
                     "isas", isas_json(), "data", data_json(), "machine", machine_json(&machine));
}
