#!/bin/bash
# What an addition costs: one of each row of ARCHITECTURE.md's table is added to a copy of the
# tree. The new files and the edited places are those of the table; the copy is built once; each
# addition is seen where a user looks for it.
#
#   tests/additions.sh [SCRATCH]
#
# New files lie in tests/additions/<addition>/, as they would in the tree; edits are below.
set -euo pipefail
cd "$(dirname "$0")/.."
source=$PWD
scratch=${1:-$(mktemp -d)}
trap 'rm -rf "$scratch"' EXIT
tests/tree.sh "$scratch/tree"
if [ -d build/obj/release ]; then cp -r --parents -p build/obj/release "$scratch/tree"; fi
cd "$scratch/tree"
lossgrid=build/lossgrid
failed=0
report() { echo "additions: FAILED: $*"; failed=$((failed + 1)); }
quietly() { "$@" >log 2>&1 || { cat log; report "$*"; exit 1; }; }

# ---- The table -----------------------------------------------------------------

# "addition|new files|edited places|places in tests" of each row.
table() {
    awk -F ' *[|] *' '/^## /{ inside = /What an addition costs/ }
        inside && $4 ~ /^[0-9]+$/ { print $2 "|" $4 "|" $5 "|" $6 }' "$source/ARCHITECTURE.md"
}

# Git counts; it keeps its notes beside the copy, which is no repository.
history() { git --git-dir="$scratch/history" --work-tree=. -c user.name=test -c user.email=test "$@"; }
record() {
    history add -A .
    history commit -q -m "$1"
}
printf 'build\nlog\n' >"$scratch/ignored"
history init -q
history config core.excludesFile "$scratch/ignored"
record tree

# addition ROW [FOLDER]: take the new files in, count them and the places that were edited since
# the last one, and compare with the row.
addition() {
    local row=$1 folder=$source/tests/additions/${2:-none} new places expected
    if [ -d "$folder" ]; then cp -r "$folder/." .; fi
    history add -A .
    new=$(history diff --cached --diff-filter=A --name-only | wc -l)
    places=$(history diff --cached --diff-filter=M -U0 | grep -c '^@@' || true)
    [ -z "$(history diff --cached --diff-filter=DRT --name-only)" ] || report "$row: not only added"
    expected=$(table | grep "^$row|" | cut -d'|' -f-3 || true)
    if [ "$expected" != "$row|$new|$places" ]; then
        report "ARCHITECTURE.md says '$expected', found $row|$new|$places"
        history diff --cached --stat
    fi
    history commit -q -m "$row"
    printf '%s|%s|%s\n' "$row" "$new" "$places" >>"$scratch/counted"
}

# tested ROW: count the places in tests that were edited since the last one.
tested() {
    local places
    places=$(history diff -U0 | grep -c '^@@' || true)
    table | grep -q "^$1|.*|$places\$" || report "ARCHITECTURE.md says '$(table | grep "^$1|")', found $places places in tests"
    history add -A .
    history commit -q --allow-empty -m "tests of $1"
}

# edit FILE SED: change a file, or fail.
edit() {
    cp "$1" "$scratch/old"
    sed -i "$2" "$1"
    ! cmp -s "$1" "$scratch/old" || { report "$1: no place for: $2"; exit 1; }
}

# before FILE START ROW: put a row in front of the only line that begins so.
before() {
    [ "$(grep -cF -- "$2" "$1")" -eq 1 ] || { report "$1 has not one line with $2"; exit 1; }
    row=$3 awk -v start="$2" 'index($0, start) { print ENVIRON["row"] } { print }' "$1" >"$scratch/new"
    cat "$scratch/new" >"$1"
}

# ---- The additions -------------------------------------------------------------

addition activation activation
addition initialisation initialisation
addition schedule schedule
addition 'data set' data-set
addition loss loss
addition optimizer optimizer
addition experiment experiment
addition figure figure-py
addition figure figure-gp
addition counter counter

# shellcheck disable=SC2016 # make's, not the shell's
before mk/settings.mk '$(call isa,generic' '$(call isa,plain,,)'
addition 'instruction set' instruction-set

