#!/usr/bin/env bash
# tails.sh PROGRAM [OPTION...]: print docs/tails.md from what the program measures. Exit
# status: the program's.
set -euo pipefail
cat <<'EOF'
# How far activations and losses are off

Written by `make prove-tails`. It evaluates every activation and loss, value and gradient, with options at random, and compares with MPFR. The formulas it compares with are its own (`tests/golden/tails/activations.c`, `losses.c`): the plain ones, in 512 bits for activations and 2800 for losses, where nothing cancels. The gradient of a loss is a difference quotient of its value in those bits, except where a framework's convention is another (`bce` at 0 and 1, `gaussian_nll` below `eps`).

Points: numbers of every magnitude that the precision has, subnormal ones included, ordinary ones, and ones next to the points where functions saturate, cross zero or change their formula; probabilities dense at 0 and 1; logits of every spread; two inputs that all but agree; rows of 1 to 40 numbers. Kinks are left out, and points where an exact term is larger than the largest number.

A cell is the largest error found and its bound, in units in the last place. The last place is the exact result's own. Where terms of opposite signs cancel whatever computes them, it is that of the sum of the terms' magnitudes, and the last column names them. Below the smallest normal number the unit is the smallest subnormal one; in the gradients of `softmax` and `log_softmax` in f64 it is not below the smallest normal number times the largest incoming gradient.

EOF
exec "$@"
