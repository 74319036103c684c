# What is said is so: signals, hostile text, files of other programs, commands to paste.
# shellcheck shell=bash disable=SC2154

XOR_SPEC='dataset: xor
model: {inputs: 2, layers: [{outputs: 3, activation: tanh}, {outputs: 2}]}
epochs: 2
grid: {losses: [mse, abs], optimizers: [sgd]}'

# nothing_unprintable FILE...: no control character but line ends, no bidi mark.
nothing_unprintable() {
    ! LC_ALL=C.UTF-8 grep -nP '[\x00-\x08\x0B-\x1F\x7F-\x9F\x{200E}\x{200F}\x{202A}-\x{202E}\x{2066}-\x{2069}]' \
        "$@" >difference || fail "printed: $(cat -v difference)"
}

# ended_by SIGNAL COMMAND...: the program ends with 128 + its number, without a traceback.
ended_by() {
    local signal=$1
    shift
    # Whoever runs the tests may have SIGINT ignored, as in the background of a script.
    env --default-signal=INT,TERM "$LOSSGRID" "$@" >out 2>err </dev/null &
    local pid=$!
    sleep 0.4
    kill "-$signal" $pid
    code=0
    wait $pid 2>/dev/null || code=$?
    [ $code -eq $((128 + $(kill -l "$signal"))) ] || fail "lossgrid $1: exit code $code after SIG$signal"
    says_not Traceback
}

test_signals_end_commands_as_shells_say() {
    printf '%s\n' "$XOR_SPEC" >x.yaml
    expect 0 run x.yaml --out r
    for signal in INT TERM; do
        ended_by $signal run x.yaml --set epochs=1000000 --out long
        ended_by $signal time x.yaml --budget 30 --quiet --out t
        ended_by $signal gradcheck --spec x.yaml --trials 100000 --quiet
        ended_by $signal calibrate
    done
    # A Python that takes its time: it is stopped too.
    cat >python <<'PYTHON'
#!/bin/sh
[ "$1" = -c ] && exit 0
echo $$ >pid
exec sleep 30
PYTHON
    chmod +x python
    for signal in INT TERM; do
        PYTHON=$PWD/python ended_by $signal report r
        wait_for 5 eval "! kill -0 $(cat pid) 2>/dev/null"
    done
}

test_report_writes_where_it_asked() {
    result quick "${QUICK[@]}"
    expect 0 report quick --out "a folder"
    [ -s "a folder/report.md" ] || fail 'no report'
    [ ! -e quick/report ] || fail 'also written to its default place'
    expect 2 report quick --out=
    says '--out: the value is empty, expected DIR'
}

