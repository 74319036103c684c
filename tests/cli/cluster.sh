# Beyond one machine: whose a row is, shards, their union.
# shellcheck shell=bash disable=SC2154

# Needs no data: eight cells on XOR, with every file that a run can write but images.
CLUSTER=("$ROOT/experiments/xor.yaml" --set 'seeds=[1,2]' --set epochs=20 --set evaluate_every=7
    --set 'targets=[{metric: train_loss, value: 0.5}]')

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

# shards N ARGUMENT...: folders s0, s1, ... with the shards of a run.
shards() {
    local count=$1 i
    shift
    for ((i = 0; i < count; i++)); do
        expect 0 run "$@" --shard "$i/$count" --out "s$i" --quiet
    done
}

# What must be the same bytes in both folders, all but when and how long.
same_union() {
    diff -r -x manifest.json -x timing.csv -x 'cells.sqlite*' "$1" "$2" >difference 2>&1 ||
        fail "$(head -n 3 difference)"
    /usr/bin/env python3 - "$1" "$2" <<'END' >out || fail 'the manifests or timing.csv differ'
import csv, json, sys
from pathlib import Path
a, b = (json.loads((Path(folder) / "manifest.json").read_text()) for folder in sys.argv[1:])
for manifest in a, b:
    for key in "started", "finished", "jobs":
        del manifest[key]
    del manifest["machine"]["load"]
    command = manifest["command"][:-1]  # the folder's own name
    if "--data" in command:  # a merge reads none
        at = command.index("--data")
        del command[at:at + 2]
    manifest["command"] = command
assert a == b, [(key, a[key], b[key]) for key in a if a[key] != b.get(key)]
rows = []
for folder in sys.argv[1:]:
    with open(Path(folder) / "timing.csv", newline="") as file:
        rows.append([{key: value for key, value in row.items()
                      if "_ns" not in key and key != "jobs"} for row in csv.DictReader(file)])
assert rows[0] == rows[1]
END
}

test_merge_makes_what_one_run_would_have_made() {
    expect 0 run "${CLUSTER[@]}" --out one --quiet
    shards 3 "${CLUSTER[@]}"
    expect 0 merge s0 s1 s2 --out all
    says 'all: 8 of 8 cells are finished, 0 of them diverged; 8 came from 3 folders'
    same_union one all
    expect 0 verify all
    # The order of the folders, and how many steps it takes, decide nothing.
    for order in 's0 s2 s1' 's1 s0 s2' 's1 s2 s0' 's2 s0 s1' 's2 s1 s0'; do
        rm -rf other
        # shellcheck disable=SC2086 # names of folders
        expect 0 merge $order --out other
        same_union all other
        same_file all/timing.csv other/timing.csv
    done
    rm -rf other
    expect 0 merge s1 --out other
    expect 0 merge s2 --out half
    expect 0 merge half s0 --out other
    same_union all other
    expect 0 merge s1 --out other
    says '8 of 8 cells are finished, 0 of them diverged; 0 came from 1 folder'
    # No data is read, and nothing is left to train.
    LOSSGRID_DATA=$PWD/nowhere expect 0 merge all --out another
    expect 0 run "${CLUSTER[@]}" --out all
    says '8 of 8 cells were finished earlier and are kept'
}

test_merge_brings_images() {
    result quick "${QUICK[@]}"
    shards 3 "${QUICK[@]}"
    expect 0 merge s2 s0 s1 --out all
    [ -e all/images/input.png ] || fail 'no images'
    # The data of `quick` were found as here, so even the command is the same but for the folder.
    same_union quick all
    expect 0 verify all
}

# The same cell twice: the times of the folder that is named first.
test_merge_keeps_the_times_of_the_first() {
    other_machine node-a
    expect 0 run "${CLUSTER[@]}" --out a --quiet
    other_machine node-b
    expect 0 run "${CLUSTER[@]}" --out b --quiet
    expect 0 merge a b --out ab
    says '8 cells are finished in more than one folder, with the same bits; their times are those'
    same_file a/timing.csv ab/timing.csv
    expect 0 merge b a --out ba
    same_file b/timing.csv ba/timing.csv
    same_file ab/trace.csv ba/trace.csv
}

# content FOLDER: of its files, of the store what is in it.
content() {
    find "$1" -type f ! -name cells.sqlite -exec sha256sum {} + | sort
    /usr/bin/env python3 -c 'import sqlite3, sys; print(*sqlite3.connect(sys.argv[1]).iterdump())' "$1/cells.sqlite"
}

