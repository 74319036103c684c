# Columns: the files that commands write, schema.json next to them and `list columns` agree.
# shellcheck shell=bash disable=SC2154

XOR=$ROOT/experiments/xor.yaml

# Folders as every command that writes CSV files leaves them, under their commands' names.
write_folders() {
    expect 0 run "$ROOT/experiments/perceptron-xor.yaml" --set epochs=2 --set 'seeds=[1]' --quiet --out run
    tuned_spec
    expect 0 run tuned.yaml --quiet --out tuned
    expect 0 run tuned.yaml --set tune.budget=1 --set evaluate_every=10 --quiet --out split \
        --set 'targets=[{metric: validation_accuracy, value: 0.5}]'
    # Without a split, the test set; and a cell that fails.
    expect 0 run "$XOR" --set epochs=1 --set evaluate_every=1 --quiet --out every
    expect 1 run "$XOR" --set epochs=2 --set 'grid.optimizers=[{name: lbfgs, history_size: 10000}, sgd]' \
        --set 'model.layers.0.outputs=256' --cell-memory 40 --quiet --out failed
    expect 0 time "$XOR" --set 'grid.optimizers=[sgd]' --budget 1 --counters all --quiet --out time
    expect 0 gradcheck --loss smooth_l1 --trials 2 --quiet --out gradcheck
    expect 0 compare time time --out compare
    mkdir calibrate
    expect 0 calibrate --quick --format csv
    cp out calibrate/calibration.csv
    expect 0 list columns --format=csv
    cp out list.csv
}

test_columns_of_every_file_are_listed_and_described() {
    ! is_sanitized || skip 'failed.csv needs a cell whose memory is limited'
    write_folders
    python3 - >problems 2>&1 <<'PYTHON' || fail "$(cat problems)"
import csv
import json
from pathlib import Path

listed, found = {}, {}
for row in csv.DictReader(open("list.csv", newline="")):
    listed.setdefault(row["file"], []).append(row)
    assert row["type"] in ("text", "integer", "real") and len(row["meaning"]) > 5, row
metrics = set()
for path in sorted(Path().glob("*/**/*.csv")):
    with path.open(newline="") as file:
        header, *rows = list(csv.reader(file))
    assert path.name in listed, f"{path} is no file of the list"
    names = [row["column"] for row in listed[path.name]]
    patterns = [n for n in names if n.endswith(">")]
    for name in header:
        own = name if name in names else next((p for p in patterns if name.startswith(p.split("<")[0])), None)
        assert own, f"{path}: column {name} is not listed"
        found.setdefault(path.name, set()).add(own)
    schema = path.parent / "schema.json"
    if not schema.is_file():
        assert path.name == "calibration.csv", f"{path}: no schema.json"
        continue
    columns = json.loads(schema.read_text())[path.name]
    assert [c["name"] for c in columns] == header, path
    assert {p.name for p in path.parent.glob("*.csv")} == {k for k in json.loads(schema.read_text()) if k.endswith(".csv")}
    for column, values in zip(columns, zip(*rows)):
        what = f"{path}: {column['name']}"
        for value in values:
            if value == "" and column["type"] != "text":
                assert column.get("optional", True), f"{what} is empty"
            elif column["type"] == "integer":
                assert int(value) >= 0 or not column.get("range"), what
            elif column["type"] == "real":
                float(value)
            else:
                assert value in column.get("values", [value]), f"{what}: {value}"
for file, rows in listed.items():
    missing = [r["column"] for r in rows if r["column"] not in found.get(file, ())
               and not r["column"].endswith("<option>")]  # an entry may have none
    assert not missing, f"{file}: listed and never written: {missing}"
PYTHON
    # What tests of reports write beside made-up folders is what the program would.
    python3 "$ROOT/tests/reports/described.py" run time gradcheck compare tuned >columns.json
    cmp columns.json "$ROOT/tests/reports/columns.json" >difference ||
        fail "tests/reports/columns.json is old; run 'make catalogue': $(cat difference)"
}

# Each arm is a row: every option a column, joined to the trace by label and seed, its id made of
# the text next to it, which two specs with that arm have alike.
test_configurations_are_the_arms() {
    local head='dataset: xor
task: classify
model: {inputs: 2, layers: [{outputs: 3, activation: tanh}, {outputs: 2}]}
batch: 3
epochs: 2
seeds: [4, 2]
schedule: {name: exponential, gamma: 0.5}'
    printf '%s\n' "$head" 'grid:' '  losses: [cross_entropy, {name: focal, gamma: [0, 2]}]' \
        '  optimizers: [{name: sgd, lr: {log: [0.001, 1], points: 4}, nesterov: false}, adam]' >a.yaml
    printf '%s\n' "$head" 'grid: {label: "x, \"y\"", losses: [{name: focal, gamma: 2}], optimizers: [{name: sgd, lr: 0.01}]}' >b.yaml
    expect 0 run a.yaml --out a --quiet
    expect 0 run b.yaml --out b --quiet --set 'seeds=[9]'
    expect 0 run a.yaml --out shard --quiet --shard 1/3
    # Rows of arms that something is there of; all of them in the end.
    [ -z "$(grep -Fxv -f a/configurations.csv shard/configurations.csv)" ] || fail 'other rows'
    expect 0 run a.yaml --out shard --quiet --shard 0/3
    expect 0 run a.yaml --out shard --quiet --shard 2/3
    same_file a/configurations.csv shard/configurations.csv
    python3 - >problems 2>&1 <<'PYTHON' || fail "$(cat problems)"
import csv
import hashlib

def read(path):
    return list(csv.DictReader(open(path, newline="")))

def number(text):
    try:
        return float(text)
    except ValueError:
        return text

for folder, arms in ("a", 15), ("b", 1):
    rows = read(folder + "/configurations.csv")
    assert len(rows) == arms and len({r["id"] for r in rows}) == arms, rows
    by_cell = {(r["label"], seed): r for r in rows for seed in r["seeds"].split()}
    trace = read(folder + "/trace.csv")
    assert {(t["label"], t["seed"]) for t in trace} == set(by_cell)
    for t in trace:
        row = by_cell[t["label"], t["seed"]]
        assert (row["loss.name"], row["optimizer.name"]) == (t["loss"], t["optimizer"])
    for (label, seed), row in by_cell.items():
        text = row["canonical"]
        assert seed in row["seeds"].split() and row["label"] == label
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        assert sha256 == row["sha256"] and row["id"] == sha256[:12], row
        lines = text.split(";")
        for part in "loss", "optimizer", "schedule", "initialisation":
            words = next(line for line in lines if line.startswith(part + " ")).split()
            options = dict(word.split("=") for word in words[2:])
            assert row[part + ".name"] == words[1]
            columns = {k.split(".", 1)[1]: v for k, v in row.items() if k.startswith(part + ".")}
            del columns["name"]
            for name, value in columns.items():
                expected = options.pop(name, "")
                flags = {"true": "1", "false": "0"}
                assert number(flags.get(value, value)) == number(expected), (part, name, value, expected)
            assert not options, options
        assert f"batch {row['batch']}" in lines and row["model"] == "2 3:tanh 2:identity", row
a, b = read("a/configurations.csv"), read("b/configurations.csv")
assert b[0]["id"] in {r["id"] for r in a} and b[0]["label"] == 'x, "y"', b
assert {r["optimizer.lr"] for r in a if r["optimizer.name"] == "sgd"} == {"0.001", "0.01", "0.1", "1"}
assert all((r["optimizer.beta1"] == "") == (r["optimizer.name"] == "sgd") for r in a)
PYTHON
}
