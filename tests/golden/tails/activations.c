#include "tests/golden/tails/reference.h"

void term_add(struct terms *terms, num term)
{
    terms->term[terms->count++] = term;
}

num terms_sum(const struct terms *terms, num *size)
{
    num sum = of(0), magnitudes = of(0);
    for (size_t i = 0; i < terms->count; i++) {
        sum = add(sum, terms->term[i]);
        magnitudes = add(magnitudes, mag(terms->term[i]));
    }
    *size = magnitudes;
    return sum;
}

/* ---- One number -------------------------------------------------------------- */

static num identity(const double *option, num z)
{
    (void)option;
    return z;
}

static num identity_slope(const double *option, num z)
{
    (void)option, (void)z;
    return of(1);
}

static num relu(const double *option, num z)
{
    (void)option;
    return sign(z) > 0 ? z : of(0);
}

static num relu_slope(const double *option, num z)
{
    (void)option;
    return of(sign(z) > 0);
}

static num leaky_relu(const double *option, num z)
{
    return sign(z) > 0 ? z : mul(of(option[0]), z);
}

static num leaky_relu_slope(const double *option, num z)
{
    return of(sign(z) > 0 ? 1 : option[0]);
}

static num hard_tanh(const double *option, num z)
{
    return less(z, of(option[0])) ? of(option[0]) : less(of(option[1]), z) ? of(option[1]) : z;
}

static num hard_tanh_slope(const double *option, num z)
{
    return of(less(of(option[0]), z) && less(z, of(option[1])));
}

static num elu(const double *option, num z)
{
    return sign(z) > 0 ? z : mul(of(option[0]), exp_minus_1(z));
}

static num elu_slope(const double *option, num z)
{
    return sign(z) > 0 ? of(1) : mul(of(option[0]), exponential(z));
}

static num selu(const double *option, num z)
{
    const num scale = decimal("1.0507009873554804934193349852946");
    (void)option;
    if (sign(z) > 0)
        return mul(scale, z);
    return mul(mul(scale, decimal("1.6732632423543772848170429916717")), exp_minus_1(z));
}

static num selu_slope(const double *option, num z)
{
    const num scale = decimal("1.0507009873554804934193349852946");
    (void)option;
    if (sign(z) > 0)
        return scale;
    return mul(mul(scale, decimal("1.6732632423543772848170429916717")), exponential(z));
}

/* 1 / (1 + e^-z) */
static num cumulative_logistic(num z)
{
    return quo(of(1), add(of(1), exponential(neg(z))));
}

static num sigmoid(const double *option, num z)
{
    (void)option;
    return cumulative_logistic(z);
}

/* 1 / (2 cosh(z / 2))^2 */
static num sigmoid_slope(const double *option, num z)
{
    const num c = mul(of(2), hyperbolic_cosine(quo(z, of(2))));
    (void)option;
    return quo(of(1), mul(c, c));
}

static num tangent(const double *option, num z)
{
    (void)option;
    return hyperbolic_tangent(z);
}

static num tangent_slope(const double *option, num z)
{
    const num c = hyperbolic_cosine(z);
    (void)option;
    return quo(of(1), mul(c, c));
}

static num softplus(const double *option, num z)
{
    const num x = mul(of(option[0]), z);
    return less(of(option[1]), x) ? z : quo(log_of_1_plus(exponential(x)), of(option[0]));
}

static num softplus_slope(const double *option, num z)
{
    const num x = mul(of(option[0]), z);
    return less(of(option[1]), x) ? of(1) : cumulative_logistic(x);
}

static num silu(const double *option, num z)
{
    (void)option;
    return mul(z, cumulative_logistic(z));
}

/* (1 + e^-z + z e^-z) / (1 + e^-z)^2 */
static num silu_slope(const double *option, num z)
{
    const num e = exponential(neg(z)), below = add(of(1), e);
    (void)option;
    return quo(add(below, mul(z, e)), mul(below, below));
}

/* ---- gelu: z Phi(z) ---------------------------------------------------------- */

static num phi(num z)
{
    return quo(complement_of_erf(neg(quo(z, root(of(2))))), of(2));
}

/* (1 + tanh(u)) / 2 as 1 / (1 + e^-2u), 2 u = sqrt(8 / pi) (z + 0.044715 z^3) */
static num twice_u(num z)
{
    const num cubic = add(z, mul(decimal("0.044715"), mul(z, mul(z, z))));
    return mul(root(quo(of(8), pi())), cubic);
}

