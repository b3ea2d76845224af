//! What the workers written in Rust share: orders and answers, weights, data and the clock.
//!
//! A worker reads orders from its standard input, one a line, and answers each with one line of JSON, as `run.py`
//! describes. `python/worker.py` is the same for the workers written in Python.

mod data;
mod inference;
mod network;
mod training;

pub use data::{Images, Shuffle, Weights, input};
pub use inference::{Order, orders};
pub use network::{Convolution, Dense, Layer, Network};
pub use training::{Job, Steps, Training, serve, serve_steps};

use std::path::PathBuf;

/// The folder of everything that `setup.sh` installed or made: `PEERS_INSTALLED`.
pub fn installed() -> PathBuf {
    std::env::var_os("PEERS_INSTALLED").map_or_else(|| PathBuf::from("installed"), PathBuf::from)
}

/// The number of threads that a worker may use: `PEERS_THREADS`, 1 by default.
pub fn threads() -> usize {
    std::env::var("PEERS_THREADS").ok().and_then(|threads| threads.parse().ok()).unwrap_or(1)
}

/// An array of this length from the front of a slice.
pub fn array<const N: usize>(floats: &[f32]) -> [f32; N] {
    core::array::from_fn(|n| floats[n])
}

/// A JSON array of these numbers.
fn json(floats: &[f32]) -> String {
    let floats: Vec<String> = floats.iter().map(f32::to_string).collect();
    format!("[{}]", floats.join(","))
}
