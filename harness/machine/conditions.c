#include "harness/machine/conditions.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/machine.h"
#include "harness/support/version.h"

const char *const conditions_words[] = {"ok", "warning", "unknown", NULL};

/* From here on a finding is a warning. */
#define LOAD_BEFORE   0.5   /* other programs, on the average of a minute */
#define LOAD_AFTER    1.5   /* the run itself is 1 */
#define SIBLING_SHARE 0.02  /* of the time */
#define STEAL_SHARE   0.001 /* of the time */
enum { TICKS_MIN = 20 };    /* below, a share means nothing: 0.2 s */

/* ---- Looking ------------------------------------------------------------- */

/* The processors that this process may use; read from its own status, so that a made-up
 * tree can tell otherwise. */
static void look_at_affinity(struct conditions *now, const char *root)
{
    static const char key[] = "Cpus_allowed_list:";
    FILE *file = system_open(root, "proc/self/status");
    char line[1024];
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, key, sizeof key - 1) == 0) {
            const char *list = line + sizeof key - 1;
            now->allowed_count = system_processors(list + strspn(list, " \t"), now->allowed);
        }
    fclose(file);
}

static void look_at_siblings(struct conditions *now, const char *root)
{
    bool set[SYSTEM_PROCESSORS_MAX];
    now->siblings_are_known = now->allowed_count > 0;
    for (size_t p = 0; p < SYSTEM_PROCESSORS_MAX; p++) {
        if (!now->allowed[p])
            continue;
        if (topology_siblings(root, p, set) == 0)
            now->siblings_are_known = false;
        else
            for (size_t s = 0; s < SYSTEM_PROCESSORS_MAX; s++)
                now->sibling[s] = now->sibling[s] || (set[s] && s != p);
    }
}

static void look_at_governors(struct conditions *now, const char *root)
{
    char governor[SYSTEM_TEXT_MAX];
    for (size_t p = 0; p < SYSTEM_PROCESSORS_MAX; p++) {
        if (!now->allowed[p] ||
            !system_line(governor, root, "sys/devices/system/cpu/cpu%zu/cpufreq/scaling_governor",
                         p))
            continue;
        if (now->governor[0] != '\0' && strcmp(now->governor, governor) != 0)
            snprintf(now->governor, sizeof now->governor, "several");
        else
            memcpy(now->governor, governor, sizeof governor);
    }
}

static void look_at_throttling(struct conditions *now, const char *root)
{
    static const char *const files[] = {"core_throttle_count", "package_throttle_count"};
    for (size_t p = 0; p < SYSTEM_PROCESSORS_MAX; p++)
        for (size_t f = 0; now->allowed[p] && f < sizeof files / sizeof *files; f++) {
            uint64_t count;
            if (!system_number(&count, root, "sys/devices/system/cpu/cpu%zu/thermal_throttle/%s", p,
                               files[f]))
                continue;
            now->throttles_are_known = true;
            now->throttles += count;
        }
}

/* "cpu7 user nice system idle iowait irq softirq steal ..."; guests are in user. */
static void add_times(struct conditions_times *times, const char *numbers)
{
    enum { IDLE = 3, WAITING = 4, STEAL = 7, FIELDS = 8 };
    struct conditions_times found = {.is_known = true};
    for (int field = 0; field < FIELDS; field++) {
        char *end;
        uint64_t value = strtoull(numbers, &end, 10);
        if (end == numbers)
            return;
        numbers = end;
        *(field == IDLE || field == WAITING ? &found.idle
          : field == STEAL                  ? &found.steal
                                            : &found.busy) += value;
    }
    times->is_known = true;
    times->busy += found.busy;
    times->idle += found.idle;
    times->steal += found.steal;
}

static void look_at_times(struct conditions *now, const char *root)
{
    FILE *file = system_open(root, "proc/stat");
    char line[1024];
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL) {
        char *end;
        if (strncmp(line, "cpu", 3) != 0 || line[3] == ' ')
            continue;
        const unsigned long processor = strtoul(line + 3, &end, 10);
        if (end == line + 3 || processor >= SYSTEM_PROCESSORS_MAX)
            continue;
        if (now->allowed[processor])
            add_times(&now->own, end);
        else if (now->sibling[processor])
            add_times(&now->siblings, end);
    }
    fclose(file);
}