static num gelu(const double *option, num z)
{
    return mul(z, option[0] == 0 ? phi(z) : cumulative_logistic(twice_u(z)));
}

static num gelu_slope(const double *option, num z)
{
    if (option[0] == 0) {
        const num density = quo(exponential(quo(mul(z, neg(z)), of(2))), root(mul(of(2), pi())));
        return add(phi(z), mul(z, density));
    }
    const num rise = mul(root(quo(of(8), pi())),
                         add(of(1), mul(decimal("0.134145"), mul(z, z)))); /* 3 times 0.044715 */
    const num g = cumulative_logistic(twice_u(z)), rest = cumulative_logistic(neg(twice_u(z)));
    return mul(g, add(of(1), mul(mul(z, rise), rest)));
}

/* ---- Rows -------------------------------------------------------------------- */

/* e^z[i] over the sum of all. */
static num share(size_t n, const num *z, size_t i)
{
    num sum = of(0);
    for (size_t j = 0; j < n; j++)
        sum = add(sum, exponential(sub(z[j], z[i])));
    return quo(of(1), sum);
}

static void softmax(size_t n, const num *z, size_t i, struct terms *terms)
{
    term_add(terms, share(n, z, i));
}

static void softmax_slope(size_t n, const num *z, const num *dh, size_t i, struct terms *terms)
{
    const num own = share(n, z, i);
    for (size_t j = 0; j < n; j++)
        if (j != i)
            term_add(terms, mul(mul(own, share(n, z, j)), sub(dh[i], dh[j])));
}

static void log_softmax(size_t n, const num *z, size_t i, struct terms *terms)
{
    num sum = of(0);
    for (size_t j = 0; j < n; j++)
        if (j != i)
            sum = add(sum, exponential(sub(z[j], z[i])));
    term_add(terms, neg(log_of_1_plus(sum)));
}

static void log_softmax_slope(size_t n, const num *z, const num *dh, size_t i, struct terms *terms)
{
    num others = of(0);
    for (size_t j = 0; j < n; j++)
        if (j != i) {
            others = add(others, share(n, z, j));
            term_add(terms, neg(mul(share(n, z, i), dh[j])));
        }
    term_add(terms, mul(dh[i], others));
}

const struct activation_reference activation_references[] = {
    {.name = "elu", .ulps = {{1, 1}, {2, 3}}, .value = elu, .slope = elu_slope},
    {.name = "gelu", .ulps = {{1, 1}, {6, 8}}, .value = gelu, .slope = gelu_slope},
    {.name = "hard_tanh", .ulps = {{1, 0}, {1, 0}}, .value = hard_tanh, .slope = hard_tanh_slope},
    {.name = "identity", .ulps = {{0, 0}, {0, 0}}, .value = identity, .slope = identity_slope},
    {.name = "leaky_relu",
     .ulps = {{1, 1}, {1, 1}},
     .value = leaky_relu,
     .slope = leaky_relu_slope},
    {.name = "log_softmax",
     .ulps = {{1, 1}, {24, 8}},
     .measure = "dh_i (1 - p_i), p_i dh_j",
     .row_value = log_softmax,
     .row_slope = log_softmax_slope},
    {.name = "relu", .ulps = {{0, 0}, {0, 0}}, .value = relu, .slope = relu_slope},
    {.name = "selu", .ulps = {{1, 1}, {2, 3}}, .value = selu, .slope = selu_slope},
    {.name = "sigmoid", .ulps = {{1, 3}, {3, 8}}, .value = sigmoid, .slope = sigmoid_slope},
    {.name = "silu", .ulps = {{1, 1}, {4, 12}}, .value = silu, .slope = silu_slope},
    {.name = "softmax",
     .ulps = {{1, 1}, {4, 24}},
     .measure = "h_i h_j (dh_i - dh_j)",
     .row_value = softmax,
     .row_slope = softmax_slope},
    {.name = "softplus", .ulps = {{1, 1}, {4, 4}}, .value = softplus, .slope = softplus_slope},
    {.name = "tanh", .ulps = {{1, 4}, {3, 8}}, .value = tangent, .slope = tangent_slope},
};
const size_t activation_reference_count =
    sizeof activation_references / sizeof *activation_references;
