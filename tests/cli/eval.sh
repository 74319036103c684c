# One loss, activation or optimizer on given numbers.
# shellcheck shell=bash disable=SC2154

# feed TEXT CODE ARGUMENT...: as expect, with the text (printf's escapes) as standard input.
feed() {
    local text=$1 expected=$2 code=0
    shift 2
    printf '%b' "$text" | "$LOSSGRID" "$@" >out 2>err || code=$?
    [ "$code" -eq "$expected" ] || fail "lossgrid $*: exit code $code, expected $expected"
}

# The output is exactly these lines.
prints() {
    printf '%s\n' "$@" >expected
    cmp -s expected out || fail "expected: $*"
}

# One message, which holds this text.
refuses() {
    local message=$1
    shift
    expect 2 "$@"
    says "$message"
    [ "$(wc -l <err)" -eq 1 ] || fail 'not one message'
    [ ! -s out ] || fail 'something was printed'
}

# y - t: 1 -2 3 / 0 0.25 -4
prediction_and_target() {
    printf '1,0,3\n1,0.5,0\n' >p.csv
    printf '0,2,0\n1,0.25,4\n' >t.csv
}

test_eval_loss_by_hand() {
    prediction_and_target
    expect 0 eval loss mse --prediction p.csv --target t.csv --gradient g.csv
    prints 5.010416666666667 # (1 + 4 + 9 + 0.0625 + 16) / 6
    cp g.csv out
    prints 0.33333333333333331,-0.66666666666666663,1 0,0.083333333333333329,-1.3333333333333333
    expect 0 eval loss mse --prediction p.csv --target t.csv --set reduction=sum --gradient=g.csv
    prints 30.0625
    cp g.csv out
    prints 2,-4,6 0,0.5,-8
    expect 0 eval loss abs --prediction p.csv --target t.csv --set reduction=sum
    prints 10.25
    expect 0 eval loss smooth_l1 --prediction p.csv --target t.csv --set beta=2 \
        --set reduction=sum --gradient -
    prints 6.265625 0.5,-1,1 0,0.125,-1 # 1/4 + 1 + 2 + 0 + 1/64 + 3
}

test_eval_loss_digits() {
    printf '0.1\n' >p.csv
    printf '0\n' >t.csv
    expect 0 eval loss abs --prediction p.csv --target t.csv
    prints 0.10000000000000001
    expect 0 eval loss abs --prediction p.csv --target t.csv --precision=f32
    prints 0.100000001
    expect 0 eval loss abs --prediction p.csv --target t.csv --precision f64 --isa generic
    prints 0.10000000000000001
    LOSSGRID_ISA=generic expect 0 eval loss abs --prediction p.csv --target t.csv
    LOSSGRID_ISA=mmx expect 2 eval loss abs --prediction p.csv --target t.csv
    refuses "did you mean 'f32'" eval loss abs --prediction p.csv --target t.csv --precision f31
}

test_eval_reads_standard_input() {
    prediction_and_target
    feed '0,2,0\r\n1,0.25,4\r\n\r\n' 0 eval loss mse --prediction p.csv --target -
    prints 5.010416666666667
    refuses 'one option only' eval loss mse --prediction - --target -
    expect 0 eval loss mse --prediction p.csv --target <(cat t.csv) --gradient >(cat >g.csv)
    prints 5.010416666666667
}

test_eval_refuses_numbers() {
    while IFS='|' read -r text message; do
        feed "$text" 2 eval activation relu --input -
        says "$message"
        [ "$(wc -l <err)" -eq 1 ] || fail 'not one message'
    done <<'END'
|standard input: found nothing, expected rows of numbers
\n\n|standard input: found nothing, expected rows of numbers
1,2\n3\n|standard input:2:1: found a row of 1 numbers, expected 2 as in the rows above
1,two\n|standard input:1:3: found 'two', expected a finite number
1\n\n2\n|standard input:2:1: found nothing, expected a finite number
0,nan\n|standard input:1:3: found 'nan', expected a finite number
0\ninf\n|standard input:2:1: found 'inf', expected a finite number
0x10\n|standard input:1:1: found '0x10', expected a finite number
1;2\n|standard input:1:1: found '1;2', expected a finite number
END
    feed '1e39\n' 2 eval activation relu --input - --precision f32
    says 'a number that f32 can hold'
    expect 3 eval activation relu --input nowhere.csv
    says 'nowhere.csv'
}

