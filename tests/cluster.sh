#!/usr/bin/env bash
# cluster.sh PROGRAM: the commands of docs/cluster.md, as they stand there, in a folder of their
# own, GNU parallel on this machine alone; both unions must have the bytes of one run.
set -euo pipefail
if [ $# -ne 1 ] || [ ! -x "$1" ]; then
    echo "usage: tests/cluster.sh PROGRAM" >&2
    exit 2
fi
program=$(realpath "$1")
root=$(dirname "$(dirname "$(realpath "$0")")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
fail() {
    echo "cluster: FAILED: $*"
    cat said 2>/dev/null
    exit 1
}

mkdir "$scratch/bin" "$scratch/home"
ln -s "$program" "$scratch/bin/lossgrid"
ln -s "$root/experiments" "$scratch/"
export PATH=$scratch/bin:$PATH HOME=$scratch/home NODES=:
cd "$scratch"
sed -n '/^```bash$/,/^```$/p' "$root/docs/cluster.md" | sed '/^```/d' >commands
[ "$(grep -c lossgrid commands)" -ge 6 ] || fail 'the page has lost its commands'
bash -euo pipefail commands >said 2>&1 || fail 'a command of the page'
lossgrid run experiments/xor.yaml --out one --quiet
for union in xor parallel; do
    for file in trace.csv configurations.csv parameters.csv schema.json; do
        cmp "one/$file" "results/$union/$file" || fail "$union: $file"
    done
done
echo "cluster: the commands of the page make the bytes of one run"