before harness/machine/measure_clocks.c '{"CLOCK_PROCESS_CPUTIME_ID"' \
    '        {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},'
addition 'thing to calibrate'

before harness/machine/measure.h 'void measure_add_clocks(' \
    'void measure_add_calls(struct measures *measures);'
before harness/machine/calibration.c 'measure_add_clocks(' '    measure_add_calls(&c->measures);'
addition 'kind of thing to calibrate' kind-to-calibrate

before harness/timing/timing_columns.c 'COLUMN_INTEGER("blocks"' \
    'COLUMN_INTEGER("added", "1", "times a block does its steps", arm->repeats);'
addition 'column of a CSV'
before harness/gradcheck/gradcheck_columns.c 'COLUMN_INTEGER("skipped"' \
    'COLUMN_INTEGER("added", "1", "sums that cancel", judgement->cancelled);'
addition 'column of a CSV'
before harness/compare/compare_columns.c 'COLUMN_TEXT("reason"' \
    'COLUMN_TEXT("added", "the state compared", cell->state);'
addition 'column of a CSV'
before harness/store/epoch_columns.c '{"train_loss"' \
    '{"added", "samples", "training samples of those steps", COLUMN_MEASURED, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(samples), BETTER_NONE, false},'
addition 'column of a CSV'

before harness/compare/compare_columns.c 'const struct csv_folder csv_folder_compare' \
    'static void folders(struct csv_columns *to, const void *given)
{
    const struct timed_folder *row = given;
    COLUMN_TEXT("folder", "as it was given", row->path);
    COLUMN_INTEGER("configurations", "1", "those that were timed in it", row->count);
}

const struct csv_file folders_csv = {"folders.csv", "a row for each folder", folders};
'
edit harness/compare/compare_columns.c 's/{&compare_csv, NULL}/{\&compare_csv, \&folders_csv, NULL}/'
before harness/compare/compare_columns.h 'extern const struct csv_folder csv_folder_compare;' \
    'extern const struct csv_file folders_csv;'
before harness/compare/compare_output.c '/* ---- compare.json' \
    'static enum lg_status write_folders(const struct compared *compared, const char *directory,
                                    struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv csv = {0};
    csv_file_header(&folders_csv, NULL, &csv);
    for (size_t i = 0; i < compared->count; i++)
        csv_file_row(&folders_csv, NULL, &csv, &compared->folders[i]);
    enum lg_status status = csv_check(&csv, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s", directory, folders_csv.name);
    if (status == LG_OK)
        status = files_write(path, csv.text.bytes, csv.text.size, error);
    text_free(&csv.text);
    return status;
}
'
before harness/compare/compare_output.c '        status = csv_folder_schema(' \
    '        status = write_folders(compared, directory, error);
    if (status == LG_OK)'
addition 'CSV file'

before harness/env/env_command.c '    size_t format; /* an enum format */' '    bool brief;'
before harness/env/env_command.c '    {"format", .meaning' \
    '    {"brief", .meaning = "without the machine", .kind = OPTION_FLAG, .offset = offsetof(struct request, brief)},'
before harness/env/env_command.c '    status = request.format == FORMAT_TEXT' \
    '    if (request.brief)
        json_object_del(root, "machine");'
addition 'option of a command'

for row in $(table | cut -d'|' -f1 | tr ' ' _); do
    grep -q "^${row//_/ }|" "$scratch/counted" || report "ARCHITECTURE.md has a row '${row//_/ }' that this test does not add"
done

# ---- Where they are seen -------------------------------------------------------

quietly make -j "${JOBS:-$(nproc)}" all
mkdir seen

# sees ROW WHERE TEXT COMMAND...: what the command prints has a line that matches the text.
sees() {
    local row=$1 where=$2 text=$3
    shift 3
    "$@" >seen/out 2>seen/err || { cat seen/err; report "$row: $* fails"; return; }
    if grep -q -- "$text" seen/out; then
        printf '%s|%s\n' "$row" "$where" >>"$scratch/seen"
    else
        report "$row: not in what $* prints: $text"
    fi
}
listed() { sees "$1" list "^$3[, ]" "$lossgrid" list "$2"; }
catalogue() { docs/catalogue.sh $lossgrid; }