# What differs between two folders of the same cells is named, and nothing is written.
test_merge_alarms_at_other_bits() {
    expect 0 run "${CLUSTER[@]}" --out a --quiet
    cp -r a c
    content c >before
    alarm() { # WHAT VALUE MESSAGE [EPOCH]: in an epoch of a cell of b
        rm -rf b && cp -r a b
        store b forge soft_margin-adam-s2 "${4:-2}" "$1" "$2"
        for order in 'a b' 'b a'; do
            # shellcheck disable=SC2086 # names of folders
            expect 1 merge $order --out none
            says "${order/ / and }: cell 'soft_margin-adam-s2'"
            says "$3"
            says '1 cell cannot be merged: nothing was written to none'
            [ ! -e none ] || fail 'something was written'
        done
        expect 1 merge b --out c
        says "c and b: cell 'soft_margin-adam-s2'"
        content c >after
        same_file before after
        # Equal shards before it do not hide it.
        cp -r a a2
        expect 1 merge a2 a b --out none
        says "a2 and b: cell 'soft_margin-adam-s2'"
        rm -r a2
    }
    alarm train_loss 0.125 'has the same key and other bits: epoch 2, train_loss: '
    says '0.125 in b'
    alarm weights_sha256 "$(printf 0%.0s {1..64})" 'epoch 2, weights_sha256: '
    alarm status diverged 'epoch 2, status: '
    alarm image no-image 'epoch 2, the image: '
    alarm evaluations changed 'epoch 2, evaluations.csv: '
    alarm state 3 'epoch 20, how it ended: '
    alarm parameters changed 'epoch 20, parameters.csv: ' 20
    alarm key "$(printf f%.0s {1..64})" 'was trained with other settings'
}

# An image may be packed otherwise by another libpng, and is the same if its pixels are.
test_merge_compares_pixels() {
    result quick "${QUICK[@]}"
    cp -r quick b
    cp -r quick c
    store b repack abs-s0 2 same
    expect 0 merge quick b --out all
    store c repack abs-s0 2 other
    expect 1 merge quick c --out none
    says "quick and c: cell 'abs-s0' has the same key and other bits: epoch 2, the image: SHA-256 "
}

# A cell that went on from 10 epochs to 20 is the one that was trained at once; of two ends the
# later one counts, with or without its last state.
test_merge_of_what_went_on() {
    local spec=("$ROOT/experiments/xor.yaml" --set 'seeds=[1,2]')
    expect 0 run "${spec[@]}" --set epochs=20 --out b --quiet
    expect 0 run "${spec[@]}" --set epochs=10 --set 'keep=[parameters,checkpoints]' --out a --quiet
    expect 0 run "${spec[@]}" --set epochs=20 --set 'keep=[parameters,checkpoints]' --out a --shard 1/2 --quiet
    expect 0 run "${spec[@]}" --set epochs=20 --set 'keep=[parameters,checkpoints]' --out c --shard 0/2 --quiet
    expect 0 merge a c --out ac
    same_file b/trace.csv ac/trace.csv
    same_file b/parameters.csv ac/parameters.csv
    expect 0 merge c a --out ca
    same_file b/trace.csv ca/trace.csv
    same_file b/parameters.csv ca/parameters.csv
    # Both kept their last states.
    for folder in ac ca; do
        expect 0 run "${spec[@]}" --set epochs=25 --set 'keep=[parameters,checkpoints]' --out $folder
        says 'goes on after epoch 20'
    done
    same_file ac/trace.csv ca/trace.csv
}

test_merge_names_what_is_damaged() {
    result quick "${QUICK[@]}"
    for what in trace timing image seal; do
        rm -rf b && cp -r quick b
        store b damage $what
        expect 1 merge b --out c
        says "b: cell '"
        says "is damaged: "
        says 'nothing was written to c'
        [ ! -e c ] || fail 'something was written'
        # Into a folder that has it too: still no choice.
        expect 1 merge quick b --out c
        says "is damaged: "
    done
    # Gone on with, it is whole again.
    expect 0 run "${QUICK[@]}" --out b --quiet
    expect 0 merge b --out c
    # So is the folder that is added to.
    store c damage trace
    expect 1 merge quick --out c
    says "c: cell '"
    says '`lossgrid run` trains it again'
}

