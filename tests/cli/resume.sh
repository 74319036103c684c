# Stopped in the middle, gone on with, and to the same bits.
# shellcheck shell=bash disable=SC2154

store() { /usr/bin/env python3 "$HERE/store.py" "$@"; }

# A checkpoint of the run into r is committed.
some_checkpoint() { [ "$(store r checkpoints 2>/dev/null || echo 0)" -gt 0 ]; }

# Run the long experiment into r until a cell could be gone on with, stop it by the signal, and
# leave its exit code in $code.
stop_by() {
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 >out 2>err </dev/null &
    local run=$!
    wait_for 30 some_checkpoint
    kill "-$1" $run
    code=0
    wait $run 2>/dev/null || code=$?
    some_checkpoint || fail 'stopped too late'
}

test_resume_after_sigkill() {
    result whole "${LONG[@]}"
    stop_by KILL
    [ ! -e r/trace.csv ] || fail 'a trace.csv before the end'
    expect 0 run "${LONG[@]}" --out r
    says 'goes on after epoch'
    same_file whole/trace.csv r/trace.csv
    expect 0 verify r
    [ ! -e r/cells.sqlite-wal ] && [ ! -e r/cells.sqlite-shm ] || fail 'a log is left over'
}

test_resume_after_interrupts() {
    result whole "${LONG[@]}"
    for signal in INT TERM; do
        rm -rf r
        stop_by $signal
        # As a shell reports a program that the signal ended.
        [ $code -eq $((128 + $(kill -l $signal))) ] || fail "exit code $code after SIG$signal"
        says 'of 3 cells finished; the same command goes on'
        # The finished epochs are there, and are the right ones; cells are missing.
        expect 1 verify r
        says "trace.csv are the manifest's"
        says 'of 3 cells are not finished'
        [ "$(wc -l <r/trace.csv)" -gt 1 ] || fail 'no finished epoch'
        grep -Fxvf whole/trace.csv r/trace.csv >out && fail 'rows of another training'
    done
    expect 0 run "${LONG[@]}" --out r
    same_file whole/trace.csv r/trace.csv
}

test_finished_cells_are_kept() {
    result quick "${QUICK[@]}"
    mv quick r
    cp r/timing.csv before
    expect 0 run "${QUICK[@]}" --out r
    says '3 of 3 cells were finished earlier and are kept'
    same_file before r/timing.csv
    expect 0 run "${QUICK[@]}" --out r --fresh
    says_not 'kept'
    ! cmp -s before r/timing.csv || fail 'not trained again'
}

test_damaged_checkpoint_starts_again() {
    result whole "${LONG[@]}"
    stop_by TERM
    store r damage checkpoint
    expect 0 run "${LONG[@]}" --out r
    says 'starts again: damaged checkpoint: its SHA-256 differs'
    same_file whole/trace.csv r/trace.csv
}

# One bit of a finished cell, wherever it is: named, trained again, and the same as before.
test_damaged_cell_starts_again() {
    result quick "${QUICK[@]}"
    for what in trace timing image seal; do
        rm -rf r && cp -r quick r
        store r damage $what
        expect 1 verify r
        says 'is not what was'
        expect 0 run "${QUICK[@]}" --out r
        says 'starts again: '
        says '2 of 3 cells were finished earlier and are kept'
        same_file quick/trace.csv r/trace.csv
        expect 0 verify r
    done
}

# A folder of an earlier version: said, and trained again.
test_older_folder_is_trained_again() {
    mkdir -p r/cells/abs-s0
    expect 0 run "${QUICK[@]}" --out r
    says 'r/cells is of an earlier version, and is not read: its cells are trained again'
    expect 0 verify r
}

# What is no store, or another version's, is left alone.
test_foreign_store_is_refused() {
    result quick "${QUICK[@]}"
    mv quick r
    cp -r r newer
    /usr/bin/env python3 -c 'import sqlite3; c = sqlite3.connect("newer/cells.sqlite"); c.execute("PRAGMA user_version = 99"); c.commit()'
    expect 2 run "${QUICK[@]}" --out newer
    says 'newer/cells.sqlite: found a store of version 99, expected '
    echo 'no database at all, but long enough to be looked at by what reads one' >r/cells.sqlite
    cp r/cells.sqlite before
    expect 2 run "${QUICK[@]}" --out r
    says 'r/cells.sqlite: '
    same_file before r/cells.sqlite
}

test_other_settings_are_refused() {
    result quick "${QUICK[@]}"
    mv quick r
    cp r/trace.csv before
    expect 2 run "${QUICK[@]}" --set batch=2 --out r
    says "cell 'abs-s0' trained with other settings: --fresh retrains it, --out DIR keeps both"
    same_file before r/trace.csv
    expect 0 run "${QUICK[@]}" --set batch=2 --out r --fresh
    ! cmp -s before r/trace.csv || fail 'not trained again'
}

