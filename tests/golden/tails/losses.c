#include "tests/golden/tails/reference.h"

/* ---- Pieces ------------------------------------------------------------------ */

/* log(1 + e^x); beyond 10^5 MPFR's exponent would not mind, but time would. */
static num log_1_plus_exp(num x)
{
    return less(of(1e5), x) ? x : log_of_1_plus(exponential(x));
}

/* 1 / (1 + e^-x) */
static num logistic(num x)
{
    return less(x, of(-1e5)) ? of(0) : quo(of(1), add(of(1), exponential(neg(x))));
}

/* max(0, sum of terms): all of them, or none; undecided where roundings may decide. */
static void hinged(struct terms *terms)
{
    num size;
    const num sum = terms_sum(terms, &size);
    if (less(mag(sum), mul(of(0x1p-20), size)) || less(mag(sum), of(0x1p-900)))
        terms->is_undecided = true;
    if (sign(sum) < 0)
        terms->count = 0;
}

#define Y    (s->input[0][i])
#define Y2   (s->input[1][i])
#define T    (s->target[i])
#define W    (of(s->weights[i]))
#define O(k) (of(s->option[k]))

static num error(const struct sample *s, size_t i)
{
    return sub(Y, T);
}

/* ---- Of values ---------------------------------------------------------------- */

static void absolute(const struct sample *s, size_t i, struct terms *to)
{
    term_add(to, mag(error(s, i)));
}

static void mse(const struct sample *s, size_t i, struct terms *to)
{
    term_add(to, mul(error(s, i), error(s, i)));
}

static void smooth_l1(const struct sample *s, size_t i, struct terms *to)
{
    const num e = mag(error(s, i)), beta = O(1);
    if (less(e, beta))
        term_add(to, quo(mul(e, e), mul(of(2), beta)));
    else
        term_add(to, sub(e, quo(beta, of(2))));
}

static void huber(const struct sample *s, size_t i, struct terms *to)
{
    const num e = mag(error(s, i)), delta = O(1);
    if (less(e, delta))
        term_add(to, quo(mul(e, e), of(2)));
    else
        term_add(to, mul(delta, sub(e, quo(delta, of(2)))));
}

static void log_cosh(const struct sample *s, size_t i, struct terms *to)
{
    const num e = mag(error(s, i));
    if (less(of(1e5), e)) {
        term_add(to, sub(e, logarithm(of(2))));
        return;
    }
    const num half = hyperbolic_sine(quo(e, of(2))); /* cosh = 1 + 2 sinh^2 of half */
    term_add(to, log_of_1_plus(mul(of(2), mul(half, half))));
}

static void quantile(const struct sample *s, size_t i, struct terms *to)
{
    const num e = sub(T, Y);
    term_add(to, sign(e) > 0 ? mul(O(1), e) : mul(sub(of(1), O(1)), neg(e)));
}

static void weighted_mse(const struct sample *s, size_t i, struct terms *to)
{
    if (s->option[2] == 0) {
        term_add(to, mul(W, mul(error(s, i), error(s, i))));
        return;
    }
    /* (y - w t)^2, as the square of a sum that cancels: y^2 - 2 y w t + (w t)^2 */
    const num wt = mul(W, T);
    term_add(to, mul(Y, Y));
    term_add(to, mul(of(-2), mul(Y, wt)));
    term_add(to, mul(wt, wt));
}

static void gaussian_nll(const struct sample *s, size_t i, struct terms *to)
{
    const num v = larger(Y2, O(2)), e = error(s, i);
    term_add(to, quo(logarithm(v), of(2)));
    term_add(to, quo(mul(e, e), mul(of(2), v)));
    if (s->option[1] != 0)
        term_add(to, quo(logarithm(mul(of(2), pi())), of(2)));
}

/* By the variance: at eps below it, too. */
static bool gaussian_slope(const struct sample *s, size_t p, size_t i, struct terms *to)
{
    const num v = larger(Y2, O(2)), e = error(s, i);
    if (p == 0)
        return false;
    term_add(to, quo(of(1), mul(of(2), v)));
    term_add(to, neg(quo(mul(e, e), mul(of(2), mul(v, v)))));
    return true;
}

