# The experiments of every task: they train, and what does not fit is refused.
# shellcheck shell=bash disable=SC2154

# trains NAME OPTION...: every cell of the experiment ends, with a lower loss than it began. A
# program that is sanitized takes the same ways on a few samples, on which nothing is learned.
trains() {
    local name=$1
    shift
    if is_sanitized; then
        expect 0 run "$ROOT/experiments/$name.yaml" --out "$name" --quiet "$@" --set samples=40 --set epochs=1
        return
    fi
    expect 0 run "$ROOT/experiments/$name.yaml" --out "$name" --quiet "$@"
    awk -F, -v name="$name" '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { cell = $column["cell"]; loss = $column["train_loss"] }
        $column["status"] != "ok" { print name ": " cell " is " $column["status"]; bad = 1 }
        !(cell in first) { first[cell] = loss }
        { last[cell] = loss }
        END {
            for (cell in last)
                if (!(last[cell] < first[cell])) {
                    print name ": " cell " went from " first[cell] " to " last[cell]
                    bad = 1
                }
            exit bad
        }' "$name/trace.csv" >out || fail "$name does not learn"
}

test_tasks_autoencoders_learn() {
    trains autoencoder --set samples=600 --set epochs=3
    trains variance --set samples=600 --set epochs=3
    trains sparse --set samples=600 --set epochs=3
}

test_tasks_classifiers_learn() {
    trains classifier --set samples=600 --set epochs=3
    trains perceptron --set samples=600 --set epochs=3
}

test_tasks_pairs_ranks_and_triplets_learn() {
    trains siamese --set samples=600 --set epochs=3
    trains ranking --set samples=600 --set epochs=3
    trains triplets --set samples=600 --set epochs=3
}

# Rates are those of the specs, whatever the loss.
test_tasks_every_optimizer_learns_under_every_loss() {
    trains optimizers --set samples=300 --set epochs=4 --set evaluate=none \
        --set 'grid.losses=[mse, abs, smooth_l1, {name: huber, delta: 0.5}, {name: weighted_mse, weights: [2]}, log_cosh, {name: poisson_nll, log_input: false}, quantile, bce]'
    trains optimizers-classify --set samples=300 --set epochs=4 --set evaluate=none \
        --set 'grid.losses=[cross_entropy, bce_with_logits, {name: focal, alpha: -1}, multilabel_soft_margin, soft_margin, margin, squared_hinge, multi_margin, multilabel_margin, class_simplex]'
}

test_tasks_every_optimizer_learns_embeddings_too() {
    local small=(--set samples=300 --set epochs=6 --set evaluate=none)
    trains optimizers-pair "${small[@]}" \
        --set 'grid.losses=[{name: contrastive, margin: 2}, {name: cosine_embedding, margin: 0.2}, {name: l1_hinge_embedding, margin: 4}]'
    trains optimizers-pair "${small[@]}" --fresh --set task=triplet \
        --set 'grid.losses=[triplet_margin, {name: triplet_margin, swap: true}]'
    trains optimizers-pair "${small[@]}" --fresh --set task=rank --set model.layers.1.outputs=1 \
        --set 'grid.losses=[{name: margin_ranking, margin: 1}, distance_ratio]'
    trains optimizers-classify "${small[@]}" --set grid.activation=log_softmax --set 'grid.losses=[nll, kl_div]'
    trains optimizers-classify "${small[@]}" --fresh --set grid.activation=sigmoid --set 'grid.losses=[bce]'
    trains optimizers-classify "${small[@]}" --fresh --set grid.activation=softplus --set 'grid.losses=[hinge_embedding]'
}

# The last test_accuracy of each cell of a folder.
accuracies() {
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { last[$column["cell"]] = $column["test_accuracy"] }
        END { for (cell in last) print last[cell] }' "$1/trace.csv" | sort -u
}

