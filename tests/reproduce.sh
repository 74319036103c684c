#!/usr/bin/env bash
# reproduce.sh PROGRAM OUT EXPERIMENT... [-- OPTION...]: run the experiments, hold
# them against the committed reference, write the reports, end with headlines.
set -uo pipefail
program=$1 out=$2
shift 2
experiments=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    experiments+=("$1")
    shift
done
[ $# -gt 0 ] && shift

headlines=() status=0
for name in "${experiments[@]}"; do
    "$program" run "experiments/$name.yaml" --out "$out/$name" "$@" || exit
    reference=results/reference/$name
    if [ $# -eq 0 ] && [ -d "$reference" ]; then
        "$program" verify "$out/$name" --against "$reference" || status=1
    fi
    text=$("$program" report "$out/$name") || exit
    headlines+=("$(tail -n 2 <<<"$text")")
done
printf '\n%s\n' "${headlines[@]}"
exit $status
