"""A result folder in memory: what `lossgrid run` wrote, and what is wrong with it.

`load(folder)` reads trace.csv, timing.csv, schema.json and manifest.json and returns a
`Results`; `results.metric(column)` says which way of a column is better (schema.py). What makes a report impossible raises `InputError`; what only makes
it incomplete becomes a line in `Results.notices`, which the report prints.
"""

import functools
import hashlib
import json
import math
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

import escape
from escape import code, markdown as md
from schema import FILE as SCHEMA_FILE, NONE, Schema, load as load_schema, read_rows
from tables import InputError, number
from text import plural, some


PARTS = ("train_", "validation_", "test_")  # of the samples, as the columns of trace.csv begin


class Unavailable(Exception):
    """A figure cannot be drawn from these results; the message says why."""


@dataclass
class Cell:
    """One trained network: one arm with one seed.

    `series["train_mse"][i]` belongs to `epochs[i]`; a number the program did
    not write is NaN. A diverged cell ends before the epoch it diverged in.
    """
    slug: str
    label: str
    loss: str
    optimizer: str
    seed: int
    epochs: list = field(default_factory=list)
    series: dict = field(default_factory=dict)
    image_sha256: dict = field(default_factory=dict)  # epoch -> hex
    diverged_at: int = 0                              # the epoch; 0: it did not
    stopped_at: int = 0                               # the epoch in which a rule of `stop` ended it
    complete: bool = False                            # every epoch is there, or it was stopped
    costs: dict = field(default_factory=dict)         # epoch -> {column: int}

    def value(self, column, epoch=None):
        """The column's number at an epoch (the last one by default), or NaN."""
        if epoch is None:
            epoch = self.epochs[-1] if self.epochs else 0
        if epoch not in self.epochs or column not in self.series:
            return math.nan
        return self.series[column][self.epochs.index(epoch)]

    def final(self, column):
        """The number after the last epoch; NaN for a diverged or unfinished cell."""
        return self.value(column) if self.complete else math.nan

    def cpu_seconds(self):
        """CPU seconds of training up to and including each epoch, NaN from the
        first epoch without a time on."""
        each = [self.costs.get(e, {}).get("cpu_ns", math.nan) for e in self.epochs]
        return np.cumsum(np.array(each, dtype=float)) / 1e9

    def ns_per_step(self, clock="cpu_ns"):
        """Mean nanoseconds of one training step over all epochs, or NaN."""
        steps = sum(cost["steps"] for cost in self.costs.values())
        return sum(cost[clock] for cost in self.costs.values()) / steps if steps else math.nan


@dataclass
class Arm:
    """The cells that differ in nothing but their seed. `missing`: the names of those that
    the manifest lists and trace.csv does not have."""
    label: str
    loss: str
    optimizer: str
    cells: list = field(default_factory=list)
    name: str = ""  # the label as people read it, unlike that of any other arm
    missing: list = field(default_factory=list)

    @property
    def runs(self):
        """How many seeds the arm should have."""
        return len(self.cells) + len(self.missing)

    @property
    def diverged(self):
        return [cell for cell in self.cells if cell.diverged_at]

    def finals(self, column):
        return np.array([cell.final(column) for cell in self.cells])

    def mean_series(self, column, epochs):
        """Mean over the seeds at each of epochs; NaN where a seed has no number."""
        return np.array([np.mean([cell.value(column, e) for cell in self.cells]) for e in epochs])