void conditions_take(struct conditions *now, const char *root)
{
    double load[3] = {0};
    *now = (struct conditions){.variant = version_variant()};
    look_at_affinity(now, root);
    look_at_siblings(now, root);
    look_at_governors(now, root);
    look_at_throttling(now, root);
    look_at_times(now, root);
    now->turbo = machine_turbo(root);
    now->load_is_known = system_load(load, root);
    now->load = load[0];
}

/* ---- Judging ------------------------------------------------------------- */

static void judge(struct conditions_row *row, enum conditions_verdict verdict, const char *format,
                  ...) __attribute__((format(printf, 3, 4)));

static void judge(struct conditions_row *row, enum conditions_verdict verdict, const char *format,
                  ...)
{
    va_list arguments;
    va_start(arguments, format);
    row->verdict = verdict;
    vsnprintf(row->sentence, sizeof row->sentence, format, arguments);
    va_end(arguments);
}

static void judge_affinity(const struct conditions *before, const struct conditions *after,
                           struct conditions_row *row)
{
    if (before->allowed_count == 0 || after->allowed_count == 0)
        judge(row, CONDITIONS_UNKNOWN, "The system does not report which processors may be used.");
    else if (memcmp(before->allowed, after->allowed, sizeof before->allowed) != 0)
        judge(row, CONDITIONS_WARNING, "The processors that may be used changed%s.",
              after->nothing_ran ? "" : " during the run");
    else if (before->allowed_count > 1)
        judge(row, CONDITIONS_WARNING,
              "The run may move among %zu processors; pin it to one (taskset).",
              before->allowed_count);
    else
        judge(row, CONDITIONS_OK, "Pinned to one processor.");
}

static void judge_governor(const struct conditions *before, const struct conditions *after,
                           struct conditions_row *row)
{
    if (before->governor[0] == '\0' || after->governor[0] == '\0')
        judge(row, CONDITIONS_UNKNOWN, "The system does not report how it sets the frequency.");
    else if (strcmp(before->governor, after->governor) != 0)
        judge(row, CONDITIONS_WARNING, "The frequency governor changed from %.64s to %.64s.",
              before->governor, after->governor);
    else if (strcmp(before->governor, "performance") != 0)
        judge(row, CONDITIONS_WARNING, "The frequency governor is %.64s, not performance.",
              before->governor);
    else
        judge(row, CONDITIONS_OK, "The frequency governor is performance.");
}

static void judge_turbo(const struct conditions *before, const struct conditions *after,
                        struct conditions_row *row)
{
    if (before->turbo == PROCESSOR_UNKNOWN || after->turbo == PROCESSOR_UNKNOWN)
        judge(row, CONDITIONS_UNKNOWN, "The system does not report whether turbo is on.");
    else if (before->turbo == PROCESSOR_YES || after->turbo == PROCESSOR_YES)
        judge(row, CONDITIONS_WARNING,
              "Turbo is on: the frequency depends on heat and on what other cores do.");
    else
        judge(row, CONDITIONS_OK, "Turbo is off.");
}

static void judge_load(const struct conditions *before, const struct conditions *after,
                       struct conditions_row *row)
{
    if (!before->load_is_known || !after->load_is_known)
        judge(row, CONDITIONS_UNKNOWN, "The system does not report its load.");
    else if (after->nothing_ran)
        judge(row, after->load > LOAD_BEFORE ? CONDITIONS_WARNING : CONDITIONS_OK,
              after->load > LOAD_BEFORE ? "Other programs run: the load is %.2f."
                                        : "The load is %.2f.",
              after->load);
    else if (before->load > LOAD_BEFORE || after->load > LOAD_AFTER)
        judge(row, CONDITIONS_WARNING,
              "Other programs ran: the load was %.2f before and %.2f after the run.", before->load,
              after->load);
    else
        judge(row, CONDITIONS_OK, "The load was %.2f before and %.2f after the run.", before->load,
              after->load);
}

