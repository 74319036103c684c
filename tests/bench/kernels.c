#include "tests/bench/kernels.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "engine/activation/activation.h"
#include "engine/kernel/gemm.h"
#include "engine/kernel/peak.h"
#include "engine/math/math.h"
#include "lossgrid/pcg.h"

extern const struct activation LG_SYMBOL(activation_sigmoid);

/* Every figure is the best of many short rounds: the machine is shared, and what is
 * asked is what it can do. */
enum { ROUNDS = 60 };

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void row(const char *what, const char *shape, double value, const char *unit)
{
    printf("f%d,%s,%s,%s,%.4g,%s\n", LG_PRECISION, LG_STRING(LG_ISA), what, shape, value, unit);
    fflush(stdout);
}

/* FMAs per ns with enough independent chains to fill every unit. */
static double fma_peak(void)
{
    enum { REPEATS = 20000 };
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now_ns();
        const volatile double result = peak_fma(REPEATS);
        const double rate = (double)(REPEATS * peak_fmas()) / (now_ns() - start);
        (void)result;
        best = rate > best ? rate : best;
    }
    return best;
}

/* Bytes per ns read from a working set of about that size. */
static double read_bandwidth(const real *x, size_t bytes)
{
    const size_t count = bytes / sizeof *x / PEAK_BLOCK * PEAK_BLOCK;
    const size_t repeats = 1 + ((size_t)4 << 20) / bytes;
    double best = 0;
    for (int round = 0; round < ROUNDS / 4; round++) {
        const double start = now_ns();
        const volatile double result = peak_read(x, count, repeats);
        const double rate = (double)(count * sizeof *x * repeats) / (now_ns() - start);
        (void)result;
        best = rate > best ? rate : best;
    }
    return best;
}

static real *numbers(size_t count)
{
    struct lg_pcg pcg = lg_pcg_seed(11, 1);
    real *x = aligned_alloc(64, (count * sizeof *x + 63) / 64 * 64);
    if (!x)
        exit(3);
    for (size_t i = 0; i < count; i++)
        x[i] = (real)(lg_pcg_uniform(&pcg) - 0.5);
    return x;
}

static void product(const char *name, size_t m, size_t n, size_t k, bool turn_a, bool turn_b)
{
    real *a = numbers(m * k), *b = numbers(k * n), *c = numbers(m * n);
    real *scratch = numbers(gemm_scratch_reals(m));
    const struct gemm_operand x = {a, turn_a ? 1 : k, turn_a ? m : 1, NULL, NULL};
    const struct gemm_operand y = {b, turn_b ? 1 : n, turn_b ? k : 1, NULL, NULL};
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = now_ns();
        gemm(c, n, NULL, m, n, k, x, y, scratch);
        const double rate = (double)m * (double)n * (double)k / (now_ns() - start);
        best = rate > best ? rate : best;
    }
    char shape[64];
    snprintf(shape, sizeof shape, "%zux%zux%zu", m, n, k);
    row(name, shape, best, "GFMA/s");
    free(a);
    free(b);
    free(c);
    free(scratch);
}

static void sigmoid_all(real *y, const real *x, size_t n)
{
    LG_SYMBOL(activation_sigmoid).forward(NULL, n, x, y);
}

/* Values per ns of a function, over an array and, where there is such a form, one by
 * one. */
static void function(const char *name, void (*all)(real *y, const real *x, size_t n),
                     real (*one)(real x), bool is_positive)
{
    enum { COUNT = 1024 };
    real *x = numbers(COUNT), *y = numbers(COUNT);
    for (int i = 0; i < COUNT; i++) /* [-3, 3) or (0, 3] */
        x[i] = is_positive ? 3 * (real_abs(x[i]) + REAL_EPSILON) : 6 * x[i];
    double best_all = 0, best_one = 0;
    for (int round = 0; round < 10 * ROUNDS; round++) {
        const double start = now_ns();
        all(y, x, COUNT);
        const double middle = now_ns(), rate = COUNT / (middle - start);
        best_all = rate > best_all ? rate : best_all;
        for (int i = 0; one && i < COUNT; i++)
            y[i] = one(x[i]);
        const double one_rate = COUNT / (now_ns() - middle);
        best_one = one_rate > best_one ? one_rate : best_one;
    }
    row(name, "1024 at once", best_all, "values/ns");
    if (one)
        row(name, "one by one", best_one, "values/ns");
    free(x);
    free(y);
}

void bench_kernels(void)
{
    row("fma peak", "registers", fma_peak(), "GFMA/s");
    const size_t sizes[] = {16 << 10, 512 << 10, 8 << 20, 128 << 20};
    const char *const names[] = {"16 KiB", "512 KiB", "8 MiB", "128 MiB"};
    real *x = numbers(sizes[3] / sizeof *x);
    for (int i = 0; i < 4; i++)
        row("read bandwidth", names[i], read_bandwidth(x, sizes[i]), "GB/s");
    free(x);
    product("forward product", 128, 784, 128, false, false);
    product("weight gradient product", 128, 784, 128, true, false);
    product("input gradient product", 128, 128, 784, false, true);
    product("forward product", 512, 512, 512, false, false);
    function("exp", real_exp_all, real_exp, false);
    function("log", real_log_all, real_log, true);
    function("tanh", real_tanh_all, real_tanh, false);
    function("sigmoid", sigmoid_all, NULL, false);
    row("fma peak", "registers again", fma_peak(), "GFMA/s");
}
