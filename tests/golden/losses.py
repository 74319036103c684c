"""Golden values of the losses in engine/loss that are one term an entry.

    /usr/bin/python3 tests/golden/losses.py > tests/golden/losses.csv

Quantities: prediction, prediction2 and target (batch, features), value (batch): each
sample's loss, loss: the batch's, gradient and gradient2 (batch, features): the
batch's loss by each prediction.

The reference is one of three, at each entry of VARIANTS:
  PyTorch in float64 (python3-torch 1.13), by its own terms and automatic derivatives;
  mpmath with 900 digits, by the formula and its numerical derivative, where PyTorch
    lacks the loss or loses digits or overflows; where PyTorch has it, its finite
    results must lie within 1e-12 of the largest number on the way;
  the formula and derivative of Torch7's source, in numpy.
"""

import sys

import mpmath
import numpy
import torch
from torch.nn import functional

from table import as_floats, random_floats, write, write_header

mpmath.mp.dps = 900


# ---- Inputs: predictions, then the target ------------------------------------------


def generic(batch, features, seed):
    generator = numpy.random.default_rng(seed)
    return (
        random_floats(generator, -2, 2, batch, features),
        random_floats(generator, 0, 1, batch, features),
    )


def kinks(beta):
    """Errors of 0, of exactly beta, and one float beside it, on both sides."""
    beta = numpy.float32(beta)
    inside, outside = numpy.nextafter(beta, numpy.float32(0)), numpy.nextafter(beta, numpy.float32(9))
    errors = as_floats([0, beta, -beta, inside, -inside, outside, -outside])
    target = numpy.zeros((1, errors.size))
    return errors[None, :], target


def equal_entries():
    """Errors of 0 at entries that are not 0."""
    target = as_floats([[0.25, -3.0, 1e30, 1.0], [0.5, 0.1, 1e-30, -7.5]])
    prediction = target.copy()
    prediction[:, 3] = [0.25, -7.25]
    return prediction, target


def extremes():
    """A sample of huge errors, one of tiny ones, one of both signs of nothing much."""
    prediction = as_floats([[1e30, -1e30, 1e30, 0], [1e-30, -1e-30, 0, 3e-30], [1e30, 1e-30, 1, -1]])
    target = as_floats([[0, 1, -1e30, 1e30], [0, 1e-30, 1e-30, -3e-30], [1e30, 0, 1, 1e-30]])
    return prediction, target


def errors(beta):
    return {
        "one": generic(1, 19, 1),
        "three": generic(3, 5, 2),
        "kinks": kinks(beta),
        "equal": equal_entries(),
        "extremes": extremes(),
    }


def four_errors():
    """The same with four features each, for one weight a feature."""
    return {
        "one": generic(1, 4, 11),
        "three": generic(3, 4, 12),
        "equal": equal_entries(),
        "extremes": extremes(),
    }


def small_errors():
    """Errors about where the logarithm of a cosine changes its formula."""
    target = numpy.zeros((3, 4))
    prediction = as_floats([[1, -1, 0.99999994, 1.0000001], [1e-4, -1e-8, 0.5, 20], [400, -800, 89, 2]])
    return prediction, target


def logits():
    """Targets between 0 and 1, then hard ones at logits of any size."""
    generator = numpy.random.default_rng(21)
    huge = as_floats([1000, -1000, 100, -100, 40, -40, 20, 0])[:, None].repeat(2, 1).reshape(4, 4)
    return {
        "one": (random_floats(generator, -4, 4, 1, 4), random_floats(generator, 0, 1, 1, 4)),
        "three": (random_floats(generator, -4, 4, 3, 4), random_floats(generator, 0, 1, 3, 4)),
        "hard": (random_floats(generator, -9, 9, 3, 4), generator.integers(0, 2, (3, 4)).astype(float)),
        "extremes": (huge, as_floats([0, 1] * 8).reshape(4, 4)),
        "between": (huge, as_floats([0.25, 0.5] * 8).reshape(4, 4)),
    }