/* The difference between two moments; unknown for a time too short, or that ran back. */
static struct conditions_times passed(const struct conditions_times *before,
                                      const struct conditions_times *after)
{
    struct conditions_times time = {
        .is_known = before->is_known && after->is_known && after->busy >= before->busy &&
                    after->idle >= before->idle && after->steal >= before->steal};
    time.busy = after->busy - before->busy;
    time.idle = after->idle - before->idle;
    time.steal = after->steal - before->steal;
    time.is_known = time.is_known && time.busy + time.idle + time.steal >= TICKS_MIN;
    return time;
}

static double share(uint64_t part, const struct conditions_times *time)
{
    return (double)part / (double)(time->busy + time->idle + time->steal);
}

static void judge_siblings(const struct conditions *before, const struct conditions *after,
                           struct conditions_row *row)
{
    bool any = false;
    for (size_t p = 0; p < SYSTEM_PROCESSORS_MAX; p++)
        any = any || before->sibling[p];
    const struct conditions_times time = passed(&before->siblings, &after->siblings);
    if (!before->siblings_are_known)
        judge(row, CONDITIONS_UNKNOWN, "The system does not report which processors share a core.");
    else if (!any)
        judge(row, CONDITIONS_OK, "No other processor shares the run's cores.");
    else if (!time.is_known)
        judge(row, CONDITIONS_UNKNOWN,
              "A processor shares the run's core; how busy it was is not known%s.",
              before->allowed_count > 1 ? ", since the run is not pinned" : "");
    else if (share(time.busy, &time) > SIBLING_SHARE)
        judge(row, CONDITIONS_WARNING,
              "Processors that share the run's core were busy %.1f %% of "
              "the time.",
              100 * share(time.busy, &time));
    else
        judge(row, CONDITIONS_OK, "Processors that share the run's core were idle.");
}

static void judge_steal(const struct conditions *before, const struct conditions *after,
                        struct conditions_row *row)
{
    const struct conditions_times time = passed(&before->own, &after->own);
    if (!time.is_known)
        judge(row, CONDITIONS_UNKNOWN,
              "The time that a hypervisor took away is not known, or %s was too short.",
              after->nothing_ran ? "the moment of looking" : "the run");
    else if (share(time.steal, &time) > STEAL_SHARE)
        judge(row, CONDITIONS_WARNING, "A hypervisor took %.2f %% of the time away.",
              100 * share(time.steal, &time));
    else
        judge(row, CONDITIONS_OK, "No time was taken away by a hypervisor.");
}

static void judge_throttling(const struct conditions *before, const struct conditions *after,
                             struct conditions_row *row)
{
    if (!before->throttles_are_known || !after->throttles_are_known)
        judge(row, CONDITIONS_UNKNOWN, "The system does not count throttling.");
    else if (after->throttles != before->throttles)
        judge(row, CONDITIONS_WARNING, "The processor was throttled for heat %" PRIu64 " times.",
              after->throttles - before->throttles);
    else
        judge(row, CONDITIONS_OK, "The processor was not throttled.");
}

static void judge_build(const struct conditions *before, const struct conditions *after,
                        struct conditions_row *row)
{
    (void)after;
    if (strcmp(before->variant, "release") == 0)
        judge(row, CONDITIONS_OK, "A release build.");
    else
        judge(row, CONDITIONS_WARNING, "A %.32s build: its times mean nothing.", before->variant);
}

static const struct {
    const char *name;
    void (*judge)(const struct conditions *before, const struct conditions *after,
                  struct conditions_row *row);
} checks[CONDITIONS_MAX] = {
    {"affinity", judge_affinity},     {"governor", judge_governor},
    {"turbo", judge_turbo},           {"load", judge_load},
    {"smt", judge_siblings},          {"steal", judge_steal},
    {"throttling", judge_throttling}, {"build", judge_build},
};

void conditions_judge(const struct conditions *before, const struct conditions *after,
                      struct conditions_row rows[CONDITIONS_MAX])
{
    for (size_t i = 0; i < CONDITIONS_MAX; i++) {
        rows[i] = (struct conditions_row){.name = checks[i].name};
        checks[i].judge(before, after, &rows[i]);
    }
}
