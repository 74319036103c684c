"""A folder of `lossgrid gradcheck` in memory.

`load(folder)` reads its five CSV files and manifest.json and returns a `Checks`;
what makes a report impossible raises `InputError`. An empty field is None: not
measured, which is never the same as 0.
"""

import json
import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from schema import expect, read_rows
from tables import InputError

SUBJECT = ("kind", "name", "options")
FILES = ("gradcheck.csv", "sweep.csv", "kinks.csv", "ulps.csv", "injected.csv")


@dataclass
class Block:
    """One row of gradcheck.csv."""
    row: dict
    subject: tuple  # kind, name, options

    def __getattr__(self, column):
        try:
            return self.row[column]
        except KeyError:
            raise AttributeError(column) from None

    @property
    def title(self):
        return subject_title(self.row)

    @property
    def scale(self):
        """What relative_error is relative to; None where no error says it."""
        if None in (self.analytic, self.numeric, self.relative_error):
            return None
        if self.relative_error == 0:
            return abs(self.numeric) or None
        return abs(self.analytic - self.numeric) / self.relative_error

    @property
    def relative_bar(self):
        return self.error_bar / self.scale if self.scale and self.error_bar is not None else None

    @property
    def severity(self):
        """relative_error to sort by: one that is no number is worse than any."""
        error = self.relative_error
        return math.inf if error is None or math.isnan(error) else error

    @property
    def own_rounding(self):
        """How far the analytic gradient may be off, relative: the distance to the long double
        copy, at least half a unit in the last place. One unit where it was not measured."""
        return max(1.0 if self.ulps_f64 is None else self.ulps_f64, 0.5) * 2.0 ** -52


@dataclass
class Checks:
    """Everything in the folder, in file order."""
    folder: Path
    manifest: dict
    blocks: list
    sweep: list
    kinks: list
    ulps: list
    injected: list
    notices: list = field(default_factory=list)

    def fact(self, *keys, default="not recorded"):
        """A value of manifest.json, such as fact("machine", "cpu")."""
        value = self.manifest
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return default if value in (None, "") else value

    @property
    def totals(self):
        """Counted from gradcheck.csv, by the names the manifest has for them."""
        verdicts = Counter(block.verdict for block in self.blocks)
        return {"subjects": len({block.subject for block in self.blocks}),
                "blocks": len(self.blocks),
                **{c: sum(block.row[c] for block in self.blocks)
                   for c in ("checked", "certified", "skipped")},
                "failed": verdicts["fail"], "dead": verdicts["dead"]}

    @property
    def bad(self):
        """Failed blocks, the largest error first (one that is no number before all), then
        the dead ones of subjects that show nothing."""
        return (sorted((b for b in self.blocks if b.verdict == "fail"), key=lambda b: -b.severity)
                + [b for b in self.blocks if b.verdict == "dead" and b.subject in self.lifeless])

    @property
    def bad_kinks(self):
        return [kink for kink in self.kinks if kink["verdict"] != "pass"]

    @property
    def unseen(self):
        """Injected faults without a size that some trial did not see; one of a given size
        is for the power curve, whose lower end is too small to see."""
        return [p for p in self.injected if p["size"] is None and p["fault"] != "none"
                and p["detected"] < p["trials"]]

    @property
    def false_alarms(self):
        """Trials of the fault "none" in which something was seen."""
        return sum(p["detected"] for p in self.injected if p["fault"] == "none")

    @property
    def lifeless(self):
        """Subjects none of whose blocks shows anything: they fail. A dead block beside live
        ones (a bias that cancels, weights in front of zeros) does not."""
        subjects = {}
        for block in self.blocks:
            subjects.setdefault(block.subject, []).append(block.verdict)
        return [subject for subject, verdicts in subjects.items()
                if "dead" in verdicts and set(verdicts) <= {"dead", "skipped"}]


def block_key(row):
    return tuple(row[c] for c in (*SUBJECT, "block"))


def subject_title(row):
    """huber (delta=0.5, reduction=sum)"""
    options = ", ".join(row["options"].split(";")) if row["options"] else ""
    return row["name"] + (f" ({options})" if options else "")


def wilson(seen, trials):
    """The 95 % interval of a share: E. B. Wilson, Probable Inference, the Law of Succession,
    and Statistical Inference (1927), doi:10.1080/01621459.1927.10502953. trials > 0."""
    z = 1.959963984540054
    share, weight = seen / trials, z * z / trials
    middle = (share + weight / 2) / (1 + weight)
    half = z / (1 + weight) * math.sqrt(share * (1 - share) / trials + weight / (4 * trials))
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def check_rows(folder, name, schema):
    """The rows of a file, each within what can be."""
    rows = read_rows(folder, name, schema, "gradcheck")
    for row in rows:
        if name == "sweep.csv" and not (math.isfinite(row["h"]) and row["h"] > 0):
            raise InputError(f"{row.path}:{row['line']}: h is {row['h']}, expected more than 0")
        if name == "injected.csv" and not row["named"] <= row["detected"] <= row["trials"]:
            raise InputError(f"{row.path}:{row['line']}: {row['trials']} trials, {row['detected']} "
                             f"detected, {row['named']} named; expected no more named than "
                             "detected and no more detected than trials")
    return rows


def read_manifest(folder):
    path = folder / "manifest.json"
    if not path.is_file():
        raise InputError(f"{folder}: no manifest.json; expected a folder that `lossgrid gradcheck` "
                         "wrote")
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: not a manifest ({error})") from error
    if not isinstance(manifest, dict):
        raise InputError(f"{path}: not a manifest; found {type(manifest).__name__}, expected an "
                         "object")
    return manifest


def find_problems(checks):
    """What a reader must know before trusting the report."""
    notices = []
    for name, counted in checks.totals.items():
        said = checks.fact("totals", name, default=counted)
        if said != counted:
            notices.append(f"manifest.json says {said} {name}, gradcheck.csv holds {counted}; "
                           "the report counts gradcheck.csv.")
    blind = [b for b in checks.blocks if b.verdict == "pass" and not b.checked + b.certified]
    if blind:
        notices.append(f"{len(blind)} of the blocks that pass have nothing checked in them.")
    return notices


def load(folder):
    """Read a folder that `lossgrid gradcheck` wrote. Raises InputError."""
    folder = Path(folder)
    manifest = read_manifest(folder)
    for name in FILES:
        if not (folder / name).is_file():
            raise InputError(f"{folder}: no {name}; expected a folder that `lossgrid gradcheck` "
                             "wrote")
    schema = expect(folder, "gradcheck")
    tables = {name: check_rows(folder, name, schema) for name in FILES}
    blocks = [Block(row, tuple(row[c] for c in SUBJECT)) for row in tables["gradcheck.csv"]]
    if not blocks:
        raise InputError(f"{folder / 'gradcheck.csv'}: no row; expected one for each block")
    checks = Checks(folder, manifest, blocks, *list(tables.values())[1:])
    checks.notices = find_problems(checks)
    return checks