static void kl_div(const struct sample *s, size_t i, struct terms *to)
{
    if (s->option[1] != 0) {
        term_add(to, mul(exponential(T), sub(T, Y)));
        return;
    }
    if (sign(T) > 0)
        term_add(to, mul(T, logarithm(T)));
    term_add(to, neg(mul(T, Y)));
}

static void poisson_nll(const struct sample *s, size_t i, struct terms *to)
{
    if (s->option[1] != 0) {
        term_add(to, exponential(Y));
        term_add(to, neg(mul(T, Y)));
    } else {
        term_add(to, Y);
        term_add(to, neg(mul(T, logarithm(add(Y, O(3))))));
    }
    if (s->option[2] != 0 && less(of(1), T)) {
        term_add(to, mul(T, logarithm(T)));
        term_add(to, neg(T));
        term_add(to, quo(logarithm(mul(mul(of(2), pi()), T)), of(2)));
    }
}

/* ---- Of truths ----------------------------------------------------------------- */

static void two_sides(const struct sample *s, size_t i, num yes, num no, struct terms *to)
{
    term_add(to, mul(W, mul(T, yes)));
    term_add(to, mul(W, mul(sub(of(1), T), no)));
}

static num clamped(num x)
{
    return larger(x, of(-100));
}

static num guarded(num x)
{
    return logarithm(add(x, of(1e-12)));
}

static void bce(const struct sample *s, size_t i, struct terms *to)
{
    const num rest = sub(of(1), Y);
    if (s->option[2] == 0)
        two_sides(s, i, neg(clamped(logarithm(Y))), neg(clamped(logarithm(rest))), to);
    else
        two_sides(s, i, neg(guarded(Y)), neg(guarded(rest)), to);
}

/* PyTorch's: (y - t) / max(y (1 - y), 1e-12f). */
static bool bce_slope(const struct sample *s, size_t p, size_t i, struct terms *to)
{
    (void)p;
    const num product = mul(Y, sub(of(1), Y));
    if (s->option[2] != 0)
        return false;
    term_add(to, mul(W, quo(sub(Y, T), larger(product, of((double)1e-12f)))));
    return true;
}

static void bce_with_logits(const struct sample *s, size_t i, struct terms *to)
{
    two_sides(s, i, mul(of(s->pos_weights[i]), log_1_plus_exp(neg(Y))), log_1_plus_exp(Y), to);
}

static void multilabel_soft_margin(const struct sample *s, size_t i, struct terms *to)
{
    if (s->option[2] == 0)
        two_sides(s, i, log_1_plus_exp(neg(Y)), log_1_plus_exp(Y), to);
    else
        two_sides(s, i, neg(guarded(logistic(Y))), neg(guarded(logistic(neg(Y)))), to);
}

static void focal(const struct sample *s, size_t i, struct terms *to)
{
    const num rest = sub(of(1), T), alpha = O(1);
    const num lack = add(mul(logistic(Y), rest), mul(logistic(neg(Y)), T));
    const num weight = s->option[1] < 0 ? of(1) : add(mul(alpha, T), mul(sub(of(1), alpha), rest));
    const num factor = s->option[2] == 0 ? weight : mul(weight, power(lack, O(2)));
    term_add(to, mul(factor, mul(T, log_1_plus_exp(neg(Y)))));
    term_add(to, mul(factor, mul(rest, log_1_plus_exp(Y))));
}

/* ---- Of signs ------------------------------------------------------------------ */

static void hinge_embedding(const struct sample *s, size_t i, struct terms *to)
{
    if (sign(T) > 0) {
        term_add(to, Y);
        return;
    }
    const num h = sub(O(1), Y);
    if (sign(h) > 0)
        term_add(to, h);
}

