"""What the columns of a result folder are, as schema.json beside them says.

Which way of a number is better, its unit and its range come from there; nothing is
guessed from a name. A folder without the file has columns of unknown direction, which
are shown and never ranked.
"""

import json
import math
from dataclasses import dataclass

from tables import InputError

FILE = "schema.json"
VERSION = 1
LOWER, HIGHER, NONE, UNKNOWN = "lower", "higher", "none", "unknown"
SLACK = 1e-6  # of the size of a bound: what rounding may put beyond it


@dataclass(frozen=True)
class Column:
    """A column of trace.csv or timing.csv.

    `better` is lower, higher, none (no value is better than another) or unknown (nobody
    says). `ranked`: whether arms may be ordered by it; if not, `reason` says why. `unit` is
    "" where none is known, "1" for a pure number.
    """
    name: str
    better: str = UNKNOWN
    unit: str = ""
    meaning: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    metric: str = ""        # such as accuracy; "" where it is no metric
    part: str = ""          # train or test
    defined_on: str = ""
    chance: float = math.nan
    ranked: bool = False
    reason: str = ""
    primary: bool = False   # of all metrics the one that a report is judged by

    @property
    def label(self):
        """For readers: "test accuracy", "training mse"."""
        words = {"train": "training ", "test": "test "}.get(self.part, "")
        return words + (self.metric or self.name)

    @property
    def direction(self):
        """For readers: "higher is better", "lower is better", or why there is none."""
        if self.better in (LOWER, HIGHER):
            return f"{self.better} is better"
        return "no direction" if self.better == NONE else "direction unknown"

    @property
    def axis(self):
        """For an axis: the label, its unit where it has one, and the direction."""
        unit = f" / {self.unit}" if self.unit not in ("", "1") else ""
        return f"{self.label}{unit} ({self.direction})"

    @property
    def best_word(self):
        return "highest" if self.better == HIGHER else "lowest"

    def badness(self, value):
        """A number that is smaller the better the value is; NaN for one that cannot be
        compared: not finite, out of the metric's range, or of a column without direction."""
        if self.better not in (LOWER, HIGHER) or not self.holds(value):
            return math.nan
        return -value if self.better == HIGHER else value

    def holds(self, value):
        """Whether the value is finite and within the metric's range."""
        low = self.minimum - SLACK * max(1.0, abs(self.minimum)) \
            if math.isfinite(self.minimum) else -math.inf
        high = self.maximum + SLACK * max(1.0, abs(self.maximum)) \
            if math.isfinite(self.maximum) else math.inf
        return math.isfinite(value) and low <= value <= high


@dataclass(frozen=True)
class Schema:
    """The columns by file and name. `missing`: there is no schema.json."""
    columns: dict
    not_measured: tuple = ()
    missing: bool = False

    def column(self, name, file="trace.csv"):
        """What is known of a column; of one that the schema does not name, its name alone."""
        known = self.columns.get(file, {}).get(name)
        if known is not None:
            return known
        reason = (f"there is no {FILE} to say which way is better" if self.missing else
                  f"{FILE} has no column {name}")
        part = name.split("_")[0] if name.startswith(("train_", "test_")) else ""
        return Column(name, part=part, metric=name[len(part) + 1:] if part else "", reason=reason)


def bound(value, otherwise):
    return otherwise if value is None else float(value)


def read_column(path, entry):
    try:
        low, high = entry["range"]
        column = Column(
            name=entry["name"], better=entry["better"], unit=entry["unit"],
            meaning=entry["meaning"], minimum=bound(low, -math.inf),
            maximum=bound(high, math.inf), metric=entry.get("metric") or "",
            part=entry.get("part") or "", defined_on=entry.get("defined_on") or "",
            chance=bound(entry.get("chance"), math.nan),
            ranked=bool(entry.get("ranked", entry["better"] in (LOWER, HIGHER))),
            reason=entry.get("reason") or "", primary=bool(entry.get("primary")))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not a schema ({error!r})") from error
    if column.better not in (LOWER, HIGHER, NONE):
        raise InputError(f"{path}: column '{column.name}': better is '{column.better}', "
                         f"expected {LOWER}, {HIGHER} or {NONE}")
    if column.ranked and column.better == NONE:
        raise InputError(f"{path}: column '{column.name}' is ranked and has no direction")
    return column


def load(folder):
    """The schema of a result folder. Raises InputError for a file that is none."""
    path = folder / FILE
    if not path.is_file():
        return Schema({}, missing=True)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        version = content["schema"]
        files = {file: entries for file, entries in content.items() if file.endswith(".csv")}
        unmeasured = tuple((entry["metric"], entry["reason"])
                           for entry in content.get("not_measured", ()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path}: not a schema ({error!r})") from error
    if version != VERSION:
        raise InputError(f"{path}: schema {version!r}, expected {VERSION}")
    return Schema({file: {column.name: column for column in
                          (read_column(path, entry) for entry in entries)}
                   for file, entries in files.items()}, unmeasured)
