"""Our gradients before torch.autograd.gradcheck, and torch's verdict beside ours.

    /usr/bin/python3 tests/golden/crosscheck.py build/lossgrid

For every loss below: the gradient that `lossgrid eval` gives is within 1e-9 of torch's
automatic derivative; torch.autograd.gradcheck accepts our values with our gradient, and
refuses them with one entry of the gradient changed by a thousandth; `lossgrid gradcheck`
says the same of both. Exit code 0 only if all of it holds; without torch it says so, and 0.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

try:
    import numpy
    import torch
    from torch.nn import functional
except ImportError as error:
    print(f"crosscheck: not run: {error} (package python3-torch)")
    sys.exit(0)

BATCH, FEATURES = 3, 4
TOLERANCE = 1e-9

# name: (kind of prediction, kind of target, torch's loss, options for both)
LOSSES = {
    "mse": ("any", "any", functional.mse_loss, {}),
    "abs": ("any", "any", functional.l1_loss, {}),
    "smooth_l1": ("any", "any", functional.smooth_l1_loss, {"beta": 0.5}),
    "huber": ("any", "any", functional.huber_loss, {"delta": 0.75}),
    "poisson_nll": ("any", "unit", functional.poisson_nll_loss, {}),
    "bce": ("unit", "unit", functional.binary_cross_entropy, {}),
    "bce_with_logits": ("any", "unit", functional.binary_cross_entropy_with_logits, {}),
    "kl_div": ("any", "unit", functional.kl_div, {}),
    "soft_margin": ("any", "signs", functional.soft_margin_loss, {}),
    "hinge_embedding": ("any", "signs", functional.hinge_embedding_loss, {"margin": 0.5}),
    "nll": ("any", "class", functional.nll_loss, {}),
    "cross_entropy": ("any", "class", functional.cross_entropy, {"label_smoothing": 0.1}),
    "multi_margin": ("any", "class", functional.multi_margin_loss, {"margin": 0.75}),
    "multilabel_margin": ("any", "classes", functional.multilabel_margin_loss, {}),
    "cosine_embedding": ("pair", "pair", functional.cosine_embedding_loss, {"margin": 0.25}),
    "margin_ranking": ("pair", "signs", functional.margin_ranking_loss, {"margin": 0.25}),
    "triplet_margin": ("triple", "none", functional.triplet_margin_loss, {"margin": 2.0}),
}
INPUTS = {"pair": 2, "triple": 3}


def draw(kind, generator):
    shape = (BATCH, FEATURES)
    return {
        "any": lambda: generator.uniform(-2, 2, shape),
        "unit": lambda: generator.uniform(0.1, 0.9, shape),
        "signs": lambda: generator.choice([-1.0, 1.0], shape),
        "pair": lambda: numpy.array([[1.0], [-1.0], [1.0]]),
        "class": lambda: numpy.array([[0.0], [2.0], [3.0]]),
        "classes": lambda: numpy.array([[0, -1, -1, -1], [1, 3, -1, -1], [0, 1, 2, -1.0]]),
    }[kind]()


class Ours:
    """A loss of this project by its command line."""

    def __init__(self, program, name, options, target, scratch):
        self.program, self.name, self.scratch = program, name, scratch
        self.sets = [f"--set={key}={value}" for key, value in options.items()]
        if target is not None:
            numpy.savetxt(scratch / "t.csv", target, delimiter=",", fmt="%.17g")
            self.sets.append(f"--target={scratch / 't.csv'}")

    def evaluate(self, predictions):
        """(value, [gradient by each prediction])"""
        line = [self.program, "eval", "loss", self.name, *self.sets]
        for i, prediction in enumerate(predictions):
            number = "" if i == 0 else str(i + 1)
            numpy.savetxt(self.scratch / f"p{i}.csv", prediction, delimiter=",", fmt="%.17g")
            line += [f"--prediction{number}={self.scratch / f'p{i}.csv'}",
                     f"--gradient{number}={self.scratch / f'g{i}.csv'}"]
        value = float(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
        return value, [numpy.loadtxt(self.scratch / f"g{i}.csv", delimiter=",", ndmin=2)
                       for i in range(len(predictions))]


def as_function(ours, factor):
    """Our value and gradient as a function of torch's; one entry is multiplied by factor."""

    class Function(torch.autograd.Function):
        @staticmethod
        def forward(context, *predictions):
            value, gradients = ours.evaluate([p.detach().numpy() for p in predictions])
            changed = numpy.unravel_index(numpy.abs(gradients[0]).argmax(), gradients[0].shape)
            gradients[0][changed] *= factor
            context.gradients = [torch.from_numpy(g) for g in gradients]
            return torch.tensor(value, dtype=torch.float64)

        @staticmethod
        def backward(context, upstream):
            return tuple(upstream * g for g in context.gradients)

    return Function.apply


def torch_accepts(function, tensors):
    return torch.autograd.gradcheck(function, tensors, eps=1e-6, atol=1e-7, rtol=1e-5,
                                    raise_exception=False)


def we_accept(program, name, *arguments):
    done = subprocess.run([program, "gradcheck", "--loss", name, "--quiet", *arguments],
                          capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    return done.returncode == 0


def reference(kind, loss, tensors, target, options):
    arguments = [] if target is None else [torch.from_numpy(target)]
    if kind in ("class", "pair"):
        arguments[0] = arguments[0][:, 0]
    if kind in ("class", "classes"):
        arguments[0] = arguments[0].long()
    torch.autograd.backward(loss(*tensors, *arguments, **options))
    return [t.grad.numpy() for t in tensors]


def check(program, name, scratch):
    """(largest difference, torch on ours, torch on a wrong one, we on ours, we on a wrong one)"""
    prediction_kind, target_kind, loss, options = LOSSES[name]
    generator = numpy.random.default_rng(7)
    count = INPUTS.get(prediction_kind, 1)
    kind = "any" if count > 1 else prediction_kind
    predictions = [draw(kind, generator) for _ in range(count)]
    target = None if target_kind == "none" else draw(target_kind, generator)
    tensors = [torch.from_numpy(p).requires_grad_() for p in predictions]
    expected = reference(target_kind, loss, tensors, target, options)
    ours = Ours(program, name, options, target, scratch)
    _, gradients = ours.evaluate(predictions)
    difference = max(numpy.abs(g - e).max() for g, e in zip(gradients, expected))
    fresh = tuple(torch.from_numpy(p).requires_grad_() for p in predictions)
    return (difference, torch_accepts(as_function(ours, 1.0), fresh),
            torch_accepts(as_function(ours, 1.001), fresh), we_accept(program, name),
            not we_accept(program, name, "--inject", "one wrong element"))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: tests/golden/crosscheck.py PROGRAM")
    failed = 0
    print("loss               largest difference  right: torch  ours   wrong: torch  ours")
    with tempfile.TemporaryDirectory() as folder:
        for name in LOSSES:
            difference, right, wrong, own_right, own_wrong = check(sys.argv[1], name, Path(folder))
            words = [("pass", "FAIL")[not ok] for ok in (right, wrong, own_right, own_wrong)]
            print(f"{name:18} {difference:18.1e}  {words[0]:>12}  {words[2]:>4} {words[1]:>14}  "
                  f"{words[3]:>4}")
            failed += not (difference <= TOLERANCE and right and own_right and not wrong
                           and not own_wrong)
    print(f"crosscheck: {len(LOSSES) - failed} passed, {failed} failed, against torch "
          f"{torch.__version__}")
    sys.exit(failed > 0)


main()
