# Folders that cannot be written and disks that fill up: one clear message, exit
# code 3, and what was there stays.
# shellcheck shell=bash disable=SC2154

test_unwritable_folder() {
    expect 3 run "${QUICK[@]}" --out /proc/nowhere/r
    says '/proc/nowhere'
    [ "$(grep -c '^lossgrid:' err)" -eq 1 ] || fail 'not one message'
    touch file
    expect 3 run "${QUICK[@]}" --out file/r
    says 'Not a directory'
}

test_full_disk_while_training() {
    mkdir disk
    mount -t tmpfs -o size=12m none disk 2>/dev/null || skip 'no tmpfs can be mounted'
    # shellcheck disable=SC2064
    trap "umount '$PWD/disk'" EXIT
    expect 0 run "${QUICK[@]}" --shard 0/3 --out disk/r
    cp -r disk/r before
    head -c 16m /dev/zero >disk/filler 2>/dev/null
    expect 3 run "${QUICK[@]}" --out disk/r --jobs 2
    says 'No space left on device'
    [ "$(grep -c '^lossgrid:' err)" -eq 1 ] || fail 'not one message'
    for file in trace.csv timing.csv manifest.json; do same_file before/$file disk/r/$file; done
    rm disk/filler
    expect 0 run "${QUICK[@]}" --out disk/r --jobs 1
    expect 0 verify disk/r
}

# The disk fills up between two epochs: no cell is called finished that lacks some.
test_disk_that_fills_up_between_epochs() {
    mkdir disk
    mount -t tmpfs -o size=4m none disk 2>/dev/null || skip 'no tmpfs can be mounted'
    # shellcheck disable=SC2064
    trap "umount '$PWD/disk'" EXIT
    result whole "${LONG[@]}"
    expect 3 run "${LONG[@]}" --out disk/r --jobs 2
    says 'No space left on device'
    [ "$(grep -c '^lossgrid:' err)" -eq 1 ] || fail 'not one message'
    mount -o remount,size=40m disk || fail 'not remounted'
    expect 0 run "${LONG[@]}" --out disk/r
    same_file whole/trace.csv disk/r/trace.csv
    expect 0 verify disk/r
}

# A link to /dev/full where the temporary file goes is a disk that is full just then.
test_full_disk_while_collecting() {
    [ -e /dev/full ] || skip 'no /dev/full'
    expect 0 run "${QUICK[@]}" --shard 0/3 --out r
    cp r/trace.csv before
    ln -s /dev/full r/trace.csv.tmp
    expect 3 run "${QUICK[@]}" --out r
    says 'No space left on device'
    same_file before r/trace.csv
    expect 0 run "${QUICK[@]}" --out r
    expect 0 verify r
}

test_report_of_no_result() {
    mkdir empty
    expect 3 report empty
    says 'no result folder'
    expect 2 report
}

# A cell that hangs (its process is stopped) is ended, and can be gone on with.
test_cell_that_takes_too_long() {
    local long=("$ROOT/experiments/xor.yaml" --set epochs=3000 --set 'grid.optimizers=[sgd]'
        --set 'seeds=[1,2,3,4,5,6]')
    "$LOSSGRID" run "${long[@]}" --out r --jobs 1 --cell-time 3 >out 2>err </dev/null &
    run=$!
    wait_for 30 grep -q . "/proc/$run/task/$run/children"
    read -r worker _ <"/proc/$run/task/$run/children"
    kill -STOP "$worker"
    code=0
    wait $run || code=$?
    [ $code -eq 1 ] || fail "exit code $code"
    says 'failed: it took longer than 3 s (--cell-time)'
    says '1 of 6 cells failed'
    grep -q '"done": 5,' r/manifest.json || fail 'the others did not go on'
    grep -q '"why": "it took longer than 3 s' r/manifest.json || fail 'no reason is kept'
    grep -qE '^soft_margin-sgd-s[1-6],soft_margin,sgd,.*,it took longer than 3 s \(--cell-time\)' r/failed.csv ||
        fail 'no row in failed.csv'
    [ "$(wc -l <r/failed.csv)" -eq 2 ] || fail 'not one row in failed.csv'
    grep -q '"failed.csv"' r/schema.json || fail 'failed.csv is not described'
    [ ! -e "/proc/$worker" ] || fail 'its process is left'
    expect 0 run "${long[@]}" --out r
    [ ! -e r/failed.csv ] || fail 'a cell that was gone on with is called failed'
    expect 0 run --out whole "${long[@]}"
    same_file whole/trace.csv r/trace.csv
}

# A cell that needs more memory than cells may have fails, and says so; the others go on.
test_cell_that_needs_too_much_memory() {
    ! is_sanitized || skip 'the sanitizer ends a process whose memory is short'
    cat >hungry.yaml <<-'END'
	dataset: xor
	task: classify
	model: {inputs: 2, layers: [{outputs: 256, activation: tanh}, {outputs: 1}]}
	initialisation: {method: xavier_normal}
	batch: 4
	epochs: 2
	grid:
	  losses: [soft_margin]
	  optimizers: [{name: lbfgs, history_size: 10000}, sgd, adam]
	END
    expect 1 run hungry.yaml --out r --cell-memory 40
    says 'not enough memory for a block of'
    says '(--cell-memory allows 40 MiB)'
    says '1 of 3 cells failed'
    grep -q '"done": 2,' r/manifest.json || fail 'the others did not go on'
    grep -q '"why": "not enough memory' r/manifest.json || fail 'no reason is kept'
    expect 2 run hungry.yaml --out r --cell-memory 0
    expect 2 run hungry.yaml --out r --cell-time 1.5
}

# Run the program as one whom a folder without write permission stops, as it does not stop root.
mortal() {
    code=0
    if [ "$(id -u)" -eq 0 ]; then
        setpriv --bounding-set -dac_override,-dac_read_search "$LOSSGRID" "$@" >out 2>err </dev/null || code=$?
    else
        "$LOSSGRID" "$@" >out 2>err </dev/null || code=$?
    fi
}

# Before the run and in its middle: said once, and nothing is lost.
test_read_only_folder() {
    local long=("$ROOT/experiments/xor.yaml" --set epochs=3000 --set 'grid.optimizers=[sgd]' --set 'seeds=[1,2,3,4]' --jobs 2)
    expect 0 run "${long[@]}" --out whole
    mkdir r
    chmod 555 r
    mortal run "${long[@]}" --out r
    [ $code -eq 3 ] || fail "exit code $code"
    says 'r/.lock: Permission denied'
    [ "$(grep -c '^lossgrid:' err)" -eq 1 ] || fail 'not one message'
    chmod 755 r
    (mortal run "${long[@]}" --out r; echo "$code" >code) &
    wait_for 30 some_epochs_of r
    chmod 555 r
    wait
    [ "$(cat code)" -eq 3 ] || fail "exit code $(cat code)"
    says 'Permission denied'
    says 'r/'
    [ "$(grep -c '^lossgrid:' err)" -eq 1 ] || fail 'not one message'
    chmod 755 r
    expect 0 run "${long[@]}" --out r
    says 'cells were finished earlier and are kept'
    for file in trace.csv configurations.csv parameters.csv; do same_file whole/$file r/$file; done
    expect 0 verify r
    [ -z "$(find r -name '*.tmp' -o -name '*.new' -o -name '*-wal')" ] || fail 'something is left'
}

some_epochs_of() { [ "$(/usr/bin/env python3 "$HERE/store.py" "$1" epochs 2>/dev/null || echo 0)" -gt 0 ]; }
