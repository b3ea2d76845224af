//! The kernels of weighted sums for ARM processors, many of which multiply two pairs of halves in one instruction, as a
//! Cortex-M4 does (`cfg(dual_multiply)`).
//!
//! Four bytes are one word; [`words`] spreads it to two pairs of 16 bits, whose products one instruction adds to a sum.
//! Inputs are spread once and used for all filters. Nothing is allocated: what is spread lies in at most [`SPREAD`] pairs
//! of words on the stack.
//!
//! The innermost loops are written as the processor's instructions, since what they save is what a compiler does not find:
//! loads of four words in one instruction, and all of a loop's numbers in registers. A loop goes over the filters, units or
//! pixels too, whose constants it reads from a table on the stack: registers are few, and to save and restore them around
//! each sum takes longer than many a sum. On other processors they are plain Rust.
//!
//! The others do the same in plain Rust: that each input is fetched once for many filters, and each weight for four places,
//! is worth as much there. A Cortex-M0 has instructions of its own, `armv6m`, and both multiply what two places see at
//! once, `lanes`.
//!
//! Not all sizes are taken: what [`Pairs::fits`] refuses is left to the bodies for all processors. Sizes are known where
//! the jobs are made, so that a program has the code for one of the two only.

#[cfg(armv6m)]
mod armv6m;
mod convolution;
mod dense;
mod depthwise;
mod finish;
#[cfg(not(dual_multiply))]
mod lanes;
mod patches;
mod places;
mod spread;
mod squares;
mod units;
mod words;

/// The most pairs of words that a kernel has room for, each of four bytes spread: 2 KiB of stack.
const SPREAD: usize = 256;

/// Work for pairs of halves.
pub(in crate::quant) trait Pairs {
    /// Whether its sizes are taken.
    fn fits(&self) -> bool;

    /// Does the work, if its sizes are taken. The sums may be `usual` ones, see [`crate::quant::Kind::Usual`].
    fn run_in_pairs(self, usual: bool);
}
