/* The operations whose digests stand in kernels.csv: shared by the program that
 * writes the table and the test that reads it. Compiled once per precision and
 * instruction set, like the operations. */
#ifndef TESTS_GOLDEN_KERNELS_H
#define TESTS_GOLDEN_KERNELS_H

#include "registry.h"

#include <assert.h>
#include <string.h>

#include "engine/kernel/gemm.h"
#include "engine/net/net.h"
#include "lossgrid/digest.h"
#include "lossgrid/pcg.h"
#include "tests/golden/loss_inputs.h"
#include "tests/unit/options.h"

#define KERNELS_HEADER "precision,operation,name,sha256\n"

/* Called with every row: what is done (product, loss, gradient, forward, backward,
 * optimizer), by what, and the digest of the results. */
struct kernel_rows {
    void (*add)(void *to, const char *operation, const char *name, const char *sha256);
    void *to;
};

enum { KERNEL_WIDEST = 533, KERNEL_DEEPEST = 530 };

/* Ordinary numbers, zeros of both signs, subnormals, and a few large enough to
 * swallow the rest of a sum, small enough that their squares stay finite. */
static inline real kernel_input(struct lg_pcg *pcg)
{
    const real ordinary = (real)(lg_pcg_uniform(pcg) * 2 - 1);
    const uint32_t kind = lg_pcg_below(pcg, 64);
    if (kind < 8)
        return kind % 2 ? 0 : (real)-0.0;
    if (kind < 14)
        return ordinary * (LG_PRECISION == 32 ? (real)FLT_MIN : (real)DBL_MIN) / 64;
    return kind == 14 ? ordinary * (real)0x1p40 : ordinary;
}

static inline void kernel_fill(struct lg_pcg *pcg, real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = kernel_input(pcg);
}

/* x as little-endian bytes of a real's size, NaN canonicalised. */
static inline void kernel_hash(struct lg_digest *digest, const real *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const real value = x[i] == x[i] ? x[i] : (real)__builtin_nan("");
        unsigned char bytes[sizeof value];
        real_bits bits;
        memcpy(&bits, &value, sizeof bits);
        for (size_t byte = 0; byte < sizeof bytes; byte++)
            bytes[byte] = (unsigned char)(bits >> (8 * byte));
        lg_digest_add(digest, bytes, sizeof bytes);
    }
}

/* Losses are f64 in either precision. */
static inline void kernel_hash_double(struct lg_digest *digest, double x)
{
    const double value = x == x ? x : __builtin_nan("");
    unsigned char bytes[sizeof value];
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    for (size_t byte = 0; byte < sizeof bytes; byte++)
        bytes[byte] = (unsigned char)(bits >> (8 * byte));
    lg_digest_add(digest, bytes, sizeof bytes);
}

static inline struct lg_digest *kernel_begin(void)
{
    struct lg_digest *digest = lg_digest_begin();
    assert(digest);
    return digest;
}

static inline void kernel_end(struct lg_digest *digest, struct kernel_rows rows,
                              const char *operation, const char *name)
{
    char sha256[LG_DIGEST_HEX];
    lg_digest_end(digest, sha256);
    rows.add(rows.to, operation, name, sha256);
}

/* ---- Products ------------------------------------------------------------------ */

/* One column, odd ends, whole strips of the widest copy, several of them. */
static const size_t kernel_widths[] = {1, 3, 17, 64, 300, KERNEL_WIDEST};
enum { KERNEL_WIDTHS = sizeof kernel_widths / sizeof *kernel_widths, KERNEL_ROWS = 41 };

static inline void kernel_rows_accumulate(struct kernel_rows rows)
{
    real matrix[KERNEL_ROWS * KERNEL_WIDEST], x[KERNEL_ROWS], start[KERNEL_WIDEST],
        out[KERNEL_WIDEST], value[KERNEL_ROWS + 1];
    uint32_t index[KERNEL_ROWS + 1];
    struct active list = {.index = index, .value = value};
    struct lg_pcg pcg = lg_pcg_seed(61, 1);
    struct lg_digest *digest = kernel_begin();
    for (size_t w = 0; w < KERNEL_WIDTHS; w++)
        for (size_t k = 0; k <= KERNEL_ROWS; k += 1 + k) {
            const size_t n = kernel_widths[w];
            kernel_fill(&pcg, matrix, k * n);
            kernel_fill(&pcg, x, k);
            kernel_fill(&pcg, start, n);
            rows_active(&list, x, k);
            rows_accumulate(out, k % 2 ? start : NULL, &list, matrix, n, n);
            kernel_hash(digest, out, n);
        }
    kernel_end(digest, rows, "product", "rows_accumulate");
}

