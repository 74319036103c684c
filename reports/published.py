"""What was published, set against what was replayed. Facts live in published/."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

from results import Unavailable, pixels_sha256

FOLDER = Path(__file__).parent / "published"
EQUAL, DIFFERENT, MISSING = "equal", "different", "missing"


@dataclass
class Published:
    """Facts about one published study."""
    facts: dict
    column: str  # of trace.csv, which the values belong to
    rows: list   # (label of an arm, epoch, value as text)

    def labels(self):
        return list(dict.fromkeys(label for label, _, _ in self.rows))

    def epochs(self):
        return sorted({epoch for _, epoch, _ in self.rows})


def exists(name):
    """True if the article published anything for the experiment of that name."""
    return name in {path.stem for path in FOLDER.glob("*.csv")}


def applies(results):
    """Published numbers are numbers on MNIST, and say nothing about another set."""
    return exists(results.name) and results.dataset == "mnist"


def load(results):
    """The facts for this experiment. Raises Unavailable when there are none."""
    if not exists(results.name):
        raise Unavailable(f"nothing was published for {results.name}")
    if not applies(results):
        raise Unavailable(f"published on MNIST, trained on {results.dataset_title}")
    with (FOLDER / f"{results.name}.csv").open(newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    if header[0] == "label":  # label,epoch,value
        rows = [(label, int(epoch), value) for label, epoch, value in lines]
    else:                     # epoch and one column for each label
        rows = [(label, int(line[0]), value)
                for line in lines for label, value in zip(header[1:], line[1:])]
    facts = json.loads((FOLDER / f"{results.name}.json").read_text(encoding="utf-8"))
    return Published(facts, facts["column"], rows)


def mean_image_mse():
    """The mean square error of answering every MNIST image with their mean."""
    return json.loads((FOLDER / "mnist.json").read_text(encoding="utf-8"))["mean_image_mse"]


def compare_images(results):
    """{(label, epoch): EQUAL, DIFFERENT or MISSING} for every published image, from
    the pixels in the images folder, or from the digest of them in trace.csv where the image
    itself is not there. Raises Unavailable."""
    published = load(results)
    if published.column != "image_sha256":
        raise Unavailable("curves were published for this experiment, not images")
    verdicts = {}
    for label, epoch, expected in published.rows:
        arm = results.arm(label)
        pixels = results.image(arm.cells[0], epoch) if arm else None
        if pixels is not None:
            found = pixels_sha256(pixels)
        else:
            found = arm.cells[0].image_sha256.get(epoch) if arm else None
        verdicts[label, epoch] = (MISSING if not found else
                                  EQUAL if found == expected else DIFFERENT)
    return verdicts


@dataclass
class CurveMatch:
    """One published curve beside one replayed arm, at the epochs both have."""
    label: str
    arm: object
    epochs: list
    published: list
    replayed: list

    def differences(self):
        return [r - p for r, p in zip(self.replayed, self.published)]

    def worst(self):
        """(size, epoch) of the largest difference."""
        return max((abs(d), e) for d, e in zip(self.differences(), self.epochs))


def compare_curves(results):
    """Every published curve against every arm: {label: [CurveMatch, nearest first]}.
    Raises Unavailable."""
    published = load(results)
    if published.column == "image_sha256":
        raise Unavailable("images were published for this experiment, not curves")
    matches = {}
    for label in published.labels():
        points = {e: float(v) for name, e, v in published.rows if name == label}
        matches[label] = []
        for arm in results.arms:
            cell = arm.cells[0]
            epochs = [e for e in cell.epochs if e in points]
            if epochs:
                matches[label].append(CurveMatch(
                    label, arm, epochs, [points[e] for e in epochs],
                    [cell.value(published.column, e) for e in epochs]))
        matches[label].sort(key=lambda match: match.worst()[0])
    return matches


def own_match(matches, label):
    """The match of a curve with the arm of its own name, or None."""
    return next((m for m in matches[label] if m.arm.label == label), None)
