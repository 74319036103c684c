# lossgrid compare: on folders of timings that are made up, so that the truth is known.
# shellcheck shell=bash disable=SC2154

# timings NAME KEY=VALUE...: a folder as `lossgrid time` leaves it.
timings() { python3 "$ROOT/tests/reports/timing_sample.py" "$@" || fail 'no sample'; }

test_compare_finds_the_injected_slow_down() {
    timings a only=mse
    timings b only=mse seed=2 slow=mse-adam-s1:1.05
    expect 0 compare a b
    says 'B against A, in 12 cells: 0 faster, 6 slower,'
    grep -qE '^mse-adam-s1 +step .* 1\.05[0-9] .* slower$' out || fail 'the step of Adam'
    [ "$(grep -c 'slower$' out)" -eq 6 ] || fail 'others are slower'
    cp out first
    expect 0 compare a b
    same_file first out
    expect 0 compare b a
    says 'B against A, in 12 cells: 6 faster, 0 slower,'
}

test_compare_names_no_winner_below_the_noise() {
    timings a only=mse floor=0.1
    timings b only=mse seed=2 slow=mse-adam-s1:1.05
    expect 0 compare a b
    says '0 faster, 0 slower,'
    says 'noise floor of a step 10.0 %'
}

test_compare_refuses_other_weights() {
    timings a only=mse-adam
    timings b only=mse-adam salt=x
    expect 1 compare a b
    says "did not compute the same in 2 of their cells, the first 'mse-adam-s1'"
    says 'weights_sha256 differ'
    says 'no trace.csv next to a'
    # A run's folder holds the timings.
    mkdir run1 run2
    mv a run1/timing && mv b run2/timing
    printf 'cell,epoch,train_mse\nmse-adam-s1,1,0.5\nmse-adam-s1,2,0.25\n' >run1/trace.csv
    sed 's/0.25/0.26/' run1/trace.csv >run2/trace.csv
    expect 1 compare run1/timing run2/timing
    says "the traces part at cell 'mse-adam-s1', epoch 2, column train_mse: 0.25 in the baseline"
}

test_compare_lists_lonely_cells() {
    timings a only=mse drop=mse-lion-s1
    timings b only=mse drop=mse-gd-s1
    expect 0 compare a b
    says 'not comparable: mse-gd-s1: only in the baseline'
    says 'not comparable: mse-lion-s1: only in the other'
    timings c only=abs
    expect 1 compare a c
    says 'no cell in common'
}

test_compare_without_calibration_or_cycles() {
    timings a only=mse-sgd calibration=0 warning=1
    timings b only=mse-sgd cycles=1
    expect 0 compare a b
    says 'not calibrated: no roofline'
    says ' ticks '
    says ' cycles '
    says 'warning: The load was'
    says_not 'nan'
}

test_compare_writes_tables_and_figure() {
    timings a only=mse
    timings b only=mse seed=2 isa=generic scale=30
    timings c only=mse seed=3
    expect 0 compare a b c --out there
    python3 - >problems 2>&1 <<'EOF' || fail "$(cat problems)"
import csv, json

rows = list(csv.DictReader(open("there/compare.csv")))
assert len(rows) == 2 * 12 * 6, len(rows)
slow = [r for r in rows if r["other"] == "b"]
assert {r["verdict"] for r in slow} == {"slower"}, slow
for r in rows:
    assert float(r["low"]) <= float(r["ratio"]) <= float(r["high"]), r
    assert r["other_roofline"] or r["phase"] in ("data", "loss"), r
    assert not r["other_cycles_per_sample"] and r["other_ticks_per_sample"], r
facts = json.load(open("there/compare.json"))
assert [f["path"] for f in facts["folders"]] == ["a", "b", "c"]
assert facts["refused"] == []
EOF
    grep -qF 'C against A' there/compare.md || fail 'compare.md lacks the third folder'
    if command -v gnuplot >/dev/null; then
        [ -s there/ratios-b.svg ] && [ -s there/ratios-c.png ] || fail 'no figure'
    fi
}

test_compare_complains() {
    local row
    timings a only=mse-sgd
    expect 2 compare a
    says 'a second folder of timings is missing'
    expect 2 compare
    says 'a folder of timings is missing'
    expect 2 compare a a --uot x
    says "did you mean '--out'"
    expect 3 compare a nowhere
    says 'nowhere/cost.csv'
    cp -r a b
    row=$(grep -n ',settled,' b/samples.csv | head -n 1 | cut -d: -f1)
    sed -i "${row}s/,[0-9]*,\([0-9.]*\),,\$/,fast,\1,,/" b/samples.csv
    expect 2 compare a b
    says "b/samples.csv:$row: wall_ns is 'fast', expected a number"
    cp -r a c
    sed -i 's/,update,/,updates,/' c/cost.csv
    expect 2 compare a c
    says "c/cost.csv:13: unknown phase 'updates'"
}
