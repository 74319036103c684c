#include "harness/machine/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE_PAGES "/sys/kernel/mm/transparent_hugepage/"

/* Huge pages are 2 MiB on x86-64 and on AArch64 with base pages of 4 KiB. */
enum { ALIGNMENT = 2 << 20 };

bool memory_map(struct memory *memory, size_t size_bytes, enum memory_pages wish)
{
    *memory = (struct memory){0};
    const size_t whole = (size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    const size_t map_bytes = whole + ALIGNMENT;
    void *map = mmap(NULL, map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED)
        return false;
    const size_t skipped = (ALIGNMENT - (uintptr_t)map % ALIGNMENT) % ALIGNMENT;
    *memory = (struct memory){(char *)map + skipped, size_bytes, map, map_bytes};
    /* A wish only: memory_pages() has the result. */
    (void)madvise(map, map_bytes, wish == MEMORY_HUGE ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
    return true;
}

void memory_unmap(struct memory *memory)
{
    if (memory->map != NULL)
        munmap(memory->map, memory->map_bytes);
    *memory = (struct memory){0};
}

const char *memory_pages(const struct memory *memory)
{
    FILE *file = fopen("/proc/self/smaps", "re");
    if (file == NULL)
        return NULL;
    const uintptr_t wanted = (uintptr_t)memory->bytes;
    const char *pages = NULL;
    bool inside = false;
    char *line = NULL;
    size_t capacity = 0;
    while (pages == NULL && getline(&line, &capacity, file) > 0) {
        static const char key[] = "AnonHugePages:";
        char *end;
        const unsigned long long from = strtoull(line, &end, 16);
        if (*end == '-' && end > line)
            inside = from <= wanted && wanted < strtoull(end + 1, NULL, 16);
        else if (inside && strncmp(line, key, sizeof key - 1) == 0)
            pages = strtoull(line + sizeof key - 1, NULL, 10) > memory->size_bytes / 1024 / 2
                        ? "huge"
                        : "base";
    }
    free(line);
    fclose(file);
    return pages;
}

static bool read_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return false;
    const bool found = fgets(line, (int)size, file) != NULL;
    fclose(file);
    return found;
}

void memory_look(struct memory_facts *facts)
{
    *facts = (struct memory_facts){0};
    const long base = sysconf(_SC_PAGE_SIZE);
    facts->base_bytes = base > 0 ? (size_t)base : 0;
    char line[128];
    if (read_line(HUGE_PAGES "hpage_pmd_size", line, sizeof line))
        facts->huge_bytes = strtoull(line, NULL, 10);
    /* The policy in force stands in brackets: "always [madvise] never". */
    if (read_line(HUGE_PAGES "enabled", line, sizeof line)) {
        const char *open = strchr(line, '[');
        if (open != NULL)
            snprintf(facts->huge_policy, sizeof facts->huge_policy, "%.*s",
                     (int)strcspn(open + 1, "]\n"), open + 1);
    }
}
