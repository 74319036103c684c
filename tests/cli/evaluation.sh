# What is held out and measured, when, and what it does not change.
# shellcheck shell=bash disable=SC2154

# A network whose outputs stay 0 (its weights begin there and hardly move): what it gets is the
# mean square of the pixels of the samples that it sees.
zero_outputs() {
    cat >zero.yaml <<'EOS'
precision: f64
model: {inputs: 784, layers: [{outputs: 784}]}
initialisation: {method: zeros}
epochs: 1
batch: 50
validation: {samples: 100, seed: 4}
grid: {losses: [mse], optimizers: [{name: sgd, lr: 1e-15}]}
EOS
}

test_evaluation_split_is_the_one_computed_elsewhere() {
    zero_outputs
    expect 0 run zero.yaml --set samples=1000 --out all
    python3 "$HERE/split_values.py" "$LOSSGRID_DATA" all/trace.csv 1000 100 4 >problem 2>&1 ||
        fail "$(cat problem)"
    expect 0 run zero.yaml --set samples=500 --set 'classes=[7, 2, 0]' --out some
    python3 "$HERE/split_values.py" "$LOSSGRID_DATA" some/trace.csv 500 100 4 7 2 0 >problem 2>&1 ||
        fail "$(cat problem)"
    # Another seed is another split, which the check sees.
    ! python3 "$HERE/split_values.py" "$LOSSGRID_DATA" all/trace.csv 1000 100 5 >problem 2>&1 ||
        fail 'the splits of two seeds are the same'
}

test_evaluation_split_is_the_same_for_every_arm_and_machine() {
    local split=(--set samples=300 --set validation=100 --set epochs=2)
    expect 0 run "$SPEC" "${split[@]}" --set evaluate=none --out a --jobs 1
    expect 0 run "$SPEC" "${split[@]}" --set evaluate=none --out b --jobs 2 --isa generic
    same_file a/trace.csv b/trace.csv
    # The image is of the last sample that is left, whatever the seed, the batch and the epochs.
    expect 0 run "$SPEC" "${split[@]}" --set evaluate=none --set 'seeds=[9]' --set epochs=1 \
        --set batch=7 --out c
    same_file a/images/input.png c/images/input.png
}

# column FILE NAME: its values, a line each.
column() {
    awk -F, -v name="$2" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i; next }
        { print $at }' "$1"
}

test_evaluation_end_measures_the_test_set_once() {
    local split=(--set samples=300 --set validation=100 --set epochs=3)
    expect 0 run "$SPEC" "${split[@]}" --out end
    expect 0 run "$SPEC" "${split[@]}" --set evaluate=test --out test
    expect 0 run "$SPEC" "${split[@]}" --set evaluate=none --out none
    for name in test_loss test_mse; do
        column end/trace.csv $name | awk 'NR % 3 == 0 != ($0 != "") { exit 1 }' ||
            fail "$name is in other rows than a cell's last"
        [ "$(column end/trace.csv $name | grep .)" = "$(column test/trace.csv $name | awk 'NR % 3 == 0')" ] ||
            fail "$name is another one than with evaluate: test"
        [ -z "$(column none/trace.csv $name | grep .)" ] || fail "$name with evaluate: none"
    done
    # What is measured changes nothing of the training.
    for name in weights_sha256 state_sha256 validation_mse train_mse; do
        [ "$(column end/trace.csv $name)" = "$(column none/trace.csv $name)" ] &&
            [ "$(column end/trace.csv $name)" = "$(column test/trace.csv $name)" ] ||
            fail "$name depends on evaluate"
    done
    column end/timing.csv evaluation_wall_ns | grep -qv '[1-9]' && fail 'an epoch without its time'
    expect 0 verify end
    expect 0 verify end --against end
    # A resumed run has the same last rows.
    expect 0 run "$SPEC" "${split[@]}" --out end
    says '3 of 3 cells were finished earlier and are kept'
}

test_evaluation_end_after_kills() {
    local spec=("$ROOT/experiments/xor.yaml" --set epochs=1000 --set evaluate=end --set samples=4
        --set validation=2 --jobs 2 --quiet)
    expect 0 run "${spec[@]}" --out whole
    for delay in 0.05 0.1 0.2 0.3; do
        setsid "$LOSSGRID" run "${spec[@]}" --out r >out 2>err </dev/null &
        local run=$!
        sleep $delay
        kill -KILL -- -$run 2>/dev/null
        wait $run 2>/dev/null
    done
    expect 0 run "${spec[@]}" --out r
    same_file whole/trace.csv r/trace.csv
}

# Pairs and triplets are drawn within the part that is measured.
test_evaluation_of_pairs() {
    for name in siamese triplets ranking; do
        expect 0 run "$ROOT/experiments/$name.yaml" --set samples=300 --set validation=100 \
            --set epochs=1 --set evaluate=none --out $name
        column $name/trace.csv validation_loss | grep -qx '' && fail "$name: nothing measured"
    done
    :
}

test_evaluation_refuses_a_split_of_everything() {
    zero_outputs
    expect 2 run zero.yaml --set validation=60000 --out r
    says "validation: found '60000', expected a whole number from 1 to 59999"
    expect 2 run zero.yaml --set samples=100 --out r
    says "validation.samples: found '100', expected a whole number from 1 to 99"
    # Only the data say how many samples the classes have.
    expect 2 run zero.yaml --set 'classes=[1, 3]' --set validation=30000 --out r
    says 'validation: found 30000 samples, expected fewer than the '
    says 'training samples that are used'
    [ ! -e r/trace.csv ] || fail 'a result all the same'
    expect 0 time zero.yaml --set samples=300 --budget 1 --quiet --out t ||
        fail 'cannot be timed'
}
