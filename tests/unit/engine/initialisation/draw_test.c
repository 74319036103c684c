#include "registry.h"

#include <math.h>

#include "engine/net/net.h"
#include "tests/unit/golden.h"
#include "tests/unit/template.h"

#define NAME(name) #name,
static const char *const names[] = {LG_INITIALISATIONS(NAME)};
enum { NAMES = sizeof names / sizeof *names };
enum { INPUTS = 60, OUTPUTS = 40, ROOM = 64, GUARD = 99 };

/* A layer's memory; what lies between the columns is not to be touched. */
struct memory {
    real weight[ROOM * ROOM], bias[ROOM];
};

static void draw_with(const char *name, const char *text, struct draws *draws, size_t inputs,
                      size_t outputs, struct memory *memory)
{
    size_t i = 0;
    while (i < NAMES && strcmp(names[i], name) != 0)
        i++;
    cr_assert_lt(i, NAMES, "%s", name);
    const struct initialisation *method = registry_initialisation(i);
    const struct lg_options options = golden_options(&method->info, text);
    for (size_t at = 0; at < ROOM * ROOM; at++)
        memory->weight[at] = GUARD;
    const struct drawn to = {inputs, outputs, ROOM, memory->weight, memory->bias};
    method->draw(&options, draws, &to);
}

static void draw(const char *name, const char *text, size_t inputs, size_t outputs,
                 struct memory *memory)
{
    struct draws draws = {.pcg = lg_pcg_seed(81, 1)};
    draw_with(name, text, &draws, inputs, outputs, memory);
}

static double at(const struct memory *memory, size_t input, size_t output)
{
    return (double)memory->weight[input * ROOM + output];
}

/* Root of the mean square, and the largest. */
static double deviation(const struct memory *memory, size_t inputs, size_t outputs, double *largest)
{
    double sum = 0;
    *largest = 0;
    for (size_t i = 0; i < inputs; i++)
        for (size_t o = 0; o < outputs; o++) {
            sum += at(memory, i, o) * at(memory, i, o);
            *largest = fmax(*largest, fabs(at(memory, i, o)));
        }
    return sqrt(sum / (double)(inputs * outputs));
}

/* With the standard deviation that torch.nn.init documents, every option at a value that
 * is not its default. 2400 numbers: their deviation is off by 1.5 % with one sigma. */
TEMPLATE_TEST(initialisation, weights_are_as_wide_as_they_should_be)
{
    static const struct {
        const char *name, *options;
        double deviation;
        bool uniform;
    } cases[] = {
        {"xavier_uniform", "", 0.141421356, true}, /* sqrt(2 / 100) */
        {"xavier_uniform", "gain=3", 3 * 0.141421356, true},
        {"xavier_normal", "", 0.141421356, false},
        {"xavier_normal", "gain=3", 3 * 0.141421356, false},
        {"he_uniform", "", 0.182574186, true}, /* sqrt(2 / 60) */
        {"he_uniform", "a=2", 0.0816496581, true},
        {"he_uniform", "mode=fan_out", 0.223606798, true}, /* sqrt(2 / 40) */
        {"he_normal", "", 0.182574186, false},
        {"he_normal", "a=2", 0.0816496581, false},
        {"he_normal", "mode=fan_out", 0.223606798, false},
        {"torch7_uniform", "", 0.0745355992, true}, /* 1 / sqrt(3 * 60) */
    };
    static struct memory memory;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        draw(cases[c].name, cases[c].options, INPUTS, OUTPUTS, &memory);
        double largest;
        const double got = deviation(&memory, INPUTS, OUTPUTS, &largest) / cases[c].deviation;
        cr_expect(fabs(got - 1) < 0.06, "%s %s: %g times too wide", cases[c].name, cases[c].options,
                  got);
        /* A uniform number lies within sqrt(3) deviations; some normal ones of 2400 not
         * within 3, and hardly one beyond 5. */
        largest /= cases[c].deviation;
        cr_expect(cases[c].uniform ? largest < 1.7321 && largest > 1.72
                                   : largest > 2.8 && largest < 5,
                  "%s %s: up to %g deviations", cases[c].name, cases[c].options, largest);
    }
}

TEMPLATE_TEST(initialisation, padding_stays_and_biases_are_set)
{
    static struct memory memory;
    for (size_t i = 0; i < NAMES; i++) {
        for (size_t o = 0; o < ROOM; o++)
            memory.bias[o] = GUARD;
        draw(names[i], "", INPUTS, OUTPUTS, &memory);
        const bool has_bias = strcmp(names[i], "torch7_uniform") == 0;
        for (size_t input = 0; input < ROOM; input++)
            for (size_t o = 0; o < ROOM; o++)
                cr_assert((input < INPUTS && o < OUTPUTS) == (at(&memory, input, o) != GUARD),
                          "%s: %zu, %zu", names[i], input, o);
        for (size_t o = 0; o < ROOM; o++)
            cr_assert(o < OUTPUTS ? has_bias == (memory.bias[o] != 0) && memory.bias[o] < 1
                                  : memory.bias[o] == GUARD,
                      "%s: bias %zu", names[i], o);
    }
}