@dataclass
class Results:
    """Everything in the folder. `dataset` is the name that trace.csv records; `absent` are
    the arms of which no run has begun, without cells."""
    folder: Path
    manifest: dict
    dataset: str
    columns: list
    arms: list
    notices: list = field(default_factory=list)
    schema: Schema = field(default_factory=lambda: Schema({}, missing=True))
    absent: list = field(default_factory=list)

    @property
    def name(self):
        return self.fact("spec", "name")

    @property
    def dataset_title(self):
        return self.fact("data", "title", default=self.dataset)

    @property
    def cells(self):
        return [cell for arm in self.arms for cell in arm.cells]

    def not_finished(self):
        """The runs that the manifest says are not finished, the first of many; earlier versions
        listed all runs."""
        listed = self.fact("cells", default=[])
        return listed["not_finished"] if isinstance(listed, dict) else listed

    def cell_count(self):
        """How many runs the experiment has, by the manifest."""
        listed = self.fact("cells", default=[])
        return listed["count"] if isinstance(listed, dict) else len(listed)

    @functools.cached_property
    def epochs(self):
        """All epochs that any cell has, ascending."""
        return sorted({epoch for cell in self.cells for epoch in cell.epochs})

    @property
    def metrics(self):
        """The measured metrics in the spec's order, such as mse, abs."""
        return [c[len("train_"):] for c in self.columns
                if c.startswith("train_") and c != "train_loss"]

    @property
    def has_seeds(self):
        return any(len(arm.cells) > 1 for arm in self.arms)

    def has(self, column):
        """True if a cell has a number in that column."""
        return any(np.isfinite(cell.series.get(column, [math.nan])).any() for cell in self.cells)

    def metric(self, column):
        """What is known of a column of trace.csv: better, unit, range, label
        (schema.Column)."""
        return self.schema.column(column)

    @property
    def primary(self):
        """The column that the report is judged by, or None: of the metric that schema.json
        names first, the test set's where it was measured."""
        return next(iter(self.quality_columns()), None)

    def quality_columns(self):
        """What final quality is read from: the test metrics, else those of the validation split,
        else the training ones, the primary one first; the arms' own loss where it can be ranked
        and there is no other."""
        for part in ("test", "validation", "train"):
            names = [f"{part}_{m}" for m in self.metrics if self.has(f"{part}_{m}")]
            if names:
                return sorted(names, key=lambda name: not self.metric(name).primary)
        return [name for name in ("test_loss", "validation_loss", "train_loss")
                if self.has(name) and self.metric(name).ranked][:1]

    def fact(self, *keys, default="not recorded"):
        """A value of manifest.json, such as fact("machine", "cpu")."""
        value = self.manifest
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return default if value in (None, "") else value

    def arm(self, label):
        return next((arm for arm in self.arms if arm.label == label), None)

    def image(self, cell, epoch):
        """The captured output as a (rows, columns) array of bytes, or None when there is none.
        A file of an epoch that trace.csv does not have is no result."""
        if epoch not in cell.epochs:
            return None
        path = self.folder / "images" / cell.slug / f"{epoch:02d}.png"
        pixels, given = read_image(path), self.input_image()
        if pixels is not None and given is not None and pixels.shape != given.shape:
            raise InputError(f"{path}: {pixels.shape[1]} x {pixels.shape[0]} pixels, expected "
                             f"{given.shape[1]} x {given.shape[0]}, as images/input.png has")
        return pixels

    def input_image(self):
        return read_image(self.folder / "images" / "input.png")

    def image_epochs(self, cell):
        return [e for e in cell.epochs
                if (self.folder / "images" / cell.slug / f"{e:02d}.png").is_file()]


def read_image(path):
    if not path.is_file():
        return None
    try:
        with Image.open(path) as file:
            pixels = np.asarray(file.convert("L"), dtype=np.uint8)
    except OSError as error:
        raise InputError(f"{path}: not a readable image ({error})") from error
    return pixels


def pixels_sha256(pixels):
    return hashlib.sha256(pixels.tobytes()).hexdigest()


