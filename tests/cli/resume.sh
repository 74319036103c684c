# Stopped in the middle, gone on with, and to the same bits.
# shellcheck shell=bash disable=SC2154

LONG=("$SPEC" --set samples=500 --set epochs=12 --set evaluate=none)

# A checkpoint was written since the file `begun`.
some_checkpoint() {
    find r/cells -name checkpoint.bin -newer begun 2>/dev/null | grep -q .
}

# Run the long experiment into r until an epoch of a cell is finished, stop it by
# the signal, and leave its exit code in $code.
stop_by() {
    touch begun
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 >out 2>err </dev/null &
    local run=$!
    wait_for 20 some_checkpoint
    kill "-$1" $run
    code=0
    wait $run 2>/dev/null || code=$?
    compgen -G 'r/cells/*.part' >/dev/null || fail 'stopped too late'
}

test_resume_after_sigkill() {
    result whole "${LONG[@]}"
    stop_by KILL
    [ ! -e r/trace.csv ] || fail 'a trace.csv before the end'
    expect 0 run "${LONG[@]}" --out r
    says 'goes on after epoch'
    same_file whole/trace.csv r/trace.csv
    expect 0 verify r
}

test_resume_after_interrupts() {
    result whole "${LONG[@]}"
    for signal in INT TERM; do
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

# damage FILE: turn a byte in its middle over.
damage() {
    local at=$(($(stat -c %s "$1") / 2))
    local byte
    byte=$(od -An -tu1 -j $at -N 1 "$1")
    # shellcheck disable=SC2059
    printf "\\$(printf %03o $((byte ^ 255)))" | dd of="$1" bs=1 seek=$at conv=notrunc status=none
}

test_damaged_checkpoint_starts_again() {
    result whole "${LONG[@]}"
    stop_by TERM
    for checkpoint in r/cells/*.part/checkpoint.bin; do damage "$checkpoint"; done
    expect 0 run "${LONG[@]}" --out r
    says "starts again: damaged checkpoint: its SHA-256 differs"
    same_file whole/trace.csv r/trace.csv
}

test_cut_checkpoint_and_rows_start_again() {
    result whole "${LONG[@]}"
    stop_by TERM
    parts=(r/cells/*.part)
    truncate -s 100 "${parts[0]}/checkpoint.bin"
    if [ ${#parts[@]} -gt 1 ]; then sed -i 's/,sgd,/,adam,/' "${parts[1]}/trace.csv"; fi
    expect 0 run "${LONG[@]}" --out r
    says 'starts again: damaged checkpoint: it is too short'
    same_file whole/trace.csv r/trace.csv
}

test_half_a_row_is_dropped() {
    result whole "${LONG[@]}"
    stop_by KILL
    for part in r/cells/*.part; do printf 'abs-s0,abs,sg' >>"$part/trace.csv"; done
    expect 0 run "${LONG[@]}" --out r
    says_not 'starts again'
    same_file whole/trace.csv r/trace.csv
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
    touch begun
    "$LOSSGRID" run "${LONG[@]}" --out r --jobs 2 >out 2>err </dev/null &
    run=$!
    wait_for 20 some_checkpoint
    read -r worker _ <"/proc/$run/task/$run/children" # no pgrep on a bare machine
    kill -KILL "$worker"
    code=0
    wait $run || code=$?
    [ $code -eq 1 ] || fail "exit code $code"
    says 'failed: its process was ended by signal 9'
    says '1 of 3 cells failed'
    [ "$(find r/cells -name '*.part' | wc -l)" -eq 1 ] || fail 'the others did not go on'
    expect 0 run "${LONG[@]}" --out r
    result whole "${LONG[@]}"
    same_file whole/trace.csv r/trace.csv
}

test_one_run_at_a_time() {
    touch begun
    "$LOSSGRID" run "${LONG[@]}" --set epochs=200 --out r >first 2>&1 </dev/null &
    run=$!
    wait_for 20 some_checkpoint
    code=0
    "$LOSSGRID" run "${LONG[@]}" --set epochs=200 --out r >out 2>err </dev/null || code=$?
    kill -TERM $run
    wait $run
    [ $code -eq 3 ] || fail "exit code $code"
    says 'another run'
}
