/* The conditions of a timing run: the state of the system before and after it, and a
 * verdict on each thing that spoils measurements. What the system does not report is
 * unknown, and never counts as ok. */
#ifndef HARNESS_MACHINE_CONDITIONS_H
#define HARNESS_MACHINE_CONDITIONS_H

#include "harness/machine/processor.h"
#include "harness/machine/system.h"

enum { CONDITIONS_SENTENCE_MAX = 256, CONDITIONS_MAX = 8 };

/* Times of a processor in ticks of 10 ms (USER_HZ), since the start of the system. */
struct conditions_times {
    bool is_known;
    uint64_t busy, idle, steal;
};

/* The state of the system at one moment. */
struct conditions {
    size_t allowed_count; /* processors that this process may run on; 0: unknown */
    bool allowed[SYSTEM_PROCESSORS_MAX];
    bool sibling[SYSTEM_PROCESSORS_MAX]; /* shares a core with an allowed one */
    bool siblings_are_known;
    char governor[SYSTEM_TEXT_MAX]; /* of the allowed ones; "" unknown, "several" if they differ */
    enum processor_answer turbo;
    bool load_is_known, throttles_are_known;
    double load;                      /* of the last minute */
    uint64_t throttles;               /* of the allowed processors, since the system's start */
    struct conditions_times own;      /* of the allowed processors, summed */
    struct conditions_times siblings; /* of those that share their cores, summed */
    const char *variant;              /* of the build */
    bool nothing_ran; /* set by the caller, of a second moment: there was no run in between */
};

enum conditions_verdict { CONDITIONS_OK, CONDITIONS_WARNING, CONDITIONS_UNKNOWN };

/* The words of a verdict: "ok", "warning", "unknown"; NULL-terminated. */
extern const char *const conditions_words[];

struct conditions_row {
    const char *name; /* static, such as "governor" */
    enum conditions_verdict verdict;
    char sentence[CONDITIONS_SENTENCE_MAX];
};

/* Read the state of the system; root as in system.h. Never fails: what cannot be read is
 * unknown. */
void conditions_take(struct conditions *conditions, const char *root);

/* One row for each check: CONDITIONS_MAX of them, always in the same order. */
void conditions_judge(const struct conditions *before, const struct conditions *after,
                      struct conditions_row rows[CONDITIONS_MAX]);

#endif