test_merge_says_what_is_missing() {
    shards 4 "${CLUSTER[@]}"
    expect 0 merge s0 s3 --out all
    says 'all: 4 of 8 cells are missing (0 failed, 0 begun); this trains them: '
    command=$(sed -n 's/.*this trains them: //p' err)
    expect 1 verify all
    eval "$command" >out 2>err || fail "not a command: $command"
    says 'training 4 of 8 cells'
    expect 0 run "${CLUSTER[@]}" --out one --quiet
    same_file one/trace.csv all/trace.csv
    expect 0 merge s1 s2 --out all
    same_file one/trace.csv all/trace.csv
}

test_merge_refuses_what_does_not_belong_together() {
    expect 0 run "${CLUSTER[@]}" --shard 0/2 --out a --quiet
    expect 0 run "${CLUSTER[@]}" --shard 1/2 --out b --quiet --set title=Another
    expect 0 run "${CLUSTER[@]}" --shard 1/2 --out epochs --quiet --set epochs=21
    expect 0 run "$ROOT/experiments/perceptron-xor.yaml" --out spec --quiet
    mkdir folder empty
    : >empty/cells.sqlite
    cp -r a version
    /usr/bin/env python3 -c 'import sqlite3; c = sqlite3.connect("version/cells.sqlite"); c.execute("PRAGMA user_version = 99"); c.commit()'
    refused() { # EXIT-CODE FOLDER MESSAGE
        expect "$1" merge a "$2" --out none
        says "$3"
        [ ! -e none ] || fail 'something was written'
        expect "$1" merge "$2" a --out none
        [ ! -e none ] || fail 'something was written'
    }
    refused 2 epochs 'of different cells: '
    says '--set epochs=21'
    refused 2 spec 'of different specs: '
    refused 2 folder 'folder: no cells.sqlite, so no folder that `lossgrid run` made'
    refused 2 version 'found a store of version 99, expected '
    refused 3 nowhere 'cannot read nowhere: No such file or directory'
    expect 2 merge a ./a --out none
    says 'a and ./a are the same folder'
    expect 2 merge b a --out a
    says 'a is --out itself'
    expect 2 merge a
    says 'merge needs --out DIR'
    expect 2 merge a b --out spec
    says 'of different specs: '
    expect 2 merge empty --out none
    says 'empty: no run has begun a cell there'
    # An override that makes no difference to any cell is none; an empty shard is said.
    expect 0 merge a b empty --out all
    says 'empty: nothing is in it yet'
    expect 0 verify all
}

# What was begun goes along, and is gone on with to the same bits.
test_merge_takes_checkpoints_along() {
    result whole "${LONG[@]}"
    expect 0 run "${LONG[@]}" --shard 0/3 --out s0 --quiet
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 --quiet >out 2>err </dev/null &
    local run=$!
    wait_for 30 some_checkpoint
    expect 0 merge s0 r --out all # while it runs
    says 'r: a run is writing there; what it has finished so far is taken'
    kill -KILL $run
    wait $run 2>/dev/null
    some_checkpoint || fail 'stopped too late'
    expect 0 merge s0 r --out all
    expect 0 merge r s0 --out other
    same_union all other
    expect 0 run "${LONG[@]}" --out all
    says 'goes on after epoch'
    same_file whole/trace.csv all/trace.csv
}

# Two runs on one folder: the second says the two ways out, and disturbs nothing.
test_two_shards_at_once_need_two_folders() {
    "$LOSSGRID" run "${LONG[@]}" --set epochs=2000 --shard 0/2 --out r >first 2>&1 </dev/null &
    local run=$!
    wait_for 30 some_checkpoint
    code=0
    "$LOSSGRID" run "${LONG[@]}" --set epochs=2000 --shard 1/2 --out r >out 2>err </dev/null || code=$?
    kill -TERM $run
    wait $run
    [ $code -eq 3 ] || fail "exit code $code"
    says 'another run holds r/.lock: wait for it to end; or give each its own folder (--out), and'
    says '`lossgrid merge`'
}

# ---- status ---------------------------------------------------------------------

# asks FOLDER EXPRESSION: of the folder's status s, in Python, is true.
asks() {
    "$LOSSGRID" status "$1" --format json >asked || return
    /usr/bin/env python3 -c 'import json, sys; s = json.load(open("asked"))[0]; sys.exit(not eval(sys.argv[1]))' "$2"
}

