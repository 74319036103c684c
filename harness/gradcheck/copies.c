#include "harness/gradcheck/copies.h"

enum lg_status copies_select(const char *isa, struct copies *copies, struct lg_error *error)
{
    enum lg_status status = lg_backend_select(LG_F32, isa, &copies->backend[COPY_F32], error);
    if (status == LG_OK)
        status = lg_backend_select(LG_F64, isa, &copies->backend[COPY_F64], error);
    copies->is_any_isa = isa == NULL;
    copies->backend[COPY_REFERENCE] = lg_backend_reference();
    return status;
}
