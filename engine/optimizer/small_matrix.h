/* Symmetric matrices of moderate order in f64: eigenvalues, and powers by them. */
#ifndef LG_OPTIMIZER_SMALL_MATRIX_H
#define LG_OPTIMIZER_SMALL_MATRIX_H

#include <stddef.h>

#include "engine/base/real.h"

/* Sweeps after which a matrix counts as diagonal; 6 to 10 are usual, and only one with
 * NaN in it needs as many. */
enum { JACOBI_SWEEPS_MAX = 60 };

/* x = cosine x - sine y, y = sine x + cosine y: n entries, `step` apart. */
static inline void small_matrix_rotate(size_t n, size_t step, accumulator *restrict x,
                                       accumulator *restrict y, accumulator cosine,
                                       accumulator sine)
{
    for (size_t i = 0; i < n; i++) {
        const accumulator a = x[i * step], b = y[i * step];
        x[i * step] = cosine * a - sine * b;
        y[i * step] = sine * a + cosine * b;
    }
}

/* Turn a's entry (p, q) into 0 unless it is negligible against its diagonal entries.
 * Returns whether it did. A comparison with NaN is false, so that NaN ends a sweep. */
static inline int small_matrix_annihilate(size_t n, accumulator *a, accumulator *vectors, size_t p,
                                          size_t q)
{
    const accumulator apq = a[p * n + q], app = a[p * n + p], aqq = a[q * n + q];
    const accumulator size = accumulator_abs(apq);
    if (!(size > ACCUMULATOR_EPSILON / 4 * accumulator_sqrt(accumulator_abs(app)) *
                     accumulator_sqrt(accumulator_abs(aqq))))
        return 0;
    const accumulator theta = (aqq - app) / (2 * apq);
    const accumulator larger = accumulator_abs(theta) + accumulator_sqrt(theta * theta + 1);
    const accumulator tangent = theta < 0 ? -1 / larger : 1 / larger;
    const accumulator cosine = 1 / accumulator_sqrt(tangent * tangent + 1), sine = tangent * cosine;
    small_matrix_rotate(n, 1, a + p * n, a + q * n, cosine, sine);
    small_matrix_rotate(n, n, a + p, a + q, cosine, sine);
    a[p * n + p] = app - tangent * apq;
    a[q * n + q] = aqq + tangent * apq;
    a[p * n + q] = a[q * n + p] = 0;
    small_matrix_rotate(n, 1, vectors + p * n, vectors + q * n, cosine, sine);
    return 1;
}

/* Eigenvalues of the symmetric a: (n, n), onto its diagonal, and their unit vectors into
 * the rows of vectors: (n, n). Cyclic Jacobi, row by row: the order of rotations is fixed,
 * and every one is plain IEEE arithmetic. C. G. J. Jacobi, 1846,
 * doi:10.1515/crll.1846.30.51; G. H. Golub, C. F. Van Loan, Matrix Computations, 4th
 * edition, 2013, section 8.5. An entry that is small against the root of its diagonal
 * entries is left, which keeps small eigenvalues of a positive definite matrix accurate: J.
 * Demmel, K. Veselic, 1992, doi:10.1137/0613074. */
static inline void small_matrix_eigen(size_t n, accumulator *a, accumulator *vectors)
{
    for (size_t i = 0; i < n * n; i++)
        vectors[i] = i % (n + 1) == 0;
    int rotated = 1;
    for (int sweep = 0; sweep < JACOBI_SWEEPS_MAX && rotated; sweep++) {
        rotated = 0;
        for (size_t p = 0; p + 1 < n; p++)
            for (size_t q = p + 1; q < n; q++)
                rotated |= small_matrix_annihilate(n, a, vectors, p, q);
    }
}

#endif
