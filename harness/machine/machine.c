#include "harness/machine/machine.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "harness/machine/measure.h"
#include "harness/machine/sweep.h"
#include "harness/machine/system.h"
#include "harness/machine/tsc.h"

enum { SWEEP_MOST = 96 << 20 };

#define PROCESSOR "sys/devices/system/cpu/cpu0/"

static void set(char text[MACHINE_TEXT_MAX], const char *value)
{
    snprintf(text, MACHINE_TEXT_MAX, "%s", value);
}

/* ---- /proc/cpuinfo ------------------------------------------------------- */

/* The names differ between architectures; aarch64 gives numbers for most. */
static const char *const cpu_keys[][2] = {
    {"model name", "Model"},   {"vendor_id", "CPU implementer"}, {"cpu family", "CPU architecture"},
    {"model", "CPU part"},     {"stepping", "CPU revision"},     {"flags", "Features"},
    {"microcode", "microcode"}};
enum {
    CPU_NAME,
    CPU_VENDOR,
    CPU_FAMILY,
    CPU_MODEL,
    CPU_STEPPING,
    CPU_FLAGS,
    CPU_MICROCODE,
    CPU_KEYS
};

static const char *const relevant_flags[] = {
    "sse2",    "sse4_2",   "avx",      "f16c",        "fma",         "avx2", "bmi2",
    "avx512f", "avx512dq", "avx512bw", "avx512vl",    "sha_ni",      "fphp", "asimd",
    "asimdhp", "sve",      "sve2",     "avx512_bf16", "avx512_fp16", "sha2", NULL,
};

static void keep_relevant(char kept[MACHINE_TEXT_MAX], char *flags)
{
    size_t used = 0;
    kept[0] = '\0';
    char *rest = NULL;
    for (char *flag = strtok_r(flags, " ", &rest); flag != NULL; flag = strtok_r(NULL, " ", &rest))
        for (size_t i = 0; relevant_flags[i] != NULL; i++)
            if (strcmp(flag, relevant_flags[i]) == 0 && used + strlen(flag) + 2 < MACHINE_TEXT_MAX)
                used += (size_t)snprintf(kept + used, MACHINE_TEXT_MAX - used, "%s%s",
                                         used > 0 ? " " : "", flag);
}

static int number(const char *value)
{
    char *end;
    long found = strtol(value, &end, 0);
    return end == value || found < 0 || found > INT_MAX ? -1 : (int)found;
}

static void take_cpu(struct machine *machine, int key, char *value)
{
    switch (key) {
    case CPU_NAME:
        set(machine->cpu, value);
        break;
    case CPU_VENDOR:
        set(machine->vendor, value);
        break;
    case CPU_FAMILY:
        machine->family = number(value);
        break;
    case CPU_MODEL:
        machine->model = number(value);
        break;
    case CPU_STEPPING:
        machine->stepping = number(value);
        break;
    case CPU_MICROCODE:
        set(machine->microcode, value);
        break;
    default:
        keep_relevant(machine->flags, value);
        break;
    }
}

static void look_at_cpu(struct machine *machine, const char *root)
{
    FILE *file = system_open(root, "proc/cpuinfo");
    if (file == NULL)
        return;
    bool taken[CPU_KEYS] = {false};
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, file) > 0) {
        char *colon = strchr(line, ':');
        if (colon == NULL)
            continue;
        char *value = colon + 1 + strspn(colon + 1, " \t");
        value[strcspn(value, "\n")] = '\0';
        while (colon > line && strchr(" \t", colon[-1]) != NULL)
            colon--;
        *colon = '\0';
        for (int key = 0; key < CPU_KEYS; key++)
            if (!taken[key] &&
                (strcmp(line, cpu_keys[key][0]) == 0 || strcmp(line, cpu_keys[key][1]) == 0)) {
                taken[key] = true;
                take_cpu(machine, key, value);
            }
    }
    free(line);
    fclose(file);
}

/* ---- Caches, memory, system ---------------------------------------------- */

static size_t size_of(const char *text)
{
    char *end;
    unsigned long long value = strtoull(text, &end, 10);
    if (end == text)
        return 0;
    unsigned shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    return (size_t)value << shift;
}

static void look_at_caches(struct machine *machine, const char *root)
{
    for (int i = 0; i < MACHINE_CACHES_MAX; i++) {
        char level[SYSTEM_TEXT_MAX], type[SYSTEM_TEXT_MAX] = "", text[SYSTEM_TEXT_MAX];
        if (!system_line(level, root, PROCESSOR "cache/index%d/level", i))
            return;
        struct machine_cache *cache = &machine->caches[machine->cache_count++];
        (void)system_line(type, root, PROCESSOR "cache/index%d/type", i);
        const char *kind = strcmp(type, "Data") == 0          ? "d"
                           : strcmp(type, "Instruction") == 0 ? "i"
                                                              : "";
        snprintf(cache->name, sizeof cache->name, "L%.2s%s", level, kind);
        if (system_line(text, root, PROCESSOR "cache/index%d/size", i))
            cache->size_bytes = size_of(text);
        if (system_line(text, root, PROCESSOR "cache/index%d/coherency_line_size", i))
            cache->line_bytes = size_of(text);
    }
}

