"""How the arms were chosen: tuned.csv and tried.csv of a folder that `tune` made."""

from collections import Counter

from escape import code, markdown as md
from results import InputError
from schema import read_rows
from text import plural, table


def rows(results, name="tuned.csv"):
    """The rows of the table; none where nothing was tuned."""
    if not (results.folder / name).is_file():
        return []
    return read_rows(results.folder, name, results.schema, "run")


def levels(results, factor):
    """id -> level of a factor ("optimizer.lr") in trials/configurations.csv, as text."""
    folder = results.folder / "trials"
    try:
        found = read_rows(folder, "configurations.csv", results.schema, "run", strict=False)
    except InputError:
        return {}
    return {row["id"]: row[factor] for row in found if row.get(factor)}


def section(results):
    """Budget, and what was chosen in each group; nothing where nothing was tuned."""
    tuned = rows(results)
    if not tuned:
        return ""
    first = tuned[0]
    budgets = Counter(row["trials"] for row in tuned)
    body = []
    for row in tuned:
        chosen = md(row["levels"] or "its only arm") if row["id"] else "**nothing**: all diverged"
        body.append([md(row["group"]), chosen, shown(row["value"]), shown(row["lead"]),
                     row["diverged"], md(row["edge"])])
    head = ["group", "chosen", f"{code(first['metric'])}, {first['better']} is better",
            "better than the next by", "diverged", "at an edge"]
    each = listed_budgets(budgets)
    text = (f"Each arm is the best of {each} by {code(first['metric'])} after the last epoch"
            + (f", mean over {plural(first['trial_seeds'], 'seed')}" if first["trial_seeds"] > 1
               else "")
            + ". It was then trained again from seeds that no trial had; the test set was measured "
              "after that, once.")
    edges = sum(bool(row["edge"]) for row in tuned)
    if edges:
        text += (f" **{plural(edges, 'choice')} of {len(tuned)} lie at an edge of what was tried: "
                 "the best may lie beyond.**")
    return "### How the arms were chosen\n\n" + text + "\n\n" + table(head, body, {2, 3, 4})


def listed_budgets(budgets):
    """ "20 trials", or the numbers where they are not the same."""
    if len(budgets) == 1:
        return plural(next(iter(budgets)), "trial")
    return f"{min(budgets)} to {max(budgets)} trials (**not the same for all**)"


def shown(value):
    return "" if value is None else f"{value:.4g}"
