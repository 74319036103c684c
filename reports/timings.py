"""A folder of `lossgrid time` in memory.

Costs, floors and ratios are those of the later state of each arm's training, settled or not;
those of its first steps are apart.

`load(folder)` reads its tables, machine.json and manifest.json and returns a `Timings`;
what makes a report impossible raises `InputError`. An empty field is None: not measured,
which is never the same as 0.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path

from escape import markdown as md, names
from schema import expect, read_rows
from tables import InputError

FIRST, UNSETTLED = "first", "unsettled"  # states of a training
FILES = ("cost.csv", "noise.csv", "phases.csv", "conditions.csv")
COMMAND = "time"


@dataclass
class Arm:
    """One cell: phase -> its row of cost.csv, of the later state; `first`: of the first steps."""
    cell: str
    costs: dict
    first: dict = field(default_factory=dict)
    name: str = ""  # its label, else its cell, as people read it, unlike that of any other arm

    @property
    def facts(self):
        return next(iter(self.costs.values()))

    @property
    def state(self):
        """(word, steps before it)"""
        return self.facts["state"], self.facts["from_step"]

    def sample_ns(self, phase):
        """Nanoseconds of a phase over the samples of a step, or None: what compares arms whose
        batches differ."""
        value = self.get(phase, "median_ns")
        return value / self.facts["batch"] if value else None

    def get(self, phase, column):
        """A number, or None where it was not measured."""
        return self.costs[phase][column] if phase in self.costs else None

    def per_parameter(self, phase, column):
        """cycles or instructions of a phase over the parameters, or None."""
        count, parameters = self.get(phase, column), self.get(phase, "parameters")
        return count / parameters if count is not None and parameters else None


@dataclass
class Timings:
    """Everything in the folder, in file order; the A/A control apart."""
    folder: Path
    arms: list
    controls: list    # the A/A control, if there is one
    noise: list
    overheads: list
    conditions: list
    machine: dict
    manifest: dict
    phases: tuple     # the whole step, then its parts, as cost.csv names them
    rounds: dict = field(default_factory=dict)  # (cell, phase) -> round -> ns a step

    @property
    def parts(self):
        return self.phases[1:]

    def floor(self, phase):
        """How far the control and its original were apart in this phase, else in any; None: unknown."""
        for wanted in (phase, "all"):
            for row in self.noise:
                if row["phase"] == wanted and row["floor"] is not None:
                    return row["floor"]
        return None

    @property
    def batches_differ(self):
        return len({arm.facts["batch"] for arm in self.arms}) > 1

    def paired_samples(self, arm, base, phase):
        """paired(), of a sample where the batches differ."""
        bounds, scale = self.paired(arm, base, phase), base.facts["batch"] / arm.facts["batch"]
        return bounds and tuple(end * scale for end in bounds)

    def paired(self, arm, base, phase):
        """(low, ratio, high) of arm / base in a phase, round by round, so that what slows the
        machine for a while falls on both: the median and its 95 % interval between order
        statistics, NaN where there are too few rounds. Without samples.csv as times() has it;
        None where one of them was not measured."""
        if not all(x.get(phase, "median_ns") for x in (arm, base)):
            return None
        over, under = (self.rounds.get((x.cell, phase), {}) for x in (arm, base))
        ratios = sorted(over[r] / under[r] for r in over if under.get(r, 0) > 0)
        if not ratios:
            return times(arm, base, phase)
        rank, count = lower_rank(len(ratios)), len(ratios)
        middle = (ratios[(count - 1) // 2] + ratios[count // 2]) / 2
        ends = (ratios[rank - 1], ratios[count - rank]) if rank else (math.nan, math.nan)
        return ends[0], middle, ends[1]

    def by_optimizer(self, name):
        return [arm for arm in self.arms if arm.facts["optimizer"] == name]

    def fact(self, *keys, default="unknown"):
        """A value of machine.json's "env", such as fact("machine", "cpu")."""
        value = self.machine.get("env")
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return default if value in (None, "") else value


def doubts(conditions):
    """What was not as it should be, in words, each sentence once."""
    said = {}
    for row in conditions:
        if row["verdict"] != "ok":
            said.setdefault((row["verdict"], row["sentence"]), []).append(row["when"])
    return [f"{md(' and '.join(dict.fromkeys(when)))}: **{md(verdict)}**: {md(sentence)}"
            for (verdict, sentence), when in said.items()]