listed activation activations softsign
listed initialisation initialisations lecun_normal
listed schedule schedules linear
listed 'data set' datasets and
listed loss losses cauchy
listed loss metrics cauchy
listed optimizer optimizers sign_sgd
listed counter counters boottime
listed 'instruction set' isas plain
for entry in activation:softsign initialisation:lecun_normal schedule:linear loss:cauchy optimizer:sign_sgd; do
    sees ${entry%:*} docs "${entry#*:}" catalogue
done

echo 1 >one.csv
echo 0 >zero.csv
sees activation eval '^0\.5$' $lossgrid eval activation softsign --input one.csv
sees loss eval '^0\.40546510810816' $lossgrid eval loss cauchy --prediction one.csv --target zero.csv
sees optimizer eval '^0\.5$' $lossgrid eval optimizer sign_sgd --parameters one.csv --gradients one.csv --set lr=0.5
for check in loss:cauchy activation:softsign optimizer:sign_sgd; do
    kind=${check%:*} name=${check#*:}
    quietly $lossgrid gradcheck "--$kind" "$name" --quiet --out "check-$kind"
    sees "$kind" gradcheck "^$kind,$name,.*,pass," cat "check-$kind/gradcheck.csv"
done

# The experiment trains with all of them, and under the added instruction set to the same bits.
quietly $lossgrid run experiments/and.yaml --quiet --out run
LOSSGRID_ISA=plain quietly $lossgrid run experiments/and.yaml --quiet --out plain
cmp run/trace.csv plain/trace.csv || report "instruction set: other bits"
sees 'instruction set' run '"isa": "plain"' cat plain/manifest.json
sees experiment run ',sign_sgd,' cat run/trace.csv

# replaced ROW KEY=VALUE: each of them has an effect: with another in its place, the run is another.
replaced() {
    rm -rf other
    quietly $lossgrid run experiments/and.yaml --set "$2" --quiet --out other
    ! cmp -s run/trace.csv other/trace.csv || report "$1: the run is the same with $2"
    printf '%s|run\n' "$1" >>"$scratch/seen"
}
replaced activation 'model.layers=[{outputs: 3, activation: tanh}, {outputs: 2}]'
replaced initialisation initialisation.method=he_normal
replaced schedule schedule=constant
replaced 'data set' dataset=xor
replaced loss 'grid.losses=[mse]'
replaced optimizer 'grid.optimizers=[{name: sgd, lr: 0.1}]'
sees experiment report 'number-of-epochs  *drawn' $lossgrid report run
sees figure report 'number-of-epochs  *drawn' $lossgrid report run
sees figure report 'training-losses  *drawn' $lossgrid report run
sees figure report 'How long each arm was trained' cat run/report/report.md

quietly $lossgrid time experiments/xor.yaml --set 'grid.optimizers=[sgd]' --budget 1 --counters boottime --quiet --out time
sees counter time 'boottime_ns' head -n 1 time/samples.csv
quietly $lossgrid calibrate --quick --format csv
cp log calibration.csv
sees 'thing to calibrate' calibrate 'CLOCK_THREAD_CPUTIME_ID,.*ns,[0-9]' cat calibration.csv
sees 'kind of thing to calibrate' calibrate '^system_call,.*ns,[0-9]' cat calibration.csv

quietly $lossgrid gradcheck --loss mse --trials 2 --quiet --out gradcheck
quietly $lossgrid compare time time --out compare
for folder in time gradcheck compare; do quietly $lossgrid report $folder; done
schema_has() {
    python3 -c 'import json, sys
folder, file, name = sys.argv[1:]
print(*(c["name"] for c in json.load(open(folder + "/schema.json"))[file]), sep="\n")' "$@"
}
for file in run/trace.csv:added time/cost.csv:added gradcheck/gradcheck.csv:added compare/compare.csv:added \
    compare/folders.csv:configurations; do
    column=${file#*:} path=${file%:*}
    folder=${path%/*} name=${path#*/} row='column of a CSV'
    if [ "$name" = folders.csv ]; then row='CSV file'; fi
    sees "$row" "$folder" "\(^\|,\)$column\(,\|$\)" head -n 1 "$path"
    sees "$row" list "^$name,$column," $lossgrid list columns --format=csv
    sees "$row" docs "^| $name | $column |" docs/columns.sh $lossgrid
    sees "$row" schema.json "^$column$" schema_has "$folder" "$name" "$column"
done
sees 'CSV file' list '^compare,folders.csv,' $lossgrid list files --format=csv
sees 'CSV file' docs '^| compare | folders.csv |' docs/columns.sh $lossgrid

# ---- What the unit tests ask for, and what satisfies them ------------------------

object=build/obj/release
unit_tests=$object/tests/unit/engine/draws_test.o
for kind in activation loss optimizer schedule; do
    unit_tests+=" $object/f32-generic/tests/unit/engine/$kind/golden_test.o"
done
unit() {
    quietly make -j "${JOBS:-$(nproc)}" build/unit-release UNIT_OBJ="$unit_tests"
    build/unit-release --jobs "${JOBS:-$(nproc)}" >seen/unit 2>&1
}
rm -f build/unit-release
! unit || report "the unit tests ask for nothing"
for ask in 'activation:no golden values for softsign' 'schedule:no golden values for linear' \
    'schedule:no formula of linear' 'loss:no golden values for cauchy' 'optimizer:no golden values for sign_sgd' \
    'initialisation:no standard deviation of lecun_normal'; do
    sees "${ask%%:*}" unit "${ask#*:}" cat seen/unit
done

python3 "$source/tests/additions/golden.py" activation >>tests/golden/activations.csv
tested activation
before tests/unit/engine/draws_test.c '    if (strncmp(method, "he_"' \
    '    if (strcmp(method, "lecun_normal") == 0)
        return 1 / sqrt(in);'
tested initialisation
python3 "$source/tests/additions/golden.py" schedule >>tests/golden/schedules.csv
before tests/unit/engine/schedule/golden_test.c '    if (strcmp(name, "constant") == 0)' \
    '    if (strcmp(name, "linear") == 0)
        return (steps - past) / steps;'
tested schedule
tested 'data set'
python3 "$source/tests/additions/golden.py" loss >>tests/golden/losses.csv
tested loss
python3 "$source/tests/additions/golden.py" optimizer >>tests/golden/optimizers.csv
tested optimizer
unit || { report "the unit tests still fail"; grep -a -e '\[----\]   [^ ]' -e FAIL seen/unit | head -n 20; }

# ---- An option of a command ------------------------------------------------------

option='option of a command'
! $lossgrid env --brief | grep -q '^cpu ' || report "$option: env --brief does not leave the machine out"
sees "$option" env '^compiler ' $lossgrid env --brief
sees "$option" help '^  --brief  *without the machine' $lossgrid env --help
sees "$option" man 'brief' $lossgrid help --format=man
sees "$option" bash "'env --') echo '--brief " $lossgrid help --format=bash
sees "$option" zsh 'brief' $lossgrid help --format=zsh

# ---- The table that was carried out --------------------------------------------

{
    echo 'addition|new files|edited places|in tests|seen in'
    table | while IFS='|' read -r row new places asked; do
        echo "$row|$new|$places|$asked|$(grep "^$row|" "$scratch/seen" | cut -d'|' -f2 | awk '!seen[$0]++' | paste -sd' ')"
    done
} | awk -F '|' '{ printf "%-28s%-11s%-15s%-10s%s\n", $1, $2, $3, $4, $5 }'
while IFS='|' read -r row _; do
    grep -q "^$row|" "$scratch/seen" || report "$row: seen nowhere"
done < <(table)
echo "additions: $(wc -l <"$scratch/counted") made, $failed failed"
[ "$failed" -eq 0 ]
