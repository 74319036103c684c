#include "tests/golden/kernels.h"

#include "tests/unit/golden.h"
#include "tests/unit/template.h"

enum { ROWS_MAX = 512 };

static const char path[] = "tests/golden/kernels.csv";

/* A row of kernels.csv, and whether the engine has its operation. */
struct row {
    char operation[16], name[32], sha256[LG_DIGEST_HEX];
    bool met;
};

struct table {
    struct row rows[ROWS_MAX];
    size_t count;
};

/* The rows of this precision. */
static void read_table(struct table *table)
{
    char line[256], precision[8];
    FILE *file = golden_open(path, KERNELS_HEADER);
    table->count = 0;
    while (fgets(line, sizeof line, file)) {
        struct row row = {.met = false};
        const char *at = golden_field(line, precision, sizeof precision);
        at = golden_field(at, row.operation, sizeof row.operation);
        at = golden_field(at, row.name, sizeof row.name);
        golden_field(at, row.sha256, sizeof row.sha256);
        cr_assert_lt(table->count, ROWS_MAX);
        if (strcmp(precision, LG_PRECISION == 32 ? "f32" : "f64") == 0)
            table->rows[table->count++] = row;
    }
    fclose(file);
}

static void check(void *to, const char *operation, const char *name, const char *sha256)
{
    struct table *table = to;
    for (size_t i = 0; i < table->count; i++) {
        struct row *row = &table->rows[i];
        if (strcmp(row->operation, operation) != 0 || strcmp(row->name, name) != 0)
            continue;
        row->met = true;
        cr_expect_str_eq(sha256, row->sha256, "%s %s: other bits than %s", operation, name, path);
        return;
    }
    cr_expect(false, "%s has no row for %s %s: make golden-bits adds it", path, operation, name);
}

TEMPLATE_TEST(digest, every_operation_has_the_bits_of_the_table)
{
    static struct table table;
    read_table(&table);
    kernels_run((struct kernel_rows){check, &table});
    for (size_t i = 0; i < table.count; i++)
        cr_expect(table.rows[i].met, "%s has a row for %s %s, which the engine has not", path,
                  table.rows[i].operation, table.rows[i].name);
}
