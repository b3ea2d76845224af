//! Weights in words of four, as a processor reads them that adds four products of bytes to each lane at once.
//!
//! In files the weights of a sum follow each other. For a vector of sums, the first four weights of each then have to be
//! gathered: for a dense layer sums of lanes are added up instead, and for a convolution a panel is made, at each
//! inference. In memory they may lie as they are read, `[filters / 16][products / 4][16][4]`, and what the sums begin with
//! is then less by what instructions add too much that take values [`FLIP`] too high.

use crate::kernel::{Isa, Products};

#[cfg(feature = "alloc")]
mod arrange;

#[cfg(feature = "alloc")]
pub(crate) use arrange::are_read;

/// The order in which weights lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// As in TFLite's files, `[filters][products]`.
    Filters,
    /// In words of four, `[filters / 16][products / 4][16][4]`; what sums begin with is 128 times the sum of their weights
    /// less.
    Words,
}

/// Filters side by side.
pub(crate) const LANES: usize = 16;
/// Weights of a word.
pub(crate) const DEPTH: usize = 4;
/// How much values are too high for which the sums begin with less.
const FLIP: i32 = 128;
/// The bytes of a line of the cache: of vectors that lie in two, each takes as long to read as two.
pub(crate) const LINE: usize = 64;
/// The bytes besides weights, of which some are skipped so that vectors begin where lines do. None where no processor reads
/// words.
pub(crate) const SLACK: usize = if cfg!(target_arch = "x86_64") { LINE - size_of::<i32>() } else { 0 };

/// The words of a convolution's filter, at most.
pub(crate) const MOST_WORDS: usize = 640;

/// Whether so many weights of each of so many filters can lie in words.
pub(crate) const fn fit(filters: usize, products: usize) -> bool {
    filters > 0 && filters.is_multiple_of(LANES) && products.is_multiple_of(DEPTH)
}

impl Order {
    /// Whether weights lie in words. Never where no processor reads them, so that nothing is compiled for them there.
    #[inline(always)]
    pub(super) const fn is_words(self) -> bool {
        cfg!(any(target_arch = "x86_64", test)) && matches!(self, Self::Words)
    }

    /// Where a weight of a filter of so many lies.
    #[inline(always)]
    pub(super) const fn place(self, products: usize, filter: usize, product: usize) -> usize {
        match self {
            Self::Filters => filter * products + product,
            Self::Words => {
                let word = filter / LANES * (products / DEPTH) + product / DEPTH;
                (word * LANES + filter % LANES) * DEPTH + product % DEPTH
            }
        }
    }
}

/// The product of a value, 128 too high, and a weight of a filter.
#[inline(always)]
pub(super) fn product(value: i8, weights: &[i8], place: usize) -> i32 {
    (value as i32 + FLIP) * weights.get(place).copied().unwrap_or(0) as i32
}

/// The bytes as words, if they begin where words do.
#[inline(always)]
pub(super) fn of_bytes(weights: &[i8]) -> Option<&[i32]> {
    // SAFETY: any four bytes are a word.
    let (before, words, after) = unsafe { weights.align_to::<i32>() };
    (before.is_empty() && after.is_empty()).then_some(words)
}

/// Whether a way of multiplying reads words.
#[inline(always)]
pub(super) const fn reads<I: Isa, P: Products<I>>() -> bool {
    I::LANES == LANES && P::DEPTH == DEPTH && P::FLIP == FLIP
}
