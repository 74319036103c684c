#!/bin/bash
# Test the program from outside.
#
#   tests/cli/run.sh build/lossgrid [PATTERN]
#
# Every function test_* of the other files here is a case: it runs in a folder of
# its own, in a subshell, and passes if it returns 0. PATTERN picks cases by name.
# The data are those of LOSSGRID_DATA, else of data/, else the packaged
# Fashion-MNIST.
set -u
if [ $# -lt 1 ] || [ ! -x "$1" ]; then
    echo "usage: tests/cli/run.sh PROGRAM [PATTERN]" >&2
    exit 2
fi
LOSSGRID=$(realpath "$1")
PATTERN=${2:-}
HERE=$(dirname "$(realpath "$0")")
ROOT=$(dirname "$(dirname "$HERE")")
SPEC=$ROOT/experiments/article-losses.yaml
unset LOSSGRID_ISA
SKIPPED=77

# ---- What cases are made of ----------------------------------------------------

# Say why the case fails, with what the program said last.
fail() {
    echo "    $*"
    if [ -f err ]; then sed 's/^/    stderr: /' err; fi
    if [ -f out ]; then sed 's/^/    stdout: /' out | head -n 20; fi
    exit 1
}

skip() {
    echo "    skipped: $*"
    exit $SKIPPED
}

# The program watches its memory, which takes ten times as long.
is_sanitized() {
    "$LOSSGRID" version | grep -q ', asan: '
}

# Small and quick: three cells of two epochs.
# shellcheck disable=SC2034
QUICK=("$SPEC" --set samples="$(is_sanitized && echo 100 || echo 500)" --set epochs=2 --set evaluate=none)
# Long enough that several checkpoints are taken, five a second.
# shellcheck disable=SC2034
LONG=("$SPEC" --set samples="$(is_sanitized && echo 150 || echo 1500)" --set epochs=40 --set evaluate=none)

# expect CODE ARGUMENT...: run the program; its output goes to the files out and err.
expect() {
    local expected=$1 code=0
    shift
    "$LOSSGRID" "$@" >out 2>err </dev/null || code=$?
    [ "$code" -eq "$expected" ] || fail "lossgrid $*: exit code $code, expected $expected"
}

# result NAME ARGUMENT...: the folder NAME with the results of a run, which is done
# once and copied by every case that asks for it. The first waits for nobody.
result() {
    local name=$1
    shift
    mkdir -p "$scratch/results"
    (
        flock 9
        if [ ! -e "$scratch/results/$name" ]; then
            expect 0 run "$@" --out "$scratch/results/$name.new"
            mv "$scratch/results/$name.new" "$scratch/results/$name"
        fi
    ) 9>"$scratch/results/$name.lock" || exit 1
    cp -r "$scratch/results/$name" "$name"
}

# The last output holds this text.
says() {
    grep -qF -- "$1" out err || fail "the output lacks: $1"
}

says_not() {
    ! grep -qF -- "$1" out err || fail "the output should lack: $1"
}

same_file() {
    cmp "$1" "$2" >difference 2>&1 || fail "$(cat difference)"
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
    local tries=$(($1 * 50))
    shift
    while ! "$@"; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || fail "waited in vain for: $*"
        sleep 0.02
    done
}

# Every run reads all of the data, which is quicker when it is not compressed.
prepare_data() {
    local from file
    for from in "${LOSSGRID_DATA:-}" "$ROOT/data" /usr/share/datasets/fashion-mnist; do
        if [ -n "$from" ] && compgen -G "$from/train-images-idx3-ubyte*" >/dev/null; then break; fi
    done
    mkdir "$scratch/data"
    for file in train-images-idx3 train-labels-idx1 t10k-images-idx3 t10k-labels-idx1; do
        if [ -e "$from/$file-ubyte" ]; then
            ln -s "$(realpath "$from/$file-ubyte")" "$scratch/data/"
        else
            gunzip -c "$from/$file-ubyte.gz" >"$scratch/data/$file-ubyte" || return 1
        fi
    done
    export LOSSGRID_DATA=$scratch/data
}

# ---- Running them --------------------------------------------------------------

for file in "$HERE"/*.sh; do
    if [ "$file" != "$HERE/run.sh" ]; then
        # shellcheck source=/dev/null
        . "$file"
    fi
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prepare_data || exit 1
mkdir "$scratch/ended"

# In a subshell of its own: the log and, when it has ended, the exit code and the seconds of a
# processor, which other work on the machine hardly changes.
run_case() {
    local case=$1 code=0
    mkdir "$scratch/$case"
    (cd "$scratch/$case" && "$case") >"$scratch/$case.log" 2>&1 || code=$?
    times >"$scratch/$case.times"
    rm -rf "${scratch:?}/$case"
    awk -v code=$code 'NR == 2 { split($1 " " $2, t, /[ms ]+/); printf "%d %.1f\n", code, 60 * (t[1] + t[3]) + t[2] + t[4] }' \
        "$scratch/$case.times" >"$scratch/ended/$case"
}

# Say how the case ended.
count_case() {
    local case=$1 code=1 seconds=0
    read -r code seconds <"$scratch/ended/$case" || code=1
    case $code in
    0) passed=$((passed + 1)) ;;
    "$SKIPPED")
        skipped=$((skipped + 1))
        echo "${case#test_}:"
        cat "$scratch/$case.log"
        ;;
    *)
        failed=$((failed + 1))
        echo "FAILED ${case#test_}:"
        cat "$scratch/$case.log"
        ;;
    esac
    echo "$seconds ${case#test_}" >>"$scratch/times"
}

passed=0 failed=0 skipped=0 running=0
cases=()
for case in $(compgen -A function test_); do
    [[ $case == *"$PATTERN"* ]] || continue
    if [ $running -ge "${JOBS:-$(nproc)}" ]; then
        wait -n
        running=$((running - 1))
    fi
    run_case "$case" &
    running=$((running + 1))
    cases+=("$case")
done
wait
for case in ${cases[@]+"${cases[@]}"}; do count_case "$case"; done
if [ $passed -gt 5 ]; then
    echo "cli: $(awk '{ sum += $1 } END { printf "%d", sum }' "$scratch/times") s of processor time; slowest: $(sort -rn "$scratch/times" | head -n 5 | paste -sd , | sed 's/,/, /g')"
fi
echo "cli: $passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
