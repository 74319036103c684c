"""Golden values of the losses of engine/loss over classes, pairs and triplets, from
PyTorch in float64 (python3-torch 1.13).

    /usr/bin/python3 tests/golden/class_losses.py > tests/golden/class_losses.csv

What PyTorch has not: class_simplex's vertices come from the recursion of Torch7's
ClassSimplexCriterion, l1_hinge_embedding is PyTorch's hinge_embedding_loss of its
pairwise_distance, distance_ratio and contrastive are the sources' formulas. The cases
`sure`, `vast`, `tiny` and `largest_p` are from mpmath with 60 digits, where PyTorch
loses digits or leaves the range of float64.

Quantities: prediction, prediction2, prediction3 (batch, features), target (batch, 1 or
features), value (batch): each sample's loss times its weight, weights (batch) where a
loss has them, loss: the batch's, gradient, gradient2, gradient3. To add a loss: a
function of predictions, target, options and reduction, a line in VARIANTS, its cases.
"""

import mpmath
import numpy
import torch
from torch.nn import functional

from table import as_floats, random_floats, write, write_header

mpmath.mp.dps = 60


def reduced(each, reduction):
    return {"none": each, "mean": each.mean(), "sum": each.sum()}[reduction]


def classes_of(target):
    return target[:, 0].long()


def tensor_or_none(weights):
    return None if weights is None else torch.tensor(weights, dtype=torch.float64)


def nll(y, target, reduction, weights=None, ignore_index=-100):
    return functional.nll_loss(
        y[0], classes_of(target), tensor_or_none(weights), ignore_index=ignore_index, reduction=reduction
    )


