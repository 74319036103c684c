"""The columns of a result folder, from the schema.json next to them.

Names, types, units, the words that occur, which way of a number is better and its range come
from there; nothing is guessed from a name. A folder of a run without the file has columns of
unknown direction, which are shown and never ranked.
"""

import json
import math
from dataclasses import dataclass

from tables import InputError, number, read_csv

FILE = "schema.json"
VERSION = 1
LOWER, HIGHER, NONE, UNKNOWN = "lower", "higher", "none", "unknown"
CONVERT = {"text": str, "integer": int, "real": float}
SLACK = 1e-6  # of the size of a bound: what rounding may put beyond it


@dataclass(frozen=True)
class Column:
    """A column of a CSV file.

    `better` is lower, higher, none (no value is better than another) or unknown (nobody
    says). `ranked`: whether arms may be ordered by it; if not, `reason` says why. `unit` is
    "" where none is known, "1" for a pure number. `optional`: empty where there is no value.
    `words`: the texts that occur; empty: any.
    """
    name: str
    type: str = "text"      # text, integer or real
    optional: bool = True
    words: tuple = ()
    better: str = UNKNOWN
    unit: str = ""
    meaning: str = ""
    minimum: float = -math.inf
    maximum: float = math.inf
    metric: str = ""        # such as accuracy; "" where it is no metric
    part: str = ""          # train, validation or test
    defined_on: str = ""
    chance: float = math.nan
    ranked: bool = False
    reason: str = ""
    primary: bool = False   # of all metrics the one that a report is judged by

    @property
    def label(self):
        """For readers: "test accuracy", "training mse"."""
        words = {"train": "training ", "validation": "validation ", "test": "test "}
        return words.get(self.part, "") + (self.metric or self.name)

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
        """True if the value is finite and within the metric's range."""
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
        part = name.split("_")[0] if name.startswith(("train_", "validation_", "test_")) else ""
        return Column(name, part=part, metric=name[len(part) + 1:] if part else "", reason=reason)


def bound(value, otherwise):
    return otherwise if value is None else float(value)


def read_column(path, entry):
    try:
        low, high = entry.get("range") or (None, None)
        better = entry.get("better", NONE)
        column = Column(
            name=entry["name"], type=entry.get("type", "text"),
            optional=entry.get("optional", True), words=tuple(entry.get("values", ())),
            better=better, unit=entry["unit"],
            meaning=entry["meaning"], minimum=bound(low, -math.inf),
            maximum=bound(high, math.inf), metric=entry.get("metric") or "",
            part=entry.get("part") or "", defined_on=entry.get("defined_on") or "",
            chance=bound(entry.get("chance"), math.nan),
            ranked=bool(entry.get("ranked", better in (LOWER, HIGHER))),
            reason=entry.get("reason") or "", primary=bool(entry.get("primary")))
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not a schema ({error!r})") from error
    if column.better not in (LOWER, HIGHER, NONE):
        raise InputError(f"{path}: column '{column.name}': better is '{column.better}', "
                         f"expected {LOWER}, {HIGHER} or {NONE}")
    if column.ranked and column.better == NONE:
        raise InputError(f"{path}: column '{column.name}' is ranked and has no direction")
    if column.type not in CONVERT:
        raise InputError(f"{path}: column '{column.name}': type is '{column.type}', expected one "
                         f"of {', '.join(CONVERT)}")
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


# ---- Rows by their columns ---------------------------------------------------


class Row(dict):
    """The values of a row by column, and "line". Asked for a column that its file does not
    have, it names both."""

    def __init__(self, path, values):
        super().__init__(values)
        self.path = path

    def __missing__(self, column):
        raise InputError(f"{self.path}: column '{column}' is missing; found: "
                         f"{', '.join(name for name in self if name != 'line')}")


def expect(folder, command):
    """The schema of a folder that a command wrote, which has to have one."""
    schema = load(folder)
    if schema.missing:
        raise InputError(f"{folder}: no {FILE}; expected a folder that `lossgrid {command}` wrote; "
                         "one of an older version has to be measured again")
    return schema


def read_value(path, row, column):
    """The field as its column says; None: it is empty, and may be."""
    text, place = row[column.name], f"{path}:{row['line']}: {column.name}"
    if column.type == "text":
        if column.words and text not in column.words:
            raise InputError(f"{place} is '{text}', expected one of {', '.join(column.words)}")
        return text
    if text == "" and column.optional:
        return None
    value = number(path, row, column.name, CONVERT[column.type])
    if column.type == "integer" and value < column.minimum:
        raise InputError(f"{place} is {value}, expected {column.minimum:g} or more")
    return value


def read_rows(folder, name, schema, command, strict=True):
    """The rows of a CSV file of a folder that a command wrote: the columns that the schema
    describes, all of them; others, where that is allowed (not `strict`), are texts."""
    path = folder / name
    if not path.is_file():
        raise InputError(f"{folder}: no {name}; expected a folder that `lossgrid {command}` wrote")
    columns = schema.columns.get(name, {})
    if strict and not columns:
        raise InputError(f"{folder / FILE}: no columns of {name}")
    found, rows = read_csv(path, columns)
    for column in found:
        if strict and column not in columns:
            raise InputError(f"{path}: column '{column}' is not in {FILE} next to it")
    return [Row(path, row | {column: read_value(path, row, known)
                             for column, known in columns.items()}) for row in rows]
