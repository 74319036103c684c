"""Training curves

The training metrics over the epochs, each the mean over the samples of an epoch before every
update, whatever loss the arm was trained under. A line is the mean over the seeds that got
that far, its band reaches from the lowest seed to the highest. A cross at the upper edge marks
the epoch in which a run diverged; a cross before a name, that it has no number at all.
"""

import curves


def write(results, target):
    return curves.write(results, "train", target)