def probabilities():
    """Also exactly 0 and 1, and beside them."""
    generator = numpy.random.default_rng(22)
    edges = as_floats([0, 1, 1e-30, 1e-13, 1e-7, 1 - 2**-24, 0.5, 1e-12])
    return {
        "one": (random_floats(generator, 0.05, 0.95, 1, 4), random_floats(generator, 0, 1, 1, 4)),
        "three": (random_floats(generator, 0.05, 0.95, 3, 4), random_floats(generator, 0, 1, 3, 4)),
        "false": (edges.reshape(2, 4), numpy.zeros((2, 4))),
        "true": (edges.reshape(2, 4), numpy.ones((2, 4))),
        "between": (edges.reshape(2, 4), as_floats(numpy.full((2, 4), 0.25))),
    }


def sides(margin):
    """Targets of -1 and 1; predictions at the margin and one float beside it."""
    generator = numpy.random.default_rng(23)
    margin = numpy.float32(margin)
    beside = numpy.nextafter(margin, numpy.float32([-9, 9]))
    at = as_floats([margin, -margin, beside[0], beside[1], -beside[0], -beside[1], 0, -0.0])
    signs = as_floats([1, -1] * 8)
    return {
        "one": (random_floats(generator, -3, 3, 1, 4), signs[:4][None, :]),
        "three": (random_floats(generator, -3, 3, 3, 4), signs[1:13].reshape(3, 4)),
        "kinks": (at.repeat(2).reshape(4, 4), signs.reshape(4, 4)),
        "extremes": (as_floats([1000, 1000, -1000, -1000, 1e30, 1e30, 1e-30, 1e-30]).reshape(2, 4),
                     signs[:8].reshape(2, 4)),
    }  # fmt: skip


def soft_sides():
    """The same without what no exponential survives."""
    cases = {**sides(1), "tails": (as_floats([[100, 100, -40, -40]]), as_floats([[1, -1, 1, -1]]))}
    return cases


def counts():
    """Logarithms of rates, and how often."""
    generator = numpy.random.default_rng(24)
    return {
        "one": (random_floats(generator, -3, 3, 1, 4), as_floats([[0, 1, 2, 7]])),
        "three": (random_floats(generator, -3, 3, 3, 4), random_floats(generator, 0, 5, 3, 4)),
        "kinks": (as_floats([[0, 0.5, -1, 2]]), as_floats([[1, 1 - 2**-24, 1 + 2**-23, 0]])),
        "extremes": (as_floats([[80, -80, -1000, 0], [700, 80, -700, 1e-30]]),
                     as_floats([[3, 3, 0, 1e30], [1, 1e30, 1e30, 0]])),
    }  # fmt: skip


def rates():
    """Rates, also 0, and how often."""
    cases = {label: (numpy.abs(y), t) for label, (y, t) in counts().items() if label != "extremes"}
    cases["extremes"] = (as_floats([[0, 0, 1e-8, 1e30]]), as_floats([[0, 1, 3, 1e30]]))
    return cases


def means_and_variances(eps):
    generator = numpy.random.default_rng(25)
    eps = numpy.float32(eps)
    near = as_floats([[eps, numpy.nextafter(eps, numpy.float32(1)), eps / 2, 0]])
    return {
        "one": (*generic(1, 4, 13)[:1], random_floats(generator, 0.2, 3, 1, 4), generic(1, 4, 13)[1]),
        "three": (*generic(3, 4, 14)[:1], random_floats(generator, 0.2, 3, 3, 4), generic(3, 4, 14)[1]),
        "kinks": (as_floats([[1, 0.5, 2, -1]]), near, as_floats([[0, 0.5, 1, 0]])),
        "extremes": (as_floats([[1e3, 1e15, 0, 1]]), as_floats([[1e10, 1, 1e30, 0]]),
                     as_floats([[0, 0, 0, 1]])),
    }  # fmt: skip


