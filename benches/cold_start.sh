#!/usr/bin/env bash
# What a program with the tutorial network costs before it does its work: from the start of the process to the end of the
# first training step (median of 21), and the size of a program that only infers, without its symbols and its weights.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
scratch=${CARGO_TARGET_DIR:-$root/target}/cold_start
mkdir -p "$scratch/src/bin"
export CARGO_TARGET_DIR=$scratch/target
cat >"$scratch/Cargo.toml" <<TOML
[package]
name = "cold_start"
edition = "2024"
[features]
std = ["typednet/std"]
[dependencies]
typednet = { path = "$root", default-features = false }
[profile.release]
lto = true
codegen-units = 1
panic = "abort"
strip = true
[workspace]
TOML
cp Cargo.lock "$scratch/"

# The README's network.
network=$(awk '/^network! {$/ { inside = 1 } inside { print } inside && /^}$/ { exit }' README.md)

cat >"$scratch/src/bin/nothing.rs" <<'RUST'
fn main() {}
RUST
cat >"$scratch/src/bin/step.rs" <<RUST
use typednet::prelude::*;
$network
fn main() -> typednet::Result<()> {
    let images = vec![[[[0.5]; 28]; 28]; 128];
    let labels = (0..128).map(|n| n % 10).collect::<Vec<u8>>();
    let batch = Dataset::new(images, labels)?;
    let mut net = Digits::boxed(42);
    let mut trainer = Trainer::new(Adam::default(), SparseCategoricalCrossentropy).batch_size(128).verbose(0);
    trainer.fit(&mut net, &batch)?;
    Ok(())
}
RUST
cat >"$scratch/src/bin/infer.rs" <<RUST
use std::io::Read;
use typednet::prelude::*;
$network
// Weights and workspace are zeros until the program runs, so that the file holds none of them.
static mut NET: Digits = Digits::ZERO;
fn main() {
    let mut bytes = [0; 28 * 28];
    std::io::stdin().read_exact(&mut bytes).unwrap_or_default();
    let image = core::array::from_fn(|y| core::array::from_fn(|x| [f32::from(bytes[28 * y + x]) / 255.0]));
    // SAFETY: nobody else has the network.
    let net = unsafe { &*core::ptr::addr_of!(NET) };
    println!("{:?}", net.predict(core::hint::black_box(&image)));
}
RUST

cargo build -q --release --manifest-path "$scratch/Cargo.toml" --features std --bin step --bin nothing
for program in nothing step; do
    for _ in $(seq 21); do
        start=$(date +%s%N)
        "$CARGO_TARGET_DIR/release/$program"
        echo $((($(date +%s%N) - start) / 1000))
    done | sort -n | awk -v program="$program" '{ us[NR] = $1 } END { print program ": " us[11] " us from start to end" }'
done
echo "step: $(stat -c %s "$CARGO_TARGET_DIR/release/step") bytes stripped"
echo "nothing: $(stat -c %s "$CARGO_TARGET_DIR/release/nothing") bytes stripped"
# Without `std` typednet has one instruction set: that of the build.
cargo build -q --release --manifest-path "$scratch/Cargo.toml" --bin infer
echo "infer: $(stat -c %s "$CARGO_TARGET_DIR/release/infer") bytes stripped, without weights"
cargo build -q --release --manifest-path "$scratch/Cargo.toml" --bin infer --features std
echo "infer, with every instruction set: $(stat -c %s "$CARGO_TARGET_DIR/release/infer") bytes stripped, without weights"
rm -rf "$scratch"
