"""The long format of losses.csv, optimizers.csv and activations.csv.

    name,options,case,quantity,index,value

One number a row. name is the registry's, options its options that are not
left at their default (`key=value`, joined by `;`), case a label. The rows of one
(name, options, case) stand together, quantity by quantity; index counts from 0
through the quantity, row-major. An empty name holds inputs that all names share.
Values have 17 significant digits, which read back to the same double.

Inputs are floats wherever a float can hold them, so that f32 and f64 are asked
the same question; a case with an input that no float holds is for f64 alone.
"""

import sys

import numpy

HEADER = "name,options,case,quantity,index,value"


def as_floats(values):
    """values, rounded to the nearest float, as doubles."""
    return numpy.asarray(values, dtype=numpy.float32).astype(numpy.float64)


def random_floats(generator, low, high, *shape):
    """Uniform floats in [low, high) of a shape."""
    return as_floats(generator.uniform(low, high, shape))


def text_of(options):
    """{"beta": 0.5} as beta=0.5, choices and flags as their words."""
    words = {True: "true", False: "false"}
    return ";".join(
        f"{key}={words[value] if isinstance(value, bool) else value}" for key, value in options.items()
    )


def write_header():
    print(HEADER)


def write(name, options, case, **quantities):
    """One group of rows; quantities are arrays of any shape."""
    for quantity, values in quantities.items():
        for index, value in enumerate(numpy.asarray(values, dtype=numpy.float64).ravel()):
            if not numpy.isfinite(value):
                sys.exit(f"{name} {options} {case}: {quantity}[{index}] is {value}")
            print(f"{name},{text_of(options)},{case},{quantity},{index},{value:.17g}")