static inline void kernel_rows_dot(struct kernel_rows rows)
{
    real matrix[KERNEL_ROWS * KERNEL_WIDEST], delta[KERNEL_WIDEST], out[KERNEL_ROWS];
    uint32_t index[KERNEL_ROWS], live[KERNEL_WIDEST / ROWS_BLOCK + 2];
    struct lg_pcg pcg = lg_pcg_seed(62, 1);
    struct lg_digest *digest = kernel_begin();
    for (size_t w = 0; w < KERNEL_WIDTHS; w++)
        for (size_t height = 1; height <= KERNEL_ROWS; height += 10) {
            const size_t n = kernel_widths[w];
            size_t count = 0;
            kernel_fill(&pcg, matrix, height * n);
            kernel_fill(&pcg, delta, n);
            for (size_t i = 0; i < n; i++) /* every third block is dead */
                delta[i] = i / ROWS_BLOCK % 3 == 1 ? 0 : delta[i];
            for (uint32_t i = 0; i < height; i++)
                if (lg_pcg_below(&pcg, 3))
                    index[count++] = i;
            memset(out, 0, sizeof out);
            rows_dot(out, index, count, matrix, n, n, delta, live, rows_live(live, delta, n));
            kernel_hash(digest, out, count);
        }
    kernel_end(digest, rows, "product", "rows_dot");
}

/* Below, at and beyond a tile in each dimension; below one block of k, and three. */
static inline void kernel_gemm(struct kernel_rows rows)
{
    enum { M = 31, N = 70, SCRATCH = 40000 };
    static const size_t ms[] = {1, 6, 15, M}, ns[] = {1, 8, 33, N}, ks[] = {1, 20, KERNEL_DEEPEST};
    static real a[M * KERNEL_DEEPEST], b[N * KERNEL_DEEPEST];
    static _Alignas(64) real scratch[SCRATCH];
    real c[M * N], start[N];
    struct lg_pcg pcg = lg_pcg_seed(63, 1);
    struct lg_digest *digest = kernel_begin();
    assert(gemm_scratch_reals(M) <= SCRATCH);
    for (size_t i = 0; i < 4 * 4 * 3; i++) {
        const size_t m = ms[i / 12], n = ns[i / 3 % 4], k = ks[i % 3];
        const bool turn_a = lg_pcg_below(&pcg, 2), turn_b = lg_pcg_below(&pcg, 2);
        kernel_fill(&pcg, a, m * k);
        kernel_fill(&pcg, b, k * n);
        kernel_fill(&pcg, start, n);
        const struct gemm_operand left = {a, turn_a ? 1 : k, turn_a ? m : 1, NULL, NULL};
        const struct gemm_operand right = {b, turn_b ? 1 : n, turn_b ? k : 1, NULL, NULL};
        gemm(c, n, lg_pcg_below(&pcg, 2) ? start : NULL, m, n, k, left, right, scratch);
        kernel_hash(digest, c, m * n);
    }
    kernel_end(digest, rows, "product", "gemm");
}

/* ---- Registries ---------------------------------------------------------------- */

/* A value of the option that is neither its default nor extreme. */
static inline double kernel_other_value(const struct lg_option *option)
{
    const double value = option->default_value;
    if (option->kind != LG_OPTION_REAL)
        return value < option->maximum ? value + 1 : option->minimum;
    const double other = value == 0.5 ? 0.25 : 0.5;
    return option_allows(option, other) ? other : value;
}

/* Variant 0: the defaults; then each option alone at its other value; at last all. */
static inline size_t kernel_variants(const struct lg_info *info)
{
    return info->option_count + 2;
}

static inline struct lg_options kernel_options(const struct lg_info *info, size_t variant)
{
    struct lg_options options = lg_options_default(info);
    for (size_t i = 0; i < info->option_count; i++)
        if (info->options[i].kind != LG_OPTION_LIST &&
            (variant == i + 1 || variant == info->option_count + 1))
            options.value[i] = kernel_other_value(&info->options[i]);
    return options;
}

