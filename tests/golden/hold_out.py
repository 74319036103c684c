#!/usr/bin/python3
"""Validation splits, computed apart from the engine: tests/golden/hold_out.csv.

    /usr/bin/python3 tests/golden/hold_out.py > tests/golden/hold_out.csv

Each row: the label of sample i is (i * i % a + i % 3) % classes, `used` samples, of which `held`
are held out by `seed`; numbers: the samples held out, ascending, with spaces between them. `split`
is what other tests import.
"""

from fractions import Fraction

MASK = 2**64 - 1
PURPOSE = 5  # LG_PURPOSE_VALIDATION of include/lossgrid/pcg.h


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


def draws(seed, label):
    """The 32-bit numbers of PCG's stream (seed, PURPOSE, label)."""
    gamma, key = 0x9E3779B97F4A7C15, seed
    for word in (0, PURPOSE, label):
        key = mix(((key ^ word) + gamma) & MASK)
    increment = (mix((key + 2 * gamma) & MASK) << 1 | 1) & MASK

    def step(state):
        return (state * 6364136223846793005 + increment) & MASK

    state = step((mix((key + gamma) & MASK) + increment) & MASK)
    while True:
        shifted, rotation = ((state >> 18 ^ state) >> 27) & 0xFFFFFFFF, state >> 59
        yield (shifted >> rotation | shifted << (-rotation & 31)) & 0xFFFFFFFF
        state = step(state)


def below(stream, bound):
    return next(draw for draw in stream if draw >= 2**32 % bound) % bound


def split(labels, held, seed):
    """The samples held out of those with these labels, ascending."""
    classes = {}
    for i, label in enumerate(labels):
        classes.setdefault(int(label), []).append(i)
    exact = {c: Fraction(held * len(of), len(labels)) for c, of in classes.items()}
    shares = {c: int(share) for c, share in exact.items()}
    by_remainder = sorted(classes, key=lambda c: (shares[c] - exact[c], c))
    for c in by_remainder[:held - sum(shares.values())]:
        shares[c] += 1
    chosen = []
    for c, left in classes.items():
        stream = draws(seed, c)
        for place in range(shares[c]):
            other = place + below(stream, len(left) - place)
            left[place], left[other] = left[other], left[place]
        chosen += left[:shares[c]]
    return sorted(chosen)


def main():
    print("a,classes,used,held,seed,numbers")
    for a, classes, used, held, seed in (
            (31, 7, 400, 100, 1), (31, 7, 400, 100, 2), (31, 7, 400, 399, 1), (31, 7, 37, 11, 1),
            (17, 10, 256, 64, 0), (17, 2, 256, 1, 4294967295), (5, 1, 50, 25, 3),
            (101, 256, 400, 77, 12), (4, 3, 2, 1, 1)):
        labels = [(i * i % a + i % 3) % classes for i in range(used)]
        print(a, classes, used, held, seed, " ".join(map(str, split(labels, held, seed))), sep=",")


if __name__ == "__main__":
    main()
