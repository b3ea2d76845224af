//! The normalization of a batch, and the cut to bounds after it, in one pass.

use super::Normalization;
use super::groups::{OnColumns, each_group, fetch_ahead, with_bounds};
use crate::kernel::conv2d::rows::{load_vectors, store_vectors};
use crate::kernel::{Isa, Job};
use core::ops::Range;

/// Normalizes a matrix, and cuts the values to bounds.
#[derive(Debug)]
pub struct Normalize<'a> {
    /// How.
    pub normalization: Normalization<'a>,
    /// What the values are cut to; as they are without.
    pub bounds: Option<[f32; 2]>,
    /// A matrix, row after row.
    pub input: &'a [f32],
    /// A matrix of the same size.
    pub output: &'a mut [f32],
}

impl Job for Normalize<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        each_group(isa, self.normalization.mean.len(), &mut self);
    }
}

impl OnColumns for Normalize<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&mut self, isa: I, columns: Range<usize>) {
        with_bounds!(I, VECTORS, self.bounds, self.write(isa, columns));
    }
}

impl Normalize<'_> {
    #[inline(always)]
    fn write<I: Isa, const VECTORS: usize, const BOUNDS: usize>(&mut self, isa: I, columns: Range<usize>) {
        let normalizations = self.normalization.vectors::<I, VECTORS>(isa, &columns);
        let [lower, upper] = self.bounds.unwrap_or_default();
        let (lower, upper) = (isa.splat(lower), isa.splat(upper));
        let row = self.normalization.mean.len();
        for (input, output) in self.input.chunks_exact(row).zip(self.output.chunks_exact_mut(row)) {
            fetch_ahead::<I, VECTORS>(isa, &input[columns.clone()]);
            let mut values = load_vectors::<I, VECTORS>(isa, &input[columns.clone()]);
            for (value, normalization) in values.iter_mut().zip(&normalizations) {
                *value = normalization.apply(isa, *value);
                if BOUNDS > 0 {
                    *value = isa.max(lower, *value);
                }
                if BOUNDS > 1 {
                    *value = isa.min(upper, *value);
                }
            }
            store_vectors(isa, &values, &mut output[columns.clone()]);
        }
    }
}
