# lossgrid time: that it measures, what it writes and what it refuses; not how fast anything is.
# shellcheck shell=bash disable=SC2154

XOR=$ROOT/experiments/xor.yaml
TIMING_FILES="conditions.csv cost.csv machine.json manifest.json noise.csv phases.csv ranking.csv samples.csv schema.json settling.csv"

# The files hold together: columns, rows, numbers, and the same cells everywhere.
check_timing() {
    python3 - "$1" >problems 2>&1 <<'PYTHON' || fail "$(cat problems)"
import csv
import json
import sys
from pathlib import Path
from statistics import median

folder = Path(sys.argv[1])
read = lambda name: list(csv.DictReader(open(folder / name, newline="")))
cost, samples, noise = read("cost.csv"), read("samples.csv"), read("noise.csv")
manifest, machine = (json.load(open(folder / f"{n}.json")) for n in ("manifest", "machine"))
assert list(cost[0])[:10] == ["cell", "is_control", "loss", "optimizer", "label", "precision", "isa",
                              "batch", "parameters", "phase"]
assert list(samples[0])[:11] == ["cell", "is_control", "phase", "state", "round", "position", "steps", "wall_ns", "ticks",
                                "cycles", "instructions"]
key = lambda row: (row["cell"], row["is_control"])
cells = [key(row) for row in cost if (row["phase"], row["state"]) == ("step", "first")]
assert len(set(cells)) == len(cells) and sum(control == "1" for _, control in cells) == 1, cells
assert {cell for cell, _ in cells} == {cell for cell, control in cells if control == "0"}, cells
late = {key(row): row for row in cost if row["phase"] == "step" and row["state"] != "first"}
assert set(late) == set(cells)
for arm in manifest["arms"]:
    row = late[arm["cell"], str(int(arm["is_control"]))]
    assert row["state"] == ("settled" if arm["late"]["settled"] else "unsettled"), arm
    assert int(row["from_step"]) == arm["late"]["step"] <= arm["late"]["trains_to_step"], arm
    assert arm["late"]["looked_no_further"] in ("trained", "asked", "budget", "diverges"), arm
rounds = manifest["timing"]["rounds"]
for row in cost:
    if row["phase"] != "step":
        continue
    own = [s for s in samples if all(s[c] == row[c] for c in ("cell", "is_control", "phase", "state"))]
    assert len(own) == int(row["blocks"]) == rounds, row
    assert sum(int(s["steps"]) for s in own) == int(row["steps"])
    ns = median(int(s["cpu_ns"]) / int(s["steps"]) for s in own)
    assert abs(ns - float(row["median_ns"])) <= 1e-9 * ns, (ns, row)
    assert len(row["weights_sha256"]) == 64
    # What is not counted is empty, and the manifest says why.
    for column in ("ticks", "cycles", "instructions"):
        counted = manifest["counters"][column] in ("counted", "scaled")
        assert (row[column] != "") == counted, (column, manifest["counters"])
phases = {row["phase"] for row in cost} - {"step"}
assert phases in (set(), {"data", "forward", "loss", "backward", "update"}), phases
assert phases and manifest["timing"]["phases_by"] and manifest["timing"]["phases_reading_ns"] > 0
for row in cost:
    assert float(row["median_ns"]) >= 0
for r in range(rounds):
    positions = [int(s["position"]) for s in samples
                 if int(s["round"]) == r and s["phase"] in ("step", "probed")]
    assert sorted(positions) == list(range(len(positions))), (r, positions)
assert noise[-1]["phase"] == "all"
assert {c["when"] for c in read("conditions.csv")} == {"before", "after"}
assert read("ranking.csv")[0]["verdict"] == "fastest"
assert len(read("phases.csv")) == (2 * len(cells) if phases else 0)
assert machine["env"]["machine"]["kernel"]
assert machine["calibration"] is not None or machine["calibration_absent"]
assert len(manifest["spec"]["sha256"]) == 64 and manifest["data"]["files"][0]["sha256"]
PYTHON
}

test_time_measures() {
    expect 0 time "$XOR" --budget "$(is_sanitized && echo 20 || echo 5)" --out t
    # shellcheck disable=SC2086
    [ "$(cd t && echo *)" = "$TIMING_FILES" ] || fail "files: $(cd t && echo *)"
    check_timing t
    says 'ns/step'
    says 'Noise floor:'
    says 'soft_margin lbfgs'
}

