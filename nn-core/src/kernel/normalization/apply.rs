//! The normalization of a batch, and the cut to bounds after it, in one pass.

use super::groups::{OnColumns, each_group, fetch_ahead, with_bounds};
use super::{ColumnNormalization, Normalization};
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
        let Self { normalization, bounds, input, .. } = *self;
        let ready = Ready::<_, VECTORS, BOUNDS>::new(isa, &normalization, bounds, &columns);
        let row = normalization.mean.len();
        for (input, output) in input.chunks_exact(row).zip(self.output.chunks_exact_mut(row)) {
            fetch_ahead::<I, VECTORS>(isa, &input[columns.clone()]);
            ready.write(isa, &input[columns.clone()], &mut output[columns.clone()]);
        }
    }
}

/// The normalization of some columns, at hand, and what follows it, with so many bounds.
pub(in crate::kernel) struct Ready<V, const VECTORS: usize, const BOUNDS: usize> {
    columns: [ColumnNormalization<V>; VECTORS],
    bounds: [V; 2],
}

impl<V: Copy, const VECTORS: usize, const BOUNDS: usize> Ready<V, VECTORS, BOUNDS> {
    #[inline(always)]
    pub(in crate::kernel) fn new<I: Isa<Vector = V>>(
        isa: I,
        normalization: &Normalization<'_>,
        bounds: Option<[f32; 2]>,
        columns: &Range<usize>,
    ) -> Self {
        let [lower, upper] = bounds.unwrap_or_default();
        Self { columns: normalization.vectors(isa, columns), bounds: [isa.splat(lower), isa.splat(upper)] }
    }

    /// The values of one row.
    #[inline(always)]
    pub(in crate::kernel) fn write<I: Isa<Vector = V>>(&self, isa: I, input: &[f32], output: &mut [f32]) {
        let [lower, upper] = self.bounds;
        let mut values = load_vectors::<I, VECTORS>(isa, input);
        for (value, column) in values.iter_mut().zip(&self.columns) {
            *value = column.apply(isa, *value);
            if BOUNDS > 0 {
                *value = isa.max(lower, *value);
            }
            if BOUNDS > 1 {
                *value = isa.min(upper, *value);
            }
        }
        store_vectors(isa, &values, output);
    }
}
