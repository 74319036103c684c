/* FMA peak, divisions and square roots, of every copy of the engine that runs here. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/machine/measure.h"
#include "lossgrid/backend.h"

struct arithmetic {
    const struct lg_peak *peak;
    size_t count;
    void *numbers; /* (count) of the precision; for FMAs none */
};

/* Blocks of numbers: in L1 on every CPU. */
enum { BLOCKS = 2 };

static double fma_work(void *context, size_t repeats)
{
    const struct arithmetic *arithmetic = context;
    return arithmetic->peak->fma(repeats);
}

static double division_work(void *context, size_t repeats)
{
    const struct arithmetic *arithmetic = context;
    return arithmetic->peak->divisions(arithmetic->numbers, arithmetic->count, repeats);
}

static double square_root_work(void *context, size_t repeats)
{
    const struct arithmetic *arithmetic = context;
    return arithmetic->peak->square_roots(arithmetic->numbers, arithmetic->count, repeats);
}

static void close_arithmetic(void *context)
{
    struct arithmetic *arithmetic = context;
    free(arithmetic->numbers);
    free(arithmetic);
}

static struct arithmetic *open_arithmetic(const struct lg_backend *backend)
{
    struct arithmetic *arithmetic = malloc(sizeof *arithmetic);
    const size_t count = BLOCKS * backend->peak.block;
    void *numbers = aligned_alloc(64, count * (size_t)backend->precision / 8);
    if (arithmetic == NULL || numbers == NULL) {
        free(arithmetic);
        free(numbers);
        return NULL;
    }
    backend->peak.fill(numbers, count);
    *arithmetic = (struct arithmetic){&backend->peak, count, numbers};
    return arithmetic;
}

/* One thing of one copy; `what` says the rest. */
static void add(struct measures *measures, const struct lg_backend *backend, struct measure what)
{
    what.isa = backend->isa;
    what.precision = lg_precision_name(backend->precision);
    what.is_rate = true;
    what.context = open_arithmetic(backend);
    what.close = what.context != NULL ? close_arithmetic : NULL;
    if (what.context == NULL)
        snprintf(what.absent, sizeof what.absent, "not enough memory");
    (void)measures_add(measures, &what);
}

void measure_add_arithmetic(struct measures *measures)
{
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count);
    for (size_t i = 0; i < count; i++) {
        const struct lg_peak *peak = &backends[i]->peak;
        if (!lg_isa_runs_here(backends[i]->isa))
            continue;
        const double numbers = (double)(BLOCKS * peak->block);
        add(measures, backends[i],
            (struct measure){.name = "fma_peak",
                             .unit = "GFLOP/s",
                             .pieces = 2.0 * (double)peak->fmas(),
                             .note = peak->fma_is_soft() ? "computed in software" : NULL,
                             .work = fma_work});
        add(measures, backends[i],
            (struct measure){
                .name = "division", .unit = "Gop/s", .pieces = numbers, .work = division_work});
        add(measures, backends[i],
            (struct measure){.name = "square_root",
                             .unit = "Gop/s",
                             .pieces = numbers,
                             .work = square_root_work});
    }
}