def log_probabilities():
    generator = numpy.random.default_rng(26)
    return {
        "one": (random_floats(generator, -4, 0, 1, 4), random_floats(generator, 0, 1, 1, 4)),
        "three": (random_floats(generator, -4, 0, 3, 4), random_floats(generator, 0, 1, 3, 4)),
        "edges": (as_floats([[-1, -2, 0, 0], [-1000, -1000, -80, 0]]),
                  as_floats([[0, 1, 0, 1], [0, 1, 1e-30, 1e-30]])),
    }  # fmt: skip


def log_targets():
    cases = {label: (y, as_floats(numpy.log(t))) for label, (y, t) in log_probabilities().items()
             if label != "edges"}  # fmt: skip
    cases["edges"] = (as_floats([[-1, -2, 0, -1000]]), as_floats([[-1000, 0, -1, -50]]))
    return cases


def distances(margin):
    generator = numpy.random.default_rng(27)
    cases = sides(margin)
    cases["one"] = (random_floats(generator, 0, 2, 1, 4), cases["one"][1])
    return cases


# ---- References: terms and derivatives of each prediction --------------------------


def by_torch(terms):
    """terms(*predictions, target, reduction=, **options), reduction "none" included."""

    def reference(inputs, options):
        *predictions, target = [torch.tensor(numpy.array(x)) for x in inputs]
        for prediction in predictions:
            prediction.requires_grad_()
        each = terms(*predictions, target, reduction="none", **tensors(options))
        each.sum().backward()
        return each.detach().numpy(), [prediction.grad.numpy() for prediction in predictions]

    return reference, terms


def by_mpmath(term, framework=None):
    """term(y, t, weights=, **options) of one entry; framework as in by_torch()."""

    def reference(inputs, options):
        y, t = inputs
        terms, derivatives = numpy.zeros(y.shape), numpy.zeros(y.shape)
        for cell in numpy.ndindex(y.shape):
            own = {k: of_feature(v, cell[1]) for k, v in options.items()}
            of_y = lambda x: term(x, mpmath.mpf(t[cell]), **own)
            terms[cell] = float(of_y(mpmath.mpf(y[cell])))
            derivatives[cell] = float(mpmath.diff(of_y, mpmath.mpf(y[cell])))
        return terms, [derivatives]

    return reference, framework


def by_formula(term, framework=None):
    """term(y, t, **options): terms and derivatives as arrays."""

    def reference(inputs, options):
        terms, derivatives = term(*inputs, **{k: numpy.array(v) if isinstance(v, list) else v
                                              for k, v in options.items()})  # fmt: skip
        return terms, [derivatives]

    return reference, framework


def of_feature(option, feature):
    if not isinstance(option, list):
        return option
    return option[feature if len(option) > 1 else 0]


def tensors(options):
    return {k: torch.tensor(v, dtype=torch.float64) if isinstance(v, list) else v
            for k, v in options.items()}  # fmt: skip


# ---- The losses --------------------------------------------------------------------


def torch7_absolute(y, t, at_zero="plus_one"):
    """Torch7's AbsCriterion: x >= y ? +norm : -norm."""
    return numpy.abs(y - t), numpy.where(y >= t, 1.0, -1.0)


def weighted_square(y, t, reduction, weights=None, weighted="error"):
    w = 1.0 if weights is None else weights
    each = (y - w * t) ** 2 if weighted == "target" else w * (y - t) ** 2
    return reduced(each, reduction)


def reduced(each, reduction):
    return {"none": each, "mean": each.mean(), "sum": each.sum()}[reduction]


def log_cosh(y, t):
    return mpmath.log(mpmath.cosh(y - t))


def quantile(y, t, tau=0.5):
    e = t - y
    return numpy.maximum(tau * e, (tau - 1) * e), numpy.where(e > 0, -tau, numpy.where(e < 0, 1 - tau, 0))


def bce_framework(y, t, reduction, weights=None):
    return functional.binary_cross_entropy(y, t, reduction=reduction, weight=weights)


