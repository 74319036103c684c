#include "harness/machine/processor.h"

#include <stdio.h>
#include <string.h>

#if defined __x86_64__
#include <cpuid.h>

/* The signatures and names of hypervisors. */
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

#else

bool processor_hypervisor(char *name, size_t size)
{
    (void)name;
    (void)size;
    return false; /* a guest cannot ask */
}

#endif
