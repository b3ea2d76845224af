//! Whole-number arithmetic of int8 networks, the same bytes as TFLite's reference kernels.
//!
//! A tensor of bytes stands for real numbers by its [`Quantization`]. [`prepare`] makes the constants of each operation
//! from those, once; [`kernel`] computes with whole numbers only.

pub mod kernel;
pub mod multiplier;
pub mod prepare;
mod quantization;

pub use multiplier::{Multiplier, Rounding};
pub use quantization::Quantization;
