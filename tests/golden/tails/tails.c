/* How far every activation and loss is off, value and gradient, in f32 and f64, over the
 * whole range: against MPFR (libmpfr-dev), by the formulas of activations.c and losses.c.
 *
 *   tails [--trials N] [--seed N] [--points] [NAME...]
 *
 * prints a table, Markdown, of the largest errors in units in the last place beside the bounds
 * that the references state, and with --points where each was found. Exit status 1: a
 * bound is exceeded, or an entry has no reference. `make prove-tails` runs it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/golden/tails/check.h"

static size_t trials = 20000;
static uint64_t seed = 1;
static bool with_points, failed;

static const struct lg_backend *copy_of(enum lg_precision precision)
{
    const struct lg_backend *backend;
    struct lg_error error;
    if (lg_backend_select(precision, NULL, &backend, &error) != LG_OK) {
        fprintf(stderr, "tails: %s\n", error.message);
        exit(3);
    }
    return backend;
}

/* "3.1 of 4" */
static void print_cell(const struct worst *worst, double bound)
{
    const bool is_over = !(worst->ulps <= bound) || worst->points == worst->skipped;
    failed |= is_over;
    printf(" %.2f of %g%s |", worst->ulps, bound, is_over ? " **over**" : "");
}

static void print_row(const char *name, const bounds ulps, const char *measure,
                      struct worst worst[2][QUANTITIES])
{
    printf("| `%s` |", name);
    for (int p = 0; p < 2; p++)
        for (int q = 0; q < QUANTITIES; q++)
            print_cell(&worst[p][q], ulps[p][q]);
    printf(" %s |\n", measure ? measure : "");
    for (int p = 0; with_points && p < 2; p++)
        for (int q = 0; q < QUANTITIES; q++)
            printf("    f%d %s: %.3f at %s (%zu points, %zu skipped)\n", p ? 64 : 32,
                   q == VALUE ? "value" : "gradient", worst[p][q].ulps, worst[p][q].where,
                   worst[p][q].points, worst[p][q].skipped);
    fflush(stdout);
}

/* The entry of that name, an activation or a loss. */
static const struct lg_info *info_of(const char *name)
{
    const struct lg_backend *backend = copy_of(LG_F64);
    for (size_t i = 0; i < backend->activation_count; i++)
        if (strcmp(backend->activation(i)->name, name) == 0)
            return backend->activation(i);
    for (size_t i = 0; i < backend->loss_count; i++)
        if (strcmp(backend->loss(i)->name, name) == 0)
            return backend->loss(i);
    fprintf(stderr, "tails: no activation and no loss is called '%s'\n", name);
    exit(2);
}

/* Every entry has a reference, and every reference an entry. */
static void check_names(void)
{
    const struct lg_backend *backend = copy_of(LG_F64);
    const size_t entries = backend->activation_count + backend->loss_count;
    for (size_t i = 0; i < activation_reference_count; i++)
        info_of(activation_references[i].name);
    for (size_t i = 0; i < loss_reference_count; i++)
        info_of(loss_references[i].name);
    if (entries != activation_reference_count + loss_reference_count) {
        fprintf(stderr, "tails: %zu activations and losses, %zu references\n", entries,
                activation_reference_count + loss_reference_count);
        failed = true;
    }
}

static bool is_chosen(const char *name, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc == 0;
}

static void check_activations(int argc, char **argv)
{
    static struct worst worst[2][QUANTITIES];
    for (size_t i = 0; i < activation_reference_count; i++) {
        const struct activation_reference *is = &activation_references[i];
        if (!is_chosen(is->name, argc, argv))
            continue;
        memset(worst, 0, sizeof worst);
        for (int p = 0; p < 2; p++) {
            draw_seed(seed);
            check_activation(copy_of(p ? LG_F64 : LG_F32), is, trials, worst[p]);
        }
        print_row(is->name, is->ulps, is->measure, worst);
    }
}

static void check_losses(int argc, char **argv)
{
    static struct worst worst[2][QUANTITIES];
    for (size_t i = 0; i < loss_reference_count; i++) {
        const struct loss_reference *is = &loss_references[i];
        if (!is_chosen(is->name, argc, argv))
            continue;
        memset(worst, 0, sizeof worst);
        for (int p = 0; p < 2; p++) {
            draw_seed(seed);
            check_loss(copy_of(p ? LG_F64 : LG_F32), is, trials, worst[p]);
        }
        print_row(is->name, is->ulps, is->measure, worst);
    }
}

int main(int argc, char **argv)
{
    int first = 1;
    for (; first < argc && argv[first][0] == '-'; first++) {
        if (strcmp(argv[first], "--points") == 0)
            with_points = true;
        else if (strcmp(argv[first], "--trials") == 0 && first + 1 < argc)
            trials = strtoul(argv[++first], NULL, 10);
        else if (strcmp(argv[first], "--seed") == 0 && first + 1 < argc)
            seed = strtoull(argv[++first], NULL, 10);
        else
            return fprintf(stderr, "tails: unknown option '%s'\n", argv[first]), 2;
    }
    check_names();
    for (int i = first; i < argc; i++)
        info_of(argv[i]);
    printf("| entry | f32 value | f32 gradient | f64 value | f64 gradient | terms |\n"
           "|---|---|---|---|---|---|\n");
    check_activations(argc - first, argv + first);
    check_losses(argc - first, argv + first);
    return failed;
}
