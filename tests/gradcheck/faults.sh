#!/usr/bin/env bash
# faults.sh BUILD [PATTERN]: which faults in the training step are seen, and by what. In a
# copy of the tree, put in the faults of faults.txt (those whose line matches PATTERN), one
# at a time, and run `lossgrid gradcheck` on two small specs and the unit tests of products
# and steps. A fault that does not apply, or that its expected catcher misses, is a failure.
set -uo pipefail
cd "$(dirname "$0")/../.."
rm -rf "${1:?usage: faults.sh BUILD [PATTERN]}" && mkdir -p "$1/tree" && build=$(cd "$1" && pwd) || exit 3
pattern=${2:-.}
tests/tree.sh "$build/tree" || exit 3
cd "$build/tree" || exit 3
seen=0 failed=0

isas=generic
if grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; then isas="avx2 generic"; fi
SUITES='lg_@(rows|packed_products|nonzero|gradient|training|net|collect|divergence|digest)_f*/*'
# A fault may leave a name unused, which is no error here.
compile() { make -s CI= -j "${JOBS:-2}" OPT=-O1 ISAS="$isas" build/lossgrid build/unit-release >"$build/log" 2>&1; }

# Small, and through all paths: a classifier's and an autoencoder's layers, one loss each.
cat >"$build/classifier.yaml" <<'SPEC'
title: classifier
dataset: mnist
task: classify
model: {inputs: 784, layers: [{outputs: 43, activation: relu}, {outputs: 10}]}
initialisation: {method: he_normal}
batch: 32
epochs: 1
samples: 1000
grid: {losses: [cross_entropy], optimizers: [{name: sgd, lr: 0.1}]}
SPEC
cat >"$build/autoencoder.yaml" <<'SPEC'
title: autoencoder
dataset: mnist
model: {inputs: 784, layers: [{outputs: 40, activation: relu}, {outputs: 120, activation: relu}, {outputs: 784, activation: relu}]}
initialisation: {method: he_normal}
batch: 20
epochs: 1
samples: 1000
grid: {losses: [mse], optimizers: [{name: sgd, lr: 0.1}]}
SPEC

gradcheck() { # 0: it failed, so it has seen the fault
    local code=0
    build/lossgrid gradcheck --spec "$build/classifier.yaml" --spec "$build/autoencoder.yaml" --quiet >"$build/gradcheck" 2>&1 || code=$?
    [ $code -le 1 ] || { head -n 3 "$build/gradcheck"; exit 3; } # it did not check at all
    [ $code -eq 1 ]
}
unit() {
    build/unit-release --jobs 2 --filter "$SUITES" >"$build/unit" 2>&1
    ! grep -q 'Tested: [1-9].* Failing: 0 .* Crashing: 0' "$build/unit"
}

fail() {
    failed=$((failed + 1))
    echo "faults: FAILED: $*"
}

compile || {
    tail "$build/log"
    exit 1
}
gradcheck && fail "before any fault: $(grep -m 1 FAILED "$build/gradcheck")"
unit && fail "before any fault: $(tail -n 1 "$build/unit")"

while IFS='|' read -r name file expected edits; do
    name=${name%% } file=$(xargs <<<"$file") expected=$(xargs <<<"$expected") edits=${edits# }
    cp "$file" "$build/original"
    applies=yes
    before=$build/before
    while [ -n "$edits" ]; do
        one=${edits%%;;*}
        case $edits in *';;'*) edits=${edits#*;;} ;; *) edits= ;; esac
        cp "$file" "$before"
        sed -i -e "$one" "$file"
        cmp -s "$before" "$file" && applies=no
    done
    if [ $applies = no ]; then
        fail "$name: the edit does not apply any more"
    elif ! compile; then
        fail "$name: does not compile: $(grep -m 1 error "$build/log")"
    else
        by_gradcheck=no by_unit=no
        gradcheck && by_gradcheck=yes
        unit && by_unit=yes
        echo "faults: $name | ${file##*/} | gradcheck $by_gradcheck | unit $by_unit"
        case "$expected $by_gradcheck $by_unit" in
        'both yes yes' | 'gradcheck yes '* | 'unit '*' yes') seen=$((seen + 1)) ;;
        *) fail "$name: expected to be seen by $expected" ;;
        esac
    fi
    cp "$build/original" "$file"
done < <(grep -v '^#' tests/gradcheck/faults.txt | grep -e "$pattern")
echo "faults: $seen seen as expected, $failed failed"
[ "$failed" -eq 0 ] && [ "$seen" -gt 0 ]
