# A fair choice: validation split, equal budgets, fresh seeds, the test set once.
# shellcheck shell=bash disable=SC2154

# The first interpreter with pandas.
with_pandas() {
    local python
    for python in python3 /usr/bin/python3; do
        if "$python" -c 'import pandas' 2>/dev/null; then
            "$python" "$@"
            return
        fi
    done
    fail 'no python3 has pandas'
}

# recompute FOLDER BUDGET [BY]: the tables say what tuned.csv says.
recompute() {
    printf '{"metric": "validation_accuracy", "higher": true, "budget": %d, "by": %s}' "$2" \
        "${3:-[\"loss.name\", \"optimizer.name\"]}" >choice.json
    with_pandas "$HERE/tuned.py" "$1" choice.json >out 2>&1 || fail "$(cat out)"
}

# A classifier so small that many can be trained; the rates reach where it diverges.
tuned_spec() {
    cat >tuned.yaml <<'END'
task: classify
model: {inputs: 784, layers: [{outputs: 8, activation: relu}, {outputs: 10}]}
initialisation: {method: he_normal}
batch: 32
epochs: 2
samples: 1000
validation: 200
seeds: [11, 12, 13]
tune: {metric: validation_accuracy, over: [lr, momentum], budget: 6, seeds: 2}
grid:
  losses: [cross_entropy]
  optimizers:
    - {name: sgd, lr: {log: [1e-4, 1e4], points: 5}, momentum: [0, 0.9]}
    - {name: adam, lr: {log: [1e-4, 10], points: 6}}
    - {name: rmsprop, lr: {log: [1e-7, 1e-3], points: 6}}
END
}

test_tuned_csv_is_what_pandas_finds() {
    tuned_spec
    result tuned tuned.yaml
    recompute tuned 6
    says '3 groups recomputed'
    # The best rate of rmsprop lies beyond what was tried, and it says so.
    grep -q '^cross_entropy rmsprop,.*optimizer.lr=0.001 is the largest tried' tuned/tuned.csv ||
        fail "no edge: $(cat tuned/tuned.csv)"
    expect 0 verify tuned
    says 'the choice made again from tuned/trials is the same'
    # Another choice, another number of a trial: seen.
    sed -i '2s/,6,2,/,6,1,/' tuned/tuned.csv
    expect 1 verify tuned
    says 'tuned/tuned.csv:2: is not what trials/trace.csv and trace.csv say'
    expect 0 run tuned.yaml --out tuned
    sed -i '0,/,no$/s//,yes/' tuned/tried.csv
    expect 1 verify tuned
    says 'is not what trials/trace.csv and trace.csv say'
}

# The test set is measured in the last epoch of what was chosen, and in no trial.
test_tuning_measures_the_test_set_once() {
    tuned_spec
    result tuned tuned.yaml
    with_pandas - <<'END' || fail 'the test set was measured elsewhere'
import pandas
trials, final = pandas.read_csv("tuned/trials/trace.csv"), pandas.read_csv("tuned/trace.csv")
measured = [c for c in trials if c.startswith("test_")]
assert measured and trials[measured].isna().all(axis=None)
assert final[final.epoch == 2][measured].notna().all(axis=None)
assert final[final.epoch == 1][measured].isna().all(axis=None)
assert not set(trials.seed) & set(final.seed) and set(final.seed) == {11, 12, 13}
END
}