test_eval_refuses_shapes() {
    prediction_and_target
    printf '1,2,3\n' >row.csv
    printf '1\n2\n' >column.csv
    refuses 'row.csv:1: found 1 x 3 numbers (rows x columns), expected 2 x 3' \
        eval loss mse --prediction p.csv --target row.csv
    refuses 'p.csv:2: found 2 x 3 numbers (rows x columns), expected 1 x 3' \
        eval loss mse --prediction row.csv --target p.csv
    refuses 'column.csv:1: found 2 x 1' eval loss mse --prediction p.csv --target column.csv
    refuses 'row.csv:1: found 1 x 3' eval activation relu --input p.csv --upstream row.csv
    refuses 'p.csv:2: found 2 x 3 numbers (rows x columns), expected 1 x 3' \
        eval optimizer sgd --parameters p.csv --gradients p.csv
    refuses 'column.csv:1: found 2 x 1 numbers (rows x columns), expected 2 x 3' \
        eval optimizer sgd --parameters row.csv --gradients column.csv
    refuses 'row.csv:1: found 1 x 3 numbers (rows x columns), expected 1 x 4' \
        eval optimizer sgd --parameters row.csv --gradients p.csv --shape 2x2
    refuses "--shape: found '3', expected ROWSxCOLUMNS" \
        eval optimizer sgd --parameters row.csv --gradients p.csv --shape 3
    refuses "--shape: found '0'" \
        eval optimizer sgd --parameters row.csv --gradients p.csv --shape 0x3
}

test_eval_refuses_files() {
    prediction_and_target
    refuses '--prediction is missing' eval loss mse --target t.csv
    refuses '--target is missing' eval loss mse --prediction p.csv
    refuses '--prediction2 is superfluous' \
        eval loss mse --prediction p.csv --prediction2 p.csv --target t.csv
    refuses '--gradient3 is superfluous' \
        eval loss mse --prediction p.csv --target t.csv --gradient3 g.csv
    refuses "--input is not for 'eval loss'" eval loss mse --input p.csv
    refuses "--target is not for 'eval optimizer'" eval optimizer sgd --target p.csv
    refuses '--input is missing' eval activation relu
    refuses '--gradient needs --upstream' eval activation relu --input p.csv --gradient g.csv
    refuses '--parameters is missing' eval optimizer sgd --gradients p.csv
    refuses '--gradients is missing' eval optimizer sgd --parameters p.csv
    expect 3 eval loss mse --prediction p.csv --target t.csv --gradient nowhere/g.csv
    says 'cannot write nowhere/g.csv'
    [ ! -s out ] || fail 'something was printed'
}

test_eval_refuses_names_and_options() {
    prediction_and_target
    data=(--prediction p.csv --target t.csv)
    refuses 'is missing' eval
    refuses 'is missing' eval loss
    refuses "unexpected 'x'" eval loss mse x
    refuses "unknown kind 'los'; valid: loss, activation, optimizer; did you mean 'loss'" \
        eval los mse
    refuses "did you mean 'mse'" eval loss msee "${data[@]}"
    refuses "unknown option '--predict'" eval loss mse --predict p.csv
    refuses "valid: reduction, beta; did you mean 'beta'" \
        eval loss smooth_l1 "${data[@]}" --set bet=1
    refuses "beta: found '0', expected a number above 0" \
        eval loss smooth_l1 "${data[@]}" --set beta=0
    refuses "beta: found a list, expected a number" \
        eval loss smooth_l1 "${data[@]}" --set 'beta=[1,2]'
    refuses "reduction: found 'none', expected one of mean, sum" \
        eval loss mse "${data[@]}" --set reduction=none
    refuses '--set reduction' eval loss mse "${data[@]}" --set reduction
    refuses "'name' is not an option" eval loss mse "${data[@]}" --set name=abs
    refuses 'no options' eval activation relu --input p.csv --set slope=1
}