static num margin_of(const struct sample *s, size_t i)
{
    const num h = sub(O(1), mul(T, Y));
    return sign(h) > 0 ? h : of(0);
}

static void margin(const struct sample *s, size_t i, struct terms *to)
{
    term_add(to, margin_of(s, i));
}

static void squared_hinge(const struct sample *s, size_t i, struct terms *to)
{
    term_add(to, mul(margin_of(s, i), margin_of(s, i)));
}

static void soft_margin(const struct sample *s, size_t i, struct terms *to)
{
    term_add(to, log_1_plus_exp(neg(mul(T, Y))));
}

static void margin_ranking(const struct sample *s, size_t i, struct terms *to)
{
    term_add(to, neg(mul(T, sub(Y, Y2))));
    term_add(to, O(1));
    hinged(to);
}

static void distance_ratio(const struct sample *s, size_t i, struct terms *to)
{
    term_add(to, log_1_plus_exp(sub(Y, Y2)));
}

/* ---- Of classes ---------------------------------------------------------------- */

static size_t label_of(const struct sample *s)
{
    return (size_t)mpfr_get_ui(s->target[0], MPFR_RNDN);
}

/* -log of the softmax of logit c */
static num surprise(const struct sample *s, size_t c)
{
    num others = of(0);
    for (size_t k = 0; k < s->features; k++)
        if (k != c)
            others = add(others, exponential(sub(s->input[0][k], s->input[0][c])));
    return log_of_1_plus(others);
}

static void cross_entropy(const struct sample *s, size_t i, struct terms *to)
{
    const double smoothing = s->option[3];
    for (size_t c = i; c < s->features; c++) {
        const num all = mul(of(smoothing), quo(of(s->weights[c]), of((double)s->features)));
        const num hard = mul(sub(of(1), of(smoothing)), of(s->weights[c]));
        term_add(to, mul(c == label_of(s) ? add(hard, all) : all, surprise(s, c)));
    }
}

static void nll(const struct sample *s, size_t i, struct terms *to)
{
    const size_t t = label_of(s);
    (void)i;
    term_add(to, neg(mul(of(s->weights[t]), s->input[0][t])));
}

static void multi_margin(const struct sample *s, size_t i, struct terms *to)
{
    const size_t t = label_of(s);
    for (size_t c = i; c < s->features; c++) {
        const num h = add(O(2), sub(s->input[0][c], s->input[0][t]));
        if (c == t || sign(h) <= 0)
            continue;
        const num m = O(2), d = sub(s->input[0][c], s->input[0][t]);
        const num w = of(s->weights[t]);
        if (s->option[1] == 2) { /* (margin + difference)^2 */
            term_add(to, mul(w, mul(m, m)));
            term_add(to, mul(w, mul(of(2), mul(m, d))));
            term_add(to, mul(w, mul(d, d)));
        } else {
            term_add(to, mul(w, m));
            term_add(to, mul(w, d));
        }
    }
}

static bool is_label(const struct sample *s, size_t c)
{
    for (size_t k = 0; k < s->features && sign(s->target[k]) >= 0; k++)
        if (mpfr_cmp_ui(s->target[k], c) == 0)
            return true;
    return false;
}

static void multilabel_margin(const struct sample *s, size_t i, struct terms *to)
{
    for (size_t c = i; c < s->features; c++)
        for (size_t k = 0; k < s->features && is_label(s, c); k++) {
            const num h = add(of(1), sub(s->input[0][k], s->input[0][c]));
            if (!is_label(s, k) && sign(h) > 0)
                term_add(to, h);
        }
}

/* Coordinates of a simplex's vertices, from what they are: unit vectors at equal angles, each
 * vertex with zeros after its own coordinate. */
static num vertex(size_t classes, size_t label, size_t k)
{
    const num angle = quo(of(-1), of((double)classes - 1));
    num done = of(0), own = of(0), before = of(0);
    if (k + 1 >= classes || k > label)
        return of(0);
    for (size_t j = 0; j <= k; j++) { /* coordinate j of vertex j, and of those after it */
        own = root(sub(of(1), done));
        before = quo(sub(angle, done), own);
        done = add(done, mul(before, before));
    }
    return k == label ? own : before;
}

