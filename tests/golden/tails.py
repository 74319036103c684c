"""tests/golden/tails.csv: activations and losses where their plain formulas lose digits,
from mpmath (python3-mpmath) with 80 digits.

    python3 tests/golden/tails.py > tests/golden/tails.csv

kind,name,options,input,target,value,gradient: numbers of a row are separated by blanks; of an
activation the target is what comes from above, and value is a row, too. Inputs of a loss that
compares several are separated by "/".
"""

from mpmath import diff, erfc, exp, expm1, fsum, log, log1p, mp, mpf, nstr, pi, sqrt, tanh

mp.dps = 80


def text(numbers):
    return " ".join(nstr(x, 30, min_fixed=1, max_fixed=0) for x in numbers)


def row(kind, name, options, inputs, target, value, gradient):
    rows = "/".join(" ".join(repr(float(x)) for x in one) for one in inputs)
    print(f"{kind},{name},{options},{rows},{text(map(mpf, target))},{text(value)},{text(gradient)}")


# ---- Activations of one number -------------------------------------------------


def gelu(z):
    return z * erfc(-z / sqrt(2)) / 2


def gelu_tanh(z):
    return z / (1 + exp(-sqrt(8 / pi) * (z + mpf("0.044715") * z**3)))


def silu(z):
    return z / (1 + exp(-z))


def sigmoid(z):
    return 1 / (1 + exp(-z))


def softplus(z):
    return log1p(exp(z))


ELEMENTS = [
    ("gelu", "", gelu, [-1, -3, -5.5, -8, -10, -13, 8, 10]),
    ("gelu", "approximate=tanh", gelu_tanh, [-1, -3, -5.5, -8, -10, 8]),
    ("silu", "", silu, [-1.25, -5, -40, -80, 40]),
    ("sigmoid", "", sigmoid, [-80, -20, 1.5, 10, 20, 40, 80]),
    ("tanh", "", tanh, [-40, -20, -9.5, 1, 5, 20, 40]),
    ("softplus", "", softplus, [-80, -20, 1, 19.5]),
    ("elu", "", expm1, [-1e-9, -1, -40, -80]),
]


def elements():
    for name, options, f, points in ELEMENTS:
        for point in points:
            z = mpf(point)
            row("activation", name, options, [[z]], [1], [f(z)], [diff(f, z, h=mpf(10) ** -30)])


# ---- Rows ----------------------------------------------------------------------


def shares(z):
    total = fsum(exp(x) for x in z)
    return [exp(x) / total for x in z]


def softmax_slope(z, dh):
    p = shares(z)
    return [p[i] * fsum(p[j] * (dh[i] - dh[j]) for j in range(len(z))) for i in range(len(z))]


def log_softmax_slope(z, dh):
    p = shares(z)
    others = [fsum(p[j] for j in range(len(z)) if j != i) for i in range(len(z))]
    return [
        dh[i] * others[i] - p[i] * fsum(dh[j] for j in range(len(z)) if j != i)
        for i in range(len(z))
    ]


def rows():
    for numbers, above in (([40, 0], [1, 0]), ([0, -60, 30], [0.5, 0, 1]), ([-3, 77, 4], [0, 1, 0])):
        z, dh = [mpf(x) for x in numbers], [mpf(x) for x in above]
        p = shares(z)
        logs = [-log1p(fsum(exp(y - x) for j, y in enumerate(z) if j != i)) for i, x in enumerate(z)]
        row("activation", "softmax", "", [z], dh, p, softmax_slope(z, dh))
        row("activation", "log_softmax", "", [z], dh, logs, log_softmax_slope(z, dh))


# ---- Losses --------------------------------------------------------------------


def loss(name, options, inputs, target, f):
    """f(list of inputs) -> value; the gradient by differences, all of the inputs in turn."""
    inputs = [[mpf(x) for x in one] for one in inputs]
    step = mpf(10) ** -40
    slopes = []
    for p, one in enumerate(inputs):
        for i in range(len(one)):
            def at(x, p=p, i=i):
                moved = [list(row) for row in inputs]
                moved[p][i] = x
                return f(moved)
            h = step * max(abs(one[i]), mpf(10) ** -20)
            slopes.append((at(one[i] + h) - at(one[i] - h)) / (2 * h))
    row("loss", name, options, inputs, target, [f(inputs)], slopes)


def gap(a, b):
    e = mpf(float.fromhex("0x1.197998p-40"))  # 1e-12 as a float
    dot = lambda x, y: fsum(u * v for u, v in zip(x, y))
    return 1 - dot(a, b) / sqrt((dot(a, a) + e) * (dot(b, b) + e))


def smoothed(z, label, smoothing, weights):
    logs = [log1p(fsum(exp(y - x) for j, y in enumerate(z) if j != i)) for i, x in enumerate(z)]
    n = len(z)
    hard = (1 - smoothing) * weights[label] * logs[label]
    soft = smoothing / n * fsum(w * l for w, l in zip(weights, logs))
    return (hard + soft) / weights[label]


def losses():
    mp.dps = 400
    loss("cosine_embedding", "", [[3, 4], [3, 4.0000019073486328125]], [1], lambda y: gap(*y))
    loss("cosine_embedding", "", [[1e200, 2e200], [3e180, -1e180]], [1], lambda y: gap(*y))
    loss("cosine_embedding", "", [[1e-170, 2e-170], [1, 0.5]], [1], lambda y: gap(*y))
    loss("contrastive", "", [[3e-200, 4e-200], [0, 0]], [1], lambda y: sum((a - b) ** 2 for a, b in zip(*y)) / 2)
    loss("smooth_l1", "beta=1e-100", [[1e-170]], [0], lambda y: y[0][0] ** 2 / (2 * mpf(1e-100)))
    loss("smooth_l1", "beta=1e-30", [[1.0000000168623835e-35]], [0], lambda y: y[0][0] ** 2 / (2 * mpf(1e-30)))
    loss("weighted_mse", "weights=1e-20", [[1e155]], [0], lambda y: mpf(1e-20) * y[0][0] ** 2)
    loss("gaussian_nll", "", [[1e160], [1e300]], [0], lambda y: (log(y[1][0]) + y[0][0] ** 2 / y[1][0]) / 2)
    loss("gaussian_nll", "", [[1e240], [1e190]], [0], lambda y: (log(y[1][0]) + y[0][0] ** 2 / y[1][0]) / 2)
    focal = lambda gamma: lambda y: mpf(0.75) * (sigmoid(y[0][0])) ** gamma * softplus(y[0][0])
    loss("focal", "", [[-200]], [0], focal(2))
    loss("focal", "gamma=2.5", [[-150]], [0], focal(mpf(2.5)))
    loss("multi_margin", "", [[1e17, 1e17, 0]], [0], lambda y: 1 / mpf(3) + (y[0][1] - y[0][0]) / 3)
    loss("cross_entropy", "label_smoothing=0.5;weights=1 0 0", [[40, 0, 0]], [0], lambda y: smoothed(y[0], 0, mpf(0.5), [1, 0, 0]))
    loss("cross_entropy", "", [[0, 700.7, -20]], [0], lambda y: smoothed(y[0], 0, mpf(0), [1, 1, 1]))
    loss("cross_entropy", "", [[40, 0]], [0], lambda y: smoothed(y[0], 0, mpf(0), [1, 1]))


print("kind,name,options,input,target,value,gradient")
elements()
rows()
losses()
