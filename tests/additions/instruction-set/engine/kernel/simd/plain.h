/* What generic.h has, under another name. */
#ifndef LG_KERNEL_SIMD_PLAIN_H
#define LG_KERNEL_SIMD_PLAIN_H

#include "engine/kernel/simd/generic.h"

#endif