def times(arm, base, phase, per=""):
    """(low, ratio, high) of arm / base in a phase, of a step or (per="_per_parameter") of a
    parameter; from the far ends of both 95 % intervals, so that it is wider than one of 95 %.
    None where one was not measured; NaN ends: no interval."""
    columns = [f"{end}_ns{per}" for end in ("low", "high")]
    sides = [(x.get(phase, f"ns{per}" if per else "median_ns"), *(x.get(phase, c) for c in columns))
             for x in (arm, base) if x]
    if len(sides) < 2 or not all(side[0] for side in sides):
        return None
    (value, low, high), (base_value, base_low, base_high) = sides
    if None in (low, high, base_high) or not base_low:
        return math.nan, value / base_value, math.nan
    return low / base_high, value / base_value, high / base_low


def read_finite(folder, name, schema):
    """The rows of a file whose every number is finite or absent."""
    rows = read_rows(folder, name, schema, COMMAND)
    for row in rows:
        for column, value in row.items():
            if isinstance(value, float) and not math.isfinite(value):
                raise InputError(f"{row.path}:{row['line']}: {column} is '{value}', expected a "
                                 "finite number or nothing")
    return rows


def late(rows):
    """The rows of the later state, or all where there are none of one."""
    return [row for row in rows if row["state"] != FIRST] or rows


def lower_rank(count):
    """The largest k such that the k-th smallest of `count` values lies above the true median
    with a chance of at most 2.5 %; 0: there is none."""
    below = 0.0
    for k in range(count):
        below += math.comb(count, k) / 2 ** count
        if below > 0.025:
            return k
    return count


def read_rounds(folder, schema, phases):
    """(cell, phase) -> round -> ns a step of the later state, by processor time where it was
    counted; empty where samples.csv is not there."""
    if not (folder / "samples.csv").is_file():
        return {}
    sums = {}
    for row in late([r for r in read_finite(folder, "samples.csv", schema)
                     if r["phase"] in phases and not r["is_control"]]):
        spent = row["wall_ns"] if row.get("cpu_ns") is None else row["cpu_ns"]
        if spent is None:
            continue
        key = (row["cell"], row["phase"]), row["round"]
        ns, steps = sums.get(key, (0.0, 0))
        sums[key] = ns + spent, steps + row["steps"]
    found = {}
    for (arm, turn), (ns, steps) in sums.items():
        if steps > 0:
            found.setdefault(arm, {})[turn] = ns / steps
    return found


def read_json(folder, name):
    path = folder / name
    if not path.is_file():
        raise InputError(f"{folder}: no {name}; expected a folder that `lossgrid time` wrote")
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: not JSON ({error})") from error
    if not isinstance(value, dict):
        raise InputError(f"{path}: found {type(value).__name__}, expected an object")
    return value


def load(folder):
    """Read a folder that `lossgrid time` wrote. Raises InputError."""
    folder = Path(folder)
    for name in FILES:
        if not (folder / name).is_file():
            raise InputError(f"{folder}: no {name}; expected a folder that `lossgrid time` wrote")
    schema = expect(folder, COMMAND)
    tables = {name: read_finite(folder, name, schema) for name in FILES}
    arms = {}
    for row in tables["cost.csv"]:
        arm = arms.setdefault((row["cell"], row["is_control"]), Arm(row["cell"], {}))
        (arm.first if row["state"] == FIRST else arm.costs)[row["phase"]] = row
    for arm in arms.values():
        arm.costs = arm.costs or arm.first
    controls = [arm for arm in arms.values() if arm.facts["is_control"]]
    others = [arm for arm in arms.values() if not arm.facts["is_control"]]
    if not others:
        raise InputError(f"{folder / 'cost.csv'}: no row; expected some for each cell")
    for arm, name in zip(others, names(arm.facts["label"] or arm.cell for arm in others)):
        arm.name = name
    phases = schema.column("phase", "cost.csv").words
    return Timings(folder, others, controls, late(tables["noise.csv"]), late(tables["phases.csv"]),
                   tables["conditions.csv"], read_json(folder, "machine.json"),
                   read_json(folder, "manifest.json"), phases, read_rounds(folder, schema, phases))
