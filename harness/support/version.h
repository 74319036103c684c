/* The version and build of this program. All strings are static. */
#ifndef HARNESS_SUPPORT_VERSION_H
#define HARNESS_SUPPORT_VERSION_H

/* The release or commit, as `git describe` names it. */
const char *version_text(void);

/* The compiler's own name and version, the flags that decide bits and speed, and
 * the build variant: release, debug or asan. */
const char *version_compiler(void);
const char *version_flags(void);
const char *version_variant(void);

#endif
