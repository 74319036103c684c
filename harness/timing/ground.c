#include "harness/timing/ground.h"

#include <string.h>

/* Sixteen small pages: as far as the places of a first cache reach. */
enum { OFFSETS = 1024 };

enum lg_status ground_reserve(struct ground *ground, size_t bytes, struct lg_error *error)
{
    struct lg_arena larger = {0};
    const size_t needed = bytes + (size_t)OFFSETS * LG_ALIGNMENT;
    if (needed <= ground->block.size_bytes)
        return LG_OK;
    enum lg_status status = lg_arena_create(&larger, needed, error);
    if (status != LG_OK)
        return status;
    lg_arena_destroy(&ground->block);
    ground->block = larger;
    return LG_OK;
}

void ground_move(struct ground *ground, struct lg_pcg *pcg)
{
    ground->offset = (size_t)lg_pcg_below(pcg, OFFSETS) * LG_ALIGNMENT;
}

struct lg_net *ground_place(struct ground *ground, const struct lg_backend *backend,
                            const struct lg_net_config *config)
{
    struct lg_arena measured = {0};
    (void)backend->create(&measured, config);
    struct lg_arena place = {.block = ground->block.block + ground->offset,
                             .size_bytes = ground->block.size_bytes - ground->offset};
    memset(place.block, 0, measured.used_bytes);
    return backend->create(&place, config);
}

void ground_free(struct ground *ground)
{
    lg_arena_destroy(&ground->block);
    *ground = (struct ground){0};
}
