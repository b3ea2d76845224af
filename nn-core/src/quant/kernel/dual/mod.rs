//! The kernels of weighted sums for ARM processors, many of which multiply two pairs of halves in one instruction, as a
//! Cortex-M4 does (`cfg(dual_multiply)`).
//!
//! Four bytes are one word; [`words`] spreads it to two pairs of 16 bits, whose products one instruction adds to a sum.
//! Inputs are spread once and used for all filters. Nothing is allocated: what is spread lies in [`SPREAD`] words of
//! stack.
//!
//! The others, as a Cortex-M0, do the same in plain Rust: that each input is fetched once for many filters, and each weight
//! for four places, is worth as much there.
//!
//! Not all sizes are taken: what [`Pairs::fits`] refuses is left to the bodies for all processors. Sizes are known where
//! the jobs are made, so that a program has the code for one of the two only.

mod convolution;
mod dense;
mod depthwise;
mod finish;
mod loops;
mod patches;
#[cfg(test)]
pub(super) mod tests;
mod words;

/// The pairs of words that a kernel has room for, each of four bytes spread: 2 KiB of stack.
const SPREAD: usize = 256;

/// Work for pairs of halves.
pub(in crate::quant) trait Pairs {
    /// Whether its sizes are taken.
    fn fits(&self) -> bool;

    /// Does the work, if its sizes are taken.
    fn run_in_pairs(self);
}
