//! Whole-number arithmetic of int8 networks, the same bytes as TFLite's reference kernels.

pub mod multiplier;

pub use multiplier::{Multiplier, Rounding};