def clamped(y):
    return mpmath.log(y) if y > mpmath.exp(-100) else mpmath.mpf(-100)


def bce(y, t, weights=None):
    """PyTorch's, its value by mpmath: PyTorch rounds 1 - y. Its 1e-12 is a float."""
    w = numpy.ones(1) if weights is None else weights
    terms = numpy.zeros(y.shape)
    for cell in numpy.ndindex(y.shape):
        p, q = mpmath.mpf(y[cell]), mpmath.mpf(t[cell])
        each = (q - 1) * clamped(1 - p) - q * clamped(p)
        terms[cell] = float(each * w[cell[1] if w.size > 1 else 0])
    return terms, w * ((y - t) / numpy.maximum((1 - y) * y, numpy.float64(numpy.float32(1e-12))))


def torch7_bce(y, t, weights=None, guard="epsilon"):
    w = 1.0 if weights is None else weights
    yes, no = y + 1e-12, 1 - y + 1e-12
    return -w * (numpy.log(yes) * t + numpy.log(no) * (1 - t)), -w * (t / yes - (1 - t) / no)


def bce_with_logits_framework(y, t, reduction, weights=None, pos_weight=None):
    return functional.binary_cross_entropy_with_logits(
        y, t, reduction=reduction, weight=weights, pos_weight=pos_weight
    )


def softplus(y):
    return mpmath.log(1 + mpmath.exp(y))


def bce_with_logits(y, t, weights=1, pos_weight=1):
    return weights * (pos_weight * t * softplus(-y) + (1 - t) * softplus(y))


def multilabel_framework(y, t, reduction, weights=None):
    return functional.multilabel_soft_margin_loss(y, t, reduction=reduction, weight=weights)


def guarded_multilabel(y, t, weights=1, guard="epsilon"):
    """Torch7's formula on top of a sigmoid that is not rounded."""
    p, guard_of = 1 / (1 + mpmath.exp(-y)), mpmath.mpf(1e-12)
    rest = 1 / (1 + mpmath.exp(y))
    return -weights * (t * mpmath.log(p + guard_of) + (1 - t) * mpmath.log(rest + guard_of))


def poisson_rate(y, t, log_input=False, full=False, eps=1e-8):
    nll = y - t * mpmath.log(y + mpmath.mpf(eps))
    if full and t > 1:
        nll += t * mpmath.log(t) - t + mpmath.log(2 * mpmath.pi * t) / 2
    return nll


def soft_margin(y, t):
    return softplus(-t * y)


def focal_framework(y, t, reduction, alpha=0.25, gamma=2.0):
    """torchvision's sigmoid_focal_loss, in the paper's terms."""
    p = torch.sigmoid(y)
    p_t = p * t + (1 - p) * (1 - t)
    each = functional.binary_cross_entropy_with_logits(y, t, reduction="none") * (1 - p_t) ** gamma
    return reduced(each * (alpha * t + (1 - alpha) * (1 - t)) if alpha >= 0 else each, reduction)


def focal(y, t, alpha=0.25, gamma=2.0):
    p = 1 / (1 + mpmath.exp(-y))
    rest = 1 / (1 + mpmath.exp(y))
    weight = alpha * t + (1 - mpmath.mpf(alpha)) * (1 - t) if alpha >= 0 else 1
    return weight * (p * (1 - t) + rest * t) ** gamma * bce_with_logits(y, t)


def margin(y, t, margin=1.0, at_kink="outside"):
    """Torch7's MarginCriterion: the derivative is -t where x t < margin."""
    inside = t * y <= margin if at_kink == "inside" else t * y < margin
    return numpy.maximum(0, margin - t * y), numpy.where(inside, -t, 0)


def squared_hinge(y, t, reduction, margin=1.0):
    return reduced(functional.relu(margin - t * y) ** 2, reduction)