# As shipped, whatever the data set: what the spec's description says.
test_tasks_every_shipped_optimizer_ends_far_above_chance() {
    trains optimizers-classify
    if is_sanitized; then skip 'a sanitized program learns too slowly'; fi
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { accuracy[$column["cell"]] = $column["test_accuracy"] }
        END {
            for (cell in accuracy) {
                cells++
                if (!(accuracy[cell] >= 0.4)) { print cell " ends at " accuracy[cell]; bad = 1 }
            }
            exit bad || cells < 26
        }' optimizers-classify/trace.csv >out || fail 'an arm ends near chance, which is 0.1'
}

test_tasks_a_layer_fails_on_xor_and_two_do_not() {
    expect 0 run "$ROOT/experiments/perceptron-xor.yaml" --out one --quiet
    accuracies one | awk '$1 > 0.75 { exit 1 }' || fail 'one layer cannot divide XOR'
    expect 0 run "$ROOT/experiments/xor.yaml" --out two --quiet
    [ "$(accuracies two)" = 1 ] || fail 'two layers learn XOR'
}

# Every entry of a list occurs in an experiment.
is_used() {
    local name
    "$LOSSGRID" list "$1" --format csv | tail -n +2 | cut -d, -f1 >names
    [ "$(wc -l <names)" -gt 20 ] || fail "no list of $1"
    while read -r name; do
        cat "$ROOT"/experiments/*.yaml | grep -Eq "(^|[^a-z_0-9])$name([^a-z_0-9]|$)" ||
            fail "no experiment has $name"
    done <names
}

test_tasks_every_loss_and_optimizer_has_one() {
    is_used losses
    is_used optimizers
}

# refuses_set MESSAGE SPEC OPTION...
refuses_set() {
    local message=$1 spec=$2
    shift 2
    expect 2 run "$ROOT/experiments/$spec.yaml" --out r "$@"
    says "$message"
    [ ! -e r ] || fail 'something was made'
}

test_tasks_what_does_not_fit_is_refused_by_name() {
    refuses_set 'the loss contrastive does not fit the task classify' siamese --set task=classify
    refuses_set 'the loss margin needs a last layer of 10 outputs for the task classify; the model'"'"'s has 1' \
        perceptron --set 'classes=[0,1,2,3,4,5,6,7,8,9]'
    refuses_set 'the loss bce takes numbers from 0 to 1; the last layer'"'"'s activation, relu, gives numbers of 0 or more' autoencoder --set model.layers.3.activation=relu
    refuses_set 'classes.1' perceptron --set 'classes=[0,12]'
    refuses_set 'a label that is not in the list yet' perceptron --set 'classes=[1,1]'
    refuses_set 'the optimizer lbfgs searches by the loss too' xor --set clip.norm=1
    refuses_set 'did you mean' siamese --set schedule=cosin
    refuses_set 'a number from 0 on' siamese --set clip.norm=-1
    refuses_set 'metrics.0: mse cannot be measured on every arm: mse does not fit the task pair' siamese --set 'metrics=[mse]'
    refuses_set 'the option weights of the loss weighted_mse has 3 numbers; expected 784' autoencoder --set 'grid.losses=[{name: weighted_mse, weights: [1,2,3]}]'
}

test_tasks_a_term_is_added_to_the_loss() {
    trains autoencoder --set samples=300 --set epochs=2 --set 'terms=[{loss: abs, weight: 0.5}]' \
        --set 'grid.losses=[mse]'
    awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        { d = $column["train_loss"] - $column["train_mse"] - 0.5 * $column["train_abs"]
          if (d * d > 1e-24) exit 1 }' autoencoder/trace.csv || fail 'not the weighted sum'
    refuses_set 'the term mse cannot be added to the loss cross_entropy' classifier --set 'terms=[{loss: mse}]'
    refuses_set 'the term contrastive cannot be added' autoencoder --set 'terms=[{loss: contrastive}]'
}
