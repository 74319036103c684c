#include "harness/gradcheck/hessian.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const double STEP = 0x1p-9;

static double larger(double a, double b)
{
    return !(b <= a) ? b : a; /* NaN counts */
}

struct space {
    double *up, *down, *x, *h; /* (n), (n), (n), (n, n) */
};

/* Row j of H from differences with step h. */
static void add_row(struct check *check, const struct space *s, size_t j, double h, double weight)
{
    struct subject *subject = check->subject;
    memcpy(s->x, subject->point, subject->size * sizeof *s->x);
    s->x[j] = subject->point[j] + h;
    subject->gradient(subject, COPY_REFERENCE, s->x, 0, s->up);
    s->x[j] = subject->point[j] - h;
    subject->gradient(subject, COPY_REFERENCE, s->x, 0, s->down);
    for (size_t i = 0; i < subject->size; i++)
        s->h[j * subject->size + i] += weight * (s->up[i] - s->down[i]) / (2 * h);
}

static bool is_smooth(const struct check *check)
{
    for (size_t l = 0; l < check->line_count; l++)
        if (derivative_has_kink(&check->lines[l].derivative))
            return false;
    return true;
}

bool hessian_measure(struct check *check, double *work, struct asymmetry *asymmetry)
{
    const struct subject *subject = check->subject;
    const size_t n = subject->size;
    const struct space s = {work, work + n, work + 2 * n, work + 3 * n};
    double largest = 0, gradient = 0, change = 0;
    if (!is_smooth(check))
        return false;
    memset(s.h, 0, n * n * sizeof *s.h);
    for (size_t j = 0; j < n; j++) {
        add_row(check, &s, j, STEP, -1.0 / 3);
        const double coarse = -3 * s.h[j * n + j];
        add_row(check, &s, j, STEP / 2, 4.0 / 3);
        for (size_t i = 0; i < n; i++) {
            largest = larger(largest, fabs(s.h[j * n + i]));
            gradient = larger(gradient, fabs(s.up[i]));
        }
        change = larger(change, fabs(s.h[j * n + j] - coarse));
    }
    const double error = change / 1024 + 8 * DBL_EPSILON * gradient / STEP;
    for (size_t b = 0; b < subject->block_count; b++) {
        const struct gradient_block *block = &subject->blocks[b];
        double most = 0;
        for (size_t i = block->first; i < block->first + block->rows * block->columns; i++)
            for (size_t j = 0; j < n; j++)
                most = larger(most, fabs(s.h[i * n + j] - s.h[j * n + i]));
        asymmetry[b].value = largest > 0 ? most / largest : 0;
        asymmetry[b].error = largest > 0 ? error / largest : 0;
    }
    return true;
}