test_eval_classes_and_lists() {
    printf '%s\n' -1,-2 -3,-4 >p.csv
    printf '%s\n' 0 1 >t.csv
    data=(nll --prediction p.csv --target t.csv)
    expect 0 eval loss "${data[@]}"
    prints 2.5
    expect 0 eval loss "${data[@]}" --set 'weights=[1,3]' --gradient -
    prints 3.25 -0.25,0 0,-0.75 # (1 * 1 + 3 * 4) / (1 + 3)
    expect 0 eval loss "${data[@]}" --set 'weights=[1, 3]' --set reduction=sum
    prints 13
    expect 0 eval loss "${data[@]}" --set ignore_index=1
    prints 1
    refuses '--set weights: found a list of 3 numbers, expected 2' \
        eval loss "${data[@]}" --set 'weights=[1,2,3]'
    refuses "weights.1: found '-3', expected a number" \
        eval loss "${data[@]}" --set 'weights=[1,-3]'
    refuses "weights: found '3', expected a list" eval loss "${data[@]}" --set weights=3
    refuses "weights.0: found a list, expected a number" \
        eval loss "${data[@]}" --set 'weights=[[1,3]]'
    printf '%s\n' 0 2 >t.csv
    refuses 't.csv:2:1: number 1 of the row: found 2, expected a class from 0 to 1' \
        eval loss "${data[@]}"
    printf '0,1\n' >t.csv
    refuses 't.csv:1: found 1 x 2 numbers (rows x columns), expected 2 x 1: a class' \
        eval loss "${data[@]}"
    printf '0,0,0,0\n' >p.csv
    printf '3,-1,-1,-1\n' >t.csv
    expect 0 eval loss multilabel_margin --prediction p.csv --target t.csv
    prints 0.75
    printf '3,-2,-1,-1\n' >t.csv
    refuses 't.csv:1:3: number 2 of the row: found -2, expected a class from 0 to 3, or -1' \
        eval loss multilabel_margin --prediction p.csv --target t.csv
}

test_eval_several_predictions() {
    printf '%s\n' 1,0 1,0 >p.csv
    printf '%s\n' 0,1 0,1 >q.csv
    printf '%s\n' 1 -1 >t.csv
    expect 0 eval loss cosine_embedding --prediction p.csv --prediction2 q.csv --target t.csv
    prints 0.5
    printf '1\n' >p.csv
    printf '3\n' >q.csv
    printf '1\n' >t.csv
    expect 0 eval loss margin_ranking --prediction p.csv --prediction2 q.csv --target t.csv \
        --set margin=1 --gradient - --gradient2 g.csv
    prints 3 -1
    cp g.csv out
    prints 1
    refuses '--prediction2 is missing' eval loss margin_ranking --prediction p.csv --target t.csv
    refuses '--target is superfluous' eval loss triplet_margin --prediction p.csv \
        --prediction2 q.csv --prediction3 q.csv --target t.csv
    printf '0\n' >t.csv
    refuses 't.csv:1:1: number 1 of the row: found 0, expected -1 or 1' \
        eval loss margin_ranking --prediction p.csv --prediction2 q.csv --target t.csv
}

test_eval_domains() {
    printf '0.5, 2\n' >p.csv
    printf '0,1\n' >t.csv
    refuses 'p.csv:1:6: number 2 of the row: found 2, expected numbers from 0 to 1' \
        eval loss bce --prediction p.csv --target t.csv
    refuses 'p.csv:1:6: number 2 of the row: found 2, expected a number from 0 to 1' \
        eval loss bce --prediction t.csv --target p.csv
}

test_eval_batch_methods_cannot_replay() {
    printf '1,2\n' >w.csv
    refuses 'lbfgs cannot replay recorded gradients' \
        eval optimizer lbfgs --parameters w.csv --gradients w.csv
}

test_eval_activation() {
    printf '%s\n' -1,0,2 >x.csv
    printf '1,10,100\n' >d.csv
    expect 0 eval activation relu --input x.csv
    prints 0,0,2
    expect 0 eval activation relu --input x.csv --upstream d.csv
    prints 0,0,2 0,0,100
    expect 0 eval activation relu --input x.csv --upstream d.csv --gradient g.csv
    prints 0,0,2
    cp g.csv out
    prints 0,0,100
    printf '0\n' >x.csv
    printf '4\n' >d.csv
    expect 0 eval activation sigmoid --input x.csv --upstream d.csv --precision f32
    prints 0.5 1
}

test_eval_optimizer() {
    printf '1,2\n' >w.csv
    printf '1,0\n0.5,-1\n' >g.csv
    expect 0 eval optimizer sgd --parameters w.csv --gradients g.csv --set lr=0.5
    prints 0.5,2 0.25,2.5
    expect 0 eval optimizer sgd --parameters w.csv --gradients g.csv --set lr=0.5 \
        --set momentum=0.5 # torch's: v = g, then v = 0.5 v + g
    prints 0.5,2 0,2.5
    expect 0 eval optimizer sgd --parameters w.csv --gradients g.csv --set lr=0.5 --shape 2x1
    prints 0.5,2 0.25,2.5
    expect 0 eval optimizer sgd --parameters w.csv --gradients g.csv --set lr=0.1 --precision f32
    prints 0.899999976,2 0.849999964,2.0999999
}