TORCH_MSE = by_torch(functional.mse_loss)
TORCH_SMOOTH = by_torch(functional.smooth_l1_loss)
TORCH_HUBER = by_torch(functional.huber_loss)
WEIGHTED = by_torch(weighted_square)
BCE = by_formula(bce, bce_framework)
LOGITS = by_mpmath(bce_with_logits, bce_with_logits_framework)
MULTILABEL = by_mpmath(bce_with_logits, multilabel_framework)
FOCAL = by_mpmath(focal, focal_framework)
POISSON = by_torch(functional.poisson_nll_loss)
POISSON_RATE = by_mpmath(poisson_rate, functional.poisson_nll_loss)
GAUSSIAN = by_torch(lambda y, y2, t, **options: functional.gaussian_nll_loss(y, t, y2, **options))
KL = by_torch(functional.kl_div)
EMBEDDING = by_torch(functional.hinge_embedding_loss)
WEIGHTS = [0.5, 1, 2, 0]

# name, reference, options beside `reduction`, cases.
VARIANTS = [
    ("mse", TORCH_MSE, {}, errors(1.0)),
    ("abs", by_torch(functional.l1_loss), {}, errors(1.0)),
    ("abs", by_formula(torch7_absolute), {"at_zero": "plus_one"}, errors(1.0)),
    ("smooth_l1", TORCH_SMOOTH, {}, errors(1.0)),
    ("smooth_l1", TORCH_SMOOTH, {"beta": 0.5}, errors(0.5)),
    ("smooth_l1", TORCH_SMOOTH, {"beta": 2.0}, errors(2.0)),
    ("smooth_l1", TORCH_SMOOTH, {"beta": 0.1}, errors(0.1)),
    ("huber", TORCH_HUBER, {}, errors(1.0)),
    ("huber", TORCH_HUBER, {"delta": 0.1}, errors(0.1)),
    ("huber", TORCH_HUBER, {"delta": 2.0}, errors(2.0)),
    ("weighted_mse", WEIGHTED, {}, four_errors()),
    ("weighted_mse", WEIGHTED, {"weights": [0.3]}, four_errors()),
    ("weighted_mse", WEIGHTED, {"weights": WEIGHTS}, four_errors()),
    ("weighted_mse", WEIGHTED, {"weights": WEIGHTS, "weighted": "target"}, four_errors()),
    ("log_cosh", by_mpmath(log_cosh), {}, {**four_errors(), "small": small_errors()}),
    ("quantile", by_formula(quantile), {}, four_errors()),
    ("quantile", by_formula(quantile), {"tau": 0.9}, four_errors()),
    ("quantile", by_formula(quantile), {"tau": 0.01}, four_errors()),
    ("poisson_nll", POISSON, {}, counts()),
    ("poisson_nll", POISSON, {"full": True}, counts()),
    ("poisson_nll", POISSON_RATE, {"log_input": False}, rates()),
    ("poisson_nll", POISSON_RATE, {"log_input": False, "full": True, "eps": 0.001}, rates()),
    ("gaussian_nll", GAUSSIAN, {}, means_and_variances(1e-6)),
    ("gaussian_nll", GAUSSIAN, {"full": True, "eps": 0.25}, means_and_variances(0.25)),
    ("bce", BCE, {}, probabilities()),
    ("bce", BCE, {"weights": [3]}, probabilities()),
    ("bce", BCE, {"weights": WEIGHTS}, probabilities()),
    ("bce", by_formula(torch7_bce), {"guard": "epsilon"}, probabilities()),
    ("bce", by_formula(torch7_bce), {"guard": "epsilon", "weights": WEIGHTS}, probabilities()),
    ("bce_with_logits", LOGITS, {}, logits()),
    ("bce_with_logits", LOGITS, {"pos_weight": [3]}, logits()),
    ("bce_with_logits", LOGITS, {"pos_weight": WEIGHTS, "weights": [2, 0.1, 1, 5]}, logits()),
    ("multilabel_soft_margin", MULTILABEL, {}, logits()),
    ("multilabel_soft_margin", MULTILABEL, {"weights": WEIGHTS}, logits()),
    ("multilabel_soft_margin", by_mpmath(guarded_multilabel), {"guard": "epsilon"}, logits()),
    ("multilabel_soft_margin", by_mpmath(guarded_multilabel), {"guard": "epsilon", "weights": WEIGHTS}, logits()),
    ("focal", FOCAL, {}, logits()),
    ("focal", FOCAL, {"gamma": 0.0, "alpha": -1.0}, logits()),
    ("focal", FOCAL, {"gamma": 0.5, "alpha": 0.75}, logits()),
    ("focal", FOCAL, {"gamma": 5.0}, logits()),
    ("kl_div", KL, {}, log_probabilities()),
    ("kl_div", KL, {"log_target": True}, log_targets()),
    ("margin", by_formula(margin), {}, sides(1)),
    ("margin", by_formula(margin), {"at_kink": "inside"}, sides(1)),
    ("margin", by_formula(margin), {"margin": 0.0, "at_kink": "inside"}, sides(0)),
    ("margin", by_formula(margin), {"margin": 0.3}, sides(0.3)),
    ("squared_hinge", by_torch(squared_hinge), {}, sides(1)),
    ("squared_hinge", by_torch(squared_hinge), {"margin": 0.25}, sides(0.25)),
    ("soft_margin", by_mpmath(soft_margin, functional.soft_margin_loss), {}, soft_sides()),
    ("hinge_embedding", EMBEDDING, {}, distances(1)),
    ("hinge_embedding", EMBEDDING, {"margin": 0.3}, distances(0.3)),
]