test_time_counters_and_quiet() {
    expect 0 time "$XOR" --budget 1 --counters rusage --seed 5 --quiet --out t
    [ ! -s out ] || fail 'a table in spite of --quiet'
    says_not 'measuring'
    head -n 1 t/samples.csv | grep -q 'cpu_ns.*minor_faults' || fail 'other columns'
    grep -q '"seed": 5' t/manifest.json || fail 'another seed'
}

# Another instruction set and another seed of the schedule: the same cells, the same weights.
test_time_weights_are_the_same_everywhere() {
    local isa
    expect 0 time "$SPEC" --set samples=200 --budget 5 --settle 16 --out best
    for isa in generic "$("$LOSSGRID" list isas --format csv | sed -n 2p | cut -d, -f1)"; do
        expect 0 time "$SPEC" --set samples=200 --budget 5 --settle 16 --isa "$isa" --seed 2 --out "$isa"
        python3 - best "$isa" >problems 2>&1 <<'PYTHON' || fail "$isa: $(cat problems)"
import csv
import sys

weights = [{r["cell"]: r["weights_sha256"] for r in csv.DictReader(open(f"{folder}/cost.csv"))
            if r["is_control"] == "0" and r["state"] == "first"} for folder in sys.argv[1:]]
both = weights[0].keys() & weights[1].keys()  # a busy machine leaves out what is too long
assert both and all(weights[0][cell] == weights[1][cell] for cell in both), weights
PYTHON
    done
}

# Two machines that go to one step time one state.
test_time_settles_where_it_is_asked_to() {
    local isa
    for isa in generic "$("$LOSSGRID" list isas --format csv | sed -n 2p | cut -d, -f1)"; do
        expect 0 time "$XOR" --set epochs=2000 --budget 3 --settle 100 --isa "$isa" --out "$isa"
        grep '^soft_margin-adam-[^,]*s1,0,.*,step,' "$isa/cost.csv" | cut -d, -f12,24 | grep -v '^16,' >"$isa.weights"
        grep -q '^100,' "$isa.weights" || fail "not the state that was asked for: $(cat "$isa.weights")"
    done
    same_file generic.weights "$isa.weights"
    expect 2 time "$XOR" --settle 0
    says '--settle'
}

# A cost that rises late: found, and distinguished from that of the first steps.
test_time_finds_where_a_cost_settles() {
    expect 0 time "$XOR" --set epochs=20000 --set 'grid.optimizers=[sgd,adam]' --budget 9 \
        --slow-down 'soft_margin adam=1000@100' --out t
    says 'INJECTED: soft_margin adam'
    python3 - t >problems 2>&1 <<'PYTHON' || fail "$(cat problems)"
import csv
import sys

rows = {r["state"]: float(r["median_ns"]) for r in csv.DictReader(open(f"{sys.argv[1]}/cost.csv"))
        if r["optimizer"] == "adam" and r["phase"] == "step" and "@" not in r["cell"]}
# On a busy machine it may not be seen to have settled; the later state is timed all the same.
late = rows["settled"] if "settled" in rows else rows["unsettled"]
assert late > 4 * rows["first"], rows
PYTHON
}

# One whose training ends before anything can be said of it.
test_time_says_what_has_not_settled() {
    expect 0 time "$XOR" --set epochs=20 --set 'grid.optimizers=[sgd]' --budget 1 --out t
    says 'Not settled after 16 steps: soft_margin sgd: training ends there'
    grep -q 'step,unsettled,16,' t/cost.csv || fail 'the table says otherwise'
}

test_time_shows_the_injected_slow_down() {
    expect 0 time "$XOR" --budget 1 --slow-down 'soft_margin adam=50' --out t
    says 'INJECTED: soft_margin adam was slowed down by 50 %'
    grep -q '"injected_slow_down_percent": 50' t/manifest.json || fail 'nothing in the manifest'
    grep -q 'these are no measurements' t/manifest.json || fail 'no warning in the manifest'
}

# Steps too long for the budget are reported.
test_time_leaves_out_long_steps() {
    expect 0 time "$ROOT/experiments/optimizers.yaml" --set samples=20000 \
        --set 'grid.optimizers=[sgd,gd]' --budget 1 --out t
    says 'Not timed: bce gd: a step takes'
    grep -q '"skipped": "a step takes' t/manifest.json || fail 'not in the manifest'
}