def cross_entropy(y, target, reduction, weights=None, ignore_index=-100, label_smoothing=0.0):
    return functional.cross_entropy(
        y[0],
        classes_of(target),
        tensor_or_none(weights),
        ignore_index=ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


def multi_margin(y, target, reduction, p=1, margin=1.0, weights=None):
    return functional.multi_margin_loss(
        y[0], classes_of(target), p, margin, tensor_or_none(weights), reduction=reduction
    )


def multilabel_margin(y, target, reduction):
    return functional.multilabel_margin_loss(y[0], target.long(), reduction=reduction)


def simplex(classes):
    """(classes, classes): the recursion of Torch7's ClassSimplexCriterion."""
    n = classes - 1
    vertices = numpy.zeros((classes, classes))
    for k in range(n):
        vertices[k, k] = numpy.sqrt(1 - (vertices[k, :k] ** 2).sum())
        vertices[k + 1 :, k] = (vertices[k, k] ** 2 - 1 - 1 / n) / vertices[k, k]
    return torch.tensor(vertices)


def class_simplex(y, target, reduction):
    error = (y[0] - simplex(y[0].shape[1])[classes_of(target)]) ** 2
    return error if reduction == "none" else reduced(error, reduction)


def l1_hinge_embedding(y, target, reduction, margin=1.0):
    distance = functional.pairwise_distance(y[0], y[1], p=1, eps=0)
    return functional.hinge_embedding_loss(distance, target[:, 0], margin, reduction=reduction)


def cosine_embedding(y, target, reduction, margin=0.0):
    return functional.cosine_embedding_loss(y[0], y[1], target[:, 0], margin, reduction=reduction)


def margin_ranking(y, target, reduction, margin=0.0):
    return functional.margin_ranking_loss(y[0], y[1], target, margin, reduction=reduction)


def triplet_margin(y, _, reduction, margin=1.0, p=2.0, eps=1e-6, swap=False):
    return functional.triplet_margin_loss(*y, margin, p, eps, swap, reduction=reduction)


def distance_ratio(y, _, reduction):
    each = -functional.logsigmoid(y[1] - y[0])
    literal = y[0] + torch.logaddexp(-y[0], -y[1])  # Torch7's DistanceRatioCriterion
    assert torch.allclose(each, literal, rtol=1e-13, atol=1e-13)
    return reduced(each, reduction)


def contrastive(y, target, reduction, margin=1.0):
    distance = torch.linalg.vector_norm(y[0] - y[1], dim=1)
    apart = (margin - distance).clamp_min(0)
    each = torch.where(target[:, 0] == 1, distance**2 / 2, apart**2 / 2)
    return reduced(each, reduction)


# Inputs of a case: predictions and the target (None: the loss has none).


def generic(seed, inputs, batch, features, target):
    generator = numpy.random.default_rng(seed)
    predictions = [random_floats(generator, -2, 2, batch, features) for _ in range(inputs)]
    return predictions, None if target is None else as_floats(target).reshape(batch, -1)


def floats(*predictions, target=None):
    return [as_floats(p) for p in predictions], None if target is None else as_floats(target)


def beside(value):
    """A float and its two neighbours."""
    value = numpy.float32(value)
    return [value, numpy.nextafter(value, numpy.float32(-9)), numpy.nextafter(value, numpy.float32(9))]


def class_cases(ignored):
    """Five classes; one target is `ignored`."""
    return {
        "one": generic(11, 1, 1, 5, [[4]]),
        "three": generic(12, 1, 3, 5, [[0], [3], [2]]),
        "ignored": generic(13, 1, 3, 5, [[2], [ignored], [4]]),
        "huge": floats(
            [[1000, -1000, 0, 5, 1000], [-1000, -999, -998, -997, -1000], [0, 0, 0, 0, 1000]],
            target=[[0], [1], [4]],
        ),
        "equal": floats([[0.3, 0.3, 0.3, 0.3, 0.3]], target=[[2]]),
    }


def log_probability_cases(ignored):
    cases = class_cases(ignored)
    for case, (predictions, target) in cases.items():
        cases[case] = [as_floats(-numpy.abs(predictions[0]))], target
    return cases


def margin_cases(margin):
    cases = class_cases(1)
    cases["kinks"] = floats(
        [[1, *beside(1 - margin), 7], [2, 2 - margin, 2, 2 - margin, -2]], target=[[0], [2]]
    )
    cases["extremes"] = floats(
        [[1e18, -1e18, 0, 1e18, 1e-18], [1e-18, 3e-18, 0, -1e-18, 1e-18]], target=[[1], [1]]
    )
    return cases


WIDE = {"wide": generic(15, 1, 2, 19, [[18], [3]])}
MULTILABEL_CASES = {
    "one": generic(21, 1, 1, 19, [[18, 0, 3, 7, -1, 5, 6, *[0] * 12]]),
    "three": generic(22, 1, 3, 5, [[2, -1, 0, 1, 3], [0, 1, 4, -1, -1], [3, 0, -1, -1, -1]]),
    "none_all_twice": generic(23, 1, 3, 3, [[-1, 0, 1], [2, 1, 0], [1, 1, -1]]),
    "kinks": floats(
        [[1, *beside(0), 5], [2, 1, 2, 1, 0.5]], target=[[0, -1, -1, -1, -1], [0, 2, -1, -1, -1]]
    ),
    "extremes": floats([[1e30, -1e30, 0, 1e30, 1e-30]], target=[[1, 4, -1, -1, -1]]),
}
SIMPLEX_CASES = {
    "one": generic(31, 1, 1, 19, [[18]]),
    "three": generic(32, 1, 3, 5, [[0], [3], [4]]),
    "two_classes": generic(33, 1, 2, 2, [[0], [1]]),
    "extremes": floats([[1e18, -1e18, 0, 1e-18]], target=[[2]]),
}


def pair_cases(margin):
    """Distances of exactly margin, of 0, and equal entries."""
    return {
        "one": generic(41, 2, 1, 19, [[1]]),
        "strangers": generic(42, 2, 1, 5, [[-1]]),
        "near": ([x / 16 for x in generic(43, 2, 3, 5, None)[0]], as_floats([[-1], [1], [-1]])),
        "three": generic(44, 2, 3, 5, [[-1], [1], [-1]]),
        "at_margin": floats(
            [[margin, 0], [0, 0], [margin / 2, 0]], [[0, 0], [0, -margin], [0, 0]], target=[[-1]] * 3
        ),
        "zero": floats(
            [[0, 0], [0, 0], [0.5, 2]], [[0, 0], [0, 0], [0.5, 3]], target=[[1], [-1], [1]]
        ),
        "extremes": floats(
            [[1e18, 1], [1e18, -1e18], [3e-18, 0]],
            [[0, 2], [0, 1e18], [0, 4e-18]],
            target=[[1], [-1], [1]],
        ),
    }


COSINE_CASES = {
    "one": generic(51, 2, 1, 19, [[1]]),
    "strangers": generic(52, 2, 3, 5, [[-1]] * 3),
    "three": generic(53, 2, 3, 5, [[-1], [1], [-1]]),
    "zero": floats(
        [[0, 0], [1, 2], [0, 0], [0, 0]], [[3, 4], [0, 0], [0, 0], [1, -1]], target=[[1], [1], [-1], [-1]]
    ),
    "kinks": floats([[1, 0], [2, 2]], [[0, 2], [1, -1]], target=[[-1], [-1]]),
    "extremes": floats([[1e30, 1e30], [1e-30, 2e-30]], [[1, 2], [3, 1]], target=[[1], [-1]]),
}


def ranking_cases(margin):
    signs = numpy.random.default_rng(61).choice([-1.0, 1.0], (3, 5))
    return {
        "one": generic(62, 2, 1, 5, signs[:1]),
        "three": generic(63, 2, 3, 5, signs),
        "kinks": floats(
            [beside(margin), [0, 0, 0]], [[0, 0, 0], beside(margin)], target=[[1] * 3, [-1] * 3]
        ),
        "extremes": floats([[1e30, -1e30, 1e-30, 0]], [[-1e30, 1e30, 0, 1e-30]], target=[[-1, 1, 1, 1]]),
    }


TRIPLET_CASES = {
    "one": generic(71, 3, 1, 19, None),
    "three": generic(72, 3, 3, 5, None),
    "far_negative": floats([[0, 0.25], [3, 1]], [[0.5, 0], [3, 2]], [[3, 4], [-3, 7]]),
    "kinks": floats([[0, 0], [0, 0]], [[1, 0], [0, -1]], [[2, 0], [0, 1.5]]),
    "ties": floats([[0, 1], [1, 2]], [[0, 1], [-1, 2]], [[1, 1], [0, 2]]),
    "equal": floats([[0, 0], [0.5, -7]], [[0, 0], [0.5, -7]], [[0, 0], [0.5, -7]]),
    "extremes": floats([[1e9, 0, 2e9]], [[0, 1e-9, 1]], [[3e8, 2, 1e-9]]),
}
# Of p = 7.5 two derivatives that nearly cancel would be left.
WITHOUT_KINKS = {k: v for k, v in TRIPLET_CASES.items() if k not in ("kinks", "ties")}
RATIO_CASES = {
    "one": generic(81, 2, 1, 19, None),
    "three": generic(82, 2, 3, 5, None),
    "extremes": floats([[1000, 0, 1e30, 1, 0, 600]], [[0, 1000, 1, 1e30, 0, 640]]),
}

WEIGHTS = [0.5, 1.0, 2.0, 0.0, 3.0]
# name, its function, an option set, its cases.
VARIANTS = [
    ("nll", nll, {}, log_probability_cases(-100)),
    ("nll", nll, {"weights": WEIGHTS}, log_probability_cases(-100)),
    ("nll", nll, {"ignore_index": 1}, log_probability_cases(1)),
    ("nll", nll, {"weights": WEIGHTS, "ignore_index": -1}, log_probability_cases(-1)),
    ("cross_entropy", cross_entropy, {}, {**class_cases(-100), **WIDE}),
    ("cross_entropy", cross_entropy, {"weights": WEIGHTS}, class_cases(-100)),
    ("cross_entropy", cross_entropy, {"label_smoothing": 0.1}, {**class_cases(-100), **WIDE}),
    ("cross_entropy", cross_entropy, {"label_smoothing": 1.0}, class_cases(-100)),
    ("cross_entropy", cross_entropy, {"ignore_index": 1}, class_cases(1)),
    (
        "cross_entropy",
        cross_entropy,
        {"weights": WEIGHTS, "ignore_index": 0, "label_smoothing": 0.25},
        class_cases(0),
    ),
    ("multi_margin", multi_margin, {}, {**margin_cases(1), **WIDE}),
    ("multi_margin", multi_margin, {"p": 2}, {**margin_cases(1), **WIDE}),
    ("multi_margin", multi_margin, {"margin": 0.5}, margin_cases(0.5)),
    ("multi_margin", multi_margin, {"margin": 0.0, "weights": WEIGHTS}, margin_cases(0)),
    ("multi_margin", multi_margin, {"p": 2, "margin": 0.25, "weights": WEIGHTS}, margin_cases(0.25)),
    ("multilabel_margin", multilabel_margin, {}, MULTILABEL_CASES),
    ("class_simplex", class_simplex, {}, SIMPLEX_CASES),
    ("l1_hinge_embedding", l1_hinge_embedding, {}, pair_cases(1)),
    ("l1_hinge_embedding", l1_hinge_embedding, {"margin": 5.0}, pair_cases(5)),
    ("cosine_embedding", cosine_embedding, {}, COSINE_CASES),
    ("cosine_embedding", cosine_embedding, {"margin": 0.25}, COSINE_CASES),
    ("cosine_embedding", cosine_embedding, {"margin": -1.0}, COSINE_CASES),
    ("margin_ranking", margin_ranking, {}, ranking_cases(0)),
    ("margin_ranking", margin_ranking, {"margin": 0.5}, ranking_cases(0.5)),
    ("triplet_margin", triplet_margin, {}, TRIPLET_CASES),
    ("triplet_margin", triplet_margin, {"swap": True}, TRIPLET_CASES),
    ("triplet_margin", triplet_margin, {"margin": 0.25, "eps": 0.0}, TRIPLET_CASES),
    ("triplet_margin", triplet_margin, {"p": 1.0, "eps": 0.0, "swap": True}, TRIPLET_CASES),
    ("triplet_margin", triplet_margin, {"p": 1.0}, TRIPLET_CASES),
    ("triplet_margin", triplet_margin, {"p": 1.5, "eps": 0.0}, TRIPLET_CASES),
    ("triplet_margin", triplet_margin, {"p": 3.0, "swap": True}, TRIPLET_CASES),
    ("triplet_margin", triplet_margin, {"p": 7.5, "eps": 0.125, "margin": 2.0}, WITHOUT_KINKS),
    ("distance_ratio", distance_ratio, {}, RATIO_CASES),
    ("contrastive", contrastive, {}, pair_cases(1)),
    ("contrastive", contrastive, {"margin": 5.0}, pair_cases(5)),
]


def as_text(options):
    """Lists with spaces, as tests/unit/golden.h reads them."""
    return {
        key: " ".join(f"{x:g}" for x in value) if isinstance(value, list) else value
        for key, value in options.items()
    }


def sample_weights(options, target):
    weights = numpy.asarray(options.get("weights", []))
    return [
        0.0 if c == options.get("ignore_index", -100) else float(weights[c]) if weights.size else 1.0
        for c in target[:, 0].astype(int)
    ]


def write_case(variant, reduction, case, inputs):
    name, function, options, _ = variant
    predictions = [torch.tensor(p, requires_grad=True) for p in inputs[0]]
    target = None if inputs[1] is None else torch.tensor(inputs[1])
    each = function(predictions, target, "none", **options)
    if each.dim() > 1:
        each = each.mean(dim=1) if reduction == "mean" else each.sum(dim=1)
    loss = function(predictions, target, reduction, **options)
    loss.backward()
    quantities = {f"prediction{i + 1 if i else ''}": p for i, p in enumerate(inputs[0])}
    if target is not None:
        quantities["target"] = inputs[1]
    quantities["value"] = each.detach().numpy()
    if name in ("nll", "cross_entropy"):
        quantities["weights"] = sample_weights(options, inputs[1])
    quantities["loss"] = loss.item()
    for i, p in enumerate(predictions):
        quantities[f"gradient{i + 1 if i else ''}"] = p.grad.numpy()
    set_options = {"reduction": "sum", **options} if reduction == "sum" else options
    write(name, as_text(set_options), case, **quantities)


def write_sure():
    """A class that is all but certain: its loss and slope are tiny and exact."""
    logits, target = as_floats([[30, 1, -2, 0.5, 3], [-40, 0.5, 60, -20, 0]]), as_floats([[0], [2]])
    for smoothing in (0, 0.125):
        values, gradient = [], []
        for row, t in zip(logits, target[:, 0].astype(int)):
            power = [mpmath.exp(mpmath.mpf(float(z))) for z in row]
            share = [e / mpmath.fsum(power) for e in power]
            wanted = [mpmath.mpf(smoothing) / 5 + (1 - smoothing) * (c == t) for c in range(5)]
            values.append(float(-mpmath.fsum(w * mpmath.log(s) for w, s in zip(wanted, share))))
            gradient.append([float((s - w) / len(logits)) for w, s in zip(wanted, share)])
        options = {"label_smoothing": smoothing} if smoothing else {}
        write(
            "cross_entropy",
            options,
            "sure",
            prediction=logits,
            target=target,
            value=values,
            weights=[1, 1],
            loss=sum(values) / 2,
            gradient=gradient,
        )


def precise_distance(a, b, p, eps):
    """The norm of a - b + eps, and its derivatives by a."""
    entries = [mpmath.mpf(float(x)) - mpmath.mpf(float(y)) + mpmath.mpf(eps) for x, y in zip(a, b)]
    length = mpmath.fsum(abs(e) ** p for e in entries) ** (mpmath.mpf(1) / p)
    return length, [mpmath.sign(e) * (abs(e) / length) ** (p - 1) for e in entries]


def write_vast():
    """Distances whose squares leave the range of float64, and the largest p."""
    vast = [numpy.array([x]) for x in ([1e200, -3e180, 2e200], [-1e200, 0, 1.5e200], [0, 0, 5e199])]
    near = [as_floats(x) for x in ([[0.3, -0.25, 0.75]], [[0.5, 0.125, -0.5]], [[-0.3, 0.625, 0.5]])]
    for p, rows in ((2, vast), (3, vast), (100, vast), (100, near)):
        (anchor,), (positive,), (negative,) = rows
        first, by_first = precise_distance(anchor, positive, p, 1e-6)
        second, by_second = precise_distance(anchor, negative, p, 1e-6)
        value = float(1 + first - second)
        assert value > 0
        write(
            "triplet_margin",
            {} if p == 2 else {"p": p},
            "largest_p" if rows is near else "vast",
            prediction=rows[0],
            prediction2=rows[1],
            prediction3=rows[2],
            value=[value],
            loss=value,
            gradient=[float(x - y) for x, y in zip(by_first, by_second)],
            gradient2=[float(-x) for x in by_first],
            gradient3=[float(y) for y in by_second],
        )
    first, second = numpy.array([[3e-200, 1e-201]]), numpy.array([[-1e-200, 4e-200]])
    length, slopes = precise_distance(first[0], second[0], 2, 0)
    push = [float(-(1 - length) * s) for s in slopes]
    write(
        "contrastive",
        {},
        "tiny",
        prediction=first,
        prediction2=second,
        target=[-1],
        value=[0.5],
        loss=0.5,
        gradient=push,
        gradient2=[-x for x in push],
    )


def main():
    write_header()
    for variant in VARIANTS:
        for case, inputs in variant[3].items():
            write_case(variant, "mean", case, inputs)
        write_case(variant, "sum", "three", variant[3]["three"])
    write_sure()
    write_vast()


main()
