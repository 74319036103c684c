#include "harness/support/version.h"

/* Written by the Makefile; in angle brackets, since this folder has a version.h
 * of its own. */
#include <build.h>
#include <version.h>

const char *version_text(void)
{
    return LG_VERSION;
}

const char *version_compiler(void)
{
    return LG_BUILD_COMPILER;
}

const char *version_flags(void)
{
    return LG_BUILD_FLAGS;
}

const char *version_variant(void)
{
    return LG_BUILD_VARIANT;
}