test_fresh_checks_before_it_removes() {
    result quick "${QUICK[@]}"
    mv quick r
    find r -type f -exec sha256sum {} + | sort >before
    expect 2 run "${QUICK[@]}" --set epochs=none --out r --fresh
    mkdir empty
    expect 3 run "${QUICK[@]}" --data empty --out r --fresh
    find r -type f -exec sha256sum {} + | sort >after
    same_file before after
}

test_dead_worker_is_named_and_the_others_go_on() {
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 >out 2>err </dev/null &
    run=$!
    wait_for 30 some_checkpoint
    read -r worker _ <"/proc/$run/task/$run/children" # no pgrep on a bare machine
    kill -KILL "$worker"
    code=0
    wait $run || code=$?
    [ $code -eq 1 ] || fail "exit code $code"
    says 'failed: its process was ended by signal 9'
    says '1 of 3 cells failed'
    grep -q '"done": 2,' r/manifest.json || fail 'the others did not go on'
    grep -q '"why": "its process was ended by signal 9' r/manifest.json || fail 'no reason is kept'
    expect 0 run "${LONG[@]}" --out r
    result whole "${LONG[@]}"
    same_file whole/trace.csv r/trace.csv
}

test_one_run_at_a_time() {
    "$LOSSGRID" run "${LONG[@]}" --set epochs=2000 --out r >first 2>&1 </dev/null &
    run=$!
    wait_for 30 some_checkpoint
    code=0
    "$LOSSGRID" run "${LONG[@]}" --set epochs=2000 --out r >out 2>err </dev/null || code=$?
    kill -TERM $run
    wait $run
    [ $code -eq 3 ] || fail "exit code $code"
    says 'another run'
}

# ---- Extending what is finished -------------------------------------------------

XOR=("$ROOT/experiments/xor.yaml" --jobs 2)
SAME_FILES=(trace.csv configurations.csv parameters.csv schema.json)

# The extended folder $1 has the bytes of the folder $2, made from nothing.
same_results() {
    local file
    for file in "${SAME_FILES[@]}"; do same_file "$2/$file" "$1/$file"; done
    expect 0 verify "$1"
}

test_extended_by_epochs() {
    local keep='keep=[images, parameters, checkpoints]'
    expect 0 run "${XOR[@]}" --set epochs=20 --set "$keep" --out r
    sed -n '/^soft_margin-sgd-s1,/p' r/timing.csv >before
    expect 0 run "${XOR[@]}" --set epochs=25 --set "$keep" --out r
    says '4 cells were finished with fewer epochs and go on from there'
    says "cell 'soft_margin-sgd-s1' goes on after epoch 20"
    [ "$(grep -Fxcf before r/timing.csv)" -eq 20 ] || fail 'epochs are trained again'
    expect 0 run "${XOR[@]}" --set epochs=25 --out whole
    same_results r whole
    # Fewer than there are: nothing is lost.
    expect 2 run "${XOR[@]}" --set epochs=20 --out r
    says "r holds 25 epochs of cell 'soft_margin-sgd-s1', and this run asks for 20: --set epochs=25 keeps them"
    same_results r whole
    # Those of this run have kept no state.
    expect 0 run "${XOR[@]}" --set epochs=25 --out r
    says '4 of 4 cells were finished earlier and are kept'
    expect 0 run "${XOR[@]}" --set epochs=28 --out whole
    says '4 cells were finished with fewer epochs and are trained again from the first: their last states were not kept (keep: [checkpoints])'
    expect 0 run "${XOR[@]}" --set epochs=28 --out r
    says '4 cells were finished with fewer epochs and go on from there'
    same_results r whole
}

# Where the number of epochs decides more than the end, another number is another cell.
test_epochs_of_a_schedule_are_settings() {
    local decay=(--set schedule=cosine --set 'grid.optimizers=[{name: sgd, lr: 2}]')
    expect 0 run "${XOR[@]}" "${decay[@]}" --set epochs=20 --set 'keep=[checkpoints]' --out r
    expect 2 run "${XOR[@]}" "${decay[@]}" --set epochs=25 --set 'keep=[checkpoints]' --out r
    says "trained with other settings"
    expect 0 run "${XOR[@]}" --set 'grid.optimizers=[{name: sgd, lr: 2}]' --set epochs=20 --set evaluate=end --out e
    expect 2 run "${XOR[@]}" --set 'grid.optimizers=[{name: sgd, lr: 2}]' --set epochs=25 --set evaluate=end --out e
    says "trained with other settings"
}

# A state that is not what was kept is not gone on from.
test_extended_from_a_damaged_state() {
    expect 0 run "${XOR[@]}" --set epochs=20 --set 'keep=[parameters, images, checkpoints]' --out r
    store r damage checkpoint
    expect 0 run "${XOR[@]}" --set epochs=25 --out r
    says "cell 'soft_margin-sgd-s1' starts again: damaged checkpoint: its SHA-256 differs"
    expect 0 run "${XOR[@]}" --set epochs=25 --out whole
    same_results r whole
}

