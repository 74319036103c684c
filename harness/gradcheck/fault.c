#include "harness/gradcheck/fault.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static size_t block_size(const struct gradient_block *block)
{
    return block->rows * block->columns;
}

static double largest_of(const struct gradient_block *block, const double *gradient)
{
    double largest = 0;
    for (size_t i = block->first; i < block->first + block_size(block); i++)
        largest = fabs(gradient[i]) > largest ? fabs(gradient[i]) : largest;
    return largest;
}

/* Any block whose gradient is not all zero. */
static const struct gradient_block *draw_block(struct subject *subject, struct lg_pcg *pcg,
                                               const double *right, struct fault_place *place)
{
    const size_t start = lg_pcg_below(pcg, (uint32_t)subject->block_count);
    for (size_t i = 0; i < subject->block_count; i++) {
        const size_t b = (start + i) % subject->block_count;
        if (largest_of(&subject->blocks[b], right) > 0) {
            *place = (struct fault_place){b, SIZE_MAX};
            return &subject->blocks[b];
        }
    }
    return NULL;
}

static bool scale(struct subject *subject, struct lg_pcg *pcg, const double *right, double factor,
                  double *wrong, struct fault_place *place)
{
    const struct gradient_block *block = draw_block(subject, pcg, right, place);
    memcpy(wrong, right, subject->size * sizeof *wrong);
    for (size_t i = 0; block != NULL && i < block_size(block); i++)
        wrong[block->first + i] *= factor;
    return block != NULL;
}

static bool missing_factor(struct subject *subject, struct lg_pcg *pcg, const double *right,
                           double *wrong, struct fault_place *place)
{
    return scale(subject, pcg, right, 0.5, wrong, place);
}

static bool wrong_sign(struct subject *subject, struct lg_pcg *pcg, const double *right,
                       double *wrong, struct fault_place *place)
{
    return scale(subject, pcg, right, -1, wrong, place);
}

/* True if a block is more than rounding off what it was. */
static bool differs(const struct gradient_block *block, const double *right, const double *wrong)
{
    double most = 0;
    for (size_t i = block->first; i < block->first + block_size(block); i++)
        most = fabs(right[i] - wrong[i]) > most ? fabs(right[i] - wrong[i]) : most;
    return most > 1e-6 * largest_of(block, right);
}

static bool transposed(struct subject *subject, struct lg_pcg *pcg, const double *right,
                       double *wrong, struct fault_place *place)
{
    const size_t start = lg_pcg_below(pcg, (uint32_t)subject->block_count);
    memcpy(wrong, right, subject->size * sizeof *wrong);
    for (size_t n = 0; n < subject->block_count; n++) {
        const size_t b = (start + n) % subject->block_count;
        const struct gradient_block *block = &subject->blocks[b];
        const double *from = right + block->first;
        double *to = wrong + block->first;
        for (size_t i = 0; i < block_size(block); i++)
            to[i] = from[i % block->rows * block->columns + i / block->rows];
        *place = (struct fault_place){b, SIZE_MAX};
        if (differs(block, right, wrong))
            return true;
        memcpy(to, from, block_size(block) * sizeof *to);
    }
    return false;
}

/* Two entries of one row, of a bias where there is one, change places. */
static bool swapped(struct subject *subject, struct lg_pcg *pcg, const double *right, double *wrong,
                    struct fault_place *place)
{
    assert(subject->block_count > 0);
    memcpy(wrong, right, subject->size * sizeof *wrong);
    const size_t start = lg_pcg_below(pcg, (uint32_t)subject->block_count);
    for (size_t n = 0; n < 2 * subject->block_count; n++) {
        const size_t b = (start + n) % subject->block_count;
        const struct gradient_block *block = &subject->blocks[b];
        const bool wanted = block->rows == 1 || n >= subject->block_count;
        if (!wanted || block->columns < 2)
            continue;
        const size_t i = lg_pcg_below(pcg, (uint32_t)block->columns);
        const size_t j = (i + 1 + lg_pcg_below(pcg, (uint32_t)block->columns - 1)) % block->columns;
        wrong[block->first + i] = right[block->first + j];
        wrong[block->first + j] = right[block->first + i];
        *place = (struct fault_place){b, SIZE_MAX};
        if (differs(block, right, wrong))
            return true;
        memcpy(wrong, right, subject->size * sizeof *wrong);
    }
    return false;
}

bool fault_inject_entry(struct subject *subject, struct lg_pcg *pcg, const double *right,
                        double size, double *wrong, struct fault_place *place)
{
    const struct gradient_block *block = draw_block(subject, pcg, right, place);
    memcpy(wrong, right, subject->size * sizeof *wrong);
    if (block == NULL)
        return false;
    const double sign = lg_pcg_below(pcg, 2) ? 1 : -1;
    place->entry = block->first + lg_pcg_below(pcg, (uint32_t)block_size(block));
    wrong[place->entry] += sign * size * largest_of(block, right);
    return true;
}

static bool wrong_entry(struct subject *subject, struct lg_pcg *pcg, const double *right,
                        double *wrong, struct fault_place *place)
{
    return fault_inject_entry(subject, pcg, right, 1, wrong, place);
}

/* The gradient of another batch of data; false where it is the same. */
static bool other_batch(struct subject *subject, size_t batch, const double *right, double *wrong,
                        struct fault_place *place)
{
    if (subject->batches < 2)
        return false;
    *place = (struct fault_place){SIZE_MAX, SIZE_MAX};
    subject->gradient(subject, COPY_F64, subject->point, batch, wrong);
    for (size_t b = 0; b < subject->block_count; b++)
        if (differs(&subject->blocks[b], right, wrong))
            return true;
    return false;
}

static bool stale_buffer(struct subject *subject, struct lg_pcg *pcg, const double *right,
                         double *wrong, struct fault_place *place)
{
    (void)pcg;
    return other_batch(subject, subject->batches - 1, right, wrong, place);
}

static bool off_by_one(struct subject *subject, struct lg_pcg *pcg, const double *right,
                       double *wrong, struct fault_place *place)
{
    (void)pcg;
    return other_batch(subject, 1, right, wrong, place);
}

static bool all_zero(struct subject *subject, struct lg_pcg *pcg, const double *right,
                     double *wrong, struct fault_place *place)
{
    return scale(subject, pcg, right, 0, wrong, place);
}

const struct fault faults[] = {
    {"missing factor 2", missing_factor}, {"wrong sign", wrong_sign},
    {"transposed weight", transposed},    {"swapped bias", swapped},
    {"one wrong element", wrong_entry},   {"stale buffer", stale_buffer},
    {"off-by-one batch", off_by_one},     {"all zero", all_zero},
};
const char *const fault_names[] = {"missing factor 2", "wrong sign",        "transposed weight",
                                   "swapped bias",     "one wrong element", "stale buffer",
                                   "off-by-one batch", "all zero",          NULL};

size_t fault_count(void)
{
    return sizeof faults / sizeof *faults;
}
