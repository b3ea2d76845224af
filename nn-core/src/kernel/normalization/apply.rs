//! The normalization of a batch, and the cut to bounds after it, in one pass.

use super::Normalization;
use super::groups::{OnColumns, each_group, fetch_ahead};
use crate::kernel::conv2d::rows::{load_vectors, store_vectors};
use crate::kernel::finish::{Finish, Finished, Ready};
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
        let bounds = self.bounds.unwrap_or([f32::NEG_INFINITY, f32::INFINITY]);
        let finish = Finished { normalization: Some(self.normalization), bounds };
        let finish = finish.ready::<I, VECTORS>(isa, columns.clone());
        let row = self.normalization.mean.len();
        for (input, output) in self.input.chunks_exact(row).zip(self.output.chunks_exact_mut(row)) {
            fetch_ahead::<I, VECTORS>(isa, &input[columns.clone()]);
            let mut values = [load_vectors(isa, &input[columns.clone()])];
            finish.apply(isa, &mut values);
            store_vectors(isa, &values[0], &mut output[columns.clone()]);
        }
    }
}