# Neither the order of groups nor another group changes a choice.
test_tuning_does_not_depend_on_other_groups() {
    tuned_spec
    result tuned tuned.yaml
    awk '/name: sgd/ {sgd = $0; next} {print} END {print sgd}' tuned.yaml |
        sed '/name: rmsprop/d' >other.yaml
    expect 0 run other.yaml --out other
    for group in 'cross_entropy sgd' 'cross_entropy adam'; do
        [ "$(grep "^$group," tuned/tuned.csv)" = "$(grep "^$group," other/tuned.csv)" ] ||
            fail "another choice of $group"
    done
    # A larger budget tries what a smaller one tried, and others.
    expect 0 run tuned.yaml --set tune.budget=4 --set 'grid.optimizers.1.lr=[0.01,0.02,0.03,0.04]' \
        --set 'grid.optimizers.2.lr=[0.01,0.02,0.03,0.04]' --out smaller
    grep sgd smaller/trials/configurations.csv | cut -d, -f1 | sort >few
    grep sgd tuned/trials/configurations.csv | cut -d, -f1 | sort >many
    [ "$(wc -l <few)" -eq 4 ] && [ -z "$(comm -23 few many)" ] || fail 'other trials were drawn'
}

# Where the optimizer is tuned too, the chosen one's rate is said, and its edge is that of its own
# rates: here the largest of rmsprop's, though others had larger ones.
test_tuning_over_optimizers_too() {
    tuned_spec
    expect 0 run tuned.yaml --set 'tune.by=[loss]' --set 'tune.over=[optimizer, lr]' \
        --set tune.budget=all --set 'grid.optimizers=[{name: sgd, lr: [1e-6, 1e-5, 1e4]},
            {name: rmsprop, lr: [1e-5, 1e-4, 1e-3]}]' --out r
    recompute r 6 '["loss.name"]'
    grep -q 'optimizer=rmsprop optimizer.lr=0.001,optimizer.lr=0.001 is the largest tried' \
        r/tuned.csv || fail "no rate or no edge: $(cat r/tuned.csv)"
}

test_equally_good_trials() {
    tuned_spec
    # Without momentum, dampening is nothing: pairs of trials are the same.
    expect 0 run tuned.yaml --set 'grid.optimizers=[{name: sgd, lr: [0.01, 0.1, 1], dampening: [0, 0.5]}]' \
        --set 'tune.over=[lr, dampening]' --out ties
    recompute ties 6
    grep -qE '^cross_entropy sgd,.*,1,3,0,' ties/tuned.csv || fail 'no tie'
    grep -q 'dampening=0,' ties/tuned.csv || fail 'not the first of two'
}

# A group of which every trial diverges has no choice; the others have.
test_tuning_where_every_trial_diverges() {
    tuned_spec
    expect 0 run tuned.yaml --set 'grid.optimizers.1.lr=[1e20,1e21,1e22]' --set tune.budget=3 \
        --set 'grid.optimizers.2.lr=[1e-4,1e-3,1e-2]' --out r
    says 'cross_entropy adam: WARNING: nothing: every trial diverged'
    recompute r 3
    ! cut -d, -f1-3 r/trace.csv | grep -q adam || fail 'trained what was not chosen'
    expect 1 run tuned.yaml --set 'grid.optimizers=[{name: adam, lr: [1e20, 1e21]}]' \
        --set tune.budget=2 --set 'tune.over=[lr]' --out none
    says 'nothing can be chosen: every trial diverged'
}

test_tuning_goes_on() {
    tuned_spec
    result tuned tuned.yaml
    cp -r tuned again
    expect 0 run tuned.yaml --out again
    says '36 of 36 cells were finished earlier and are kept'
    says '9 of 9 cells were finished earlier and are kept'
    same_file tuned/tuned.csv again/tuned.csv
    # More seeds of what was chosen: nothing else is trained.
    expect 0 run tuned.yaml --set 'seeds=[11,12,13,14]' --out again
    says '36 of 36 cells were finished earlier and are kept'
    says '9 of 12 cells were finished earlier and are kept'
    # In the end the chosen ones can be asked for by their ids.
    ids=$(tail -n +2 tuned/tuned.csv | cut -d, -f2 | paste -sd, | sed "s/[^,]*/'&'/g")
    expect 0 run tuned.yaml --set "tune.chosen=[$ids]" --out chosen
    same_file tuned/trace.csv chosen/trace.csv
}