def read_trace(folder, schema):
    """(columns, cells in file order, names of the data sets in it)"""
    path = folder / "trace.csv"
    rows = read_rows(folder, path.name, schema, "run", strict=False)
    columns = [c for c in rows[0] if c != "line"] if rows else []
    measured = [c for c in columns if c.startswith(PARTS)]
    cells, datasets = {}, set()
    for row in rows:
        cell = cells.setdefault(row["cell"], Cell(
            row["cell"], row["label"], row["loss"], row["optimizer"],
            number(path, row, "seed", int), series={c: [] for c in measured}))
        datasets.add(row["dataset"])
        epoch = number(path, row, "epoch", int)
        if epoch in cell.epochs:
            raise InputError(f"{path}:{row['line']}: a second row of {cell.slug}, epoch {epoch}")
        if row["status"] == "diverged":
            cell.diverged_at = epoch
            continue
        if row["status"] == "stopped":
            cell.stopped_at = epoch
        cell.epochs.append(epoch)
        cell.image_sha256[epoch] = row["image_sha256"]
        for c in measured:
            cell.series[c].append(math.nan if row[c] in ("", None) else number(path, row, c, float))
    return columns, list(cells.values()), datasets


def read_timing(folder, schema, cells):
    """Add the costs to the cells."""
    path = folder / "timing.csv"
    by_slug = {cell.slug: cell for cell in cells}
    for row in read_rows(folder, path.name, schema, "run", strict=False):
        cell = by_slug.get(row["cell"])
        epoch = number(path, row, "epoch", int)
        if cell is None or epoch not in cell.epochs:
            continue
        cost = {c: number(path, row, c, int) for c in ("steps", "samples", "wall_ns", "cpu_ns")}
        cell.costs[epoch] = cost | {"isa": row["isa"], "jobs": row["jobs"]}


def group(cells):
    """Arms in file order: cells of one label, unless a seed would occur twice."""
    arms = {}
    for cell in cells:
        key = (cell.label, cell.loss, cell.optimizer)
        taken = key in arms and any(cell.seed == other.seed for other in arms[key].cells)
        if taken:
            key = (cell.slug, cell.loss, cell.optimizer)
        arms.setdefault(key, Arm(*key)).cells.append(cell)
    return list(arms.values())


def name_arms(arms):
    """Names that readers can tell apart, for all arms together."""
    for arm, name in zip(arms, escape.names(arm.label for arm in arms)):
        arm.name = name


def find_missing(results):
    """Give every run of the manifest that trace.csv lacks to its arm."""
    present = {cell.slug for cell in results.cells}
    absent = {}
    for listed in results.not_finished():
        if listed["slug"] in present:
            continue
        label = listed.get("label", listed["slug"])
        arm = results.arm(label) or absent.setdefault(label, Arm(label, "", ""))
        arm.missing.append(listed["slug"])
    results.absent = list(absent.values())
    name_arms([*results.arms, *results.absent])


def find_schema_problems(results):
    """What schema.json does not say, or says cannot be compared."""
    if results.schema.missing:
        again = f"`lossgrid run` with the same `--out` writes {SCHEMA_FILE} and keeps what is done"
        return [f"**There is no {SCHEMA_FILE}**, so nothing says which way of a metric is "
                f"better: nothing is ranked. {again}."]
    notices = [f"{code(metric)} is not measured: {md(reason)}."
               for metric, reason in results.schema.not_measured]
    own = results.metric("train_loss")
    if own.better == NONE:
        notices.append(f"`train_loss` and `test_loss` are not ranked: {md(own.reason)}.")
    for name in results.columns:
        column = results.metric(name)
        if not column.ranked or name not in next(iter(results.cells)).series:
            continue
        wrong = [cell.slug for cell in results.cells
                 if any(np.isfinite(v) and not column.holds(v) for v in cell.series[name])]
        if wrong:
            notices.append(f"**{code(name)} has values that {md(column.metric)} cannot have** "
                           f"(least {column.minimum:g}, most {column.maximum:g}), which are not "
                           "ranked: " + some(code(slug) for slug in wrong) + ".")
    return notices


