# What `verify` finds.
# shellcheck shell=bash disable=SC2154

# Two folders, a and b, with the same results.
two_results() {
    result quick "${QUICK[@]}"
    mv quick a
    mkdir b
    cp a/trace.csv b/
}

test_verify_names_the_first_difference() {
    two_results
    # Row 4 (the header is 1) is epoch 1 of the second cell.
    awk -F, -v OFS=, 'NR == 4 || NR == 6 {$11 = "0.5"} 1' a/trace.csv >b/trace.csv
    expect 1 verify a --against b
    says "first difference: cell 'mse-s0', epoch 1, column train_mse"
    says '0.5 in b'
    says '4 of 6 rows and 82 of 84 values are equal'
    ! grep -qx 'same bits' out || fail 'it says that they are equal'
}

test_verify_reads_numbers_and_not_their_spelling() {
    two_results
    awk -F, -v OFS=, 'NR > 1 {$11 = $11 "e0"} 1' a/trace.csv >b/trace.csv
    expect 0 verify a --against b
}

test_verify_reports_missing_rows() {
    two_results
    sed -i 5d b/trace.csv
    expect 1 verify a --against b
    says "1 rows are only in a; the first: cell 'mse-s0', epoch 2"
    expect 1 verify b --against a
    says "1 rows are only in a; the first: cell 'mse-s0', epoch 2"
}

test_verify_reports_other_columns() {
    two_results
    sed -i '1s/train_abs/train_huber/' b/trace.csv
    expect 1 verify a --against b
    says 'columns only in b: train_huber'
    says 'columns only in a: train_abs'
}

test_verify_reports_other_data() {
    two_results
    awk -F, -v OFS=, 'NR > 1 {$7 = "another"} 1' a/trace.csv >b/trace.csv
    expect 1 verify a --against b
    says 'other data: '
    says 'another in b'
}

test_verify_finds_a_changed_trace() {
    two_results
    sed -i 's/,ok,/,OK,/' a/trace.csv
    expect 1 verify a
    says 'a/trace.csv: its SHA-256 is'
}

test_verify_finds_a_changed_image() {
    two_results
    cp a/images/abs-s0/01.png a/images/mse-s0/02.png
    expect 1 verify a
    says 'a/images/mse-s0/02.png: the SHA-256 of its pixels is'
    rm a/images/mse-s0/02.png
    expect 3 verify a
    says 'a/images/mse-s0/02.png'
    echo no image >a/images/mse-s0/02.png
    expect 2 verify a
    says 'no PNG image'
}

# One of three cells: neither alone nor beside an equal half is it whole.
test_verify_counts_the_cells() {
    expect 0 run "${QUICK[@]}" --shard 0/3 --out r
    cp -r r s
    expect 1 verify r
    says 'r: 1 of 3 cells are finished'
    says "2 of 3 cells are not finished, the first 'mse-s0'"
    expect 1 verify r --against s
    says_not 'same bits'
    result quick "${QUICK[@]}"
    expect 1 verify quick --against r
    expect 1 verify r --against quick
    rm s/manifest.json
    expect 0 verify quick --against quick
    says 'same bits'
    cp quick/trace.csv s/
    expect 0 verify quick --against s
    says 's: no manifest.json with the number of cells'
}

test_verify_finds_a_changed_spec() {
    two_results
    sed -i 's/"text": "/"text": "# changed\\n/' a/manifest.json
    expect 1 verify a
    says "the SHA-256 of the spec's text is"
}

test_verify_of_no_result() {
    expect 3 verify nowhere
    says 'nowhere'
}

# Every file of numbers, whatever is changed in it.
test_verify_finds_a_change_in_each_csv_file() {
    result quick "${QUICK[@]}"
    for file in trace timing configurations; do
        rm -rf r && cp -r quick r
        sed -i '2s/abs/abt/' r/$file.csv
        expect 1 verify r
        [ $file = trace ] || says "r/$file.csv:2: is not what cells.sqlite holds"
        # It is written again, and nothing is trained.
        expect 0 run "${QUICK[@]}" --out r
        says '3 of 3 cells were finished earlier and are kept'
        expect 0 verify r
        says '3 CSV files are what cells.sqlite holds'
    done
}