/* Of `count` orthonormal vectors: rows of the weight, or columns. */
static double between(const struct memory *memory, bool rows, size_t a, size_t b, size_t length)
{
    double sum = 0;
    for (size_t k = 0; k < length; k++)
        sum += rows ? at(memory, k, a) * at(memory, k, b) : at(memory, a, k) * at(memory, b, k);
    return sum;
}

/* Q'A is upper triangular with a positive diagonal for one orthogonal Q alone, where A is
 * the normal matrix of the same draws (he_normal's, whose factor does not matter). */
static void check_orthogonal(size_t inputs, size_t outputs, uint64_t seed)
{
    static struct memory q, a;
    struct draws for_q = {.pcg = lg_pcg_seed(seed, 1)}, for_a = for_q;
    draw_with("orthogonal", "gain=2", &for_q, inputs, outputs, &q);
    draw_with("he_normal", "", &for_a, inputs, outputs, &a);
    const bool rows = outputs < inputs;
    const size_t count = rows ? outputs : inputs, length = rows ? inputs : outputs;
    const double tolerance = LG_PRECISION == 32 ? 2e-6 : 1e-14;
    for (size_t v = 0; v < count; v++)
        for (size_t u = 0; u < count; u++) {
            cr_assert(fabs(between(&q, rows, v, u, length) / 4 - (u == v)) < tolerance,
                      "%zu x %zu: %zu and %zu", inputs, outputs, u, v);
            double r = 0;
            for (size_t k = 0; k < length; k++)
                r += rows ? at(&q, k, u) * at(&a, k, v) : at(&q, u, k) * at(&a, v, k);
            cr_assert(u > v ? fabs(r) < 20 * tolerance : u < v || r > 0,
                      "%zu x %zu: R at %zu, %zu is %g", inputs, outputs, u, v, r);
        }
}

TEMPLATE_TEST(initialisation, orthogonal_is_the_q_of_a_normal_matrix)
{
    check_orthogonal(60, 40, 83);
    check_orthogonal(40, 60, 83);
    /* Of 30 square matrices some are near singular. */
    for (uint64_t seed = 1; seed <= 30; seed++)
        check_orthogonal(64, 64, seed);
    check_orthogonal(1, 1, 83);
    check_orthogonal(1, 20, 83);
    check_orthogonal(20, 1, 83);
}

/* Torch7's THRandom_normal: a pair of uniform numbers gives the cosine's number, then the
 * sine's, and the second of a pair is kept for the next layer. */
TEMPLATE_TEST(initialisation, normal_numbers_come_in_pairs)
{
    static struct memory memory;
    struct draws draws = {.torch7 = true};
    struct lg_mt19937 mt;
    lg_mt19937_seed(&draws.mt, 17);
    lg_mt19937_seed(&mt, 17);
    double pair[2] = {0, 0};
    size_t drawn = 0;
    for (int layer = 0; layer < 4; layer++) {
        draw_with("he_normal", "", &draws, 3, 5, &memory);
        for (size_t o = 0; o < 5; o++)
            for (size_t i = 0; i < 3; i++, drawn++) {
                if (drawn % 2 == 0) {
                    const double x = lg_mt19937_uniform(&mt, 0, 1);
                    const double y = lg_mt19937_uniform(&mt, 0, 1);
                    pair[0] = sqrt(-2 * log(1 - y)) * cos(2 * M_PI * x);
                    pair[1] = sqrt(-2 * log(1 - y)) * sin(2 * M_PI * x);
                }
                const double expected = sqrt(2.0 / 3) * pair[drawn % 2];
                cr_assert(fabs(at(&memory, i, o) - expected) < (LG_PRECISION == 32 ? 3e-7 : 1e-14),
                          "layer %d, %zu, %zu: %g, expected %g", layer, i, o, at(&memory, i, o),
                          expected);
            }
    }
}

/* What four methods drew before each had its file. */
TEMPLATE_TEST(initialisation, uniform_numbers_are_drawn_row_by_row_then_the_bias)
{
    static const char *const methods[] = {"he_uniform", "torch7_uniform", "xavier_uniform",
                                          "zeros"};
    const double bounds[] = {sqrt(6.0 / 3), 1 / sqrt(3.0), sqrt(6.0 / 8), 0};
    static struct memory memory;
    for (size_t m = 0; m < 4; m++) {
        struct draws draws = {.pcg = lg_pcg_seed(82, 3)};
        struct lg_pcg pcg = draws.pcg;
        for (int layer = 0; layer < 2; layer++) {
            draw_with(methods[m], "", &draws, 3, 5, &memory);
            for (size_t o = 0; o < 5; o++)
                for (size_t i = 0; i < 3; i++) {
                    const double low = -bounds[m], high = bounds[m];
                    const real expected = (real)(low + (high - low) * lg_pcg_uniform(&pcg));
                    cr_assert(memcmp(&memory.weight[i * ROOM + o], &expected, sizeof expected) == 0,
                              "%s", methods[m]);
                }
            for (size_t o = 0; o < 5; o++) {
                const double high = m == 1 ? bounds[m] : 0, low = -high;
                const real expected = (real)(low + (high - low) * lg_pcg_uniform(&pcg));
                cr_assert(memcmp(&memory.bias[o], &expected, sizeof expected) == 0, "%s bias",
                          methods[m]);
            }
        }
    }
}
