/* The precisions every arithmetic file is compiled for. */
#ifndef LG_BASE_PRECISION_H
#define LG_BASE_PRECISION_H

enum lg_precision { LG_F32 = 32, LG_F64 = 64 };

/* "f32" or "f64". */
static inline const char *lg_precision_name(enum lg_precision precision)
{
    return precision == LG_F32 ? "f32" : "f64";
}

#endif
