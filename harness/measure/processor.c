#include "harness/measure/processor.h"

#include <stdio.h>
#include <string.h>

#if defined __x86_64__
#include <cpuid.h>
#include <x86intrin.h>

/* How hypervisors sign, and what they are called. */
static const char *const signatures[][2] = {
    {"KVMKVMKVM", "KVM"},    {"Microsoft Hv", "Hyper-V"}, {"VMwareVMware", "VMware"},
    {"XenVMMXenVMM", "Xen"}, {"TCGTCGTCGTCG", "QEMU"},    {"bhyve bhyve ", "bhyve"},
};

bool processor_hypervisor(char *name, size_t size)
{
    enum { HYPERVISOR_PRESENT = 1u << 31, HYPERVISOR_LEAF = 0x40000000 };
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d))
        return false;
    if ((c & HYPERVISOR_PRESENT) == 0) {
        snprintf(name, size, "none");
        return true;
    }
    unsigned words[4] = {0}; /* the last one stays zero: a NUL */
    __cpuid(HYPERVISOR_LEAF, a, words[0], words[1], words[2]);
    char signature[sizeof words];
    memcpy(signature, words, sizeof words);
    if (signature[0] == '\0')
        return false;
    snprintf(name, size, "%s", signature);
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
        if (strcmp(signature, signatures[i][0]) == 0)
            snprintf(name, size, "%s", signatures[i][1]);
    return true;
}

enum processor_answer processor_tick_is_invariant(void)
{
    enum { POWER_LEAF = 0x80000007, INVARIANT = 1u << 8 };
    unsigned a, b, c, d;
    if (!__get_cpuid(POWER_LEAF, &a, &b, &c, &d))
        return PROCESSOR_UNKNOWN;
    return (d & INVARIANT) != 0 ? PROCESSOR_YES : PROCESSOR_NO;
}

bool processor_has_tick(void)
{
    enum { EXTENDED_LEAF = 0x80000001, RDTSCP = 1u << 27 };
    unsigned a, b, c, d;
    return __get_cpuid(EXTENDED_LEAF, &a, &b, &c, &d) && (d & RDTSCP) != 0;
}

uint64_t processor_tick(void)
{
    unsigned processor;
    uint64_t tick = __rdtscp(&processor); /* waits for what is before it */
    _mm_lfence();                         /* and holds back what is after it */
    return tick;
}

/* Leaf 15h: the tick is the crystal's rate times b / a. Where the crystal's rate (c) is
 * left out, leaf 16h gives the rate that the tick has then. */
double processor_tick_rate(const char **source)
{
    unsigned a, b, c, d, megahertz = 0;
    *source = "nowhere";
    if (!__get_cpuid(0x15, &a, &b, &c, &d) || a == 0 || b == 0)
        return 0;
    if (c != 0) {
        *source = "CPUID 15h";
        return (double)c * b / a;
    }
    if (!__get_cpuid(0x16, &megahertz, &b, &c, &d) || megahertz == 0)
        return 0;
    *source = "CPUID 16h";
    return megahertz * 1e6;
}

#elif defined __aarch64__

bool processor_hypervisor(char *name, size_t size)
{
    (void)name;
    (void)size;
    return false; /* a guest cannot ask */
}

enum processor_answer processor_tick_is_invariant(void)
{
    return PROCESSOR_YES;
}

bool processor_has_tick(void)
{
    return true;
}

uint64_t processor_tick(void)
{
    uint64_t tick;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(tick)::"memory");
    return tick;
}

double processor_tick_rate(const char **source)
{
    uint64_t rate;
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(rate));
    *source = rate != 0 ? "cntfrq_el0" : "nowhere";
    return (double)rate;
}

#else

bool processor_hypervisor(char *name, size_t size)
{
    (void)name;
    (void)size;
    return false;
}

enum processor_answer processor_tick_is_invariant(void)
{
    return PROCESSOR_UNKNOWN;
}

bool processor_has_tick(void)
{
    return false;
}

uint64_t processor_tick(void)
{
    return 0;
}

double processor_tick_rate(const char **source)
{
    *source = "nowhere";
    return 0;
}

#endif
