#include "engine/math/math.h"

#include "engine/activation/activation.h"
#include "tests/unit/elementary.h"

extern const struct activation LG_SYMBOL(activation_sigmoid);

enum { LONGEST = 200, GUARD = 8 };

/* Each function three ways: one number, many reals, many doubles. */
struct function {
    const char *name;
    double (*one)(double x);
    real (*one_real)(real x);
    void (*all)(double *y, const double *x, size_t n);
    void (*all_real)(real *y, const real *x, size_t n);
};

#define FUNCTION(f)                                                                                \
    {                                                                                              \
#f, math_##f, real_##f, math_##f##_all, real_##f##_all                                     \
    }
static const struct function functions[] = {
    FUNCTION(exp), FUNCTION(expm1), FUNCTION(log), FUNCTION(log1p), FUNCTION(tanh), FUNCTION(erf),
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* Where a function takes another path or ends, each with its neighbours; the floats
 * that log and log1p decide apart; and what is no ordinary number. */
static const double edges[] = {
    0,
    0x1p-1074,
    0x1p-1030,
    0x1p-1022,
    0x1p-149,
    0x1p-126,
    0x1p-60,
    0x1p-54,
    0x1p-26,
    0x1p-12,
    0.3465735902799726,
    0.7071067811865476,
    1,
    1.0397207708399179,
    1.4142135623730951,
    5.5,
    6,
    9,
    10,
    17.328679513998633,
    20,
    36.7,
    40,
    88.72284,
    87.33655,
    103.97208,
    708.3964,
    709.7827128933841,
    709.79,
    745.1332191019411,
    745.14,
    1000,
    0x1p31,
    0x1p32,
    0x1p52,
    0x1p63,
    0x1.fffffep127,
    0x1p1023,
    __builtin_inf(),
    __builtin_nan(""),
    0x1.827a74p-7,
    0x1.2f1fd6p+3,
    0x1.bacb4ap+25,
    0x1.b121a6p+76,
    0x1.6351d8p+95,
    0x1.800006p-21,
    0x1.200036p-17,
    0x1.fb035ap-2,
    0x1.0f1fd6p+3,
    0x1.7ffffap-21,
    0x1.1fffcap-17,
    0x1.1d9188p-9,
};
enum { EDGES = sizeof edges / sizeof *edges, POINTS = EDGES * 3 * 2 };

/* Point i, i < POINTS: an edge or a number beside it, of either sign. As a float
 * where reals are: a step in f64 would not be seen. */
static double point(size_t i)
{
    const double edge = edges[i / 6], sign = i % 2 ? -1 : 1;
    const int step = (int)(i / 2 % 3) - 1;
    if (step == 0 || !(edge < __builtin_inf()))
        return sign * edge;
    const double to = step < 0 ? -__builtin_inf() : __builtin_inf();
    return sign *
           (LG_PRECISION == 32 ? (double)nextafterf((float)edge, (float)to) : nextafter(edge, to));
}

/* Edges among ordinary numbers of any magnitude that matters. */
static double draw(struct lg_pcg *pcg)
{
    const uint32_t kind = lg_pcg_below(pcg, 8);
    const double u = 2 * lg_pcg_uniform(pcg) - 1;
    if (kind == 0)
        return point(lg_pcg_below(pcg, POINTS));
    return kind < 5 ? 3 * u : kind < 7 ? 100 * u : 800 * u;
}

/* n numbers at x + offset give n at y + offset, the same as one by one, and nothing
 * around them changes. */
static void check_doubles(const struct function *f, const double *x, size_t n, size_t offset)
{
    double in[LONGEST + 2 * GUARD], out[LONGEST + 2 * GUARD], kept[LONGEST + 2 * GUARD];
    for (size_t i = 0; i < LONGEST + 2 * GUARD; i++)
        in[i] = out[i] = kept[i] = -7777;
    memcpy(in + offset, x, n * sizeof *x);
    for (size_t i = 0; i < n; i++)
        kept[offset + i] = f->one(x[i]);
    f->all(out + offset, in + offset, n);
    cr_assert_arr_eq(out, kept, sizeof out, "%s of %zu doubles", f->name, n);
    f->all(in + offset, in + offset, n); /* in place */
    cr_assert_arr_eq(in, kept, sizeof in, "%s of %zu doubles in place", f->name, n);
}

static void check_reals(const struct function *f, const double *x, size_t n, size_t offset)
{
    real in[LONGEST + 2 * GUARD], out[LONGEST + 2 * GUARD], kept[LONGEST + 2 * GUARD];
    for (size_t i = 0; i < LONGEST + 2 * GUARD; i++)
        in[i] = out[i] = kept[i] = -7777;
    for (size_t i = 0; i < n; i++) {
        in[offset + i] = (real)x[i];
        kept[offset + i] = f->one_real((real)x[i]);
    }
    f->all_real(out + offset, in + offset, n);
    cr_assert_arr_eq(out, kept, sizeof out, "%s of %zu reals", f->name, n);
    f->all_real(in + offset, in + offset, n);
    cr_assert_arr_eq(in, kept, sizeof in, "%s of %zu reals in place", f->name, n);
}

TEMPLATE_TEST(each, many_have_the_bits_of_one_at_any_length)
{
    struct lg_pcg pcg = lg_pcg_seed(71, 1);
    double x[LONGEST];
    for (size_t f = 0; f < FUNCTIONS; f++)
        for (size_t n = 0; n <= LONGEST; n++) {
            for (size_t i = 0; i < n; i++)
                x[i] = draw(&pcg);
            check_doubles(&functions[f], x, n, 1 + n % GUARD);
            check_reals(&functions[f], x, n, 1 + n % GUARD);
        }
}

/* 35: two whole blocks and a rest. */
TEMPLATE_TEST(each, every_edge_comes_out_the_same_at_every_position)
{
    enum { LENGTH = 35 };
    double x[LENGTH];
    for (size_t f = 0; f < FUNCTIONS; f++)
        for (size_t p = 0; p < POINTS; p++)
            for (size_t at = 0; at < LENGTH; at++) {
                for (size_t i = 0; i < LENGTH; i++)
                    x[i] = 0.25 + 0.03 * (double)i;
                x[at] = point(p);
                check_doubles(&functions[f], x, LENGTH, 1);
                check_reals(&functions[f], x, LENGTH, 1);
            }
}

/* The sigmoid of each number, in whatever company. */
TEMPLATE_TEST(each, a_sigmoid_does_not_depend_on_its_neighbours)
{
    struct lg_pcg pcg = lg_pcg_seed(72, 1);
    real x[2 * LONGEST], many[2 * LONGEST], one[2 * LONGEST];
    for (size_t n = 0; n <= 2 * LONGEST; n++) {
        for (size_t i = 0; i < n; i++) {
            x[i] = (real)draw(&pcg);
            LG_SYMBOL(activation_sigmoid).forward(NULL, 1, &x[i], &one[i]);
        }
        LG_SYMBOL(activation_sigmoid).forward(NULL, n, x, many);
        cr_assert_arr_eq(many, one, n * sizeof *one, "of %zu", n);
        LG_SYMBOL(activation_sigmoid).forward(NULL, n, x, x);
        cr_assert_arr_eq(x, one, n * sizeof *one, "of %zu, in place", n);
    }
}
