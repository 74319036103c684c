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

# Results of a stand-in have a folder of their own: MNIST may come later.
data=$("$program" env | sed -n 's/^data  *\([a-z0-9_]*\),.*/\1/p')
[ "$data" = mnist ] || out=$out/$data

said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
status=0 reports=()
for name in "${experiments[@]}"; do
    "$program" run "experiments/$name.yaml" --out "$out/$name" "$@" || exit
    reference=results/reference/$name
    if [ $# -eq 0 ] && [ -d "$reference" ]; then
        if [ "$data" = mnist ]; then
            "$program" verify "$out/$name" --against "$reference" || status=1
        else
            echo "$name: not trained on MNIST, so not compared with the reference, which is"
        fi
    fi
    # Drawn while the next experiment trains.
    "$program" report "$out/$name" >"$said/$name" &
    reports+=($!)
done
for report in "${reports[@]}"; do
    wait "$report" || exit
done
for name in "${experiments[@]}"; do
    printf '\n'
    tail -n 2 "$said/$name"
done
exit $status