def find_problems(results, datasets):
    """What a reader must know before trusting the report."""
    notices = []
    if results.fact("data", "substituted", default=False):
        notices.append(f"**{md(results.dataset_title)} stands in for "
                       f"{md(results.fact('data', 'asked'))}**, which was asked for and not found.")
    if datasets != {results.fact("data", "used", default=results.dataset)}:
        notices.append(f"trace.csv was trained on {md(', '.join(sorted(datasets)))}, but the "
                       f"manifest says {md(results.fact('data', 'used'))}.")
    # What `run` adds when it has chosen is no change of the experiment.
    overrides = [o for o in results.fact("spec", "overrides", default=[])
                 if not (o.startswith("tune.chosen=") and (results.folder / "tuned.csv").is_file())]
    if overrides:
        notices.append("This is not the experiment file as it stands; overridden: "
                       + ", ".join(code(o) for o in overrides) + ".")
    missing = [slug for arm in (*results.arms, *results.absent) for slug in arm.missing]
    if missing:
        count = results.cell_count()
        notices.append(f"**Incomplete: {max(count - len(results.cells), len(missing))} of {count} "
                       "runs are missing:** " + some(code(slug) for slug in missing) + ".")
    short = [c for c in results.cells if not c.complete and not c.diverged_at]
    if short:
        notices.append(f"**Incomplete: {plural(len(short), 'run')} without all of the "
                       f"{results.epochs[-1]} epochs:** "
                       + some(f"{code(c.slug)} has {len(c.epochs)}" for c in short) + ".")
    stopped = [c.stopped_at for c in results.cells if c.stopped_at]
    if stopped:
        notices.append(f"{plural(len(stopped), 'run')} of {len(results.cells)} stopped early, as "
                       f"the spec says, in epochs {min(stopped)} to {max(stopped)}: final values "
                       "are those of the last epoch of each.")
    diverged = [c for c in results.cells if c.diverged_at]
    if diverged:
        notices.append(f"{plural(len(diverged), 'run')} diverged: "
                       + some(f"{code(c.slug)} in epoch {c.diverged_at}" for c in diverged) + ".")
    digest = hashlib.sha256((results.folder / "trace.csv").read_bytes()).hexdigest()
    if results.fact("trace_sha256", default=digest) != digest:
        notices.append("trace.csv is not the file whose digest the manifest records.")
    return notices + find_schema_problems(results) + find_image_problems(results)


def find_image_problems(results):
    wrong, absent = [], []
    for cell in results.cells:
        for epoch, expected in cell.image_sha256.items():
            if not expected:
                continue
            pixels = results.image(cell, epoch)
            if pixels is None:
                absent.append(f"{cell.slug}/{epoch:02d}.png")
            elif pixels_sha256(pixels) != expected:
                wrong.append(f"{cell.slug}/{epoch:02d}.png")
    notices = []
    for names, what in ((absent, "not in this folder: the digests in trace.csv replace them"),
                        (wrong, "with other pixels than trace.csv records")):
        if names:
            notices.append(f"{plural(len(names), 'image')} {what}: {some(md(n) for n in names)}.")
    return notices


def load(folder):
    """Read a result folder. Raises InputError."""
    folder = Path(folder)
    for name in ("manifest.json", "trace.csv"):
        if not (folder / name).is_file():
            raise InputError(f"{folder}: no {name}; expected a folder that `lossgrid run` wrote")
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        name = manifest["spec"]["name"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder / 'manifest.json'}: not a manifest ({error!r})") from error
    schema = load_schema(folder)
    columns, cells, datasets = read_trace(folder, schema)
    if not any(cell.epochs or cell.diverged_at for cell in cells):
        raise InputError(f"{folder / 'trace.csv'}: no row yet; "
                         f"`lossgrid run experiments/{name}.yaml` fills it")
    results = Results(folder, manifest, " and ".join(sorted(datasets)), columns, group(cells),
                      schema=schema)
    for cell in cells:
        due = cell.stopped_at or (results.epochs or [0])[-1]
        cell.complete = not cell.diverged_at and cell.epochs == list(range(1, due + 1))
    find_missing(results)
    results.notices = find_problems(results, datasets)
    if (folder / "timing.csv").is_file():
        read_timing(folder, schema, cells)
    if not any(cell.costs for cell in cells):
        results.notices.append("timing.csv holds no finished epoch: speed is not reported.")
    return results
