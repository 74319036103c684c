#!/usr/bin/env bash
# kill.sh PROGRAM [ROUNDS [SEED]]: a run that is killed at a random moment (its parent, one
# worker, all of them at once; while it trains, or while it writes its files), and one that is
# killed at each step of its export (all is in the store, and some of the files are new),
# resumed: the same bytes as a run that nobody disturbed, and nothing left over.
set -uo pipefail
program=$(realpath "$1") rounds=${2:-20} RANDOM=${3:-1}
root=$(realpath "$(dirname "$0")/..")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
fail() {
    echo "kill: round $round: $*"
    sed 's/^/    /' log
    echo "kill: FAILED"
    exit 1
}
# Small networks, so that there are parameters too; long enough that checkpoints are taken.
spec=("$root/experiments/xor.yaml" --set epochs=1000 --set 'seeds=[1,2,3]' --jobs 2 --quiet)
round=0
began=$EPOCHREALTIME
"$program" run "${spec[@]}" --out whole >log 2>&1 || fail 'the undisturbed run failed'
took_ms=$(((${EPOCHREALTIME/./} - ${began/./}) / 1000))

# The folder r, gone on with, is as if nothing had happened.
check_resumed() {
    "$program" run "${spec[@]}" --out r >log 2>&1 || fail "cannot be resumed after $1 was killed"
    for file in trace.csv parameters.csv configurations.csv schema.json; do
        cmp -s whole/$file r/$file || fail "another $file after $1 was killed"
    done
    "$program" verify r >log 2>&1 || fail 'not whole'
    left=$(find r -name '*.tmp' -o -name '*.new' -o -name '*.old' -o -name '*-wal' -o -name '*-shm' -o -name '*-journal')
    [ -z "$left" ] || fail "left over: $left"
}

declare -A killed=() ended=()
for ((round = 1; round <= rounds; round++)); do
    rm -rf r
    setsid "$program" run "${spec[@]}" --out r >log 2>&1 </dev/null &
    run=$!
    sleep "$(printf '0.%03d' $((RANDOM % (took_ms < 999 ? took_ms + 1 : 999))))"
    workers=$(cat "/proc/$run/task/$run/children" 2>/dev/null)
    case $((RANDOM % 3)) in
    0) what=parent target=$run ;;
    1) what=group target=-$run ;;
    2) what=worker target=${workers%% *} ;;
    esac
    if [ -n "$target" ] && kill -KILL -- "$target" 2>/dev/null; then
        killed[$what]=$((${killed[$what]:-0} + 1))
    else
        ended[$what]=$((${ended[$what]:-0} + 1))
    fi
    wait $run 2>/dev/null
    # A worker outlives its parent by no more than a moment.
    for worker in $workers; do
        for ((i = 0; i < 100; i++)); do [ -e "/proc/$worker" ] || break; sleep 0.02; done
        [ $i -lt 100 ] || fail 'a process is left'
    done
    check_resumed "the $what"
done

# ---- Between the last commit and the last file ------------------------------------

steps=0
# killed_at CALL NUMBER: the parent of a run is killed as it makes that call. False: it makes fewer.
killed_at() {
    rm -rf r
    strace -qq -o trace.log -e "trace=$1" -e "inject=$1:signal=SIGKILL:when=$2" \
        "$program" run "${spec[@]}" --out r >log 2>&1 </dev/null && return 1
    grep -q 'killed by SIGKILL' trace.log || fail "strace cannot kill it at $1 number $2: $(tail -n 1 trace.log)"
    steps=$((steps + 1))
}
if ! strace -qq -o trace.log true 2>/dev/null; then
    echo 'kill: WARNING: no strace that works here: no run is killed at the steps of its export'
else
    spec=("$root/experiments/xor.yaml" --set epochs=3 --jobs 2 --quiet)
    rm -rf whole
    "$program" run "${spec[@]}" --out whole >log 2>&1 || fail 'the undisturbed run failed'
    # Each file is written, synced (as is its folder), and renamed; SQLite uses fdatasync.
    for call in fsync rename; do
        for ((round = 1; ; round++)); do
            killed_at $call $round || break
            # All that was trained is in the store: nothing is trained again.
            "$program" run "${spec[@]:0:5}" --out r >log 2>&1 </dev/null
            grep -q '4 of 4 cells were finished earlier' log || fail "cells are trained again after $call number $round"
            check_resumed "the export at $call number $round"
        done
        [ "$round" -gt 4 ] || fail "an export with $((round - 1)) calls of $call"
    done
fi
echo "kill: $((rounds + steps)) passed, 0 failed; killed: at a step of the export $steps, parent ${killed[parent]:-0}, group ${killed[group]:-0}, a worker ${killed[worker]:-0}; over before the signal: $((${ended[parent]:-0} + ${ended[group]:-0} + ${ended[worker]:-0}))"
