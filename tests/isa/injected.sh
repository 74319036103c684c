#!/usr/bin/env bash
# injected.sh SCRATCH: can the tests fail? In a copy of the tree, break every rule of the
# numerics contract (docs/adr/0001), one at a time, and see the test of it
# fail. An edit that no longer applies is a failure too. The copy has the objects of `make all` and of
# the unit tests at the same place, so that only what is edited is compiled again.
set -uo pipefail
cd "$(dirname "$0")/../.."
rm -rf "${1:?usage: injected.sh SCRATCH}" && mkdir -p "$1/tree/build/obj" && work=$(cd "$1" && pwd) || exit 3
tests/tree.sh "$work/tree" && cp -a build/obj/release "$work/tree/build/obj" && cd "$work/tree" || exit 3
passed=0 failed=0

# Tests of the harness are left out.
compile() { make -s -j "${JOBS:-$(nproc)}" UNIT_SRC= HARNESS_SRC= "$@" >"$work/log" 2>&1; }
unit=build/unit-release
allocations=build/allocations-release

pass() {
    passed=$((passed + 1))
    echo "injected: $*"
}
fail() {
    failed=$((failed + 1))
    echo "injected: FAILED: $*"
}

# edit FILE SED...: every edit must change the file
edit() {
    local file=$1 expression
    shift
    cp "$file" "$work/original"
    for expression in "$@"; do
        cp "$file" "$work/before"
        sed -i -e "$expression" "$file"
        if cmp -s "$work/before" "$file"; then
            echo "injected: $file has nothing for the edit $expression"
            return 1
        fi
    done
}
restore() { cat "$work/original" >"$1"; }

# caught SUITE/TEST: the names under which it failed, one a copy; fails when none did
caught() {
    $unit --jobs 2 --filter "lg_${1%/*}_f*/${1#*/}" >"$work/log" 2>&1
    sed -n 's/^.*\[.*FAIL.*\] *\(lg_[a-z0-9_]*::[a-z0-9_]*\).*/\1/p' "$work/log" | sort -u | grep .
}

# inject RULE SUITE/TEST FILE SED...
inject() {
    local rule=$1 test=$2 file=$3 names
    shift 3
    if ! edit "$file" "$@"; then
        fail "$rule: the edit does not apply any more"
    elif ! compile $unit; then
        fail "$rule: the edit does not compile any more: $(grep -m 1 error "$work/log")"
    elif names=$(caught "$test"); then
        pass "$rule: caught by $(head -n 1 <<<"$names")$([ "$(wc -l <<<"$names")" -lt 2 ] || echo ", in $(wc -l <<<"$names") copies")"
    elif ! grep -q 'Tested: [1-9]' "$work/log"; then
        fail "$rule: there is no test ${test/\//::}"
    else
        fail "$rule: not caught by ${test/\//::}"
    fi
    restore "$file"
}

compile $unit $allocations || {
    tail "$work/log"
    echo "injected: 0 passed, 1 failed"
    exit 1
}
$unit --jobs 2 --filter 'lg_@(rows|packed_products|lanes|digest|optimizer_property|adam|nonzero)_f*/*' >"$work/log" 2>&1
grep -q 'Tested: [1-9].* Failing: 0 .* Crashing: 0' "$work/log" ||
    fail "before anything is injected: $(grep -m 1 -e 'FAIL' -e 'Synthesis' "$work/log")"

inject "a product in two halves" rows/accumulate_equals_the_plain_chain_in_every_bit engine/kernel/rows.c \
    's/^    vec sum\[STRIP_MAX\];/    vec sum[STRIP_MAX], rest[STRIP_MAX] = {0};/' \
    's/sum\[v\] = vec_fma(factor, vec_load(row + v \* LANES), sum\[v\]);/if (2 * j < x->count) & else rest[v] = vec_fma(factor, vec_load(row + v * LANES), rest[v]);/' \
    's/vec_store(out + v \* LANES, vec_add(sum\[v\]/vec_store(out + v * LANES, vec_add(vec_add(sum[v], rest[v])/'