# A diverged cell has no more epochs to come.
test_extended_after_divergence() {
    local wild=(--set 'grid.losses=[mse]' --set 'model.layers=[{outputs: 4}, {outputs: 2}]'
        --set 'grid.optimizers=[{name: sgd, lr: [0.1, 1e30]}]')
    expect 0 run "${XOR[@]}" "${wild[@]}" --set epochs=20 --set 'keep=[parameters, images, checkpoints]' --out r
    grep -q ',diverged' r/trace.csv || fail 'nothing diverged'
    expect 0 run "${XOR[@]}" "${wild[@]}" --set epochs=25 --out r
    says '1 of 2 cells were finished earlier and are kept'
    says '1 cells were finished with fewer epochs and go on from there'
    expect 0 run "${XOR[@]}" "${wild[@]}" --set epochs=25 --out whole
    same_results r whole
}

# More seeds and more values: only they are trained.
test_extended_by_seeds_and_values() {
    local few='grid.optimizers=[{name: sgd, lr: [1, 2]}]' many='grid.optimizers=[{name: sgd, lr: [0.5, 1, 2]}, cg]'
    expect 0 run "${XOR[@]}" --set epochs=20 --set "$few" --set 'seeds=[1, 2]' --out r
    sort r/timing.csv >before
    expect 0 run "${XOR[@]}" --set epochs=20 --set "$many" --set 'seeds=[2, 1, 3]' --out r
    says '4 of 12 cells were finished earlier and are kept'
    says 'training 8 of 12 cells'
    sort r/timing.csv | comm -23 before - >lost
    [ ! -s lost ] || fail 'finished cells are trained again'
    expect 0 run "${XOR[@]}" --set epochs=20 --set "$many" --set 'seeds=[2, 1, 3]' --out whole
    same_results r whole
}

# Nothing is kept that nobody asked for, and no number depends on it.
test_keep_nothing() {
    result quick "${QUICK[@]}"
    expect 0 run "${QUICK[@]}" --set 'keep=[]' --out r
    same_file quick/trace.csv r/trace.csv
    [ ! -e r/images ] || fail 'images are kept'
    expect 0 verify r
    expect 2 run "${QUICK[@]}" --out r
    says 'trained with other settings'
    expect 2 run "${QUICK[@]}" --set 'keep=[images, pictures]' --out other
    says "unknown thing to keep 'pictures'"
    expect 2 run "${QUICK[@]}" --set 'keep=[images, images]' --out other
    says 'keep.1'
}

# A spec that was extended and reordered on the same folder finds the cells that it has in common
# with the earlier one under their new numbers: the files are those of a folder of its own.
test_resume_in_another_order() {
    local head='dataset: xor
task: classify
title: Many
model: {inputs: 2, layers: [{outputs: 2, activation: tanh}, {outputs: 2}]}
metrics: [cross_entropy]
epochs: 2'
    printf '%s\n' "$head" 'seeds: [1, 2]' 'grid: {losses: [cross_entropy], optimizers: [{name: sgd, lr: [0.1, 0.2]}, adam]}' >old.yaml
    printf '%s\n' "$head" 'seeds: [3, 2, 1]' 'grid: {losses: [focal, cross_entropy], optimizers: [adam, {name: sgd, lr: [0.3, 0.2]}]}' >new.yaml
    expect 0 run old.yaml --out a --quiet
    expect 0 run new.yaml --out a
    says '4 of 18 cells were finished earlier and are kept'
    expect 0 run new.yaml --out b --quiet
    same_file a/trace.csv b/trace.csv
    same_file a/configurations.csv b/configurations.csv
    expect 0 verify a
    expect 0 run old.yaml --out a
    says '6 of 6 cells were finished earlier and are kept'
    expect 0 run old.yaml --out c --quiet
    same_file a/trace.csv c/trace.csv
    # What has another key is refused, in whatever order it stands.
    expect 2 run new.yaml --out a --set batch=2
    says "cell 'focal-adam-s3' trained with other settings"
}

# One cell of a million: nothing is made, read or written for the others.
test_one_cell_of_a_million() {
    cat >many.yaml <<'SPEC'
title: Many
dataset: xor
task: classify
model: {inputs: 2, layers: [{outputs: 2, activation: tanh}, {outputs: 2}]}
epochs: 1
grid:
  losses: [cross_entropy]
  optimizers: [{name: sgd, lr: {log: [1e-4, 1], points: 1000}, momentum: {linear: [0, 0.999], points: 1000}}]
SPEC
    expect 0 run many.yaml --out m --quiet --shard 999999/1000000
    [ "$(cut -d, -f1 m/trace.csv | tail -n 1)" = cross_entropy-sgd-lr-1-momentum-0.999-s1 ] ||
        fail 'another cell'
    [ "$(wc -l <m/configurations.csv)" -eq 2 ] || fail 'not one arm'
    [ "$(wc -c <m/manifest.json)" -lt 100000 ] || fail 'a large manifest.json'
    grep -q '"count": 1000000,' m/manifest.json || fail 'not a million'
    grep -q '"missing": 999999,' m/manifest.json || fail 'not all others are missing'
    expect 1 verify m
    says "999999 of 1000000 cells are not finished, the first 'cross_entropy-sgd-lr-0.0001-momentum-0-s1'"
}