# Looked at all the time, a run ends as if nobody had.
test_status_while_a_run_goes_on() {
    result whole "${LONG[@]}"
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 >first 2>&1 </dev/null &
    local run=$!
    wait_for 30 some_checkpoint
    asks r 's["state"] == "running" and s["cells"] == 3 and s["left"] == 3 - s["done"]' ||
        fail "$(cat asked)"
    asks r '1 <= len(s["running"]) <= 2 and s["seconds_left"] > 0' || fail "$(cat asked)"
    while kill -0 $run 2>/dev/null; do
        "$LOSSGRID" status r >out 2>err || fail 'a status that failed'
    done
    wait $run || fail "the run ended with $?"
    same_file whole/trace.csv r/trace.csv
    [ ! -e r/cells.sqlite-wal ] || expect 0 run "${LONG[@]}" --out r # somebody read at its end
    expect 0 status r --check
    says 'finished'
}

# Killed before its first export; also where nothing may be written, by somebody else.
test_status_of_a_killed_run() {
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 >out 2>err </dev/null &
    local run=$!
    wait_for 30 some_checkpoint
    kill -KILL $run
    wait $run 2>/dev/null
    [ ! -e r/trace.csv ] || fail 'stopped too late'
    if [ "$(id -u)" -eq 0 ]; then # may write everywhere: be somebody else
        local public
        public=$(mktemp -d)
        cp -r r "$public/other"
        chmod -R a+rX,a-w "$public"
        code=0
        setpriv --reuid=65534 --regid=65534 --clear-groups "$LOSSGRID" status "$public/other" \
            >out 2>err || code=$?
        rm -rf "$public"
        [ $code -eq 0 ] || fail 'not from a folder that is read-only'
        says 'stopped'
    fi
    expect 0 status r
    asks r 's["state"] == "stopped" and s["running"] == [] and s["stopped"] >= 1' || fail "$(cat asked)"
    expect 1 status r --check
    says 'cells of 1 folder are left'
    expect 0 run "${LONG[@]}" --out r --quiet
    expect 0 status r --check
}

test_status_says_why_cells_failed() {
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 >out 2>err </dev/null &
    local run=$!
    wait_for 30 some_checkpoint
    read -r worker _ <"/proc/$run/task/$run/children"
    kill -KILL "$worker"
    wait $run
    expect 0 status r
    says "r: 1 cell failed, the first '"
    says "': its process was ended by signal 9"
    asks r 's["failed"] == 1 and s["left"] == 1 and s["done"] == 2' || fail "$(cat asked)"
    expect 1 status r --check
    says '1 cell of 1 folder is left'
}

test_status_of_shards() {
    shards 3 "${CLUSTER[@]}"
    expect 0 status s0 s1 s2 --check
    says "s2: 2 of the grid's 8 cells are this folder's share"
    grep -Eq '^all +8 +8 +0 +0 +0 +0 +0 +-$' out || fail 'the sum'
    # What cannot be read is named after what can.
    mkdir folder
    expect 3 status s0 nowhere folder
    says 'cannot read nowhere: No such file or directory'
    says 'folder: no cells.sqlite, so no folder that `lossgrid run` made'
    grep -Eq '^s0 +finished +3 +3 ' out || fail 'the folder that can be read'
    expect 2 status folder
    : >folder/cells.sqlite
    expect 0 status folder
    says 'empty'
    expect 1 status s0 folder --check
}

# Where other machines write too there is no shared memory: a journal, and the same promises.
test_a_shared_file_system() {
    result whole "${LONG[@]}"
    export LOSSGRID_SHARED=1
    stop_by KILL
    [ ! -e r/cells.sqlite-wal ] && [ ! -e r/cells.sqlite-shm ] || fail 'a log that is shared memory'
    asks r 's["state"] == "stopped"' || fail "$(cat asked)"
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 >first 2>&1 </dev/null &
    local run=$!
    while kill -0 $run 2>/dev/null; do
        "$LOSSGRID" status r >out 2>err || fail 'a status that failed'
    done
    wait $run || fail "the run ended with $?"
    grep -q 'goes on after epoch' first || fail 'nothing was kept'
    same_file whole/trace.csv r/trace.csv
    expect 0 merge r --out all
    same_file whole/trace.csv all/trace.csv
    [ "$(ls -A all r | grep -c -e -journal -e -wal -e -shm)" -eq 0 ] || fail 'a journal is left'
}

# Overlapping shards with unfinished and failed cells, in any order: what the union must be is known.
test_merge_of_random_shards() {
    /usr/bin/env python3 "$ROOT/tests/property/merging.py" "$LOSSGRID" --count 8 >out 2>err || fail 'a union'
}
