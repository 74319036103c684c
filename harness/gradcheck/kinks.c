#include "harness/gradcheck/kinks.h"

#include <math.h>
#include <string.h>

enum { CELLS = 96, HALVINGS = 22 };

/* Cells begin where no simple number is. */
static const double OFFSET = 0.37;

/* A slope's step, and the least share of a slope that counts as a jump. */
static const double STEP = 0x1p-24;
static const long double LEAST_JUMP = 1e-5L;

struct search {
    struct check *check;
    size_t entry;
};

static long double value_at(const struct search *search, double x)
{
    struct check_entry entry = {search->check, search->entry, COPY_REFERENCE};
    return check_entry_value(&entry, x - search->check->subject->point[search->entry]);
}

static long double slope_at(const struct search *search, double x)
{
    return (value_at(search, x + STEP) - value_at(search, x - STEP)) / (2 * (long double)STEP);
}

static bool is_jump(long double a, long double b)
{
    const long double scale = fabsl(a) > fabsl(b) ? fabsl(a) : fabsl(b);
    return fabsl(b - a) > LEAST_JUMP * scale && fabsl(b - a) > 1e-9L;
}

/* The simplest binary fraction within `reach` of x, or x. */
static double simplest(double x, double reach)
{
    for (double scale = 1; scale <= 1048576; scale *= 2) {
        const double nearest = (double)(long long)(x * scale + (x < 0 ? -0.5 : 0.5)) / scale;
        if (nearest - x <= reach && x - nearest <= reach)
            return nearest;
    }
    return x;
}

/* The kink in a cell whose slopes differ, by halving; false where the slope only grows. */
static bool narrow(const struct search *search, double a, double b, double *at)
{
    long double left = slope_at(search, a), right = slope_at(search, b);
    for (int i = 0, shrinks = 0; i < HALVINGS; i++) {
        const double middle = a + (b - a) / 2;
        const long double between = slope_at(search, middle), before = fabsl(right - left);
        if (fabsl(between - left) > fabsl(right - between)) {
            b = middle;
            right = between;
        } else {
            a = middle;
            left = between;
        }
        shrinks = fabsl(right - left) < 0.7L * before ? shrinks + 1 : 0;
        if (shrinks == 6 || !is_jump(left, right))
            return false;
    }
    *at = simplest(a + (b - a) / 2, 2 * (b - a) + 2 * STEP);
    return true;
}

/* The derivative and the gradient where the entry has the value `at`. */
static void measure(const struct search *search, double at, size_t steps, double *gradient,
                    struct kink *kink)
{
    struct subject *subject = search->check->subject;
    struct check_entry entry = {search->check, search->entry, COPY_REFERENCE};
    const struct line line = {check_entry_value, &entry};
    const double own = subject->point[search->entry];
    subject->point[search->entry] = at;
    search->check->x[search->entry] = at;
    *kink = (struct kink){.entry = search->entry, .at = at};
    derivative_measure(&line, subject->step, steps,
                       derivative_noise(&line, check_unit(COPY_REFERENCE), false),
                       &kink->derivative);
    subject->gradient(subject, COPY_F64, subject->point, 0, gradient);
    subject->point[search->entry] = own;
    search->check->x[search->entry] = own;
    const struct estimate *l = &kink->derivative.left, *r = &kink->derivative.right;
    const struct estimate *low = l->value < r->value ? l : r, *high = low == l ? r : l;
    const long double g = (long double)gradient[search->entry];
    const long double rounding =
        64 * check_unit(COPY_F64) * (fabsl(low->value) + fabsl(high->value));
    kink->analytic = gradient[search->entry];
    kink->is_inside = g >= low->value - 4 * low->error - rounding &&
                      g <= high->value + 4 * high->error + rounding;
}

static bool same(long double a, long double b)
{
    return fabsl(a - b) <= 1e-9L * (fabsl(a) + fabsl(b));
}

static bool is_known(const struct kink *kinks, size_t count, const struct kink *kink)
{
    for (size_t i = 0; i < count; i++)
        if (same((long double)kinks[i].at, (long double)kink->at) &&
            same(kinks[i].derivative.left.value, kink->derivative.left.value) &&
            same(kinks[i].derivative.right.value, kink->derivative.right.value) &&
            same((long double)kinks[i].analytic, (long double)kink->analytic))
            return true;
    return false;
}

static size_t search_entry(const struct search *search, size_t steps, double *gradient,
                           struct kink kinks[KINKS_MAX], size_t count)
{
    const struct subject *subject = search->check->subject;
    const double width = (subject->maximum - subject->minimum) / (CELLS + 1);
    double a = subject->minimum + OFFSET * width;
    long double left = slope_at(search, a);
    for (int cell = 0; cell < CELLS && count < KINKS_MAX; cell++) {
        const double b = subject->minimum + (cell + 1 + OFFSET) * width;
        const long double right = slope_at(search, b);
        double at;
        if (is_jump(left, right) && narrow(search, a, b, &at)) {
            measure(search, at, steps, gradient, &kinks[count]);
            if (derivative_has_kink(&kinks[count].derivative) &&
                !is_known(kinks, count, &kinks[count]))
                count++;
        }
        a = b;
        left = right;
    }
    return count;
}

size_t kinks_find(struct check *check, size_t steps, double *gradient, struct kink kinks[KINKS_MAX])
{
    const struct subject *subject = check->subject;
    size_t count = 0;
    for (size_t b = 0; b < subject->block_count; b++) {
        const struct gradient_block *block = &subject->blocks[b];
        const size_t size = block->rows * block->columns;
        for (size_t i = 0; i < size && i < KINKS_ENTRIES; i++) {
            const struct search search = {check, block->first + i};
            count = search_entry(&search, steps, gradient, kinks, count);
        }
    }
    return count;
}