static size_t system_value(int name)
{
    long value = sysconf(name);
    return value > 0 ? (size_t)value : 0;
}

static void add_cache(struct machine *machine, const char *name, size_t size, size_t line)
{
    if (size == 0 || machine->cache_count == MACHINE_CACHES_MAX)
        return;
    struct machine_cache *cache = &machine->caches[machine->cache_count++];
    *cache = (struct machine_cache){.size_bytes = size, .line_bytes = line};
    snprintf(cache->name, sizeof cache->name, "%s", name);
}

/* The C library asks the processor, where /sys is hidden. */
static void ask_library(struct machine *machine)
{
#ifdef _SC_LEVEL1_DCACHE_SIZE
    machine->cache_count = 0;
    add_cache(machine, "L1d", system_value(_SC_LEVEL1_DCACHE_SIZE),
              system_value(_SC_LEVEL1_DCACHE_LINESIZE));
    add_cache(machine, "L2", system_value(_SC_LEVEL2_CACHE_SIZE),
              system_value(_SC_LEVEL2_CACHE_LINESIZE));
    add_cache(machine, "L3", system_value(_SC_LEVEL3_CACHE_SIZE),
              system_value(_SC_LEVEL3_CACHE_LINESIZE));
    if (machine->cache_count > 0)
        machine->caches_from = "sysconf";
#endif
}

bool machine_knows_caches(const struct machine *machine)
{
    for (size_t i = 0; i < machine->cache_count; i++)
        if (strchr(machine->caches[i].name, 'i') == NULL && machine->caches[i].size_bytes > 0)
            return true;
    return false;
}

void machine_sweep_caches(struct machine *machine)
{
    static const char *const names[SWEEP_KNEES] = {"L1d", "L2", "L3"};
    const size_t sixteenth = machine->memory_bytes / 16;
    struct sweep sweep;
    size_t knees[SWEEP_KNEES] = {0};
    sweep_take(&sweep, sixteenth > 0 && sixteenth < SWEEP_MOST ? sixteenth : SWEEP_MOST,
               measure_latency_of);
    const size_t count = sweep_knees(&sweep, knees);
    machine->cache_count = 0;
    for (size_t i = 0; i < count && i < SWEEP_KNEES; i++)
        add_cache(machine, names[i], knees[i], 0);
    machine->caches_from = MACHINE_SWEEP;
}

static void look_at_hypervisor(struct machine *machine, const char *root)
{
    if (!processor_hypervisor(machine->hypervisor, sizeof machine->hypervisor) &&
        !system_line(machine->hypervisor, root, "proc/device-tree/hypervisor/compatible"))
        (void)system_line(machine->hypervisor, root, "sys/hypervisor/type");
}

enum processor_answer machine_turbo(const char *root)
{
    uint64_t value;
    if (system_number(&value, root, "sys/devices/system/cpu/intel_pstate/no_turbo"))
        return value == 0 ? PROCESSOR_YES : PROCESSOR_NO;
    if (system_number(&value, root, "sys/devices/system/cpu/cpufreq/boost"))
        return value != 0 ? PROCESSOR_YES : PROCESSOR_NO;
    return PROCESSOR_UNKNOWN;
}

static void look_at_state(struct machine *machine, const char *root)
{
    (void)system_line(machine->governor, root, PROCESSOR "cpufreq/scaling_governor");
    machine->turbo = machine_turbo(root);
    (void)system_line(machine->perf_event_paranoid, root, "proc/sys/kernel/perf_event_paranoid");
    machine->has_load = system_load(machine->load, root);
}

size_t machine_usable_processors(void)
{
    cpu_set_t set_of;
    if (sched_getaffinity(0, sizeof set_of, &set_of) == 0 && CPU_COUNT(&set_of) > 0)
        return (size_t)CPU_COUNT(&set_of);
    size_t online = system_value(_SC_NPROCESSORS_ONLN);
    return online > 0 ? online : 1;
}

void machine_look(struct machine *machine)
{
    const char *system = getenv("LOSSGRID_SYSTEM");
    machine_look_at(machine, system != NULL ? system : "");
}

