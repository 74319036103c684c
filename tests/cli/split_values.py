"""What a network whose outputs stay 0 gets on each part of a set with a validation split,
computed apart from the program: the split of tests/golden/hold_out.py, the pixels of the files.

    split_values.py DATA TRACE SAMPLES HELD SEED [CLASS...]

Compares train_mse and validation_mse of the first row of TRACE with the mean squares of the
pixels of each part; exits 1 where they differ.
"""

import csv
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "golden"))
import hold_out  # noqa: E402

SQUARES = [(value / 255) ** 2 for value in range(256)]


def main():
    data, trace, samples, held, seed = *sys.argv[1:3], *map(int, sys.argv[3:6])
    classes = [int(label) for label in sys.argv[6:]]
    pixels = pathlib.Path(data, "train-images-idx3-ubyte").read_bytes()[16:]
    labels = pathlib.Path(data, "train-labels-idx1-ubyte").read_bytes()[8:]
    used = [i for i, label in enumerate(labels) if not classes or label in classes][:samples]
    numbers = [classes.index(labels[i]) if classes else labels[i] for i in used]
    out = {used[i] for i in hold_out.split(numbers, held, seed)}
    with open(trace, newline="", encoding="utf-8") as file:
        row = next(csv.DictReader(file))
    for column, part in (("validation_mse", sorted(out)),
                         ("train_mse", [i for i in used if i not in out])):
        expected = sum(SQUARES[b] for i in part for b in pixels[784 * i:784 * i + 784])
        expected /= 784 * len(part)
        if abs(float(row[column]) - expected) > 1e-9:
            sys.exit(f"{column} is {row[column]}, expected {expected!r}")


main()
