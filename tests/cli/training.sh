# What a run leaves, and that its bits depend on nothing else than the spec.
# shellcheck shell=bash disable=SC2154

test_result_folder() {
    expect 0 run "${QUICK[@]}" --out r
    says 'r/trace.csv'
    [ "$(wc -l <r/trace.csv)" -eq 7 ] || fail 'not six rows'
    [ "$(wc -l <r/timing.csv)" -eq 7 ] || fail 'not six rows of timing'
    head -n 1 r/trace.csv | grep -q '^cell,loss,optimizer,label,seed,epoch,dataset,status,steps,' ||
        fail 'another header'
    [ -e r/images/input.png ] || fail 'no input image'
    [ "$(find r/images -name '0[12].png' | wc -l)" -eq 6 ] || fail 'not six images'
    [ -z "$(find r -name '*-wal' -o -name '*-shm' -o -name '*-journal' -o -name '*.tmp' -o -name '*.new' -o -name '*.old')" ] ||
        fail 'something is left over'
    expect 0 verify r
    says '6 images'
}

test_default_folder_is_named_after_the_spec() {
    expect 0 run "${QUICK[@]}" --shard 0/3 --set epochs=1
    [ -e results/article-losses/trace.csv ] || fail 'no results/article-losses'
}

test_two_runs_are_the_same_bits() {
    result quick "${QUICK[@]}"
    expect 0 run "${QUICK[@]}" --out again
    same_file quick/trace.csv again/trace.csv
    expect 0 verify quick --against again
    says 'same bits'
}

test_jobs_do_not_change_bits() {
    expect 0 run "${QUICK[@]}" --set shuffle=true --out a --jobs 1
    expect 0 run "${QUICK[@]}" --set shuffle=true --out b --jobs 2
    same_file a/trace.csv b/trace.csv
}

test_shuffling_changes_them() {
    result quick "${QUICK[@]}"
    expect 0 run "${QUICK[@]}" --set shuffle=true --out shuffled
    ! cmp -s quick/trace.csv shuffled/trace.csv || fail 'shuffled and not are the same'
}

test_shards_make_the_whole() {
    result quick "${QUICK[@]}"
    expect 0 run "${QUICK[@]}" --out shards --shard 1/2
    [ "$(wc -l <shards/trace.csv)" -eq 3 ] || fail 'shard 1/2 is not one cell'
    expect 0 run "${QUICK[@]}" --out shards --shard 0/2
    same_file quick/trace.csv shards/trace.csv
}

test_several_specs() {
    sed 's/title:.*/title: another/' "$SPEC" >other.yaml
    expect 0 run "${QUICK[@]}" other.yaml --shard 0/3 --out both
    same_file both/article-losses/trace.csv both/other/trace.csv
    expect 2 run "${QUICK[@]}" "$SPEC" --out twice
    says 'would both write'
    # The second is wrong: nothing of the first is begun.
    echo 'epochs: 1' >wrong.yaml
    expect 2 run "${QUICK[@]}" wrong.yaml --out none
    [ ! -e none ] || fail 'the first spec was begun'
}

test_quiet() {
    expect 0 run "${QUICK[@]}" --shard 0/3 --out r --quiet
    [ ! -s out ] || fail 'it printed'
    says_not 'finished'
}

test_progress_in_plain_lines() {
    expect 0 run "${QUICK[@]}" --out r
    grep -q '3/3 cells, .* finished' err || fail 'no line for the last cell'
    ! grep -q $'\r' err || fail 'a carriage return'
}

test_progress_on_a_terminal() {
    command -v script >/dev/null || skip 'no script(1)'
    TERM=xterm NO_COLOR=1 script -qec "'$LOSSGRID' run '$SPEC' --set samples=3000 --set epochs=2 \
        --set evaluate=none --shard 0/3 --out r" typescript >/dev/null </dev/null
    grep -q $'\r\033\\[K0/1 cells.*left' typescript || fail "no progress: $(cat -v typescript)"
    ! grep -q $'\033\\[3' typescript || fail 'colour in spite of NO_COLOR'
}

test_divergence_is_a_result() {
    sed 's/lr: 1e-3/lr: 1e30/' "$SPEC" >wild.yaml
    expect 0 run wild.yaml --set samples=50 --set epochs=3 --out r
    says diverged
    [ "$(grep -c ',diverged,' r/trace.csv)" -eq 3 ] || fail 'not three diverged rows'
    [ "$(wc -l <r/trace.csv)" -eq 4 ] || fail 'rows after a divergence'
    grep ',diverged,' r/trace.csv | grep -q ',,,,,$' || fail 'values after a divergence'
    expect 0 verify r
    cp r/trace.csv before
    expect 0 run wild.yaml --set samples=50 --set epochs=3 --out r
    same_file before r/trace.csv
}

