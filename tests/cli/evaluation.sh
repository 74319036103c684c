# What is held out and measured, when, and what it does not change.
# shellcheck shell=bash disable=SC2153,SC2154

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
        ! column none/trace.csv $name | grep -q . || fail "$name with evaluate: none"
    done
    # What is measured changes nothing of the training.
    for name in weights_sha256 state_sha256 validation_mse train_mse; do
        for other in none test; do
            [ "$(column end/trace.csv $name)" = "$(column $other/trace.csv $name)" ] ||
                fail "$name depends on evaluate"
        done
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

# ---- Early stopping, targets and evaluations within an epoch ---------------------

# Small classifiers, some quick and some slow, some of which overfit.
learners() {
    cat >learn.yaml <<'EOS'
task: classify
model: {inputs: 784, layers: [{outputs: 12, activation: relu}, {outputs: 10}]}
initialisation: {method: he_normal}
epochs: 12
batch: 16
samples: 400
validation: 120
evaluate: none
seeds: [1, 2]
grid:
  losses: [cross_entropy]
  optimizers: [{name: sgd, lr: 0.02}, {name: adam, lr: 0.01}, {name: asgd, lr: 0.1}, {name: sgd, lr: 1e-4}]
EOS
    expect 0 run learn.yaml "$@" --out whole
}

# stops ARGUMENT...: of tests/cli/stops.py.
stops() { python3 "$HERE/stops.py" "$@" >problem 2>&1 || fail "$* $(cat problem)"; }

test_stopping_is_where_the_whole_run_says() {
    learners
    expect 0 run learn.yaml --set 'stop={metric: validation_loss, patience: 2}' --out a
    stops stop whole a validation_loss lower patience 2 0
    expect 0 run learn.yaml --set 'stop={metric: validation_accuracy, patience: 3, least_change: 0.02}' --out b --jobs 1
    stops stop whole b validation_accuracy higher patience 3 0.02
    expect 0 run learn.yaml --set 'stop={metric: validation_accuracy, reaches: 0.6}' --out c --isa generic
    stops stop whole c validation_accuracy higher reaches 0.6
    expect 0 run learn.yaml --set 'stop={metric: train_cross_entropy, reaches: 0.5, patience: 1, least_change: 0.2}' --out d
    stops stop whole d train_cross_entropy lower patience 1 0.2 reaches 0.5
    # Two rules: each cell ends with the first of them.
    expect 0 run learn.yaml --out e --set \
        'stop=[{metric: validation_loss, patience: 2}, {metric: validation_accuracy, reaches: 0.6}]'
    for cell in $(column e/trace.csv cell | sort -u); do
        for folder in a c e; do grep -c "^$cell," $folder/trace.csv; done | xargs |
            awk '$3 != ($1 < $2 ? $1 : $2) { exit 1 }' || fail "$cell: not the first of two rules"
    done
    expect 0 verify e
    says '8 of 8 cells are finished'
    expect 0 run learn.yaml --set 'stop={metric: validation_loss, patience: 2}' --out a
    says '8 of 8 cells were finished earlier and are kept'
    grep -q '"stopped": [1-9]' a/manifest.json || fail 'the manifest does not say it'
    expect 0 verify a --against a
}

test_stopping_measures_the_test_set_where_it_stops() {
    learners
    expect 0 run learn.yaml --set 'stop={metric: validation_loss, patience: 2}' --set evaluate=end --out r
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { last[$at["cell"]] = $at["test_accuracy"]; count += $at["test_accuracy"] != "" }
        END { for (cell in last) if (last[cell] == "") exit 1; exit count != 8 }' r/trace.csv ||
        fail 'not once for each cell, at its end'
}

test_stopping_within_an_epoch() {
    learners --set evaluate_every=5
    expect 0 run learn.yaml --set evaluate_every=5 --set 'stop={metric: validation_loss, patience: 4}' --out r
    stops stop whole r validation_loss lower patience 4 0
    expect 0 verify r
    # 280 samples in batches of 16 are 18 steps: rows at each fifth step and at the end of an epoch.
    seq 1 216 | awk '$1 % 5 == 0 || $1 % 18 == 0' >expected
    column whole/evaluations.csv step | head -n "$(wc -l <expected)" >found
    same_file expected found
}

# Patience counts from the first epoch, which a checkpoint has to know: a cell that is gone on with
# stops where it would have.
test_stopping_after_kills() {
    local spec=("$SPEC" --set epochs=90 --set samples=3500 --set validation=500 --set evaluate=none
        --set 'grid={losses: [mse], optimizers: [sgd]}' --set evaluate_every=1100 --quiet
        --set 'stop={metric: validation_loss, patience: 160, least_change: 100}'
        --set 'targets=[{metric: train_loss, value: 0.05}, {metric: validation_loss, value: 0.06}]')
    expect 0 run "${spec[@]}" --out whole
    # The first evaluation is the best one.
    [ "$(wc -l <whole/evaluations.csv)" -eq 162 ] || fail "$(wc -l <whole/evaluations.csv) rows"
    tail -n 1 whole/trace.csv | grep -q ',stopped,' || fail "$(tail -n 1 whole/trace.csv)"
    for round in 1 2; do
        setsid "$LOSSGRID" run "${spec[@]}" --out r >out 2>err </dev/null &
        local run=$!
        wait_for 30 some_checkpoint
        sleep 0.2
        kill -KILL -- -$run 2>/dev/null
        wait $run 2>/dev/null
        [ -e r/trace.csv ] && fail "round $round: ended before it was killed"
    done
    some_checkpoint || fail 'no checkpoint to go on from'
    expect 0 run "${spec[@]}" --out r
    for name in trace evaluations targets; do same_file whole/$name.csv r/$name.csv; done
}

