"""The constants of engine/math and engine/activation, from mpmath (python3-mpmath) with 250 bits.

    python3 tests/golden/constants.py            prints them as C
    python3 tests/golden/constants.py --check    are they what the sources hold?

Series are Taylor's, each coefficient rounded once. The polynomials of erf are
Chebyshev's interpolation, near the best of their degree; `left` is the largest
error of the polynomial before its coefficients are rounded.
"""

import pathlib
import re
import sys

from mpmath import chebyfit, diff, e, erf, erfc, exp, factorial, findroot, floor, log, mp, mpf, pi, sqrt

mp.prec = 250
MATH = pathlib.Path(__file__).parents[2] / "engine" / "math"


def text_of(value):
    """The nearest double in C's hexadecimal, without the zeros at its end."""
    return re.sub(r"\.?0*p", "p", float(value).hex())


def split(value, bits):
    """value as a number of so many bits and the rest."""
    scale = mpf(2) ** bits
    high = floor(value * scale) / scale
    return [high, value - high]


def fit(function, low, high, terms):
    """Coefficients, the constant first, and how much the polynomial leaves."""
    coefficients, left = chebyfit(function, [mpf(low), mpf(high)], terms, error=True)
    return coefficients[::-1], f"left: 2^{float(log(left, 2)):.1f}"


def erf_beside_x(z):
    """erf(x) / x - 1 at z = x^2."""
    return (erf(sqrt(z)) / sqrt(z) if z > 0 else 2 / sqrt(pi)) - 1


def scaled_complement(t):
    """(1 + 2 x) e^(x^2) erfc(x) at t = (x - 4) / (x + 4)."""
    x = 4 * (1 + t) / (1 - t)
    return (1 + 2 * x) * exp(x * x) * erfc(x)


def doubles(value):
    """value as the nearest double and that of the rest."""
    return [value, value - mpf(float(value))]


TWICE_TANH = sqrt(8 / pi)  # 2 u = TWICE_TANH (a + 0.044715 a^3)
CUBE = mpf("0.044715")


def normal_slope(a):
    return exp(a * a / 2) * erfc(a / sqrt(2)) / 2 - a / sqrt(2 * pi)


def tanh_slope(a):
    rise = TWICE_TANH * (1 + 3 * CUBE * a * a)
    return 1 - a * rise / (1 + exp(-TWICE_TANH * (a + CUBE * a**3)))


def silu_slope(a):
    return 1 - a / (1 + exp(-a))


def crossing(slope, near):
    """The zero of a slope, and the slope over the distance from it."""
    root = findroot(slope, mpf(near))
    over = lambda d: slope(root + d) / d if d != 0 else diff(slope, root)
    return doubles(root), *fit(over, -0.25, 0.25, 13)


def tables():
    """(file, name, values, remark) of each."""
    yield "parts.h", "LN2_HIGH, LN2_LOW", split(log(mpf(2)), 32), ""
    yield "exp.c", "LOG2_E", [log(e, 2)], ""
    yield "exp.c", "inverse_factorial", [1 / factorial(n) for n in range(2, 14)], ""
    yield "log.c", "series", [mpf(2) / (2 * n + 1) for n in range(1, 11)], ""
    yield "cos.c", "cosine", [(-1) ** n * pi ** (2 * n) / factorial(2 * n) for n in range(1, 9)], ""
    yield "cos.c", "pi, sine", [(-1) ** n * pi ** (2 * n + 1) / factorial(2 * n + 1) for n in range(9)], ""
    yield "erf.c", "near", *fit(erf_beside_x, 0, 1, 13)
    for half in range(2, 12):
        middle = mpf(half) / 2 + mpf(1) / 4
        row, left = fit(lambda t, middle=middle: erfc(middle + t), -0.25, 0.25, 14)
        yield "erf.c", f"far[{half - 2}]", row, left
    yield "erf.c", "scaled", *fit(scaled_complement, -1, mpf(24) / 32, 25)
    yield "../activation/gelu.c", "C1", doubles(TWICE_TANH), ""
    yield "../activation/gelu.c", "C2", doubles(CUBE * TWICE_TANH), ""
    for file, slope, near in (
        ("gelu.c", normal_slope, 0.75),
        ("gelu.c", tanh_slope, 0.75),
        ("silu.c", silu_slope, 1.28),
    ):
        root, series, left = crossing(slope, near)
        yield f"../activation/{file}", "root", root, ""
        yield f"../activation/{file}", "series", series, left


def check():
    """Every constant must stand in its source; the last line counts."""
    found = missing = 0
    for file, name, values, _ in tables():
        words = set(re.findall(r"-?0x[0-9a-f.]+p[+-]\d+", (MATH / file).read_text()))
        for value in values:
            if text_of(value) in words:
                found += 1
            else:
                missing += 1
                print(f"constants: {file} lacks {name}: {text_of(value)}")
    print(f"constants: {found} found, {missing} missing")
    return missing == 0


def main():
    if sys.argv[1:] == ["--check"]:
        sys.exit(not check())
    for file, name, values, remark in tables():
        print(f"/* {file}, {name} {remark}".rstrip() + " */")
        print("{" + ", ".join(map(text_of, values)) + "},")


main()
