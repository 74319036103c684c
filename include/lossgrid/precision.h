/* The precisions every arithmetic file is compiled for. */
#ifndef LOSSGRID_PRECISION_H
#define LOSSGRID_PRECISION_H

enum lg_precision {
    LG_F32 = 32,
    LG_F64 = 64,
    LG_REFERENCE = 80, /* long double, of whatever size: the reference copy alone */
};

/* "f32", "f64" or "reference". */
static inline const char *lg_precision_name(enum lg_precision precision)
{
    return precision == LG_F32 ? "f32" : precision == LG_F64 ? "f64" : "reference";
}

#endif
