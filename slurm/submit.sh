#!/bin/bash
# Send an experiment to Slurm: a job array of the shards that are missing, and their union when
# they have ended.
#
#   slurm/submit.sh SPEC OUT SHARDS [RUN-OPTION...] [-- SBATCH-OPTION...]
#
# The same command again, when the jobs have ended, sends what is still missing. SBATCH-OPTIONs
# (--partition, --time, --cpus-per-task, ...) are for the tasks of the array. LOSSGRID is the
# program, on this machine and on the nodes.
set -eu
[ $# -ge 3 ] || {
    sed -n 's/^#   /usage: /p' "$0" >&2
    exit 2
}
here=$(dirname "$(realpath "$0")")
spec=$1 out=$2 shards=$3
shift 3
case $shards in
'' | *[!0-9]* | 0*)
    echo "submit.sh: SHARDS: found '$shards', expected a whole number from 1" >&2
    exit 2
    ;;
esac
run=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
    run+=("$1")
    shift
done
[ $# -eq 0 ] || shift

export LOSSGRID=${LOSSGRID:-lossgrid}
# What is wrong with the spec or the options is said here and now, not by every task.
"$LOSSGRID" run "$spec" ${run[@]+"${run[@]}"} --dry-run >/dev/null

missing=()
for ((i = 0; i < shards; i++)); do
    "$LOSSGRID" status "$out/shards/$i" --check >/dev/null 2>&1 || missing+=("$i")
done
mkdir -p "$out/shards" "$out/logs"
echo "${#missing[@]} of $shards shards are missing"
merge=()
if [ ${#missing[@]} -gt 0 ]; then
    array=$(IFS=,; echo "${missing[*]}")
    job=$(sbatch --parsable --array="$array" --output="$out/logs/%a.log" "$@" \
        "$here/array.sbatch" "$spec" "$out" "$shards" ${run[@]+"${run[@]}"})
    echo "job ${job%%;*}: shards $array"
    merge=(--dependency="afterany:${job%%;*}")
fi
job=$(sbatch --parsable ${merge[@]+"${merge[@]}"} --output="$out/logs/merge.log" \
    "$here/merge.sbatch" "$out" "$spec" ${run[@]+"${run[@]}"})
echo "job ${job%%;*}: their union, into $out"
