#!/usr/bin/env bash
# What typednet costs at compile time: a warm `cargo check` of a crate with the tutorial's network and without it, medians
# of seven, and a clean release build of the library with all that it depends on.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scratch=$root/target/compile_time
mkdir -p "$scratch/src"
export CARGO_TARGET_DIR=$scratch/target
cat >"$scratch/Cargo.toml" <<TOML
[package]
name = "compile_time"
edition = "2024"
[dependencies]
typednet = { path = "$root" }
[workspace]
TOML
cp Cargo.lock "$scratch/"

# The README's program, and the same without its network.
awk '/^```rust,no_run$/ { inside = 1; next } /^```$/ { if (inside) exit } inside' README.md >"$scratch/with.rs"
grep -q 'network! {' "$scratch/with.rs"
echo 'fn main() -> typednet::Result<()> { typednet::datasets::mnist().map(|_| ()) }' >"$scratch/without.rs"

# Milliseconds of a command.
milliseconds() {
    local start end
    start=$(date +%s%N)
    "$@" >/dev/null 2>&1
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}

# A check after the program has changed.
check() {
    cp "$scratch/$1.rs" "$scratch/src/main.rs"
    echo "// $RANDOM" >>"$scratch/src/main.rs"
    milliseconds cargo check --manifest-path "$scratch/Cargo.toml"
}

median() {
    sort -n | awk '{ values[NR] = $1 } END { print values[int((NR + 1) / 2)] }'
}

check with >/dev/null
check without >/dev/null
for _ in 1 2 3 4 5 6 7; do
    check with >>"$scratch/with.ms.new"
    check without >>"$scratch/without.ms.new"
done
with=$(median <"$scratch/with.ms.new")
without=$(median <"$scratch/without.ms.new")
rm "$scratch"/*.new
echo "warm check: $with ms with the network, $without ms without: $((with - without)) ms more"

rm -rf "$CARGO_TARGET_DIR/release"
cargo fetch -q --manifest-path Cargo.toml
clean=$(milliseconds cargo build --release -p typednet)
echo "clean release build of the library: $clean ms on $(nproc) processors"
rm -rf "$CARGO_TARGET_DIR"
