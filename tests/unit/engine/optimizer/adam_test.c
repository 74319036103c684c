#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/template.h"

/* Adam leaves out the root and the division where they would change no parameter;
 * this is the plain formula, which does not. */

enum { MANTISSA = LG_PRECISION == 32 ? 24 : 53, N = 150, STEPS = 12, TRIALS = 400 };

static const struct optimizer *adam(void)
{
    size_t index = 0;
    while (strcmp(registry_optimizer(index)->info.name, "adam") != 0)
        index++;
    return registry_optimizer(index);
}

/* Over all magnitudes, subnormal ones and zeros too. */
static real wild_real(struct lg_pcg *pcg)
{
    const real largest = LG_PRECISION == 32 ? (real)1e18 : (real)1e150;
    const real scale = LG_PRECISION == 32 ? (real)1e-21 : (real)1e-155;
    real x = awkward_real(pcg);
    for (uint32_t times = lg_pcg_below(pcg, 3); times > 0; times--)
        x *= lg_pcg_below(pcg, 4) ? scale : largest;
    return lg_pcg_below(pcg, 6) ? x : (lg_pcg_below(pcg, 2) ? 0 : (real)-0.0);
}

static void plain_step(const double *o, uint64_t step, const real *g, real *w, real *m, real *v)
{
    double power1 = 1, power2 = 1;
    for (uint64_t s = 0; s < step; s++) {
        power1 *= o[1];
        power2 *= o[2];
    }
    const real rate = (real)(o[0] / (1 - power1)), unbias = (real)(1 / __builtin_sqrt(1 - power2));
    for (size_t i = 0; i < N; i++) {
        const real d = g[i] + (real)o[4] * w[i];
        m[i] = (real)o[1] * m[i] + (real)(1 - o[1]) * d;
        v[i] = (real)o[2] * v[i] + (real)(1 - o[2]) * (d * d);
        w[i] -= rate * m[i] / (real_sqrt(v[i]) * unbias + (real)o[3]);
    }
}

/* Entries that are all about to stop moving: what is taken from w is |w| 2^-bits. */
static void nearly_still(struct lg_pcg *pcg, double eps, int bits, real *w, real *m, real *v)
{
    for (size_t i = 0; i < N; i++) {
        do
            w[i] = wild_real(pcg);
        while (real_abs(w[i]) < (real)1e-30);
        double share = (lg_pcg_uniform(pcg) + 0.5) * eps / 0.01; /* rate: 1e-3 / (1 - 0.9) */
        for (int bit = 0; bit < bits; bit++)
            share /= 2;
        m[i] = (real)((lg_pcg_below(pcg, 2) ? share : -share) * (double)w[i]);
        v[i] = 0;
    }
}

/* How many parameters a step leaves as they are although their mean is not zero. */
static size_t check(struct lg_pcg *pcg, double eps, bool still)
{
    const struct optimizer *optimizer = adam();
    struct lg_options options = lg_options_default(&optimizer->info);
    options.value[3] = eps;
    real w[2][N], m[2][N], v[2][N], g[N], zero[N] = {0};
    for (size_t i = 0; i < N; i++) {
        w[0][i] = w[1][i] = wild_real(pcg);
        m[0][i] = m[1][i] = wild_real(pcg);
        v[0][i] = v[1][i] = real_abs(wild_real(pcg));
    }
    if (still) {
        nearly_still(pcg, eps, MANTISSA - 6 + (int)lg_pcg_below(pcg, 8), w[0], m[0], v[0]);
        memcpy(w[1], w[0], sizeof w[1]);
        memcpy(m[1], m[0], sizeof m[1]);
        memcpy(v[1], v[0], sizeof v[1]);
    }
    double scalars[OPTIMIZER_SCALARS_MAX] = {0};
    size_t left_alone = 0;
    for (uint64_t step = 1; step <= STEPS; step++) {
        for (size_t i = 0; i < N; i++) /* most steps bring nothing, as to a dead unit */
            g[i] = step % 4 == 0 && !still ? wild_real(pcg) + 0 : 0;
        real before[N];
        memcpy(before, w[0], sizeof before);
        struct optimizer_step now;
        optimizer_begin(optimizer, &options, step, scalars, &now);
        optimizer->update(&now, N, w[0], (struct gradient){1, step % 4 == 0 ? g : zero},
                          (real *[]){m[0], v[0]});
        plain_step(options.value, step, g, w[1], m[1], v[1]);
        for (size_t i = 0; i < N; i++) {
            real *const pairs[][2] = {{w[0], w[1]}, {m[0], m[1]}, {v[0], v[1]}};
            for (size_t p = 0; p < 3; p++) {
                const real a = pairs[p][0][i], b = pairs[p][1][i];
                cr_assert((a != a && b != b) || memcmp(&a, &b, sizeof a) == 0,
                          "eps %g step %d entry %zu: %a, plainly %a", eps, (int)step, i, (double)a,
                          (double)b);
            }
            left_alone += m[0][i] != 0 && memcmp(&before[i], &w[0][i], sizeof(real)) == 0;
        }
    }
    return left_alone;
}

TEMPLATE_TEST(adam, equals_the_plain_formula_in_every_bit)
{
    /* Down to the least that an eps can be in f32, 2^-63. */
    static const double eps[] = {1e-8, 1e-15, 1, 0x1p-63, 1e10};
    struct lg_pcg pcg = lg_pcg_seed(47, 1);
    size_t left_alone = 0;
    for (int trial = 0; trial < TRIALS; trial++)
        left_alone += check(&pcg, eps[trial % 5], false);
    for (int trial = 0; trial < TRIALS; trial++)
        left_alone += check(&pcg, eps[trial % 3], true);
    cr_assert_gt(left_alone, (size_t)TRIALS);
}