# ---- Reduction and output ----------------------------------------------------------


def divisors(name, reduction, batch, features):
    """What a sample's sum over features, then the sum over samples is divided by."""
    over_features = reduction == "mean" or name == "multilabel_soft_margin"
    return features if over_features else 1, 1 if reduction == "sum" else batch


def check_framework(framework, reduction, options, inputs, loss, gradients):
    """PyTorch must say the same, where it is finite."""
    *predictions, target = [torch.tensor(numpy.array(x)) for x in inputs]
    for prediction in predictions:
        prediction.requires_grad_()
    whole = framework(*predictions, target, reduction=reduction, **tensors(options))
    whole.backward()
    numbers = [(whole.detach().numpy(), loss)]
    numbers += [(p.grad.numpy(), g) for p, g in zip(predictions, gradients)]
    largest = max(1, *(numpy.abs(x).max() for x in inputs))
    for theirs, ours in numbers:
        off = numpy.abs(theirs - ours) / numpy.maximum(largest, numpy.abs(ours))
        if (numpy.isfinite(theirs) & (off > 1e-12)).any():
            sys.exit(f"{framework} {options} {reduction}: {theirs} is not {ours}")


def write_case(name, reference, reduction, options, case, inputs):
    own, framework = reference
    terms, derivatives = own(inputs, options)
    over_features, over_batch = divisors(name, reduction, *terms.shape)
    values = terms.sum(axis=1) / over_features
    loss = values.sum() / over_batch
    gradients = [each / over_features / over_batch for each in derivatives]
    if framework:
        check_framework(framework, reduction, options, inputs, loss, gradients)
    words = {k: " ".join(f"{x:g}" for x in v) if isinstance(v, list) else v for k, v in options.items()}
    numbers = ["", "2", "3"]
    write(
        name,
        {"reduction": reduction, **words},
        case,
        **{"prediction" + n: x for n, x in zip(numbers, inputs[:-1])},
        target=inputs[-1],
        value=values,
        loss=loss,
        **{"gradient" + n: x for n, x in zip(numbers, gradients)},
    )


def main():
    write_header()
    for name, reference, options, cases in VARIANTS:
        for reduction in ("mean", "sum", "batchmean") if name == "kl_div" else ("mean", "sum"):
            for case, inputs in cases.items():
                write_case(name, reference, reduction, options, case, inputs)


main()
