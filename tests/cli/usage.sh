# Help, and what is wrong on the command line.
# shellcheck shell=bash disable=SC2154

test_help_lists_the_commands() {
    expect 0 --help
    for command in run list eval verify compare report calibrate env help version; do says "$command"; done
    expect 0 help
    says 'Example:'
}

test_help_of_a_command() {
    expect 0 help run
    cp out by_command
    says '--shard I/N'
    says 'Example:'
    expect 0 run --help
    same_file by_command out
    expect 0 run -h
    same_file by_command out
    for command in list eval verify compare report calibrate env help version; do
        expect 0 "$command" --help
        says 'Example:'
    done
}

test_no_command() {
    expect 2
    says 'Usage:'
}

test_unknown_command_names_the_nearest() {
    expect 2 rum
    says "unknown command 'rum'"
    says "did you mean 'run'"
}

test_unknown_option_names_the_nearest() {
    expect 2 run --job=2 --shart 1/2 x.yaml
    says "unknown option '--shart'"
    says "did you mean '--shard'"
    expect 2 verify -x
    says "unknown option '-x'"
}

test_options_with_and_without_values() {
    expect 2 run x.yaml --out
    says "option '--out' needs a value"
    expect 2 run x.yaml --fresh=yes
    says "option '--fresh' takes no value"
    expect 2 run x.yaml --jobs 0
    says "--jobs: found '0', expected a whole number"
    expect 2 run x.yaml --jobs=2x
    says "found '2x'"
    expect 2 run x.yaml --shard 3
    says 'expected I/N'
    expect 2 run x.yaml --shard=2/2
    says "found '2', expected a whole number from 0 to 1"
    expect 2 run
    says 'a spec'
    expect 2 verify a b
    says "unexpected 'b'"
}

test_double_dash_ends_the_options() {
    expect 3 run -- --out
    says '--out'
    says_not 'needs a value'
}

test_unknown_isa() {
    expect 2 run "${QUICK[@]}" --isa mmx --out r
    says "unknown instruction set 'mmx'"
    [ ! -e r ] || fail 'a folder was made'
}

test_isa_of_the_environment() {
    LOSSGRID_ISA=mmx expect 2 run "${QUICK[@]}" --out r
    says "'mmx'"
    LOSSGRID_ISA=mmx expect 0 run "${QUICK[@]}" --isa generic --shard 0/3 --set epochs=1 --out r
    cut -d, -f10 r/timing.csv | grep -qx generic || fail 'not the generic copy'
}

test_wrong_spec_names_the_place() {
    sed 's/epochs: 30/epochs: thirty/' "$SPEC" >wrong.yaml
    expect 2 run wrong.yaml --out r
    line=$(grep -n thirty wrong.yaml | cut -d: -f1)
    says "wrong.yaml:$line:9:"
    expect 3 run nowhere.yaml
    says 'nowhere.yaml'
}

test_lists() {
    for list in losses optimizers activations initialisations datasets isas counters metrics \
        columns files keys; do
        expect 0 list $list
        expect 0 list $list --format=csv
        expect 0 list $list --format markdown
        says '|---|'
    done
    expect 0 list losses --format=csv
    grep -q '^mse,' out || fail 'no loss mse'
    expect 0 list isas
    says generic
    expect 2 list loses
    says "did you mean 'losses'"
    expect 2 list losses --format=html
    says 'text, csv, markdown'
}

# A counter that is refused says why, and has neither a cost nor a number.
test_counters_say_what_counts_here() {
    expect 0 list counters --format=csv
    [ "$(head -n 1 out)" = 'counter,column,unit,cost_ns,meaning,here' ] || fail 'another header'
    grep -qE '^clock,wall_ns,ns,[0-9]+,.*,yes' out || fail 'no clock'
    for column in cycles instructions page_faults user_ns ticks; do
        grep -qE "^[a-z]+,$column," out || fail "no column $column"
    done
    ! grep -vE ',"?(yes|shared|no: .{10,})' out | grep -v '^counter,' || fail 'neither yes nor why not'
    ! grep -E ',"?no: ' out | grep -vE '^[a-z]+,[a-z0-9_]+,[a-z]*,,' || fail 'a cost of what is refused'
}

test_environment() {
    expect 0 env
    says memory_bytes
    expect 0 env --format=json
    for key in kernel microcode topology turbo perf_event_paranoid tsc_invariant load \
        train_images_sha256; do
        says "\"$key\""
    done
}

test_environment_without_data() {
    LOSSGRID_DATA=$PWD expect 0 env --format=json
    says '"data": null'
}

test_output_that_cannot_be_written() {
    [ -e /dev/full ] || skip 'no /dev/full'
    code=0
    "$LOSSGRID" list losses >/dev/full 2>err || code=$?
    [ $code -eq 3 ] || fail "exit code $code, expected 3"
    grep -q 'standard output' err || fail 'not said'
}

# Every option that a command takes is in its help, and every option in its help is taken.
test_help_has_every_option() {
    for command in run time list 'eval loss mse' gradcheck verify compare report calibrate env; do
        # shellcheck disable=SC2086
        expect 2 $command --no-such-option
        sed 's/.*valid: //; s/;.*//' err | tr -d ' \n' | tr , '\n' | sort >taken
        grep -q -- '^--' taken || fail "no options of $command"
        expect 0 help "${command%% *}"
        # `lossgrid list ... --format` is another command's.
        sed 's/`lossgrid [^`]*`//g' out | grep -oE '(^|[^a-z-])--[a-z][a-z0-9-]*' |
            grep -oE -- '--[a-z0-9-]+' | sort -u >shown
        same_file shown taken
    done
}

