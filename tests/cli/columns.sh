# Columns: the files that commands write, schema.json next to them and `list columns` agree.
# shellcheck shell=bash disable=SC2154

XOR=$ROOT/experiments/xor.yaml

# Folders as every command that writes CSV files leaves them, under their commands' names.
write_folders() {
    expect 0 run "$ROOT/experiments/perceptron-xor.yaml" --set epochs=2 --set 'seeds=[1]' --quiet --out run
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
    patterns = [n.removesuffix("<metric>") for n in names if n.endswith("<metric>")]
    for name in header:
        own = name if name in names else next((p + "<metric>" for p in patterns if name.startswith(p)), None)
        assert own, f"{path}: column {name} is not listed"
        found.setdefault(path.name, set()).add(own)
    schema = path.parent / "schema.json"
    if not schema.is_file():
        assert path.name in ("parameters.csv", "calibration.csv") or "cells" in path.parts, f"{path}: no schema.json"
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
    missing = [r["column"] for r in rows if r["column"] not in found.get(file, ())]
    assert not missing, f"{file}: listed and never written: {missing}"
PYTHON
    # What tests of reports write beside made-up folders is what the program would.
    python3 "$ROOT/tests/reports/described.py" run time gradcheck compare >columns.json
    cmp columns.json "$ROOT/tests/reports/columns.json" >difference ||
        fail "tests/reports/columns.json is old; run 'make catalogue': $(cat difference)"
}