inject "a block of k from zero, added afterwards" packed_products/goes_on_from_the_partial_sums_of_earlier_blocks_of_k \
    engine/kernel/gemm.c \
    's/sum\[r\]\[v\] = from ? /sum[r][v] = t->first \&\& from ? /' \
    's/t->last ? vec_add(sum\[r\]\[v\], vec_zero()) : sum\[r\]\[v\]/vec_add(t->first ? sum[r][v] : vec_add(sum[r][v], load_part(to, t->columns, v)), vec_zero())/'
inject "-0 left as it is" rows/a_sum_that_underflows_to_minus_zero_ends_as_plus_zero engine/kernel/rows.c \
    's/vec_add(sum\[v\], vec_zero())/sum[v]/' 's/vec_add(sum, vec_zero())/sum/'
inject "another tree of lanes" lanes/total_is_the_fixed_tree_over_16_lanes engine/kernel/lanes.h \
    's/sum\[lane\] += sum\[lane + half\];/sum[lane] += sum[2 * half - 1 - lane];/'
inject "a multiply-add in an optimizer" digest/every_operation_has_the_bits_of_the_table engine/optimizer/adagrad.c \
    's/sum\[i\] += d \* d;/sum[i] = (real)__builtin_fma((double)d, (double)d, (double)sum[i]);/'
if grep -qw fma /proc/cpuinfo; then
    inject "multiply-adds fused by the compiler" digest/every_operation_has_the_bits_of_the_table \
        engine/optimizer/adam.c '1i #pragma GCC optimize("fp-contract=fast")'
fi
inject "skipped zeros that are not nothing" optimizer_property/a_zero_gradient_is_nothing_where_it_says_so \
    engine/optimizer/moments.h 's/ZERO_AT_REST/ZERO_IS_NOTHING/'
inject "an update left out that is not nothing" adam/equals_the_plain_formula_in_every_bit \
    engine/optimizer/adam.c 's|REAL_EPSILON / 32|REAL_EPSILON * 4|'
inject "a column left out that is not zero" nonzero/columns_are_those_that_are_not_all_zero \
    engine/kernel/nonzero.c 's/any |= bits;/any = bits;/'
inject "a function of libm" digest/every_operation_has_the_bits_of_the_table engine/activation/sigmoid.c \
    '1i #include <math.h>' 's/math_exp_all(e, e, count);/for (size_t i = 0; i < count; i++) e[i] = exp((double)e[i]);/'

# The unit tests link libm for their own sake; the program and this one do not.
edit engine/activation/sigmoid.c '1i #include <math.h>' 's/math_exp_all(e, e, count);/for (size_t i = 0; i < count; i++) e[i] = exp((double)e[i]);/' || fail "libm: the edit"
if ! compile $allocations && grep -q "undefined reference to .exp'" "$work/log"; then
    pass "a function of libm: does not link either, as nothing but tests links -lm"
else
    fail "a function of libm: links without -lm"
fi
restore engine/activation/sigmoid.c

edit engine/net/train.c 's/^\( *\)load_batch(net, pass, position, batch);/&void *volatile more = malloc(1); free(more);/' \
    '1i #include <stdlib.h>' || fail "allocation: the edit"
if compile $allocations && ! $allocations >"$work/log"; then
    pass "memory taken in training: caught by $(grep -c 'calls of the allocator' "$work/log") checks of tests/isa/allocations.c"
else
    fail "memory taken in training: not caught"
fi
restore engine/net/train.c

if [ "$(uname -m)" = x86_64 ]; then
    vex=$work/vex
    compile BUILD="$vex" ISA.generic=-mavx2 "$vex/obj/release/f64-generic/engine/optimizer/adam.o"
    if [ -e "$vex/obj/release/f64-generic/engine/optimizer/adam.o" ] && ! tests/isa/baseline.sh "$vex/obj/release" >"$work/log"; then
        pass "AVX outside its copies: caught by tests/isa/baseline.sh"
    else
        fail "AVX outside its copies: not caught"
    fi
fi
echo "injected: $passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
