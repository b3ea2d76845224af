//! The kernels of weighted sums for processors with vectors of 16 bytes, as a Cortex-M55 (`cfg(helium)`; Arm calls the
//! extension Helium, or MVE).
//!
//! One instruction multiplies 16 bytes by 16 others and adds the products to a sum, and a loop may end within a vector.
//! Weights are read once for four sums, and four sums become bytes together. [`instructions`] has the loops.
//!
//! Layers that are rounded once, and sizes that [`Vectors::fits_vectors`] refuses, are left to [`dual`](super::dual).

mod convolution;
mod dense;
mod depthwise;
#[cfg_attr(not(helium), path = "plain.rs")]
mod instructions;
mod patches;

use super::Rescale;
use crate::quant::{Multiplier, Rounding};

/// Work for vectors of bytes.
pub(in crate::quant) trait Vectors {
    /// Whether its sizes are taken.
    fn fits_vectors(&self) -> bool;

    /// Does the work, if its sizes are taken.
    fn run_in_vectors(self);
}

/// The bytes of a vector.
const CELL: usize = 16;

/// Sixteen channels of a pixel.
type Cell = [i8; CELL];

/// Sixteen channels of a depthwise convolution, with the weights of each cell of its windows.
struct Group<'a> {
    rescale: &'a Rescale<'a>,
    weights: &'a [Cell; 9],
    first: usize,
}

/// Whether each of so many channels has constants of its own, and sums become bytes in the way of [`instructions`].
#[inline(always)]
fn is_usual(rescale: &Rescale<'_>, channels: usize) -> bool {
    let each = rescale.multipliers.len() == channels && rescale.bias.len() == channels;
    each && rescale.rounding == Rounding::Double
}

/// The multipliers of four channels from the first on.
#[inline(always)]
fn four_multipliers<'a>(rescale: &Rescale<'a>, first: usize) -> &'a [Multiplier; 4] {
    const NONE: &[Multiplier; 4] = &[Multiplier::ONE; 4];
    rescale.multipliers.get(first..).and_then(|multipliers| multipliers.first_chunk()).unwrap_or(NONE)
}

/// What the sums of four channels begin with.
#[inline(always)]
fn four_starts(rescale: &Rescale<'_>, first: usize) -> [i32; 4] {
    rescale.bias.get(first..).and_then(|starts| starts.first_chunk()).copied().unwrap_or_default()
}