# The examples of the helps are command lines that are understood.
test_examples_of_help_are_understood() {
    expect 0 help
    sed -n 's/^  \([a-z]*\)  .*/\1/p' out >names
    while read -r command; do
        expect 0 help "$command"
        sed -n '/^Example:/,$ s/^  lossgrid //p' out | sed 's/   .*//' >examples
        [ -s examples ] || fail "no example of $command"
        while read -r -a line; do
            code=0
            "$LOSSGRID" "${line[@]}" --no-such-option >out 2>err </dev/null || code=$?
            if [ "$command" != help ] && [ "$command" != version ]; then
                [ $code -eq 2 ] || fail "exit code $code of ${line[*]}"
                says "unknown option '--no-such-option'"
            fi
        done <examples
    done <names
}

test_exit_codes_are_listed() {
    expect 0 help
    says 'Exit codes: 0 done'
    says 'Ctrl-C: 130'
}

# Every key that a spec may have is listed, those of the error for an unknown one among them.
test_keys_of_a_spec_are_listed() {
    expect 0 list keys --format=csv
    [ "$(head -n 1 out)" = 'key,takes,when absent,meaning' ] || fail 'another header'
    cut -d, -f1 out | sort >listed
    printf 'no_such_key: 1\n' >x.yaml
    expect 2 run x.yaml
    sed 's/.*valid: //; s/;.*//' err | tr -d ' \n' | tr , '\n' >valid
    [ "$(wc -l <valid)" -gt 15 ] || fail 'few keys'
    while read -r key; do grep -qx -- "$key" listed || fail "no $key"; done <valid
    for key in clip.norm penalty.l1 'terms[].weight' 'grid[].label' 'model.layers[].activation'; do
        grep -qxF "$key" listed || fail "no $key"
    done
}

# Every option and command stands in the manual page, which has no fault that groff knows of.
test_manual_page() {
    command -v man >/dev/null || skip 'no man'
    expect 0 help --format=man
    cp out lossgrid.1
    MANWIDTH=100 man --warnings -l -Tascii -P cat lossgrid.1 >page 2>warnings || fail 'man refuses it'
    [ ! -s warnings ] || fail "$(cat warnings)"
    # Bold is a letter over itself, or an escape, by groff's version; a line may end in a hyphen.
    sed 's/.\x08//g; s/\x1b\[[0-9;]*m//g' page | tr -s ' \n' ' ' | sed 's/- //g' >page.txt
    expect 0 help
    sed -n 's/^  \([a-z]*\)  .*/\1/p' out >names
    while read -r command; do
        grep -qF "lossgrid $command: " page.txt || fail "no $command"
        expect 0 help "$command"
        sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p' out >options
        while read -r option; do
            grep -qF -- " $option" page.txt || fail "no $option of $command"
        done <options
    done <names
    # What the program reads of its environment is there, each name.
    grep -rhoE '(getenv\("|environment = ")[A-Z_]+' "$ROOT/harness" | grep -oE '[A-Z_]{3,}$' | sort -u >read
    while read -r name; do grep -qw "$name" page.txt || fail "no $name"; done <read
    expect 2 help run --format=man
    says 'is of all commands'
}

# In a real shell on a terminal: lines before and after a tab. The last word of each list is
# what zsh takes otherwise: it parts no word at '='.
completes() {
    local shell=$1 typed expected
    command -v "$shell" >/dev/null || skip "no $shell"
    expect 0 help --format="$shell"
    cp out completion
    mkdir -p folder && touch one.yaml one.txt
    while IFS='|' read -r typed expected; do
        python3 "$HERE/complete.py" "$shell" completion "$LOSSGRID" "$typed" >completed || fail "$(cat completed)"
        found=$(tr -s ' \n' ' ' <completed | sed 's/ $//')
        case $found in
        $expected) ;;
        *) fail "$shell, '$typed': found '$found', expected '$expected'" ;;
        esac
    done
}
test_completion_of_bash() {
    completes bash <<'END'
lossgrid ru|lossgrid run
lossgrid run --se|lossgrid run --set
lossgrid run --set ep|lossgrid run --set epochs=
lossgrid run one|lossgrid run one.yaml
lossgrid run --out fol|lossgrid run --out folder/
lossgrid list losses --format=m|lossgrid list losses --format=markdown
lossgrid list losses --format |lossgrid list losses --format csv markdown text
lossgrid eval loss smoo|lossgrid eval loss smooth_l1
lossgrid eval |lossgrid eval activation loss optimizer
lossgrid eval activation relu --|lossgrid eval activation relu -- --gradient --help --input --isa --precision --set --upstream
lossgrid eval --precision f32 loss hub|lossgrid eval --precision f32 loss huber
lossgrid gradcheck --loss hub|lossgrid gradcheck --loss huber
lossgrid run --isa ge|lossgrid run --isa generic
lossgrid help ver|lossgrid help ver verify version
END
}
test_completion_of_zsh() {
    completes zsh <<'END'
lossgrid ru|lossgrid run*
lossgrid run --set=ep|lossgrid run --set=epochs=*
lossgrid run one|lossgrid run one.yaml*
lossgrid run --out=fol|lossgrid run --out=folder/*
lossgrid list losses --format=m|lossgrid list losses --format=markdown*
lossgrid eval loss smoo|lossgrid eval loss smooth_l1*
lossgrid eval activation relu --u|lossgrid eval activation relu --upstream=*
lossgrid gradcheck --loss=hub|lossgrid gradcheck --loss=huber*
lossgrid help ver|lossgrid help ver verify version
END
}