static void class_simplex(const struct sample *s, size_t i, struct terms *to)
{
    const num v = s->features == 1 ? of(0) : vertex(s->features, label_of(s), i);
    term_add(to, mul(Y, Y));
    term_add(to, mul(of(-2), mul(Y, v)));
    term_add(to, mul(v, v));
}

/* ---- Of pairs ------------------------------------------------------------------ */

static num distance(const struct sample *s, int a, int b, num p, num eps)
{
    num sum = of(0);
    for (size_t i = 0; i < s->features; i++) {
        const num d = mag(add(sub(s->input[a][i], s->input[b][i]), eps));
        if (sign(d) > 0)
            sum = add(sum, mpfr_cmp_ui(p, 2) == 0   ? mul(d, d)
                           : mpfr_cmp_ui(p, 1) == 0 ? d
                                                    : power(d, p));
    }
    if (mpfr_cmp_ui(p, 1) == 0 || sign(sum) == 0)
        return sum;
    return mpfr_cmp_ui(p, 2) == 0 ? root(sum) : power(sum, quo(of(1), p));
}

static void contrastive(const struct sample *s, size_t i, struct terms *to)
{
    const num d = distance(s, 0, 1, of(2), of(0));
    (void)i;
    if (sign(s->target[0]) > 0) {
        term_add(to, quo(mul(d, d), of(2)));
        return;
    }
    if (!less(d, O(1)))
        return;
    /* (margin - d)^2 / 2, which cancels */
    term_add(to, quo(mul(O(1), O(1)), of(2)));
    term_add(to, neg(mul(O(1), d)));
    term_add(to, quo(mul(d, d), of(2)));
}

static void l1_hinge_embedding(const struct sample *s, size_t i, struct terms *to)
{
    const num d = distance(s, 0, 1, of(1), of(0));
    (void)i;
    if (sign(s->target[0]) > 0) {
        term_add(to, d);
        return;
    }
    term_add(to, O(1));
    term_add(to, neg(d));
    hinged(to);
}

static void cosine_embedding(const struct sample *s, size_t i, struct terms *to)
{
    const num eps = of((double)1e-12f);
    num ab = of(0), aa = eps, bb = eps;
    (void)i;
    for (size_t k = 0; k < s->features; k++) {
        ab = add(ab, mul(s->input[0][k], s->input[1][k]));
        aa = add(aa, mul(s->input[0][k], s->input[0][k]));
        bb = add(bb, mul(s->input[1][k], s->input[1][k]));
    }
    const num below = root(mul(aa, bb));
    if (sign(s->target[0]) > 0)
        term_add(to, sub(of(1), quo(ab, below)));
    else {
        for (size_t k = 0; k < s->features; k++)
            term_add(to, quo(mul(s->input[0][k], s->input[1][k]), below));
        term_add(to, neg(O(1)));
        hinged(to);
    }
    if (to->count == 0)
        return;
    /* By itself down to about 2^-106: two numbers of 2^-53 that cancel. */
    const num least = mul(of(0x1p-53), logarithm(mul(aa, bb)));
    term_add(to, least);
    term_add(to, neg(least));
}

static void triplet_margin(const struct sample *s, size_t i, struct terms *to)
{
    const num p = O(2), eps = O(3);
    const num near = distance(s, 0, 1, p, eps), far = distance(s, 0, 2, p, eps);
    const num other = s->option[4] != 0 ? distance(s, 1, 2, p, eps) : far;
    const num tie = mul(of(0x1p-20), far); /* within roundings of it, any of two slopes will do */
    if (s->option[4] != 0 && less(mag(sub(far, other)), tie)) {
        to->is_undecided = true;
        return;
    }
    (void)i;
    term_add(to, O(1));
    term_add(to, near);
    term_add(to, neg(less(other, far) ? other : far));
    hinged(to);
}

