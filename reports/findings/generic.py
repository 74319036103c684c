"""What any result folder can say: the arms in the order of each metric, and which of them
the seeds cannot tell from the best."""

from escape import code, markdown as md
from ranking import rankings
from text import interval, number, plural, some, table

TITLE = "What the results show"
BACKGROUND = ""

METHOD = """
The best is chosen after the fact, among {arms} arms and {metrics}, and judged as such, by
paired t tests over the seeds that two arms have in common. It is called better than all others
if it beats each of them at the two-sided level of 5 % divided by the number of metrics (S.
Gutmann, Z. Maymin, Annals of Statistics 15, 1987). If it does not, it cannot be distinguished from those
arms that no other one beats at the one-sided level of 5 % divided by the numbers of metrics and
of arms; with 95 % probability the truly best is among them (S. S. Gupta, Technometrics 7, 1965;
J. C. Hsu, Annals of Statistics 12, 1984). Of arms that are all alike one would be called the
best in at most 5 % of such reports. *p* in the table is that against the
best, times the number of metrics; where none is called best, the smallest against any other,
one-sided, times both numbers. Arms with a seed that diverged or has no number come last, by how
many, and are not averaged with the others: the number in parentheses is over the seeds that
have one.
"""


def shown_mean(standing):
    """The mean of complete arms; of others, in parentheses, that of the seeds that have one."""
    if not standing.values:
        return "–"
    text = interval(*standing.interval())
    return f"({text})" if standing.state else text


def difference(ranking):
    """How the leader stands to the other arms that have all their seeds, for a sentence that
    ends with it."""
    others = len(ranking.eligible) - 1
    if len(ranking.standings) < 2:
        return ""
    if ranking.undecided:
        return f": whether by more than chance is undecided ({ranking.undecided})"
    if ranking.winner:
        return f", better than the other {plural(others, 'arm')} by more than chance"
    alike = len(ranking.best) - 1
    which = f"{alike} of the other {others} arms" if alike < others else (
        f"the other {plural(others, 'arm')}")
    return f", which the seeds cannot tell from {which}"


def troubles(ranking):
    """The arms that are not ranked by all of their seeds, as a sentence, or nothing."""
    count = sum(bool(s.state) for s in ranking.standings)
    if not count:
        return ""
    one = count == 1
    return (f" {plural(count, 'arm')} {'has' if one else 'have'} seeds that diverged or are "
            "missing.")


def headline(results):
    every = rankings(results)
    for ranking in every:
        leader = ranking.leader
        if leader:
            most = "at most " if any(cell.stopped_at for cell in results.cells) else ""
            return (f"{ranking.column.best_word.capitalize()} {ranking.column.name} after {most}"
                    f"{plural(results.epochs[-1], 'epoch')}: {number(leader.mean)}, "
                    f"{leader.name}{difference(ranking)}.{troubles(ranking)}")
    if any(ranking.reason for ranking in every):
        reasons = dict.fromkeys(ranking.reason for ranking in every if ranking.reason)
        return f"Nothing is ranked: {'; '.join(reasons)}."
    if any(s.values for ranking in every for s in ranking.standings):
        return "No arm has a value in every seed that ran: nothing is called best."
    return "No run has reached its last epoch."


def summary_row(ranking):
    """One metric: its best, and what cannot be distinguished from it."""
    name, column = code(ranking.column.name), ranking.column
    if ranking.reason:
        return [name, column.direction, "–", "–", f"not ranked: {md(ranking.reason)}"]
    leader = ranking.leader
    if leader is None:
        return [name, column.direction, "–", "–", ranking.undecided]
    others = [md(s.name) for s in ranking.best if s is not leader]
    if ranking.undecided:
        rest = f"undecided: {ranking.undecided}"
    else:
        rest = some(others, 8) if others else f"none: it is better than all (p = {ranking.p:.2g})"
    return [name, column.direction, md(leader.name), shown_mean(leader), rest]


def order(ranking):
    """Every arm under one metric."""
    rows = []
    for s in ranking.standings:
        judged = "" if s.state and s not in ranking.eligible else (
            "not judged" if ranking.undecided else "not distinguishable" if s.among_best else "worse")
        rows.append([s.place, md(s.name), shown_mean(s), f"{s.p:.2g}" if s.p == s.p else "–",
                     judged, md(s.state)])
    return table(["place", "arm", "mean", "*p*", "from the best", "seeds"], rows, {0, 2, 3})


def findings(results):
    every = rankings(results)
    ranked = [ranking for ranking in every if not ranking.reason]
    if len(results.arms) + len(results.absent) < 2:
        return "There are not two arms to compare."
    if not every:
        return "No metric was measured on all arms."
    parts = [table(["metric", "direction", "best", "mean", "not distinguishable from"],
                   [summary_row(ranking) for ranking in every], {3})]
    if ranked:
        first = ranked[0]
        parts.append(METHOD.format(arms=len(first.eligible), metrics=plural(len(ranked), "metric"))
                     .strip().replace("\n", " "))
        chance = first.column.chance
        guess = f"; guessing at random gets {number(chance)}" if chance == chance else ""
        parts.append(f"All arms by {code(first.column.name)} ({first.column.direction}{guess}):\n\n"
                     + order(first))
    return "\n\n".join(parts)
