//! Finds out whether the processor multiplies pairs of halves, the DSP extension of Cortex-M: `cfg(dual_multiply)`.

use std::env;

/// Processors of the targets `thumbv8m` that have the extension.
const PROCESSORS: [&str; 4] = ["cortex-m33", "cortex-m35p", "cortex-m55", "cortex-m85"];

fn main() {
    println!("cargo::rustc-check-cfg=cfg(dual_multiply)");
    println!("cargo::rerun-if-changed=build.rs");
    let target = env::var("TARGET").unwrap_or_default();
    // The compiler does not tell build scripts of this feature, but the flags are theirs to read.
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let named = flags.split('\x1f').any(|flag| {
        flag.contains("+dsp") || PROCESSORS.iter().any(|name| flag.ends_with(&format!("target-cpu={name}")))
    });
    if target.starts_with("thumbv7em") || target.starts_with("thumbv8m.main") && named {
        println!("cargo::rustc-cfg=dual_multiply");
    }
}
