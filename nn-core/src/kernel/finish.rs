//! What becomes of the sums of a convolution before they are written: the normalization and the activation after it.
//!
//! The values are those of the layers one after the other, bit for bit, but they are written once instead of three times.

use super::Isa;
use super::normalization::{ColumnNormalization, Normalization};
use core::ops::Range;

/// What becomes of the sums of each channel.
pub trait Finish: Copy {
    /// The same for some channels, at hand.
    type Ready<I: Isa, const VECTORS: usize>: Ready<I, VECTORS>;

    /// The same as a value of one type.
    fn as_finished(&self) -> Finished<'_>;

    /// Reads what belongs to these channels, which fill `VECTORS` vectors but for the last.
    fn ready<I: Isa, const VECTORS: usize>(&self, isa: I, channels: Range<usize>) -> Self::Ready<I, VECTORS>;
}

/// What becomes of the sums of `VECTORS` vectors of channels.
pub trait Ready<I: Isa, const VECTORS: usize>: Copy {
    /// Changes the sums of some outputs.
    fn apply<const ROWS: usize>(&self, isa: I, sums: &mut [[I::Vector; VECTORS]; ROWS]);
}

/// Sums that are written as they are.
#[derive(Clone, Copy, Debug)]
pub struct AsTheyAre;

impl Finish for AsTheyAre {
    type Ready<I: Isa, const VECTORS: usize> = Self;

    #[inline(always)]
    fn as_finished(&self) -> Finished<'_> {
        Finished { normalization: None, bounds: [f32::NEG_INFINITY, f32::INFINITY] }
    }

    #[inline(always)]
    fn ready<I: Isa, const VECTORS: usize>(&self, _isa: I, _channels: Range<usize>) -> Self {
        *self
    }
}

impl<I: Isa, const VECTORS: usize> Ready<I, VECTORS> for AsTheyAre {
    #[inline(always)]
    fn apply<const ROWS: usize>(&self, _isa: I, _sums: &mut [[I::Vector; VECTORS]; ROWS]) {}
}

/// Sums that are normalized, if there is a normalization, and then cut to bounds.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a> {
    /// The normalization of each channel.
    pub normalization: Option<Normalization<'a>>,
    /// The least and the largest value, such as zero and infinity by `relu`; infinities if nothing is cut.
    pub bounds: [f32; 2],
}

/// [`Finished`] for some channels.
#[derive(Clone, Copy, Debug)]
pub struct FinishedColumns<V, const VECTORS: usize> {
    normalization: Option<[ColumnNormalization<V>; VECTORS]>,
    bounds: [f32; 2],
}

impl Finish for Finished<'_> {
    type Ready<I: Isa, const VECTORS: usize> = FinishedColumns<I::Vector, VECTORS>;

    #[inline(always)]
    fn as_finished(&self) -> Finished<'_> {
        *self
    }

    #[inline(always)]
    fn ready<I: Isa, const VECTORS: usize>(&self, isa: I, channels: Range<usize>) -> Self::Ready<I, VECTORS> {
        let Some(normalization) = &self.normalization else {
            return FinishedColumns { normalization: None, bounds: self.bounds };
        };
        FinishedColumns { normalization: Some(normalization.vectors(isa, &channels)), bounds: self.bounds }
    }
}

impl<I: Isa, const VECTORS: usize> Ready<I, VECTORS> for FinishedColumns<I::Vector, VECTORS> {
    #[inline(always)]
    fn apply<const ROWS: usize>(&self, isa: I, sums: &mut [[I::Vector; VECTORS]; ROWS]) {
        if let Some(normalization) = &self.normalization {
            for sums in sums.iter_mut() {
                for (sum, normalization) in sums.iter_mut().zip(normalization) {
                    *sum = normalization.apply(isa, *sum);
                }
            }
        }
        let (lower, upper) = (isa.splat(self.bounds[0]), isa.splat(self.bounds[1]));
        for sum in sums.as_flattened_mut() {
            *sum = isa.min(upper, isa.max(lower, *sum));
        }
    }
}