void machine_look_at(struct machine *machine, const char *root)
{
    *machine = (struct machine){.root = root, .family = -1, .model = -1, .stepping = -1};
    char *const texts[] = {machine->architecture, machine->vendor,
                           machine->cpu,          machine->flags,
                           machine->microcode,    machine->kernel,
                           machine->hypervisor,   machine->libc,
                           machine->governor,     machine->perf_event_paranoid};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        set(texts[i], "unknown");
    look_at_cpu(machine, root);
    look_at_caches(machine, root);
    machine->caches_from = machine_knows_caches(machine) ? "/sys" : "unknown";
    if (!machine_knows_caches(machine) && root[0] == '\0')
        ask_library(machine);
    look_at_hypervisor(machine, root);
    look_at_state(machine, root);
    machine->topology = topology_look(root);
    machine->tick_is_invariant = tsc_is_invariant();
    machine->cores = system_value(_SC_NPROCESSORS_ONLN);
    machine->usable = machine_usable_processors();
    machine->memory_bytes = system_value(_SC_PHYS_PAGES) * system_value(_SC_PAGE_SIZE);
    struct utsname system;
    if (uname(&system) == 0) {
        set(machine->architecture, system.machine);
        snprintf(machine->kernel, sizeof machine->kernel, "%s %s", system.sysname, system.release);
    }
#ifdef __GLIBC__
    snprintf(machine->libc, sizeof machine->libc, "glibc %s", gnu_get_libc_version());
#endif
}

/* ---- JSON ---------------------------------------------------------------- */

static json_t *size_or_null(size_t value)
{
    return value > 0 ? json_integer((json_int_t)value) : json_null();
}

static json_t *number_or_null(int value)
{
    return value >= 0 ? json_integer(value) : json_null();
}

static json_t *text_or_null(const char *text)
{
    json_t *value = strcmp(text, "unknown") != 0 ? json_string(text) : NULL;
    return value != NULL ? value : json_null();
}

static json_t *caches_json(const struct machine *machine)
{
    if (machine->cache_count == 0)
        return json_null();
    json_t *caches = json_array();
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        json_array_append_new(caches, json_pack("{s:s, s:o, s:o}", "name", cache->name,
                                                "size_bytes", size_or_null(cache->size_bytes),
                                                "line_bytes", size_or_null(cache->line_bytes)));
    }
    return caches;
}

static json_t *answer_or_null(enum processor_answer answer)
{
    return answer == PROCESSOR_UNKNOWN ? json_null() : json_boolean(answer == PROCESSOR_YES);
}

/* A whole number that may be negative, as perf_event_paranoid is. */
static json_t *integer_or_null(const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);
    return end == text || *end != '\0' ? json_null() : json_integer(value);
}

static json_t *topology_json(const struct topology *topology)
{
    return json_pack("{s:o, s:o, s:o, s:o}", "sockets", size_or_null(topology->sockets), "cores",
                     size_or_null(topology->cores), "threads_per_core",
                     size_or_null(topology->threads_per_core), "numa_nodes",
                     size_or_null(topology->numa_nodes));
}

static json_t *load_json(const struct machine *machine)
{
    return machine->has_load
               ? json_pack("[f, f, f]", machine->load[0], machine->load[1], machine->load[2])
               : json_null();
}

json_t *machine_json(const struct machine *machine)
{
    json_t *what = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "architecture", text_or_null(machine->architecture), "vendor",
        text_or_null(machine->vendor), "cpu", text_or_null(machine->cpu), "family",
        number_or_null(machine->family), "model", number_or_null(machine->model), "stepping",
        number_or_null(machine->stepping), "microcode", text_or_null(machine->microcode), "flags",
        text_or_null(machine->flags), "cores", size_or_null(machine->cores), "usable_cores",
        size_or_null(machine->usable), "topology", topology_json(&machine->topology), "caches",
        caches_json(machine), "caches_from", text_or_null(machine->caches_from), "memory_bytes",
        size_or_null(machine->memory_bytes), "hypervisor", text_or_null(machine->hypervisor));
    json_t *system =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kernel", text_or_null(machine->kernel),
                  "libc", text_or_null(machine->libc), "governor", text_or_null(machine->governor),
                  "turbo", answer_or_null(machine->turbo), "perf_event_paranoid",
                  integer_or_null(machine->perf_event_paranoid), "tsc_invariant",
                  answer_or_null(machine->tick_is_invariant), "load", load_json(machine));
    const bool whole = what != NULL && system != NULL && json_object_update(what, system) == 0;
    json_decref(system);
    /* Nobody shall take a made-up machine for a real one. */
    if (whole && machine->root != NULL && machine->root[0] != '\0')
        json_object_set_new(what, "read_under", json_string(machine->root));
    if (whole)
        return what;
    json_decref(what);
    return NULL;
}
