"""Validation curves

The metrics on the validation split, which is held out of the training set, after each epoch. A
line is the mean over the seeds that got that far, its band reaches from the lowest seed to the
highest. A cross at the upper edge marks the epoch in which a run diverged; a cross before a name,
that it has no number at all.
"""

import curves


def write(results, target):
    return curves.write(results, "validation", target)
