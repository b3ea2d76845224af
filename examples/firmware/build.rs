//! Puts the description of the part's memory where the linker looks for it. `FIRMWARE_MEMORY=large` takes the larger one.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=memory");
    println!("cargo::rerun-if-env-changed=FIRMWARE_MEMORY");
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "none") {
        let memory = env::var("FIRMWARE_MEMORY").unwrap_or_else(|_| "part".into());
        let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
        fs::copy(format!("memory/{memory}.x"), folder.join("memory.x")).expect("the memory is described in `memory`");
        println!("cargo::rustc-link-search={}", folder.display());
        println!("cargo::rustc-link-arg=-Tlink.x");
        println!("cargo::rustc-link-arg=--nmagic");
    }
}
