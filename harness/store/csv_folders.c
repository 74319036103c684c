#include "harness/store/csv_folders.h"

#include "registry.h"

#define DECLARE(name) extern const struct csv_folder csv_folder_##name;
LG_CSV_FOLDERS(DECLARE)

#define ADDRESS(name) &csv_folder_##name,
static const struct csv_folder *const registry[] = {LG_CSV_FOLDERS(ADDRESS)};

const struct csv_folder *const *csv_folders(size_t *count)
{
    *count = sizeof registry / sizeof *registry;
    return registry;
}
