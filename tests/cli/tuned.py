"""Recompute tuned.csv from the other CSV files of a result folder, with pandas.

    tuned.py FOLDER SPEC.json       compare every value of tuned.csv; exit 1 where one differs

SPEC.json holds what the spec says of the choice: {"metric": "validation_accuracy",
"higher": true, "by": ["loss.name", "optimizer.name"], "budget": 6}. Nothing is
taken from the program but its tables.
"""

import json
import math
import pathlib
import sys

import pandas


def ends(folder):
    """The last row of each cell, with all that its configuration says."""
    trace = pandas.read_csv(folder / "trace.csv", float_precision="round_trip")
    configurations = pandas.read_csv(folder / "configurations.csv", dtype={"id": str})
    last = trace.loc[trace.groupby("cell", sort=False).epoch.idxmax()]
    own = configurations.drop(columns=[c for c in configurations if c in trace and c != "label"])
    joined = last.merge(own, on="label", how="left", validate="many_to_one")
    if joined.id.isna().any():
        raise SystemExit(f"{folder}: a cell has no configuration")
    return joined


def trials_of(cells, metric):
    """A row for each configuration: its mean and deviation over the seeds; NaN where one
    diverged."""
    cells = cells.assign(diverged=cells.status == "diverged")
    by_id = cells.groupby("id", sort=False)
    trials = by_id.agg(value=(metric, "mean"), value_sd=(metric, "std"), label=("label", "first"),
                       seeds=("seed", "nunique"), diverged=("diverged", "any"))
    trials.loc[trials.diverged, ["value", "value_sd"]] = math.nan
    return trials.reset_index()


def edges(group, chosen):
    """Names of numeric options with three or more levels, among the arms of the chosen one's
    entry, of which the chosen one is an end."""
    found = []
    for column in group:
        entry = column.split(".")[0] + ".name"
        rivals = group[group[entry] == chosen[entry]] if entry in group else group
        levels = rivals[column]
        if not ("." in column or column == "batch") or column.endswith(".name"):
            continue
        if not pandas.api.types.is_numeric_dtype(levels) or levels.nunique() < 3:
            continue
        if chosen[column] in (levels.min(), levels.max()):
            found.append(column)
    return sorted(found)


def choose(cells, spec):
    """One dictionary for each group, in the order of the grid."""
    rows = []
    by = spec["by"][0] if len(spec["by"]) == 1 else spec["by"]
    for _, group in cells.groupby(by, sort=False, dropna=False):
        trials = trials_of(group, spec["metric"])
        sign = -1 if spec["higher"] else 1
        ranked = trials[~trials.diverged].sort_values(
            "value", key=lambda v: sign * v, kind="stable")
        row = {"trials": len(trials), "diverged": int(trials.diverged.sum()),
               "trial_seeds": int(trials.seeds.max())}
        if len(ranked) > 0:
            best = ranked.iloc[0]
            row |= {"id": best.id, "label": best.label, "value": best.value,
                    "value_sd": best.value_sd, "ties": int((ranked.value == best.value).sum()) - 1,
                    "edges": edges(group, group[group.id == best.id].iloc[0])}
        if len(ranked) > 1:
            second = ranked.iloc[1]
            row |= {"second": second.id, "second_value": second.value,
                    "lead": abs(ranked.iloc[0].value - second.value)}
        rows.append(row)
    return rows


def finals(cells, row, metric):
    """What the chosen configuration got from fresh seeds."""
    name = metric.split("_", 1)[1]
    mine = cells[cells.id == row.get("id")]
    sound = mine[mine.status != "diverged"]
    found = {"final_seeds": len(mine), "final_diverged": len(mine) - len(sound)}
    for part in ("train", "validation", "test"):
        values = sound.get(f"{part}_{name}", pandas.Series(dtype=float)).dropna()
        found[part] = values.mean() if len(values) else math.nan
        found[f"{part}_sd"] = values.std() if len(values) > 1 else math.nan
    return found


def same(found, expected):
    """Equal texts and integers; reals to the last few bits, as sums may have another order."""
    if isinstance(expected, float):
        if math.isnan(expected):
            return isinstance(found, float) and math.isnan(found)
        return math.isclose(float(found), expected, rel_tol=1e-12, abs_tol=1e-15)
    return str(found) == str(expected)


def main():
    folder, spec = pathlib.Path(sys.argv[1]), json.loads(pathlib.Path(sys.argv[2]).read_text())
    tuned = pandas.read_csv(folder / "tuned.csv", dtype={"id": str, "second": str},
                            float_precision="round_trip")
    rows = choose(ends(folder / "trials"), spec)
    final = ends(folder)
    wrong = [] if len(rows) == len(tuned) else [f"{len(tuned)} rows, expected {len(rows)}"]
    compared = 0
    for (_, found), row in zip(tuned.iterrows(), rows):
        expected = row | finals(final, row, spec["metric"])
        for name in expected.pop("edges", []):
            wrong += [] if f"{name}=" in str(found.edge) else [f"{found.group}: {name} is an edge"]
        if row["trials"] != spec["budget"]:
            wrong.append(f"{found.group}: {row['trials']} trials, expected {spec['budget']}")
        for name, value in expected.items():
            compared += 1
            if not same(found[name], value):
                wrong.append(f"{found.group}: {name} is {found[name]}, expected {value}")
        if len(row.get("edges", [])) == 0 and isinstance(found.edge, str):
            wrong.append(f"{found.group}: {found.edge}, expected no edge")
    tried = pandas.read_csv(folder / "tried.csv", dtype={"id": str}, float_precision="round_trip")
    trials = trials_of(ends(folder / "trials"), spec["metric"]).set_index("id")
    if set(trials.index) != set(tried.id) or len(tried) != len(trials):
        wrong.append("tried.csv has other trials")
    for _, row in tried.iterrows():
        compared += 1
        if not same(row.value, float(trials.value[row.id])):
            wrong.append(f"tried.csv: {row.label} has {row.value}, expected {trials.value[row.id]}")
        if (row.chosen == "yes") != (row.id in set(tuned.id)):
            wrong.append(f"tried.csv: {row.label}: chosen is {row.chosen}")
    print("\n".join(wrong) or f"{compared} values of {len(tuned)} groups recomputed")
    sys.exit(1 if wrong or compared == 0 else 0)


main()
