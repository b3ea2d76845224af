#!/usr/bin/env bash
# What typednet costs at compile time, and what it cost at another revision: `benches/compile_time.sh [REVISION]`. Medians
# of seven builds, of three (`CLEAN`) if they are clean, in seconds: on the clock, and of all processors in user mode. Each
# build of one revision is followed by the same of the other, so that both have the machine in the same state. `RUN` may be
# a command that runs another when the machine has nothing else to do.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scratch=${CARGO_TARGET_DIR:-$root/target}/compile_time
rm -rf "$scratch"
mkdir -p "$scratch/times"

# A tree is a place with the library: here, and there in an archive of the revision.
declare -A trees=([now]=$root)
order=(now)
if [ $# -gt 0 ]; then
    trees[before]=$scratch/revision
    order=(before now)
    mkdir "$scratch/revision"
    git archive "$1" | tar -x -C "$scratch/revision"
fi

# A crate with the README's program, and the same without its network.
prepare() {
    local library=${trees[$1]} crate=$scratch/$1
    mkdir -p "$crate/src"
    cat >"$crate/Cargo.toml" <<TOML
[package]
name = "compile_time"
edition = "2024"
[dependencies]
typednet = { path = "$library" }
[workspace]
TOML
    cp "$library/Cargo.lock" "$library/rust-toolchain.toml" "$crate/"
    awk '/^```rust,no_run$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' "$library/README.md" >"$crate/with.rs"
    grep -q 'network! {' "$crate/with.rs"
    echo 'fn main() -> typednet::Result<()> { typednet::datasets::mnist().map(|_| ()) }' >"$crate/without.rs"
    (cd "$library" && cargo fetch -q)
}

# `timed TREE KIND FOLDER ARGUMENTS...`: runs cargo in the folder, and notes its seconds.
timed() {
    local tree=$1 kind=$2 folder=$3
    shift 3
    (
        cd "$folder"
        export CARGO_TARGET_DIR=$scratch/$tree/target
        # shellcheck disable=SC2016,SC2086
        ${RUN:-} bash -c 'TIMEFORMAT="%R %U"; time cargo "$@" >/dev/null 2>&1' cargo "$@" 2>>"$scratch/times/$tree.$kind"
    )
}

check() {
    local tree=$1 program=$2 crate=$scratch/$1
    cp "$crate/$program.rs" "$crate/src/main.rs"
    echo "// $RANDOM$RANDOM" >>"$crate/src/main.rs"
    timed "$tree" "check_$program" "$crate" check
}

# The example has been changed; what it depends on is built.
example() {
    touch "${trees[$1]}/examples/mnist.rs"
    timed "$1" "${2:-example}" "${trees[$1]}" build --release --example mnist
}

clean_library() {
    rm -rf "$scratch/$1/target/release"
    timed "$1" clean_library "${trees[$1]}" build --release -p typednet
}

clean_example() {
    rm -rf "$scratch/$1/target/release"
    example "$1" clean_example
}

# `rounds COUNT COMMAND...`: runs it for each tree by turns.
rounds() {
    local count=$1 command=$2
    shift 2
    for _ in $(seq "$count"); do
        for tree in "${order[@]}"; do
            "$command" "$tree" "$@"
        done
    done
}

# `median TREE KIND COLUMN`
median() {
    cut -d ' ' -f "$3" "$scratch/times/$1.$2" | sort -n | awk '{ values[NR] = $1 } END { print values[int((NR + 1) / 2)] }'
}

# A line of the table: clock and processors, of the revision, now, and now as a share of the revision.
line() {
    local kind=$1 name=$2 tree column values=()
    [ -e "$scratch/times/now.$kind" ] || return 0 # None of them were asked for.
    for tree in "${order[@]}"; do
        for column in 1 2; do
            values+=("$(median "$tree" "$kind" "$column")")
        done
    done
    echo "${values[*]}" | awk -v name="$name" '{
        printf "%-52s", name
        for (i = 1; i <= NF; i++) printf " %8.3f", $i
        if (NF == 4) printf " %7.2f %7.2f", $3 / $1, $4 / $2
        print ""
    }'
}

for tree in "${order[@]}"; do
    prepare "$tree"
done
# What the programs depend on is built first, and its time not kept.
run=${RUN:-}
RUN=
for kind in "check with" "check without" example; do
    # shellcheck disable=SC2086
    rounds 1 $kind
done
rm "$scratch"/times/*
RUN=$run
rounds 7 check without
rounds 7 check with
rounds 7 example
rounds "${CLEAN:-3}" clean_library
rounds "${CLEAN:-3}" clean_example

printf '%-52s' "seconds on $(nproc) processors"
[ $# -eq 0 ] || printf ' %17s' "$(git rev-parse --short "$1")"
printf ' %17s' now
[ $# -eq 0 ] || printf ' %15s' ratio
echo
line check_without "cargo check, a program without a network"
line check_with "the same with the tutorial network"
line example "cargo build --release --example mnist, changed"
line clean_example "the same, clean"
line clean_library "cargo build --release -p typednet, clean"
rm -rf "$scratch"