test_bad_tuning() {
    tuned_spec
    refused() {
        local said=$1
        shift
        expect 2 run tuned.yaml "$@" --out r
        says "$said"
        [ ! -e r ] || fail "$said: and left a folder"
    }
    refused "tune.budget: found '0', expected a whole number from 1" --set tune.budget=0
    refused "the group 'cross_entropy adam' has 6 arms" --set tune.budget=7
    refused 'a fair choice has the same number of trials' --set tune.budget=all
    refused "unknown factor 'optimiser'" --set 'tune.by=[loss, optimiser]'
    refused "did you mean 'optimizer'" --set 'tune.by=[loss, optimiser]'
    refused "differ in optimizer.momentum, which is neither here nor in tune.by" --set 'tune.over=[lr]'
    refused "unknown metric to choose by 'validation_acuracy'" --set tune.metric=validation_acuracy
    refused 'nothing is chosen on the test set' --set tune.metric=test_accuracy
    refused 'the test set is measured once' --set evaluate=test
    refused 'a seed that is none of' --set 'tune.seeds=[5,12]'
    refused "found '0', expected" --set tune.seeds=0
    refused 'a number of seeds, or a list of them' --set 'tune.seeds=[]'
    refused 'the id (12 digits' --set "tune.chosen=['0123456789ab']"
    refused 'whose values cannot be compared' --set tune.metric=validation_loss \
        --set 'tune.by=[optimizer]' --set 'tune.over=[loss, lr, momentum]' \
        --set 'grid.losses=[cross_entropy, margin]'
    refused "nothing is ranked by the arms' own loss" --set tune.metric=validation_loss \
        --set outside_domain=allow --set 'grid.losses=[nll]'
    sed -i '/^validation/d' tuned.yaml
    refused 'no samples are held out' --set evaluate=none
}

# docs/questions.md, in a folder that has an answer to each of its questions.
test_questions_have_their_answers() {
    tuned_spec
    cat >>tuned.yaml <<'END'
targets: [{metric: validation_accuracy, value: 0.5}, {metric: validation_accuracy, value: 0.8}]
evaluate_every: 10
END
    expect 0 run tuned.yaml --set 'tune.over=[lr]' --set 'grid.optimizers.0.momentum=0.5' \
        --set 'grid.optimizers.0.lr={log: [1e-3, 1e2], points: 6}' --out r
    with_pandas "$ROOT/tests/questions.py" r >out 2>&1 || fail "$(cat out)"
    says 'each with the right answer'
}

# Trials in shards, their union, and then what one run would have made.
test_tuning_in_shards() {
    tuned_spec
    result tuned tuned.yaml
    for i in 0 1 2; do
        expect 0 run tuned.yaml --shard $i/3 --out s$i --quiet
        says 'nothing is chosen yet: s'
    done
    expect 0 status s0 s1
    says 's1/trials'
    expect 0 merge s1 s0 --out most
    says 'of 36 cells are finished'
    expect 0 merge s2 most --out all
    says 'chooses among them'
    expect 0 run tuned.yaml --out all
    says '36 of 36 cells were finished earlier and are kept'
    for file in trace.csv tuned.csv tried.csv configurations.csv trials/trace.csv; do
        same_file tuned/$file all/$file
    done
    # What was chosen, in shards too: tuned.csv is made of their union.
    ids=$(tail -n +2 tuned/tuned.csv | cut -d, -f2 | paste -sd, | sed "s/[^,]*/'&'/g")
    for i in 0 1; do
        expect 0 run tuned.yaml --set "tune.chosen=[$ids]" --shard $i/2 --out f$i --quiet
    done
    mkdir whole && cp -r all/trials whole/trials
    expect 0 merge whole f0 f1 --out together
    for file in trace.csv tuned.csv tried.csv; do
        same_file tuned/$file together/$file
    done
    expect 0 verify together
    expect 0 status together
    says 'together/trials'
}
