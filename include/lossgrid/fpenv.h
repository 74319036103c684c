/* The floating-point environment that the numerics contract takes for granted
 * (docs/adr/0001): rounding to nearest, and subnormal numbers kept. */
#ifndef LOSSGRID_FPENV_H
#define LOSSGRID_FPENV_H

#include <stdbool.h>

/* True if this thread rounds to nearest (ties to even) and neither flushes subnormal
 * results to zero (FTZ) nor reads subnormal operands as zero (DAZ), in f32 and f64:
 * according to the control register where it is known (x86 MXCSR, aarch64 FPCR), and
 * everywhere to the results of a few operations. When false, *what (may be NULL) receives a
 * static string that names the first deviation. */
bool lg_fpenv_is_standard(const char **what);

#endif
