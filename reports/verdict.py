"""Who is faster, and whether one may say so: the rule of harness/stats/verdict.h, in Python.

tests/golden/verdicts.csv holds both to the same answers.
"""
import math

FASTER, SLOWER, SAME, UNDECIDED, NOT_COMPARABLE = VERDICTS = (
    "faster", "slower", "same within the noise floor", "undecided", "not comparable")


def of_interval(low, high, floor):
    """What the interval of a ratio says, given that equal things differ by a factor of up to
    1 + floor; None or NaN: unknown."""
    if any(x is None or math.isnan(x) for x in (low, high, floor)):
        return UNDECIDED
    highest = 1 + floor
    lowest = 1 / highest
    if high < lowest:
        return FASTER
    if low > highest:
        return SLOWER
    return SAME if lowest <= low and high <= highest else UNDECIDED
