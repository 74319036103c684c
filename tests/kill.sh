#!/usr/bin/env bash
# kill.sh PROGRAM [ROUNDS [SEED]]: a run that is killed at a random moment (its parent, one
# worker, all of them at once; while it trains, or while it writes its files), resumed: the same
# bytes as a run that nobody disturbed, and nothing left over.
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
    "$program" run "${spec[@]}" --out r >log 2>&1 || fail "cannot be resumed after the $what was killed"
    for file in trace.csv parameters.csv; do
        cmp -s whole/$file r/$file || fail "another $file after the $what was killed"
    done
    "$program" verify r >log 2>&1 || fail 'not whole'
    left=$(find r -name '*.tmp' -o -name '*.new' -o -name '*.old' -o -name '*-wal' -o -name '*-shm' -o -name '*-journal')
    [ -z "$left" ] || fail "left over: $left"
done
echo "kill: $rounds passed, 0 failed; killed: parent ${killed[parent]:-0}, group ${killed[group]:-0}, a worker ${killed[worker]:-0}; over before the signal: $((${ended[parent]:-0} + ${ended[group]:-0} + ${ended[worker]:-0}))"