/* Values and gradients: 3 samples of 1, 21, 70 and 130 features. */
static inline void kernel_loss(struct kernel_rows rows, const struct loss *loss)
{
    enum { BATCH = 3, STRIDE = 136, ALL = BATCH * STRIDE };
    static const size_t features[] = {1, 21, 70, 130};
    real y[LG_LOSS_INPUTS_MAX][ALL], t[ALL], wild[ALL], gradient[LG_LOSS_INPUTS_MAX][ALL];
    double values[BATCH];
    struct lg_pcg pcg = lg_pcg_seed(64, 1);
    struct lg_digest *value_digest = kernel_begin(), *gradient_digest = kernel_begin();
    for (size_t variant = 0; variant < kernel_variants(&loss->info); variant++)
        for (size_t f = 0; f < sizeof features / sizeof *features; f++) {
            const struct lg_options options = kernel_options(&loss->info, variant);
            const struct loss_batch at = {.prediction = {y[0], y[1], y[2]},
                                          .target = t,
                                          .batch = BATCH,
                                          .features = features[f],
                                          .stride = STRIDE,
                                          .target_stride = STRIDE};
            for (size_t p = 0; p < loss->shape.inputs; p++) {
                kernel_fill(&pcg, y[p], ALL);
                for (size_t i = 0; i < ALL; i++)
                    y[p][i] = loss_input_prediction(loss, &pcg, y[p][i]);
            }
            kernel_fill(&pcg, wild, ALL);
            for (size_t b = 0; b < BATCH; b++)
                loss_input_target(loss, &pcg, features[f], wild + b * STRIDE, t + b * STRIDE);
            loss->value(&options, &at, values);
            loss->gradient(&options, &at, (real *[]){gradient[0], gradient[1], gradient[2]});
            for (size_t b = 0; b < BATCH; b++) {
                kernel_hash_double(value_digest, values[b]);
                for (size_t p = 0; p < loss->shape.inputs; p++)
                    kernel_hash(gradient_digest, gradient[p] + b * STRIDE, features[f]);
            }
        }
    kernel_end(value_digest, rows, "loss", loss->info.name);
    kernel_end(gradient_digest, rows, "gradient", loss->info.name);
}

/* Numbers around 1 and where functions saturate. */
static inline void kernel_activation(struct kernel_rows rows, const struct activation *activation)
{
    enum { N = 1001 };
    real z[N], h[N], dh[N], dz[N];
    struct lg_pcg pcg = lg_pcg_seed(65, 1);
    struct lg_digest *forward = kernel_begin(), *backward = kernel_begin();
    for (size_t variant = 0; variant < kernel_variants(&activation->info); variant++) {
        const struct lg_options options = kernel_options(&activation->info, variant);
        for (size_t i = 0; i < N; i++)
            z[i] = kernel_input(&pcg) * (i % 3 ? 4 : 200);
        kernel_fill(&pcg, dh, N);
        activation->forward(&options, N, z, h);
        activation->backward(&options, N, z, h, dh, dz);
        kernel_hash(forward, h, N);
        kernel_hash(backward, dz, N);
    }
    kernel_end(forward, rows, "forward", activation->info.name);
    kernel_end(backward, rows, "backward", activation->info.name);
}

/* 25 steps on the same parameters; gradients come whole and in two factors. */
static inline void kernel_optimizer(struct kernel_rows rows, const struct optimizer *optimizer)
{
    if (!optimizer->update) /* the table of trainings has the other kinds */
        return;
    enum { N = 70, STEPS = 25 };
    struct lg_pcg pcg = lg_pcg_seed(66, 1);
    struct lg_digest *digest = kernel_begin();
    for (size_t variant = 0; variant < kernel_variants(&optimizer->info); variant++) {
        const struct lg_options options = kernel_options(&optimizer->info, variant);
        const size_t slots = optimizer->slots(&options);
        real w[N], g[N], storage[OPTIMIZER_SLOTS_MAX][N], *state[OPTIMIZER_SLOTS_MAX];
        double scalars[OPTIMIZER_SCALARS_MAX] = {0};
        kernel_fill(&pcg, w, N);
        for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++) {
            state[slot] = storage[slot];
            for (size_t i = 0; i < N; i++)
                storage[slot][i] = slot < slots && optimizer->initial_state
                                       ? optimizer->initial_state(&options, slot)
                                       : 0;
        }
        for (uint64_t step = 1; step <= STEPS; step++) {
            struct optimizer_step now;
            kernel_fill(&pcg, g, N);
            optimizer_begin(optimizer, &options, step, scalars, &now);
            optimizer->update(&now, N, w, (struct gradient){step % 2 ? 1 : kernel_input(&pcg), g},
                              state);
            kernel_hash(digest, w, N);
        }
        for (size_t slot = 0; slot < slots; slot++)
            kernel_hash(digest, storage[slot], N);
    }
    kernel_end(digest, rows, "optimizer", optimizer->info.name);
}

/* Every row of this precision, in the table's order. */
static inline void kernels_run(struct kernel_rows rows)
{
#define ONE(name) +1
    enum {
        LOSS_COUNT = 0 LG_LOSSES(ONE),
        ACTIVATION_COUNT = 0 LG_ACTIVATIONS(ONE),
        OPTIMIZER_COUNT = 0 LG_OPTIMIZERS(ONE)
    };
#undef ONE
    kernel_rows_accumulate(rows);
    kernel_rows_dot(rows);
    kernel_gemm(rows);
    for (size_t i = 0; i < LOSS_COUNT; i++)
        kernel_loss(rows, registry_loss(i));
    for (size_t i = 0; i < ACTIVATION_COUNT; i++)
        kernel_activation(rows, registry_activation(i));
    for (size_t i = 0; i < OPTIMIZER_COUNT; i++)
        kernel_optimizer(rows, registry_optimizer(i));
}

#endif
