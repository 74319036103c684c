# lossgrid calibrate: that it measures, and what it writes; not how fast anything is.
# shellcheck shell=bash disable=SC2154

test_calibrate_measures() {
    expect 0 calibrate --quick --format json --out calibration.json
    same_file out calibration.json
    python3 - >problems 2>&1 <<'EOF' || fail "$(cat problems)"
import json

calibration = json.load(open("calibration.json"))
measures = calibration["measures"]
names = {m["name"] for m in measures}
expected = {"core_clock", "clock_cost", "fma_peak", "division", "square_root",
            "read_bandwidth", "copy_bandwidth", "triad_bandwidth", "latency"}
assert names == expected, names
for m in measures:
    numbers = {k: v for k, v in m.items() if not isinstance(v, str)}
    assert all(v > 0 for v in numbers.values()), m
    if "absent" in m:
        assert m["absent"] and "median" not in m, m
    else:
        assert m["minimum"] <= m["low"] <= m["median"] <= m["high"] <= m["maximum"], m
        assert m["unit"] and m["samples"] >= 6, m
peaks = [(m["isa"], m["precision"]) for m in measures if m["name"] == "fma_peak"]
assert len(set(peaks)) == len(peaks), peaks
assert {("generic", "f32"), ("generic", "f64")} <= set(peaks), peaks
assert all("median" in m for m in measures if m["name"] == "fma_peak")
assert calibration["machine"]["kernel"] and calibration["lossgrid"]
assert calibration["pages"]["base_bytes"] > 0
EOF
}

test_calibrate_formats() {
    expect 0 calibrate --quick --format=csv
    head -n 1 out | grep -q '^name,isa,precision,level,' || fail 'no header'
    grep -q '^fma_peak,generic,f64,' out || fail 'no peak of the generic copy'
    python3 -c 'import csv; rows = list(csv.reader(open("out"))); assert len(rows) > 20 and len({len(r) for r in rows}) == 1' ||
        fail 'no CSV'
    expect 0 calibrate --quick
    says 'GFLOP/s'
    says 'fma peak'
}

test_calibrate_refuses() {
    expect 2 calibrate --quik
    says "unknown option '--quik'"
    says "did you mean '--quick'"
    expect 2 calibrate --format xml
    says 'text, csv, json'
    expect 2 calibrate --quick now
    says "unexpected 'now'"
    expect 2 calibrate --out
    says "needs a value"
    # At once, not after the measurement.
    expect 3 calibrate --out nowhere/calibration.json
    says 'cannot write nowhere/calibration.json'
    [ ! -s out ] || fail 'something was printed'
    says_not 'calibrating'
}

# Where the system hides everything the memory is measured all the same, and it is said how.
test_calibrate_without_sizes_of_caches() {
    mkdir empty
    LOSSGRID_SYSTEM=$PWD/empty expect 0 calibrate --quick --out c.json
    says 'Sizes of caches by a sweep of latencies'
    python3 - >problems 2>&1 <<'EOF' || fail "$(cat problems)"
import json

facts = json.load(open("c.json"))
assert facts["machine"]["caches_from"] == "a sweep", facts["machine"]
memory = [m for m in facts["measures"] if "level" in m]
there = [m for m in memory if "median" in m]
assert len(memory) == 18 and len(there) >= 9, [m.get("absent") for m in memory]
for m in memory:
    assert "median" in m or m["absent"], m
EOF
}
