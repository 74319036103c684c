#include "tests/golden/training.h"

#include "registry.h"

#include "tests/unit/golden.h"
#include "tests/unit/template.h"

#define ONE(name) +1
enum { LOSSES = 0 LG_LOSSES(ONE), OPTIMIZERS = 0 LG_OPTIMIZERS(ONE) };

/* A row of training.csv. */
struct row {
    char precision[8], loss[32], optimizer[32], options[96];
    size_t batch;
    struct training_digests digests;
};

static const char path[] = "tests/golden/training.csv";

static struct row parse(const char *line)
{
    struct row row;
    char number[32];
    const char *at = golden_field(line, row.precision, sizeof row.precision);
    at = golden_field(at, row.loss, sizeof row.loss);
    at = golden_field(at, row.optimizer, sizeof row.optimizer);
    at = golden_field(at, row.options, sizeof row.options);
    at = golden_field(at, number, sizeof number);
    row.batch = (size_t)strtoull(number, NULL, 10);
    at = golden_field(at, number, sizeof number);
    row.digests.loss = strtod(number, NULL);
    at = golden_field(at, row.digests.weights, sizeof row.digests.weights);
    golden_field(at, row.digests.state, sizeof row.digests.state);
    return row;
}

static const struct lg_backend *this_copy(void)
{
    const struct lg_backend *backend = NULL;
    cr_assert(lg_backend_select(LG_PRECISION, LG_STRING(LG_ISA), &backend, NULL) == LG_OK);
    return backend;
}

/* Trains as the row says; counts it for its loss and optimizer. */
static void check(const struct lg_backend *backend, const struct row *row,
                  size_t rows[LOSSES][OPTIMIZERS])
{
    const size_t l = training_find(backend->loss, backend->loss_count, row->loss);
    const size_t o = training_find(backend->optimizer, backend->optimizer_count, row->optimizer);
    const struct lg_choice loss = {l, lg_options_default(backend->loss(l))};
    const struct lg_choice optimizer = {o, golden_options(backend->optimizer(o), row->options)};
    struct training_digests got;
    cr_assert(training_run(backend, loss, optimizer, row->batch, &got));
    cr_expect(strcmp(got.weights, row->digests.weights) == 0 &&
                  strcmp(got.state, row->digests.state) == 0 && got.loss == row->digests.loss,
              "%s %s %s batch %zu: other bits than %s", row->loss, row->optimizer, row->options,
              row->batch, path);
    rows[l][o]++;
}

TEMPLATE_TEST(training, every_copy_has_the_bits_of_the_table)
{
    const struct lg_backend *backend = this_copy();
    FILE *file = golden_open(path, TRAINING_HEADER);
    char line[512];
    size_t rows[LOSSES][OPTIMIZERS] = {{0}};
    while (fgets(line, sizeof line, file)) {
        const struct row row = parse(line);
        if (strcmp(row.precision, lg_precision_name(backend->precision)) == 0)
            check(backend, &row, rows);
    }
    fclose(file);
    for (size_t l = 0; l < LOSSES; l++) {
        size_t count = 0;
        for (size_t o = 0; o < OPTIMIZERS; o++)
            count += rows[l][o];
        cr_expect(count >= 3, "%s lacks rows for %s: see tests/golden/training.c", path,
                  backend->loss(l)->name);
    }
    for (size_t o = 0; o < OPTIMIZERS; o++) {
        size_t count = 0;
        for (size_t l = 0; l < LOSSES; l++)
            count += rows[l][o];
        cr_expect(count >= 3, "%s lacks rows for %s: see tests/golden/training.c", path,
                  backend->optimizer(o)->name);
    }
}
