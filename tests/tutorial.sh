#!/bin/bash
# docs/add-a-loss.md, followed to the letter in a copy of the tree: its loss passes the
# gradient check, and the mistake that it shows is caught with the message that it shows.
#
#   tests/tutorial.sh [SCRATCH]
set -euo pipefail
cd "$(dirname "$0")/.."
scratch=${1:-$(mktemp -d)}
trap 'rm -rf "$scratch"' EXIT
tests/tree.sh "$scratch"
if [ -d build/obj/release ]; then cp -r --parents -p build/obj/release "$scratch"; fi
doc=$PWD/docs/add-a-loss.md
cd "$scratch"

# The first C block is the file.
sed -n '/^```c$/,/^```$/p' "$doc" | sed '/^```/d' >engine/loss/charbonnier.c
quietly() { "$@" >log 2>&1 || { cat log; exit 1; }; }
quietly make -j "$(nproc)" all
build/lossgrid gradcheck --loss charbonnier
echo "tutorial: the loss of the page passes"

sed -i 's|(at->y - at->t) / root(at)|(at->y - at->t) / (root(at) * root(at))|' \
    engine/loss/charbonnier.c
quietly make -j "$(nproc)" all
code=0
build/lossgrid gradcheck --loss charbonnier >out 2>err || code=$?
[ "$code" -eq 1 ] || { echo "tutorial: FAILED: exit code $code, expected 1"; exit 1; }
shown=$(grep '^FAILED loss charbonnier' "$doc")
found=$(grep -m 1 '^FAILED loss charbonnier' out)
# The error bar has the digits of this machine's long double.
[ "${found%% +-*}" = "${shown%% +-*}" ] && [ "${found##*: }" = "${shown##*: }" ] || {
    printf 'tutorial: FAILED: the page shows\n  %s\nfound\n  %s\n' "$shown" "$found"
    exit 1
}
echo "tutorial: the mistake of the page is caught with its message"
