"""Golden values of an axis (harness/spec/spacing.h): decimals of 60 digits, mpmath's powers
and a PCG of its own, rounded once, half to even.

    /usr/bin/python3 tests/golden/axes.py > tests/golden/axes.csv

Columns: form (linear, log, uniform, log_uniform, integer_uniform), low, high, is_whole,
count, seed and name (of the drawn forms), values: with spaces between them, or the SHA-256
of that where it is long.
"""

import hashlib
import random
from decimal import ROUND_HALF_EVEN, Decimal, getcontext

import mpmath

DIGITS, SHORT, PURPOSE = 6, 9, 4
MASK = 2**64 - 1
getcontext().prec = 60
mpmath.mp.dps = 60


def number(value):
    """A Decimal as the harness prints it: of a double, the shortest that reads back."""
    value = float(value)
    for digits in range(1, 18):
        text = f"{value:.{digits}g}"
        if float(text) == value:
            break
    if "e" in text:
        mantissa, power = text.split("e")
        text = f"{value:.0f}" if 0 <= int(power) < 15 else f"{mantissa}e{int(power)}"
    return text


def rounded(value, is_whole, low, high):
    if value == 0:
        return value
    # Powers are irrational or known to 60 digits: what lies beyond 45 is no tie's.
    value = value.quantize(Decimal(1).scaleb(value.adjusted() - 45), ROUND_HALF_EVEN)
    last = Decimal(1) if is_whole else Decimal(1).scaleb(value.adjusted() - DIGITS + 1)
    return min(max(value.quantize(last, ROUND_HALF_EVEN), low), high)


def power(base, exponent):
    result = mpmath.power(mpmath.mpf(str(base)), mpmath.mpf(str(exponent)))
    return Decimal(mpmath.nstr(result, 58, strip_zeros=False))


def between(is_log, low, high, to, is_whole):
    """The number at share `to` of the way, a pair (part, whole)."""
    part, whole = to
    if part == 0:
        return low
    if part == whole:
        return high
    share = Decimal(part) / whole
    value = (power(low, 1 - share) * power(high, share) if is_log
             else (low * (whole - part) + high * part) / whole)
    return rounded(value, is_whole, low, high)


def mix(z):
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return z ^ (z >> 31)


class Pcg:
    """PCG32, the stream of (seed, purpose, epoch): include/lossgrid/pcg.h."""

    def __init__(self, seed, name):
        gamma = 0x9E3779B97F4A7C15
        epoch = int(hashlib.sha256(name.encode()).hexdigest()[:16], 16)
        key = mix((seed + gamma) & MASK)
        key = mix(((key ^ PURPOSE) + gamma) & MASK)
        key = mix(((key ^ epoch) + gamma) & MASK)
        self.increment = (mix((key + 2 * gamma) & MASK) << 1 | 1) & MASK
        self.state = (mix((key + gamma) & MASK) + self.increment) & MASK
        self.step()

    def step(self):
        self.state = (self.state * 6364136223846793005 + self.increment) & MASK

    def next(self):
        old = self.state
        self.step()
        shifted = ((old >> 18 ^ old) >> 27) & 0xFFFFFFFF
        rotation = old >> 59
        return (shifted >> rotation | shifted << (-rotation & 31)) & 0xFFFFFFFF

    def uniform(self):
        """A whole number below 2^53."""
        high = self.next()
        return (high << 32 | self.next()) >> 11

    def below(self, bound):
        while True:
            draw = self.next()
            if draw >= 2**32 % bound:
                return draw % bound


def values_of(form, low, high, is_whole, count, seed, name):
    if form in ("linear", "log"):
        return [between(form == "log", low, high, (i, count - 1), is_whole) for i in range(count)]
    pcg, values = Pcg(seed, name), []
    while len(values) < count:
        if form == "integer_uniform":
            value = low + pcg.below(int(high - low) + 1)
        else:
            value = between(form == "log_uniform", low, high, (pcg.uniform(), 2**53), is_whole)
        if value not in values:
            values.append(value)
    return values


def write(form, low, high, is_whole, count, seed=0, name=""):
    low, high = Decimal(low), Decimal(high)
    values = " ".join(number(v) for v in values_of(form, low, high, is_whole, count, seed, name))
    if count > SHORT:
        values = hashlib.sha256(values.encode()).hexdigest()
    print(f"{form},{number(low)},{number(high)},{int(is_whole)},{count},{seed},{name},{values}")


def ends(rng, is_log):
    """Two decimals of 1 to 9 digits in order, of any size, or near each other."""
    def one(power):
        return Decimal(rng.randrange(1, 10 ** rng.choice([1, 1, 2, 3, 9]))).scaleb(power)
    power = rng.choice([0, -3, -5, -30, 20, 3])
    a, b = one(power), one(power + rng.choice([0, 1, 2, 5, 9]))
    if not is_log:
        a, b = a * rng.choice([1, 1, -1]), b * rng.choice([1, 1, -1])
    return (min(a, b), max(a, b)) if a != b else (a, a * 2) if a > 0 else (a, -a)


def is_fine(form, low, high, count):
    """True if the points are well apart."""
    if form == "log":
        return (high / low).ln() / (count - 1) > Decimal("1e-4")
    return (high - low) / (count - 1) > max(abs(low), abs(high)) * Decimal("1e-4")


def main():
    rng = random.Random(12)
    print("form,low,high,is_whole,count,seed,name,values")
    # What people ask for, ties of the last digit, ends that cancel.
    write("log", "1e-5", "1", False, 21)
    write("log", "1e-5", "1", False, 6)
    write("log", "9.5367431640625e-7", "1", False, 21)
    write("log", "1e-300", "1e300", False, 7)
    write("log", "1", "1024", True, 11)
    write("log", "1", "1000", True, 4)
    write("linear", "0", "0.9", False, 4)
    write("linear", "-0.1", "0.3", False, 5)
    write("linear", "-0.3", "0.6", False, 4)
    write("linear", "0", "1", False, 1025)
    write("linear", "0", "0.1", False, 1025)
    write("linear", "1", "9", True, 5)
    write("linear", "1", "4", True, 3)
    for count in (5, 50):
        write("log_uniform", "1e-5", "1", False, count, 1, "optimizer.adam.lr")
        write("log_uniform", "1e-5", "1", False, count, 2, "optimizer.adam.lr")
        write("log_uniform", "1e-5", "1", False, count, 1, "optimizer.sgd.lr")
    write("log_uniform", "1", "10", True, 9, 1, "optimizer.adam.delay")
    write("integer_uniform", "-3", "4294967292", False, 9, 7, "a")
    write("integer_uniform", "1", "6", False, 6, 7, "a")
    for _ in range(400):
        form = rng.choice(["linear", "log", "uniform", "log_uniform", "integer_uniform"])
        count = rng.choice([2, 3, 4, 5, 7, 9, 21, 33, 60])
        seed, name = rng.randrange(2**32), rng.choice(["loss.huber.delta", "optimizer.sgd.lr"])
        low, high = ends(rng, form.startswith("log"))
        if form == "integer_uniform":
            low = Decimal(rng.randrange(-10**6, 10**6))
            high = low + rng.choice([2 * count, 10**4, 10**9])
        elif not is_fine(form.replace("_uniform", ""), low, high, count):
            continue
        if form in ("linear", "log"):
            seed, name = 0, ""
        write(form, low, high, False, count, seed, name)


if __name__ == "__main__":
    main()
