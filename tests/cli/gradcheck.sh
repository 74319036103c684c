# Gradients against differences.
# shellcheck shell=bash disable=SC2154

test_gradcheck_a_loss_and_its_kink() {
    expect 0 gradcheck --loss abs
    says 'all as they should be'
    says 'abs (reduction=sum): 0 at'
    says 'abs (reduction=sum;at_zero=plus_one): 1 at'
    expect 0 gradcheck --activation relu
    says 'relu: 0 at 0 [0, 1]'
}

test_gradcheck_a_spec_without_data() {
    LOSSGRID_DATA=/nowhere expect 0 gradcheck --spec "$ROOT/experiments/xor.yaml"
    says 'network'
    says 'path'
    says 'all as they should be'
}

test_gradcheck_sees_every_injected_fault() {
    local fault
    for fault in 'missing factor 2' 'wrong sign' 'one wrong element' 'all zero'; do
        expect 0 gradcheck --loss mse --activation tanh --inject "$fault"
        says_not 'NOT SEEN'
        says "injected '$fault': seen in"
    done
    for fault in 'transposed weight' 'swapped bias' 'stale buffer' 'off-by-one batch'; do
        expect 0 gradcheck --spec "$ROOT/experiments/xor.yaml" --inject "$fault"
        says_not 'NOT SEEN'
    done
}

test_gradcheck_names_the_wrong_element() {
    expect 0 gradcheck --loss mse --inject 'one wrong element'
    grep -qE 'prediction \[[0-9], [0-9]\]: the gradient says .*: the other 11 entries of the block are right' out ||
        fail 'the wrong element is not named'
    expect 0 gradcheck --loss mse --inject 'wrong sign'
    says 'every entry of the block has the wrong sign'
}

test_gradcheck_does_not_depend_on_jobs() {
    local jobs
    for jobs in 1 3; do
        expect 0 gradcheck --loss huber --spec "$ROOT/experiments/xor.yaml" --trials 12 --jobs "$jobs" --out "g$jobs"
    done
    for file in gradcheck sweep kinks ulps injected; do
        same_file "g1/$file.csv" "g3/$file.csv"
    done
}

test_gradcheck_writes_a_report() {
    expect 0 gradcheck --loss smooth_l1 --trials 4 --out g
    for file in gradcheck.csv sweep.csv kinks.csv ulps.csv injected.csv manifest.json report/report.md report/v-plots.svg; do
        [ -s "g/$file" ] || fail "no $file"
    done
    says 'All gradients pass.'
    rm -r g/report
    expect 0 report g
    [ -s g/report/report.md ] || fail 'report does not make it again'
}

test_gradcheck_refusals() {
    expect 2 gradcheck --loss mes
    says "'mes'"
    says 'mse'
    expect 2 gradcheck --activation rleu
    expect 2 gradcheck --all --loss mse
    expect 2 gradcheck --inject 'a fault'
    says 'wrong sign'
    expect 2 gradcheck --jobs 0
    expect 2 gradcheck mse
    expect 3 gradcheck --spec nowhere.yaml
    expect 2 gradcheck --loss mse --isa mmx
}

test_gradcheck_an_optimizer_against_its_second_formula() {
    expect 0 gradcheck --optimizer adagrad
    says 'all as they should be'
    expect 0 gradcheck --optimizer adagrad --inject 'stale buffer'
    says_not 'NOT SEEN'
    expect 2 gradcheck --optimizer adma
    says 'adam'
}