test_time_refuses() {
    expect 2 time
    says 'a spec'
    expect 2 time "$XOR" "$XOR"
    expect 2 time "$XOR" --bugdet 3
    says "did you mean '--budget'"
    expect 2 time "$XOR" --budget 0
    says '--budget'
    for value in 0 -1 x 1e9 nan ''; do
        expect 2 time "$XOR" --precision "$value"
        says 'expected a number of per cent'
    done
    expect 2 time "$XOR" --counters clock,pref
    says "did you mean 'perf'"
    expect 2 time "$XOR" --slow-down adam
    says 'expected CELL=PERCENT'
    expect 2 time "$XOR" --slow-down soft_margin-adm-s1=5
    says "did you mean 'soft_margin-adam-s1'"
    expect 2 time "$XOR" --isa avx1024
    expect 2 time "$XOR" --set grid.losses=nonsense
    expect 3 time "$XOR" --out /proc/nowhere/t
    [ ! -e results ] || fail 'something was written'
}

# A machine whose governor saves power and whose clock moves on while one waits.
made_up_system() {
    mkdir -p system/proc/self system/sys/devices/system/cpu/{cpu0/cpufreq,intel_pstate} \
        system/sys/devices/system/cpu/cpu0/{topology,thermal_throttle}
    printf 'Cpus_allowed_list:\t0\n' >system/proc/self/status
    echo '0.10 0.10 0.10 1/100 1000' >system/proc/loadavg
    (
        cd system/sys/devices/system/cpu || exit
        echo "$1" >cpu0/cpufreq/scaling_governor
        echo 1 >intel_pstate/no_turbo
        echo 0 >cpu0/topology/thread_siblings_list
        echo 3 >cpu0/thermal_throttle/core_throttle_count
    )
    local tick=1000
    while [ -e system ]; do
        tick=$((tick + 100))
        echo "cpu0 $tick 0 0 9000 0 0 0 0 0 0" >system/stat.new
        mv system/stat.new system/proc/stat
        sleep 0.02
    done 2>/dev/null &
    ticking=$!
    # shellcheck disable=SC2064
    trap "kill $ticking 2>/dev/null" EXIT
    export LOSSGRID_SYSTEM=$PWD/system
    wait_for 5 test -e system/proc/stat
}

test_time_strict_refuses_bad_conditions() {
    made_up_system powersave
    expect 3 time "$XOR" --budget 1 --strict --out t
    says 'governor warning'
    says 'nothing was measured'
    [ ! -e t/cost.csv ] || fail 'measured all the same'
    expect 0 time "$XOR" --budget 1 --out t
    says 'warning: governor, before: The frequency governor is powersave'
    grep -q '^before,governor,warning' t/conditions.csv || fail 'not written down'
    grep -q 'conditions_read_under' t/manifest.json || fail 'a made-up system, unsaid'
}

test_time_strict_takes_good_conditions() {
    local row
    [ "$("$LOSSGRID" version | grep -c ', release:')" -eq 1 ] || skip 'no release build'
    made_up_system performance
    expect 0 time "$XOR" --budget 1 --strict --out t
    row=$(grep -vc ',ok,' t/conditions.csv)
    [ "$row" -eq 1 ] || fail "not all ok: $(cat t/conditions.csv)"
}

test_time_strict_refuses_the_unknown() {
    mkdir empty
    LOSSGRID_SYSTEM=$PWD/empty expect 3 time "$XOR" --budget 1 --strict --out t
    says 'load unknown'
}

# Stopped by a signal it writes the rounds that are whole.
test_time_interrupted() {
    local code=0 run
    "$LOSSGRID" time "$XOR" --budget 600 --precision 0.0001 --out t >out 2>err </dev/null &
    run=$!
    wait_for 30 grep -q 'measuring 4 arms' err
    sleep "$(is_sanitized && echo 8 || echo 1)" # a round at least
    kill -INT $run
    wait $run || code=$?
    [ $code -eq 130 ] || fail "exit code $code"
    says 'interrupted: t holds the first'
    grep -q '"stopped": "interrupted"' t/manifest.json || fail 'the manifest does not say so'
    check_timing t
}
