#!/usr/bin/env bash
# replay.sh PROGRAM EPOCHS: train the article's two studies as published for that
# many epochs and hold them against what it published: the SHA-256 of every image,
# and every point of the three curves (tolerance 1.6e-4: three quarters of a pixel
# of the figure).
set -uo pipefail
program=$1 epochs=$2
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
passed=0 failed=0 skipped=0

# Asked before anything is trained: it may take minutes.
if ! "$program" env | grep -q '^data  *mnist,'; then
    echo "replay: MNIST is not here (make data, or LOSSGRID_DATA); the published numbers say nothing of other data"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
for study in article-losses article-optimizers; do
    "$program" run "experiments/$study.yaml" --set "epochs=$epochs" --out "$out/$study" --quiet ||
        { echo "replay: $study did not run"; echo "0 passed, 1 failed"; exit 1; }
done

# column NAME FILE: every row's cell label, epoch and that column
column() {
    awk -F, -v name="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        { print $at["label"] "," $at["epoch"] "," $at[name] }' "$2"
}

column image_sha256 "$out/article-losses/trace.csv" >"$out/images"
while IFS=, read -r loss epoch expected; do
    [[ $epoch =~ ^[0-9]+$ ]] && [ "$loss" != input ] && [ "$epoch" -le "$epochs" ] || continue
    if grep -qx "$loss,$epoch,$expected" "$out/images"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "replay: image $loss epoch $epoch differs from the published one"
    fi
done <reports/published/article-losses.csv
echo "replay: $passed of $((passed + failed)) published images equal in all 784 pixels"

column train_mse "$out/article-optimizers/trace.csv" >"$out/curves"
curves=$(awk -F, -v epochs="$epochs" '
    FNR == 1 { file++ }
    file == 1 { ours[$1 "," $2] = $3; next }
    /^[0-9]/ && $1 <= epochs {
        split("SGD,Adagrad,published as Adam", label, ",")
        for (i = 1; i <= 3; i++) {
            d = ours[label[i] "," $1] - $(i + 1); if (d < 0) d = -d
            if (d > worst) worst = d
            if (ours[label[i] "," $1] != "" && d <= 1.6e-4) good++; else {
                bad++; printf "replay: curve %s epoch %d is off by %.2g\n", label[i], $1, d > "/dev/stderr" }
        }
    }
    END { printf "%d %d %.3g\n", good, bad, worst }' "$out/curves" reports/published/article-optimizers.csv)
read -r good bad worst <<<"$curves"
echo "replay: $good of $((good + bad)) published points within 1.6e-4; the largest difference is $worst"
passed=$((passed + good)) failed=$((failed + bad))

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -eq $((epochs * 6)) ]
