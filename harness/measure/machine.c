#include "harness/measure/machine.h"

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
#if defined __x86_64__ || defined __i386__
#include <cpuid.h>
#endif

#define PROCESSOR "/sys/devices/system/cpu/cpu0/"

static void set(char text[MACHINE_TEXT_MAX], const char *value)
{
    snprintf(text, MACHINE_TEXT_MAX, "%s", value);
}

/* The first line of a file without its line end; false when there is none. */
static bool first_line(const char *path, char text[MACHINE_TEXT_MAX])
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    char line[MACHINE_TEXT_MAX];
    bool found = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    line[found ? strcspn(line, "\n") : 0] = '\0';
    if (line[0] == '\0')
        return false;
    set(text, line);
    return true;
}

/* ---- /proc/cpuinfo ------------------------------------------------------- */

/* The names differ between architectures; aarch64 gives numbers for most. */
static const char *const cpu_keys[][2] = {
    {"model name", "Model"}, {"vendor_id", "CPU implementer"}, {"cpu family", "CPU architecture"},
    {"model", "CPU part"},   {"stepping", "CPU revision"},     {"flags", "Features"}};
enum { CPU_NAME, CPU_VENDOR, CPU_FAMILY, CPU_MODEL, CPU_STEPPING, CPU_FLAGS, CPU_KEYS };

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
    default:
        keep_relevant(machine->flags, value);
        break;
    }
}

static void look_at_cpu(struct machine *machine)
{
    FILE *file = fopen("/proc/cpuinfo", "re");
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

static void look_at_caches(struct machine *machine)
{
    for (int i = 0; i < MACHINE_CACHES_MAX; i++) {
        char path[128], level[MACHINE_TEXT_MAX], type[MACHINE_TEXT_MAX], text[MACHINE_TEXT_MAX];
        snprintf(path, sizeof path, PROCESSOR "cache/index%d/level", i);
        if (!first_line(path, level))
            return;
        struct machine_cache *cache = &machine->caches[machine->cache_count++];
        snprintf(path, sizeof path, PROCESSOR "cache/index%d/type", i);
        const char *kind = !first_line(path, type)            ? ""
                           : strcmp(type, "Data") == 0        ? "d"
                           : strcmp(type, "Instruction") == 0 ? "i"
                                                              : "";
        snprintf(cache->name, sizeof cache->name, "L%.2s%s", level, kind);
        snprintf(path, sizeof path, PROCESSOR "cache/index%d/size", i);
        cache->size_bytes = first_line(path, text) ? size_of(text) : 0;
        snprintf(path, sizeof path, PROCESSOR "cache/index%d/coherency_line_size", i);
        cache->line_bytes = first_line(path, text) ? size_of(text) : 0;
    }
}

#if defined __x86_64__ || defined __i386__
/* How hypervisors sign, and what they are called. */
static const char *const signatures[][2] = {
    {"KVMKVMKVM", "KVM"},    {"Microsoft Hv", "Hyper-V"}, {"VMwareVMware", "VMware"},
    {"XenVMMXenVMM", "Xen"}, {"TCGTCGTCGTCG", "QEMU"},    {"bhyve bhyve ", "bhyve"},
};
#endif

static void look_at_hypervisor(struct machine *machine)
{
#if defined __x86_64__ || defined __i386__
    enum { HYPERVISOR_PRESENT = 1u << 31, HYPERVISOR_LEAF = 0x40000000 };
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return;
    if ((c & HYPERVISOR_PRESENT) == 0) {
        set(machine->hypervisor, "none");
        return;
    }
    unsigned name[4] = {0}; /* the last word stays zero: a NUL */
    __cpuid(HYPERVISOR_LEAF, a, name[0], name[1], name[2]);
    if (name[0] != 0)
        set(machine->hypervisor, (const char *)name);
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (strcmp((const char *)name, signatures[i][0]) == 0)
            set(machine->hypervisor, signatures[i][1]);
#else
    if (!first_line("/proc/device-tree/hypervisor/compatible", machine->hypervisor))
        (void)first_line("/sys/hypervisor/type", machine->hypervisor);
#endif
}

static size_t system_value(int name)
{
    long value = sysconf(name);
    return value > 0 ? (size_t)value : 0;
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
    *machine = (struct machine){.family = -1, .model = -1, .stepping = -1};
    set(machine->architecture, "unknown");
    set(machine->vendor, "unknown");
    set(machine->cpu, "unknown");
    set(machine->flags, "unknown");
    set(machine->kernel, "unknown");
    set(machine->hypervisor, "unknown");
    set(machine->libc, "unknown");
    set(machine->governor, "unknown");
    look_at_cpu(machine);
    look_at_caches(machine);
    look_at_hypervisor(machine);
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
    (void)first_line(PROCESSOR "cpufreq/scaling_governor", machine->governor);
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

json_t *machine_json(const struct machine *machine)
{
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
        "architecture", text_or_null(machine->architecture), "vendor",
        text_or_null(machine->vendor), "cpu", text_or_null(machine->cpu), "family",
        number_or_null(machine->family), "model", number_or_null(machine->model), "stepping",
        number_or_null(machine->stepping), "flags", text_or_null(machine->flags), "cores",
        size_or_null(machine->cores), "usable_cores", size_or_null(machine->usable), "caches",
        caches_json(machine), "memory_bytes", size_or_null(machine->memory_bytes), "kernel",
        text_or_null(machine->kernel), "hypervisor", text_or_null(machine->hypervisor), "libc",
        text_or_null(machine->libc), "governor", text_or_null(machine->governor));
}
