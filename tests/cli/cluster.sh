# Beyond one machine: whose a row is.
# shellcheck shell=bash disable=SC2154

# Needs no data: eight cells on XOR.
CLUSTER=("$ROOT/experiments/xor.yaml" --set 'seeds=[1,2]' --set epochs=20)

# other_machine NAME: programs that follow believe to run on this made-up one.
other_machine() {
    mkdir -p "$PWD/$1/proc/sys/kernel"
    echo "$1" >"$PWD/$1/proc/sys/kernel/hostname"
    export LOSSGRID_SYSTEM=$PWD/$1
}

# Each row names its machine, and the manifest has the facts of each that has a row.
test_each_row_knows_its_machine() {
    other_machine node-a
    expect 0 run "${CLUSTER[@]}" --shard 0/2 --out r --quiet
    other_machine node-b
    expect 0 run "${CLUSTER[@]}" --out r --quiet
    other_machine node-c # trains nothing
    expect 0 run "${CLUSTER[@]}" --out r --quiet
    /usr/bin/env python3 - <<'END' >out || fail 'machines'
import csv, hashlib, json
rows = list(csv.DictReader(open("r/timing.csv")))
machines = json.load(open("r/manifest.json"))["machines"]
hosts = {facts["host"]: key for key, facts in machines.items()}
assert set(hosts) == {"node-a", "node-b"}, hosts
cells = list(dict.fromkeys(row["cell"] for row in rows))
for i, cell in enumerate(cells):
    expected = hosts["node-a" if i % 2 == 0 else "node-b"]
    assert {row["machine"] for row in rows if row["cell"] == cell} == {expected}, cell
for key, facts in machines.items():
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest()[:12] == key, text
END
    # No result has a machine in it.
    ! grep -q machine r/trace.csv || fail 'trace.csv speaks of machines'
}
