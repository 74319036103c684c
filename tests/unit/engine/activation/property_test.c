#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/options.h"
#include "tests/unit/template.h"

#define ONE(name) +1
enum { ACTIVATIONS = 0 LG_ACTIVATIONS(ONE), N = 70 };

/* Its defaults. */
static struct lg_options usual(const struct activation *activation)
{
    return lg_options_default(&activation->info);
}

static bool same_bits(const real *a, const real *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

/* Ordinary and awkward numbers, and whole ranges where functions saturate. */
static void fill(struct lg_pcg *pcg, real *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] = awkward_real(pcg) * (lg_pcg_below(pcg, 3) ? 4 : 200);
}

TEMPLATE_TEST(activation_property, dead_at_zero_holds_whatever_comes_in)
{
    const real incoming[] = {1,
                             -1,
                             0,
                             (real)-0.0,
                             REAL_MAX,
                             -REAL_MAX,
                             LG_PRECISION == 32 ? (real)0x1p-149 : (real)0x1p-1074,
                             (real)__builtin_inf(),
                             (real)-__builtin_inf(),
                             (real)__builtin_nan(""),
                             (real)-__builtin_nan("")};
    const real zeros[] = {0, (real)-0.0}, plus_zero = 0;
    for (size_t a = 0; a < ACTIVATIONS; a++) {
        const struct activation *activation = registry_activation(a);
        const struct lg_options options = usual(activation);
        bool dead = true;
        for (size_t i = 0; i < sizeof incoming / sizeof *incoming; i++)
            for (size_t sign = 0; sign < 2; sign++) {
                real dz = 1;
                activation->backward(&options, 1, &zeros[sign], &zeros[sign], &incoming[i], &dz);
                dead &= same_bits(&dz, &plus_zero, 1);
            }
        cr_expect(dead == activation->dead_at_zero, "%s says dead_at_zero is %d; it is %d",
                  activation->info.name, activation->dead_at_zero, dead);
    }
}

/* On the whole, against pieces of `length` from the start on. */
static void check_pieces(const struct activation *activation, const real *z, const real *dh,
                         size_t length)
{
    real whole[N], h[N], whole_dz[N], dz[N];
    const struct lg_options options = usual(activation);
    activation->forward(&options, N, z, whole);
    activation->backward(&options, N, z, whole, dh, whole_dz);
    for (size_t first = 0; first < N; first += length) {
        const size_t n = N - first < length ? N - first : length;
        activation->forward(&options, n, z + first, h + first);
        activation->backward(&options, n, z + first, h + first, dh + first, dz + first);
    }
    cr_expect(same_bits(h, whole, N), "%s: h in pieces of %zu", activation->info.name, length);
    cr_expect(same_bits(dz, whole_dz, N), "%s: dz in pieces of %zu", activation->info.name, length);
}

TEMPLATE_TEST(activation_property, position_and_length_change_no_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(21, 1);
    real z[N], dh[N];
    for (size_t a = 0; a < ACTIVATIONS; a++)
        for (size_t length = 1; length <= N && !registry_activation(a)->by_row; length++) {
            fill(&pcg, z, N);
            fill(&pcg, dh, N);
            check_pieces(registry_activation(a), z, dh, length);
        }
}

TEMPLATE_TEST(activation_property, in_place_gives_the_same_bits)
{
    struct lg_pcg pcg = lg_pcg_seed(22, 1);
    real z[N], dh[N], h[N], dz[N], h_in_place[N], dz_in_place[N];
    fill(&pcg, z, N);
    fill(&pcg, dh, N);
    for (size_t a = 0; a < ACTIVATIONS; a++) {
        const struct activation *activation = registry_activation(a);
        const struct lg_options options = usual(activation);
        activation->forward(&options, N, z, h);
        activation->backward(&options, N, z, h, dh, dz);
        memcpy(h_in_place, z, sizeof z);
        memcpy(dz_in_place, dh, sizeof dh);
        activation->forward(&options, N, h_in_place, h_in_place);
        activation->backward(&options, N, z, h, dz_in_place, dz_in_place);
        cr_expect(same_bits(h, h_in_place, N) && same_bits(dz, dz_in_place, N), "%s",
                  activation->info.name);
    }
}
