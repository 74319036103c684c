#include "harness/gradcheck/optimizer_case.h"

#include <assert.h>
#include <stdlib.h>

#include "harness/gradcheck/points.h"

enum feature { PLAIN, SPARSE, SIZES, REST, SMALL };
enum receiver { ANY, ELEMENTWISE, BLOCK }; /* the kind of optimizers that a case is for */

static const struct {
    const char *name;
    size_t steps, rows, columns;
    bool is_bias;
    enum feature feature;
    size_t check_count, check[OPTIMIZER_CHECKS_MAX];
    enum receiver receiver;
} cases[] = {
    {"weight", 12, 3, 5, false, PLAIN, 0, {0}, ANY},
    {"tall weight", 5, 6, 2, false, PLAIN, 0, {0}, ANY},
    {"bias", 12, 1, 7, true, PLAIN, 0, {0}, BLOCK},
    {"long rows", 4, 2, 83, false, PLAIN, 3, {1, 2, 4}, ELEMENTWISE},
    {"long rows", 2, 5, 37, false, PLAIN, 1, {2}, BLOCK},
    {"many steps, sparse", 1030, 1, 3, false, SPARSE, 5, {1, 2, 10, 100, 1030}, ELEMENTWISE},
    {"many steps, sparse", 1030, 2, 3, false, SPARSE, 5, {1, 2, 10, 100, 1030}, BLOCK},
    {"many steps, sparse, bias", 1030, 1, 3, true, SPARSE, 3, {1, 100, 1030}, BLOCK},
    {"all sizes", 10, 3, 9, false, SIZES, 4, {1, 2, 3, 10}, ANY},
    {"all sizes, bias", 10, 1, 17, true, SIZES, 4, {1, 2, 3, 10}, BLOCK},
    {"small gradients beside w", 4, 1, 70, false, SMALL, 2, {1, 4}, ELEMENTWISE},
    {"rest and zeros", 7, 3, 4, false, REST, 0, {0}, ANY},
    {"rest and zeros, bias", 7, 1, 5, true, REST, 0, {0}, BLOCK},
};

size_t optimizer_case_count(void)
{
    return sizeof cases / sizeof *cases;
}

bool optimizer_case_is_for(size_t index, bool is_block)
{
    return cases[index].receiver == ANY || (cases[index].receiver == BLOCK) == is_block;
}

static double power_of_two(int exponent)
{
    double power = 1;
    for (int i = 0; i < exponent; i++)
        power *= 2;
    for (int i = 0; i > exponent; i--)
        power /= 2;
    return power;
}

/* Entry i of `size` at step s (0-based). */
static double draw_gradient(enum feature feature, bool is_block, size_t s, size_t i, size_t size,
                            struct lg_pcg *pcg)
{
    const double plain = points_draw(pcg, -1, 1);
    const bool is_out = lg_pcg_below(pcg, 2) != 0;
    const int reach = is_block ? 4 : 40; /* squares stay within f32, and sums above its least */
    assert(size > 1);
    switch (feature) {
    case PLAIN:
        return plain;
    case SPARSE: /* the first entry sleeps for long */
        return is_out || (i == 0 && s < 500) ? 0 : plain;
    case SIZES:
        return plain * power_of_two((int)(i * 2 * (size_t)reach / (size - 1)) - reach);
    case SMALL: /* below eps: whole runs hardly move, and must all the same */
        return plain * 0x1p-32;
    case REST: /* nothing at first; one entry never */
        return s < 2 || i == 1 || (s > 3 && is_out) ? 0 : plain;
    }
    return 0;
}

enum lg_status optimizer_case_draw(size_t index, bool is_block, uint64_t seed,
                                   struct optimizer_case *own, struct lg_error *error)
{
    const size_t size = cases[index].rows * cases[index].columns, steps = cases[index].steps;
    struct lg_pcg pcg = lg_pcg_seed(seed, 70 + index);
    *own = (struct optimizer_case){.name = cases[index].name,
                                   .steps = steps,
                                   .rows = cases[index].rows,
                                   .columns = cases[index].columns,
                                   .is_bias = cases[index].is_bias,
                                   .check_count = cases[index].check_count};
    for (size_t c = 0; c < own->check_count; c++)
        own->check[c] = cases[index].check[c];
    own->start = malloc(size * sizeof *own->start);
    own->gradients = malloc(steps * size * sizeof *own->gradients);
    if (own->start == NULL || own->gradients == NULL) {
        optimizer_case_free(own);
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for gradients");
    }
    /* From 0 a step's own digits are seen whole; elsewhere half of them start there. */
    const bool is_whole = cases[index].feature == SMALL;
    for (size_t i = 0; i < size; i++)
        own->start[i] = is_whole                                      ? points_draw(&pcg, 0.5, 1)
                        : cases[index].feature == SIZES || i % 2 != 0 ? 0
                                                                      : points_draw(&pcg, -1, 1);
    for (size_t s = 0; s < steps; s++)
        for (size_t i = 0; i < size; i++)
            own->gradients[s * size + i] =
                draw_gradient(cases[index].feature, is_block, s, i, size, &pcg);
    return LG_OK;
}

void optimizer_case_free(struct optimizer_case *own)
{
    free(own->start);
    free(own->gradients);
    own->start = own->gradients = NULL;
}