test_catalogue_is_what_the_program_prints() {
    "$ROOT/docs/catalogue.sh" "$LOSSGRID" >catalogue.md
    cmp catalogue.md "$ROOT/docs/catalogue.md" >difference ||
        fail "docs/catalogue.md is old; run 'make catalogue': $(cat difference)"
}

test_columns_are_what_the_program_prints() {
    "$ROOT/docs/columns.sh" "$LOSSGRID" >columns.md
    cmp columns.md "$ROOT/docs/columns.md" >difference ||
        fail "docs/columns.md is old; run 'make catalogue': $(cat difference)"
}

test_keys_of_a_spec_are_what_the_program_prints() {
    "$ROOT/docs/spec.sh" "$LOSSGRID" >spec.md
    cmp spec.md "$ROOT/docs/spec.md" >difference ||
        fail "docs/spec.md is old; run 'make catalogue': $(cat difference)"
    # The example at its head is a spec, and stays one with the grid of the second.
    awk '/^```yaml$/ { n++; next } /^```$/ { within = 0 } n > 0 { if (last != n) { last = n; within = 1 }
         if (within) print >("example" n ".yaml") }' spec.md
    local quick=(--set samples=64 --set epochs=1 --set 'seeds=[1]' --quiet)
    expect 0 run example1.yaml "${quick[@]}" --out r
    sed '/^grid:$/,$d' example1.yaml | cat - example2.yaml >axes.yaml
    expect 0 run axes.yaml "${quick[@]}" --out a --shard 0/19
    grep -q '"count": 95,' a/manifest.json || fail "not 21 * 2 - 1 + 50 + 4 cells"
}

test_eval_refuses_what_the_precision_does_not_hold() {
    local option
    printf '0.5,-2\n' >w.csv
    printf '0,1\n' >g.csv
    local optimizer=(--parameters w.csv --gradients g.csv)
    refuses "--set eps=1e-46: eps: found '1e-46', expected at most 0, or at least" \
        eval optimizer adam "${optimizer[@]}" --precision f32 --set eps=1e-46
    says '1.0842021724855044e-19: f32 squares gradients of that size to 0 (f64 does not)'
    refuses "expected at most 0.9999999403953552: f32 holds nothing between (f64 does)" \
        eval optimizer adam "${optimizer[@]}" --precision f32 --set beta2=0.99999999
    refuses "f64 holds nothing between" eval optimizer sgd "${optimizer[@]}" --set lr=1e-310
    for option in eps=1e-46 beta2=0.99999999 eps=0; do
        expect 0 eval optimizer adam "${optimizer[@]}" --set "$option"
        grep -q nan out && fail "$option: nan in f64"
    done
    expect 0 eval optimizer adam "${optimizer[@]}" --precision f32 --set eps=0
    prints 0.5,-2.00099993
    printf '1,2\n' >p.csv
    refuses "beta: found '1e-46', expected at least 1.1754943508222875e-38" \
        eval loss smooth_l1 --prediction p.csv --target p.csv --precision f32 --set beta=1e-46
    expect 0 eval loss smooth_l1 --prediction p.csv --target p.csv --set beta=1e-46
}

# Squares beyond f64: norms are scaled, a mean of squares cannot be.
test_eval_optimizers_beyond_the_squares() {
    printf '3,4\n' >w.csv
    printf '3e200,4e200\n' >g.csv
    expect 0 eval optimizer lars --shape 2x1 --parameters w.csv --gradients g.csv \
        --set lr=1 --set trust_coefficient=0.5 --set momentum=0
    prints 1.4999999999999998,2 # 3 - 3 / 2, 4 - 4 / 2
    expect 0 eval optimizer muon --shape 2x1 --parameters w.csv --gradients g.csv \
        --set ns_steps=0 --set lr=1
    awk -F, '{ exit !($1 - 2.4 < 1e-14 && 2.4 - $1 < 1e-14 && $2 - 3.2 < 1e-14 && 3.2 - $2 < 1e-14) }' \
        out || fail 'not w - g / |g|'
    expect 0 eval optimizer adam --parameters w.csv --gradients g.csv
    prints nan,nan
}
