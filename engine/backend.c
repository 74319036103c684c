#include "lossgrid/backend.h"

#include "registry.h"

#include <string.h>

#define DECLARE(isa)                                                                               \
    extern const struct lg_backend lg_backend_f32_##isa;                                           \
    extern const struct lg_backend lg_backend_f64_##isa;
LG_ISAS(DECLARE)
extern const struct lg_backend lg_backend_reference_generic;

#define F32_ENTRY(isa) &lg_backend_f32_##isa,
#define F64_ENTRY(isa) &lg_backend_f64_##isa,
#define NAME(isa)      #isa,
static const struct lg_backend *const backends[] = {LG_ISAS(F32_ENTRY) LG_ISAS(F64_ENTRY)};
static const char *const isa_names[] = {LG_ISAS(NAME)};

enum {
    BACKENDS = sizeof backends / sizeof *backends,
    ISAS = sizeof isa_names / sizeof *isa_names,
};

const struct lg_backend *const *lg_backends(size_t *count)
{
    *count = BACKENDS;
    return backends;
}

const struct lg_backend *lg_backend_reference(void)
{
    return &lg_backend_reference_generic;
}

bool lg_isa_runs_here(const char *isa)
{
#define RUNS(name)                                                                                 \
    if (strcmp(isa, #name) == 0)                                                                   \
        return LG_ISA_RUNS_##name;
    LG_ISAS(RUNS)
    return false;
}

enum lg_status lg_backend_select(enum lg_precision precision, const char *isa,
                                 const struct lg_backend **backend, struct lg_error *error)
{
    for (size_t i = 0; i < BACKENDS; i++) {
        if (backends[i]->precision != precision || (isa && strcmp(isa, backends[i]->isa) != 0))
            continue;
        if (lg_isa_runs_here(backends[i]->isa)) {
            *backend = backends[i];
            return LG_OK;
        }
        if (isa)
            return lg_fail(error, LG_ENVIRONMENT, "this CPU cannot run the instruction set '%s'",
                           isa);
    }
    lg_fail_unknown(error, NULL, 0, 0, "instruction set", isa ? isa : "", isa_names, ISAS);
    if (error)
        error->code = LG_USAGE;
    return LG_USAGE;
}