# The commands under "Do it again" make the folder again when they are pasted.
test_do_it_again_does_it_again() {
    printf '%s\n' "$XOR_SPEC" >"my spec.yaml"
    # shellcheck disable=SC2016
    expect 0 run "my spec.yaml" --set epochs=3 --set 'title="it'"'"'s $HOME `x`"' --isa generic \
        --jobs 1 --out "a b/r's"
    expect 0 report "a b/r's"
    cp -r "a b/r's" before
    rm -r "a b"
    sed -n '/^## Do it again/,/^## Where/p' before/report/report.md |
        awk '/^```sh/ {on = 1; next} /^```/ {on = 0} on' >paste.sh
    grep -q -- '--out' paste.sh || fail 'no --out'
    bash -e paste.sh >out 2>err || fail "pasted: $(cat paste.sh)"
    same_file before/trace.csv "a b/r's/trace.csv"
    same_file before/trace.csv "a b/r's-again/trace.csv"
    says 'same bits'
    [ -s "a b/r's/report/report.md" ] || fail 'no report'
    [ "$(tail -n 1 "a b/r's/timing.csv" | cut -d, -f10)" = generic ] || fail 'another copy'
    # A name like an option's is not taken for one; one that JSON cannot hold is not made up.
    printf '%s\n' "$XOR_SPEC" >-x.yaml
    expect 0 run --out q -- -x.yaml
    expect 0 report q
    grep -q 'run ./-x.yaml --out q$' q/report/report.md || fail 'not to be pasted'
    cp ./-x.yaml $'b\xFFd.yaml'
    expect 0 run $'b\xFFd.yaml' --out p
    expect 0 report p
    grep -q '^# SPEC: ' p/report/report.md || fail 'a name was made up'
}

test_spec_of_another_editor() {
    printf '%s\n' "$XOR_SPEC" >x.yaml
    expect 0 run x.yaml --out r
    printf '\xEF\xBB\xBF%s\n' "$XOR_SPEC" | sed 's/$/\r/' >y.yaml
    expect 0 run y.yaml --out s
    same_file r/trace.csv s/trace.csv
    expect 0 verify s
    iconv -t UTF-16 x.yaml >z.yaml
    expect 2 run z.yaml --out z
    says 'z.yaml:1:1: found UTF-16'
    printf 'epochs: 2\ntitle: \xff\n' >z.yaml
    expect 2 run z.yaml --out z
    says 'z.yaml:2:8: found byte 0xff'
}

test_numbers_of_another_program() {
    printf '\xEF\xBB\xBF-1,2\r\n3,4\r\n\r\n' >x.csv
    expect 0 eval activation relu --input x.csv
    printf '0,2\n3,4\n' | cmp - out || fail 'other numbers'
    printf '1,2,\n' >x.csv
    expect 2 eval activation relu --input x.csv
    says 'x.csv:1:5: found nothing, expected a finite number'
    printf '1\n\n2\n' >x.csv
    expect 2 eval activation relu --input x.csv
    says 'x.csv:2:1: found nothing'
    printf '1\0\n' >x.csv
    expect 2 eval activation relu --input x.csv
    says "found '1\\x00'"
    printf '1,\x1b[2J2\n' >x.csv
    expect 2 eval activation relu --input x.csv
    says "x.csv:1:3: found '\\x1b[2J2'"
    printf '1,2\n' | iconv -t UTF-16LE >x.csv
    expect 2 eval activation relu --input x.csv
    says 'UTF-16'
    expect 0 run "${QUICK[@]}" --shard 0/3 --out r
    { printf '\xEF\xBB\xBF' && cat r/trace.csv; } >with
    mv with r/trace.csv
    expect 1 verify r --against r
    says '2 of 2 rows and'
}

test_nothing_hostile_reaches_the_terminal() {
    local evil=$'e\x1b[31mv\x07i\u202el\u009b'
    mkdir "$evil"
    printf '%s\n' "$XOR_SPEC" >"$evil/x$evil.yaml"
    expect 0 run "$evil/x$evil.yaml" --out "$evil/r"
    nothing_unprintable out err
    expect 0 run "$evil/x$evil.yaml" --out "$evil/r"
    nothing_unprintable out err
    says '2 of 2 cells were finished earlier'
    expect 0 verify "$evil/r"
    nothing_unprintable out
    expect 0 verify "$evil/r" --against "$evil/r"
    nothing_unprintable out
    sed "s/mse-sgd-s1/$evil/; s/ok/$evil/" "$evil/r/trace.csv" >trace.csv
    mkdir s
    mv trace.csv s/
    expect 1 verify "$evil/r" --against s
    nothing_unprintable out err
    for wrong in "$evil" "--$evil" "run --$evil" "run x.yaml --jobs $evil" "list $evil" \
        "eval loss $evil" "eval loss mse --set $evil=1" "gradcheck --loss $evil" "report $evil" \
        "run $evil" "verify $evil" "compare $evil $evil" "help $evil" "list losses --format $evil"; do
        code=0
        # shellcheck disable=SC2086
        "$LOSSGRID" $wrong >out 2>err </dev/null || code=$?
        [ $code -eq 2 ] || [ $code -eq 3 ] || fail "exit code $code"
        nothing_unprintable out err
    done
    for wrong in "epochs: \"\\e[2J\"" "\"\\e[2J\": 1" "dataset: \"\\e[2J\\u202e\""; do
        { grep -vF "${wrong%% *}" <<<"$XOR_SPEC" && printf '%s\n' "$wrong"; } >x.yaml
        expect 2 run x.yaml --out w
        says 'x.yaml:'
        says '\x1b[2J'
        nothing_unprintable out err
    done
}

# What stands in trace.csv is the label, to the byte, whatever it is made of.
test_labels_of_any_kind_come_back() {
    cat >spec.yaml <<'YAML'
dataset: xor
model: {inputs: 2, layers: [{outputs: 2}]}
epochs: 1
grid:
  - {label: "two\nlines, \"quoted\"\r\n", losses: [mse], optimizers: [sgd]}
  - {label: "\e[31m\u202e\u2028", losses: [mse], optimizers: [sgd]}
  - {label: "日本語", losses: [mse], optimizers: [sgd]}
  - {label: ../up, losses: [mse], optimizers: [sgd]}
  - {label: -rf, losses: [mse], optimizers: [sgd]}
  - {label: "' $x$ `id` |<i>\\", losses: [mse], optimizers: [sgd]}
YAML
    expect 0 run spec.yaml --out r
    nothing_unprintable out err
    expect 0 run spec.yaml --out r
    says '6 of 6 cells were finished earlier'
    expect 0 verify r
    expect 0 verify r --against r
    says 'same bits'
    [ ! -e up ] && [ ! -e r/up ] || fail 'a folder outside'
    /usr/bin/env python3 - <<'PYTHON' || fail 'other labels'
import csv
with open("r/trace.csv", newline="", encoding="utf-8") as file:
    labels = [row["label"] for row in csv.DictReader(file)]
expected = ['two\nlines, "quoted"\r\n', "\x1b[31m\u202e\u2028", "日本語", "../up", "-rf",
            "' $x$ `id` |<i>\\"]
assert labels == expected, labels
PYTHON
}

# A line that is rewritten stays one line, whatever the labels are.
test_progress_keeps_to_the_width_of_the_terminal() {
    cat >wide.yaml <<'YAML'
dataset: xor
model: {inputs: 2, layers: [{outputs: 3, activation: tanh}, {outputs: 2}]}
epochs: 3000
grid:
  - {label: "日本語のラベルは広いです日本語のラベル", losses: [mse], optimizers: [sgd]}
  - {label: "e\u0301e\u0301 and a label that is longer than the line", losses: [mse], optimizers: [sgd]}
YAML
    for columns in 20 40; do
        for command in 'run wide.yaml --fresh --out r' 'time wide.yaml --budget 1 --out t'; do
            # shellcheck disable=SC2086
            /usr/bin/env python3 "$HERE/terminal.py" $columns "$LOSSGRID" $command >out
            read -r code lines widest <out
            [ "$code" -eq 0 ] && [ "$lines" -gt 0 ] || fail "not shown: $(cat out)"
            [ "$widest" -lt $columns ] || fail "$widest columns of $columns: $command"
        done
    done
}
