/* Prints the rows of kernels.csv for one precision, computed by one copy: f32 starts
 * with the header. It comes from the engine itself and says that bits stay, not that
 * they are right (the unit tests beside the table do). `make golden-bits` writes the
 * table from the plainest copy. A change of the table is a change of bits: mark it
 * **numerics** in the changelog. */
#include <stdio.h>

#include "tests/golden/kernels.h"

static void print_row(void *unused, const char *operation, const char *name, const char *sha256)
{
    (void)unused;
    printf("f%d,%s,%s,%s\n", LG_PRECISION, operation, name, sha256);
}

int main(void)
{
    if (LG_PRECISION == 32)
        printf(KERNELS_HEADER);
    kernels_run((struct kernel_rows){print_row, NULL});
    return 0;
}
