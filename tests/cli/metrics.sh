# Metrics: their direction, unit, range and domain; schema.json beside the results.
# shellcheck shell=bash disable=SC2154

# classifier COMMAND...: a spec of two small cells, then the command.
classifier() {
    cat >small.yaml <<'YAML'
task: classify
model: {inputs: 784, layers: [{outputs: 10}]}
batch: 20
epochs: 1
samples: 100
grid:
  losses: [cross_entropy, nll]
  optimizers: [{name: sgd, lr: 0.1}]
YAML
    "$@"
}

test_metrics_are_listed_with_direction_and_domain() {
    local format
    for format in text csv markdown; do
        expect 0 list metrics --format "$format"
        says accuracy
        says "log-probabilities"
    done
    expect 0 list metrics --format csv
    [ "$(awk -F, '$1 == "accuracy" { print $3 }' out)" = higher ] || fail "accuracy is not higher"
    [ "$(awk -F, '$3 == "higher" { print $1 }' out)" = accuracy ] || fail "not accuracy alone"
    awk -F, 'NR > 1 && $3 != "higher" && $3 != "lower" { exit 1 }' out || fail "no direction"
}

test_metrics_outside_their_domain_are_refused_with_the_place() {
    classifier expect 2 run small.yaml --out a
    says "small.yaml:7:3: the loss nll takes log-probabilities"
    says "the last layer's activation, identity, gives any numbers"
    says "outside_domain: allow"
    sed -i 's/, nll//' small.yaml
    echo 'metrics: [kl_div]' >>small.yaml
    expect 2 run small.yaml --out a
    says "small.yaml:9:11: metrics.0: kl_div cannot be measured on every arm"
    [ ! -e a/trace.csv ] || fail "it trained"
}

test_metrics_outside_their_domain_are_left_out_with_the_reason() {
    classifier expect 0 run small.yaml --set outside_domain=allow --out a
    says "WARNING: train_loss and test_loss are not what the loss's name says"
    says "not measured on all arms: nll takes log-probabilities"
    says "accuracy: share of the samples put into their class; higher is better"
    head -n 1 a/trace.csv >out
    says_not train_nll
    says train_accuracy
    grep -q '"metric": "nll"' a/schema.json || fail "schema.json does not say why"
}

# The names of a file's columns as schema.json has them, by commas.
schema_names() {
    sed -n "/\"$2\"/,/^ ]/s/^   \"name\": \"\\(.*\\)\",/\\1/p" "$1/schema.json" | paste -sd,
}

test_metrics_schema_has_the_columns_of_the_files() {
    result quick "${QUICK[@]}"
    local file
    for file in trace.csv timing.csv; do
        schema_names quick "$file" >named
        head -n 1 "quick/$file" >header
        same_file named header
    done
}

# What is committed beside the article's results is what this program writes.
test_metrics_reference_results_have_their_schema() {
    local name
    for name in article-losses article-optimizers article-intended; do
        expect 0 run "$ROOT/experiments/$name.yaml" --set epochs=1 --set samples=20 \
            --set 'seeds=[1]' --out "$name" --quiet
        # Of the columns that it has, as of its version, the same is said now.
        python3 - "$name/schema.json" "$ROOT/results/reference/$name" <<'END' >out 2>&1 || fail "$(cat out)"
import csv, json, sys
from pathlib import Path
now, folder = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])
then, compared = json.loads((folder / "schema.json").read_text()), 0
for file in "trace.csv", "timing.csv", "configurations.csv":
    with open(folder / file, newline="") as lines:
        assert next(csv.reader(lines)) == [c["name"] for c in then[file]], file
    known = {column["name"]: column for column in now[file]}
    for column in then[file]:
        found = dict(known[column["name"]])
        for described in column, found:
            described.pop("meaning")
        assert column == found, f"{file}: {column['name']}: {column}, now {found}"
        compared += 1
assert compared > 40, compared
END
    done
}
