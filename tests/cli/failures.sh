# Folders that cannot be written and disks that fill up: one clear message, exit
# code 3, and what was there stays.
# shellcheck shell=bash disable=SC2154

test_unwritable_folder() {
    expect 3 run "${QUICK[@]}" --out /proc/nowhere/r
    says '/proc/nowhere'
    [ "$(grep -c '^lossgrid:' err)" -eq 1 ] || fail 'not one message'
    touch file
    expect 3 run "${QUICK[@]}" --out file/r
    says 'Not a directory'
}

test_full_disk_while_training() {
    mkdir disk
    mount -t tmpfs -o size=5m none disk 2>/dev/null || skip 'no tmpfs can be mounted'
    # shellcheck disable=SC2064
    trap "umount '$PWD/disk'" EXIT
    expect 0 run "${QUICK[@]}" --shard 0/3 --out disk/r
    cp -r disk/r before
    head -c 8m /dev/zero >disk/filler 2>/dev/null
    expect 3 run "${QUICK[@]}" --out disk/r --jobs 2
    says 'No space left on device'
    [ "$(grep -c '^lossgrid:' err)" -eq 1 ] || fail 'not one message'
    for file in trace.csv timing.csv manifest.json; do same_file before/$file disk/r/$file; done
    rm disk/filler
    expect 0 run "${QUICK[@]}" --out disk/r --jobs 1
    expect 0 verify disk/r
}

# The disk fills up between two epochs: no cell is called finished that lacks some.
test_disk_that_fills_up_between_epochs() {
    mkdir disk
    mount -t tmpfs -o size=4m none disk 2>/dev/null || skip 'no tmpfs can be mounted'
    # shellcheck disable=SC2064
    trap "umount '$PWD/disk'" EXIT
    long=("$SPEC" --set samples=2000 --set epochs=40 --set evaluate=none)
    result whole "${long[@]}"
    expect 3 run "${long[@]}" --out disk/r --jobs 2
    says 'No space left on device'
    [ "$(grep -c '^lossgrid:' err)" -eq 1 ] || fail 'not one message'
    mount -o remount,size=40m disk || fail 'not remounted'
    expect 0 run "${long[@]}" --out disk/r
    same_file whole/trace.csv disk/r/trace.csv
    expect 0 verify disk/r
}

# A link to /dev/full where the temporary file goes is a disk that is full just then.
test_full_disk_while_collecting() {
    [ -e /dev/full ] || skip 'no /dev/full'
    expect 0 run "${QUICK[@]}" --shard 0/3 --out r
    cp r/trace.csv before
    ln -s /dev/full r/trace.csv.tmp
    expect 3 run "${QUICK[@]}" --out r
    says 'No space left on device'
    same_file before r/trace.csv
    expect 0 run "${QUICK[@]}" --out r
    expect 0 verify r
}

test_report_of_no_result() {
    mkdir empty
    expect 3 report empty
    says 'no result folder'
    expect 2 report
}