test_substitute_is_labelled() {
    fashion=/usr/share/datasets/fashion-mnist
    [ -d $fashion ] || skip 'no packaged Fashion-MNIST'
    expect 0 run "${QUICK[@]}" --shard 0/3 --data $fashion --out r
    says 'WARNING: MNIST was not found. This run uses Fashion-MNIST'
    [ "$(tail -n +2 r/trace.csv | cut -d, -f7 | sort -u)" = fashion_mnist ] ||
        fail 'the column dataset says otherwise'
    grep -q '"substituted": true' r/manifest.json || fail 'the manifest says otherwise'
}

# An axis is the list of its values: the same cells, keys and bits; what is excluded is not there.
test_axes_are_lists() {
    local head='dataset: xor
task: classify
model: {inputs: 2, layers: [{outputs: 3, activation: tanh}, {outputs: 2}]}
epochs: 2
grid:
  losses: [cross_entropy]
  optimizers:'
    printf '%s\n' "$head" '    - {name: sgd, lr: {log: [0.001, 0.1], points: 5}, momentum: {linear: [0, 0.9], points: 3}}' \
        '  exclude: [{optimizer: {lr: 0.1, momentum: [0.45, 0.9]}}]' >axes.yaml
    printf '%s\n' "$head" '    - {name: sgd, lr: [0.001, 0.00316228, 0.01, 0.0316228], momentum: [0, 0.45, 0.9]}' \
        '    - {name: sgd, lr: 0.1, momentum: 0}' >lists.yaml
    expect 0 run axes.yaml --out axes --quiet
    expect 0 run lists.yaml --out lists --quiet
    same_file axes/trace.csv lists/trace.csv
    [ "$(wc -l <axes/trace.csv)" -eq 27 ] || fail "not 13 cells of 2 epochs"
    expect 0 run axes.yaml --out lists
    says '13 of 13 cells were finished earlier'
    expect 2 run axes.yaml --out other --set 'grid.optimizers.0.lr={log: [0, 1], points: 3}'
    says "found '0', expected a number above 0"
}

test_dry_run_trains_nothing() {
    expect 0 run "$ROOT/experiments/xor.yaml" --dry-run --out dry --jobs 2 \
        --set 'grid.optimizers=[{name: sgd, lr: {log: [0.001, 0.1], points: 3}}, {name: adam, beta1: [0.8, 0.9]}]' \
        --set 'seeds=[3, 1]'
    [ ! -e dry ] || fail 'there is a folder'
    [ ! -s err ] || fail 'it said something else'
    says '5 arms, 10 cells, 10 of them in this shard'
    grep -qE '^optimizer +2 +sgd adam$' out || fail 'optimizers'
    grep -qE '^optimizer\.sgd\.lr +3 +0\.001 0\.01 0\.1$' out || fail 'rates'
    grep -qE '^optimizer\.adam\.beta1 +2 +0\.8 0\.9$' out || fail 'decays'
    grep -qE '^seed +2 +3 1$' out || fail 'seeds'
    [ "$(grep -c '^optimizer\.' out)" -eq 2 ] || fail 'an option that does not vary is no axis'
    expect 2 run "$ROOT/experiments/xor.yaml" --dry-run --set 'grid.optimizers=[{name: sgd, lr: {}}]'
    says 'expected one of log, linear, random'
}

# Batch, schedule and initialisation of a block train the same bits as those of the spec.
test_setups_are_axes() {
    local head='dataset: xor
task: classify
model: {inputs: 2, layers: [{outputs: 3, activation: tanh}, {outputs: 2}]}
epochs: 3'
    printf '%s\n' "$head" 'grid: {losses: [cross_entropy], optimizers: [sgd], batch: [1, 4], initialisation: [he_normal, zeros],' \
        '  schedule: [constant, {name: exponential, gamma: [0.5, 0.9]}]}' >axes.yaml
    printf '%s\n' "$head" 'batch: 4' 'initialisation: {method: he_normal}' 'schedule: {name: exponential, gamma: 0.9}' \
        'grid: {losses: [cross_entropy], optimizers: [sgd]}' >one.yaml
    expect 0 run axes.yaml --out axes --quiet
    expect 0 run one.yaml --out one --quiet
    [ "$(cut -d, -f1 axes/trace.csv | sort -u | wc -l)" -eq 13 ] || fail 'not 12 cells'
    echo 'cross_entropy sgd initialisation=he_normal schedule=exponential gamma=0.9 batch=4' >label
    cut -d, -f5- one/trace.csv | tail -n 3 >rows
    grep -F -f label axes/trace.csv | cut -d, -f5- >found
    same_file rows found
    [ "$(cut -d, -f1 one/configurations.csv | tail -n 1)" = \
        "$(grep -F -f label axes/configurations.csv | cut -d, -f1)" ] || fail 'another id'
    expect 0 run axes.yaml --dry-run
    grep -qE '^initialisation +2 +he_normal zeros$' out || fail 'initialisations'
    grep -qE '^schedule +2 +constant exponential$' out || fail 'schedules'
    grep -qE '^schedule\.exponential\.gamma +2 +0\.5 0\.9$' out || fail 'decays'
    grep -qE '^batch +2 +1 4$' out || fail 'batches'
    expect 0 verify axes
}
