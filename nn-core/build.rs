//! Finds out what the processor can do, so that kernels are written in its instructions: `cfg(dual_multiply)` if it
//! multiplies pairs of halves, the DSP extension of Cortex-M, `cfg(helium)` if it has vectors, the extension MVE, and
//! `cfg(armv6m)` if it is one of the smallest, a Cortex-M0 or M0+.

use std::env;

/// Processors of the targets `thumbv8m` that multiply pairs of halves.
const DUAL_MULTIPLY: [&str; 4] = ["cortex-m33", "cortex-m35p", "cortex-m55", "cortex-m85"];
/// Those that have vectors too.
const HELIUM: [&str; 2] = ["cortex-m55", "cortex-m85"];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(dual_multiply)");
    println!("cargo::rustc-check-cfg=cfg(helium)");
    println!("cargo::rustc-check-cfg=cfg(armv6m)");
    println!("cargo::rerun-if-changed=build.rs");
    let target = env::var("TARGET").unwrap_or_default();
    // The compiler does not tell build scripts of these features, but the flags are theirs to read.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let flags = || flags.split('\x1f');
    let is_one_of =
        |names: &[&str]| flags().any(|flag| names.iter().any(|name| flag.ends_with(&format!("target-cpu={name}"))));
    let is_8 = target.starts_with("thumbv8m.main");
    let multiplies = is_one_of(&DUAL_MULTIPLY) || flags().any(|flag| flag.contains("+dsp"));
    if target.starts_with("thumbv7em") || is_8 && multiplies {
        println!("cargo::rustc-cfg=dual_multiply");
    }
    if target.starts_with("thumbv6m") {
        println!("cargo::rustc-cfg=armv6m");
    }
    if is_8 && is_one_of(&HELIUM) {
        println!("cargo::rustc-cfg=helium");
    }
}