test_targets_are_the_first_reach() {
    local targets='targets=[{metric: validation_accuracy, value: 0.6}, {metric: train_loss, value: 1}]'
    learners --set "$targets"
    stops targets whole higher validation_accuracy 0.6 lower train_loss 1
    expect 0 run learn.yaml --set "$targets" --set evaluate_every=4 --out within
    stops targets within higher validation_accuracy 0.6 lower train_loss 1
    # Another order of the arms is another order of the rows, and nothing else.
    sed -i 's/optimizers: \[\(.*\), \({name: sgd, lr: 1e-4}\)\]/optimizers: [\2, \1]/' learn.yaml
    grep -q 'optimizers: \[{name: sgd, lr: 1e-4}' learn.yaml || fail 'the arms are as they were'
    expect 0 run learn.yaml --set "$targets" --set evaluate_every=4 --out other --jobs 1
    for name in targets evaluations trace; do
        cmp -s <(sort within/$name.csv) <(sort other/$name.csv) || fail "$name.csv depends on the order"
    done
    ! cmp -s within/targets.csv other/targets.csv || fail 'the same order'
    # They are a report: no cell is trained for them again, and without them there is no file.
    expect 0 run learn.yaml --set evaluate_every=4 --out other
    says '8 of 8 cells were finished earlier and are kept'
    [ ! -e other/targets.csv ] || fail 'targets that nobody asked for'
}

test_targets_of_a_cell_that_diverges() {
    learners --set epochs=1
    expect 0 run learn.yaml --set 'grid.optimizers=[{name: sgd, lr: 1e30}]' --out r \
        --set 'targets=[{metric: validation_accuracy, value: 0.99}]'
    grep -q ',no,,,,,diverged in epoch 1$' r/targets.csv || fail "$(cat r/targets.csv)"
}

# How often it is measured changes no bit of the training, whatever the optimizer.
test_evaluation_every_so_many_steps_changes_nothing() {
    local small=(--set samples=150 --set validation=50 --set epochs=2 --set evaluate=none)
    for name in optimizers-classify optimizers-pair; do
        expect 0 run "$ROOT/experiments/$name.yaml" "${small[@]}" --out $name.a
        expect 0 run "$ROOT/experiments/$name.yaml" "${small[@]}" --set evaluate_every=2 --out $name.b
        same_file $name.a/trace.csv $name.b/trace.csv
    done
}

test_stopping_refuses_what_it_cannot_do() {
    learners --set epochs=1
    refuses() {
        expect 2 run learn.yaml --set "$1" --out r
        says "$2"
    }
    refuses 'stop={metric: test_accuracy, patience: 2}' "found 'test_accuracy': a choice that is made on the test set"
    refuses 'stop={metric: validation_acuracy, patience: 2}' "did you mean 'validation_accuracy'?"
    refuses 'stop={metric: validation_accuracy}' "found neither 'patience' nor 'reaches'"
    refuses 'stop={metric: validation_accuracy, reaches: 97}' "found '97', expected a number from 0 to 1"
    refuses 'stop={metric: validation_loss, patience: 0}' "found '0', expected a whole number from 1 to"
    refuses 'stop={metric: validation_loss, reaches: 1, least_change: 1}' "'least_change', which goes with 'patience'"
    refuses 'targets=[{metric: test_accuracy, value: 1}]' 'the test set is not measured after every epoch'
    refuses 'targets=[{metric: train_loss, value: 1}, {metric: train_loss, value: 1.0}]' 'a target that is not in the list yet'
    sed -i '/^validation:/d' learn.yaml
    refuses 'stop={metric: validation_loss, patience: 1}' 'there is no validation split'
    refuses 'evaluate_every=5' 'nothing would be measured'
}

test_stopping_cells_of_shards_are_merged() {
    local keys=(--set 'stop={metric: validation_loss, patience: 2}' --set evaluate_every=10
        --set 'targets=[{metric: validation_accuracy, value: 0.5}]')
    learners "${keys[@]}"
    grep -q ',stopped,' whole/trace.csv || fail 'nothing stopped'
    for shard in 0 1; do
        expect 0 run learn.yaml "${keys[@]}" --shard $shard/2 --out part$shard
    done
    expect 0 merge part1 part0 --out merged
    for name in trace evaluations targets; do same_file whole/$name.csv merged/$name.csv; done
    expect 0 verify merged --against whole
}

test_evaluation_is_said_before_a_run() {
    learners --set epochs=1
    expect 0 run learn.yaml --dry-run --set 'stop={metric: train_loss, patience: 1}'
    says 'each cell: epochs at most 12, samples 280'
    says 'held out for validation: 120 samples, by class, seed 1'
}

# More epochs: a cell that a rule stopped stays as it is, the others go on, to the same rows.
test_stopping_and_more_epochs() {
    local keys=(--set 'keep=[checkpoints]' --set evaluate_every=10 --set
        'stop={metric: validation_loss, patience: 6, least_change: 0.05}')
    learners "${keys[@]}"
    expect 0 run learn.yaml "${keys[@]}" --set epochs=3 --out r
    grep -q ',3,mnist,stopped,\|,3,fashion_mnist,stopped,' r/trace.csv || fail 'none stopped in three epochs'
    grep -q ',3,mnist,ok,\|,3,fashion_mnist,ok,' r/trace.csv || fail 'all stopped in three epochs'
    expect 0 run learn.yaml "${keys[@]}" --out r
    says 'goes on after epoch 3'
    for name in trace evaluations; do same_file whole/$name.csv r/$name.csv; done
}