const struct loss_reference loss_references[] = {
    {.name = "abs", .ulps = {{4, 4}, {8, 8}}, .divisor = BY_FEATURES_AND_BATCH, .terms = absolute},
    {.name = "bce",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = bce,
     .slope = bce_slope},
    {.name = "bce_with_logits",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = bce_with_logits,
     .measure = "what is true and what is not"},
    {.name = "class_simplex",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = class_simplex,
     .measure = "y^2, 2 y v, v^2"},
    {.name = "contrastive",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_BATCH,
     .terms = contrastive,
     .is_row = true,
     .measure = "margin, distance"},
    {.name = "cosine_embedding",
     .ulps = {{4, 4}, {8, 1e5}},
     .divisor = BY_BATCH,
     .terms = cosine_embedding,
     .is_row = true,
     .measure = "products, margin; 2^-53 log of the squares; f64 gradient: an entry far below its "
                "row's length has that row's error"},
    {.name = "cross_entropy",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_WEIGHTS,
     .terms = cross_entropy,
     .is_row = true,
     .measure = "classes, margin"},
    {.name = "distance_ratio",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = distance_ratio},
    {.name = "focal",
     .ulps = {{4, 4}, {64, 64}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = focal,
     .measure = "what is true and what is not"},
    {.name = "gaussian_nll",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = gaussian_nll,
     .slope = gaussian_slope,
     .positive = 2,
     .measure = "logarithm, square, constant"},
    {.name = "hinge_embedding",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = hinge_embedding},
    {.name = "huber", .ulps = {{4, 4}, {8, 8}}, .divisor = BY_FEATURES_AND_BATCH, .terms = huber},
    {.name = "kl_div",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = kl_div,
     .takes_logarithm = true,
     .measure = "t log(t), t y"},
    {.name = "l1_hinge_embedding",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_BATCH,
     .terms = l1_hinge_embedding,
     .is_row = true,
     .measure = "margin, distance"},
    {.name = "log_cosh",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = log_cosh},
    {.name = "margin", .ulps = {{4, 4}, {8, 8}}, .divisor = BY_FEATURES_AND_BATCH, .terms = margin},
    {.name = "margin_ranking",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = margin_ranking,
     .measure = "margin, difference"},
    {.name = "mse", .ulps = {{4, 4}, {8, 8}}, .divisor = BY_FEATURES_AND_BATCH, .terms = mse},
    {.name = "multi_margin",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_BATCH,
     .terms = multi_margin,
     .divides_always = true,
     .is_row = true,
     .measure = "classes, margin"},
    {.name = "multilabel_margin",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_BATCH,
     .terms = multilabel_margin,
     .divides_always = true,
     .is_row = true,
     .measure = "classes, margin"},
    {.name = "multilabel_soft_margin",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = multilabel_soft_margin,
     .divides_always = true,
     .measure = "what is true and what is not"},
    {.name = "nll",
     .ulps = {{4, 4}, {256, 8}},
     .divisor = BY_WEIGHTS,
     .terms = nll,
     .is_row = true},
    {.name = "poisson_nll",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = poisson_nll,
     .positive = 1,
     .measure = "rate, counts, Stirling's"},
    {.name = "quantile",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = quantile},
    {.name = "smooth_l1",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = smooth_l1},
    {.name = "soft_margin",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = soft_margin},
    {.name = "squared_hinge",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = squared_hinge},
    {.name = "triplet_margin",
     .ulps = {{4, 4}, {8, 128}},
     .divisor = BY_BATCH,
     .terms = triplet_margin,
     .is_row = true,
     .measure = "margin, distances"},
    {.name = "weighted_mse",
     .ulps = {{4, 4}, {8, 8}},
     .divisor = BY_FEATURES_AND_BATCH,
     .terms = weighted_mse,
     .measure = "y^2, 2 y w t, (w t)^2"},
};
const size_t loss_reference_count = sizeof loss_references / sizeof *loss_references;
