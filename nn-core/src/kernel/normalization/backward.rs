//! The derivatives of a normalization and of the cut to bounds after it. Where a value was cut off is seen from what went
//! in, so that what came out need not be read.

use super::groups::{OnColumns, PIECE, each_group, fetch_ahead, part, with_bounds};
use super::{ColumnNormalization, Normalization, deviation};
use crate::kernel::conv2d::rows::{load_vectors, store_vectors};
use crate::kernel::lanes::load_some;
use crate::kernel::{Isa, Job};
use core::ops::Range;

/// What was done to the columns of a matrix.
#[derive(Clone, Copy, Debug)]
pub struct Cut<'a> {
    /// The normalization.
    pub normalization: Normalization<'a>,
    /// What the values were cut to then; those on the bounds count as cut off.
    pub bounds: Option<[f32; 2]>,
}

/// A [`Cut`] of some columns, at hand, with so many bounds.
#[derive(Clone, Copy)]
struct CutColumns<V, const VECTORS: usize, const BOUNDS: usize> {
    columns: [ColumnNormalization<V>; VECTORS],
    bounds: [V; 2],
}

impl Cut<'_> {
    #[inline(always)]
    fn ready<I: Isa, const VECTORS: usize, const BOUNDS: usize>(
        &self,
        isa: I,
        columns: &Range<usize>,
    ) -> CutColumns<I::Vector, VECTORS, BOUNDS> {
        let [lower, upper] = self.bounds.unwrap_or_default();
        let columns = self.normalization.vectors(isa, columns);
        CutColumns { columns, bounds: [isa.splat(lower), isa.splat(upper)] }
    }
}

impl<V: Copy, const VECTORS: usize, const BOUNDS: usize> CutColumns<V, VECTORS, BOUNDS> {
    /// The deviations of the values from their mean, and of the derivatives by what came out those that come through.
    #[inline(always)]
    fn apply<I: Isa<Vector = V>>(&self, isa: I, values: &[f32], errors: &[f32]) -> [[V; VECTORS]; 2] {
        let mut deviations = load_vectors::<I, VECTORS>(isa, values);
        let mut errors = load_vectors::<I, VECTORS>(isa, errors);
        for index in 0..VECTORS {
            let ColumnNormalization { mean, scale, beta } = self.columns[index];
            deviations[index] = isa.sub(deviations[index], mean);
            if BOUNDS > 0 {
                let (output, [lower, upper]) = (isa.mul_add(deviations[index], scale, beta), self.bounds);
                errors[index] = isa.select_greater(output, lower, errors[index], isa.splat(0.0));
                if BOUNDS > 1 {
                    errors[index] = isa.select_greater(upper, output, errors[index], isa.splat(0.0));
                }
            }
        }
        [deviations, errors]
    }
}

/// Adds up the derivatives by beta, and by gamma but for the division by the deviation of the batch.
#[derive(Debug)]
pub struct AddErrors<'a> {
    /// What was done.
    pub cut: Cut<'a>,
    /// What went in.
    pub input: &'a [f32],
    /// The derivative by what came out.
    pub output_gradient: &'a [f32],
    /// A sum for each column by gamma, then by beta.
    pub sums: &'a mut [f32],
}

impl Job for AddErrors<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        each_group(isa, self.sums.len() / 2, &mut self);
    }
}

impl OnColumns for AddErrors<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&mut self, isa: I, columns: Range<usize>) {
        with_bounds!(I, VECTORS, self.cut.bounds, self.add(isa, columns));
    }
}

impl AddErrors<'_> {
    #[inline(always)]
    fn add<I: Isa, const VECTORS: usize, const BOUNDS: usize>(&mut self, isa: I, columns: Range<usize>) {
        let row = self.sums.len() / 2;
        let cut = self.cut.ready::<I, VECTORS, BOUNDS>(isa, &columns);
        let (by_gamma, by_beta) = self.sums.split_at_mut(row);
        let (by_gamma, by_beta) = (&mut by_gamma[columns.clone()], &mut by_beta[columns.clone()]);
        for (input, errors) in self.input.chunks(PIECE * row).zip(self.output_gradient.chunks(PIECE * row)) {
            let mut sums = [[isa.splat(0.0); VECTORS]; 2];
            for (input, errors) in input.chunks_exact(row).zip(errors.chunks_exact(row)) {
                let [deviations, errors] = cut.apply(isa, &input[columns.clone()], &errors[columns.clone()]);
                for index in 0..VECTORS {
                    sums[0][index] = isa.mul_add(errors[index], deviations[index], sums[0][index]);
                    sums[1][index] = isa.add(sums[1][index], errors[index]);
                }
            }
            for (sum, total) in sums.into_iter().zip([&mut *by_gamma, &mut *by_beta]) {
                let mut after = load_vectors::<I, VECTORS>(isa, total);
                for index in 0..VECTORS {
                    after[index] = isa.add(after[index], sum[index]);
                }
                store_vectors::<I, VECTORS>(isa, &after, total);
            }
        }
    }
}

/// The derivative by what went in.
///
/// `gamma / sqrt(variance + epsilon) * output_gradient` where mean and variance are constants. Where they are those of
/// the batch, it loses its own mean, and what it has in common with the normalized input.
#[derive(Debug)]
pub struct NormalizeBackward<'a> {
    /// What was done.
    pub cut: Cut<'a>,
    /// The derivatives by gamma and by beta, and the number of rows in the batch; `None` where mean and variance are
    /// constants.
    pub batch: Option<BatchGradient<'a>>,
    /// What went in.
    pub input: &'a [f32],
    /// The derivative by what came out.
    pub output_gradient: &'a [f32],
    /// The derivative by what went in.
    pub input_gradient: &'a mut [f32],
}

/// The derivatives by the parameters of a normalization, over a batch.
#[derive(Clone, Copy, Debug)]
pub struct BatchGradient<'a> {
    /// The derivative by gamma.
    pub gamma: &'a [f32],
    /// The derivative by beta.
    pub beta: &'a [f32],
    /// How many rows the mean is over.
    pub rows: usize,
}

impl Job for NormalizeBackward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        each_group(isa, self.cut.normalization.mean.len(), &mut self);
    }
}

impl OnColumns for NormalizeBackward<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&mut self, isa: I, columns: Range<usize>) {
        with_bounds!(I, VECTORS, self.cut.bounds, self.write(isa, columns));
    }
}

impl NormalizeBackward<'_> {
    #[inline(always)]
    fn write<I: Isa, const VECTORS: usize, const BOUNDS: usize>(&mut self, isa: I, columns: Range<usize>) {
        let row = self.cut.normalization.mean.len();
        let cut = self.cut.ready::<I, VECTORS, BOUNDS>(isa, &columns);
        let mut common = [[isa.splat(0.0); 2]; VECTORS];
        for (vector, (common, of)) in common.iter_mut().zip(&cut.columns).enumerate() {
            *common = self.common(isa, of.scale, part::<I>(&columns, vector));
        }
        let rows = self.input.chunks_exact(row).zip(self.output_gradient.chunks_exact(row));
        for ((input, errors), output) in rows.zip(self.input_gradient.chunks_exact_mut(row)) {
            fetch_ahead::<I, VECTORS>(isa, &input[columns.clone()]);
            fetch_ahead::<I, VECTORS>(isa, &errors[columns.clone()]);
            let [deviations, mut gradients] = cut.apply(isa, &input[columns.clone()], &errors[columns.clone()]);
            for index in 0..VECTORS {
                let [shift, slope] = common[index];
                let rest = isa.mul_add(deviations[index], slope, shift);
                gradients[index] = isa.mul_add(cut.columns[index].scale, gradients[index], rest);
            }
            store_vectors(isa, &gradients, &mut output[columns.clone()]);
        }
    }

    /// What is added to the scaled gradient of the output: a constant, and a slope over the deviations of the input. The
    /// gradient loses its mean, and what it has in common with the normalized input.
    #[inline(always)]
    fn common<I: Isa>(&self, isa: I, scale: I::Vector, range: Range<usize>) -> [I::Vector; 2] {
        let Some(BatchGradient { gamma, beta, rows }) = self.batch else {
            return [isa.splat(0.0); 2];
        };
        let Normalization { variance, epsilon, .. } = self.cut.normalization;
        let part = isa.div(scale, isa.splat(-(rows as f32)));
        let deviation = deviation(isa, &variance[range.clone()], epsilon);
        let shift = isa.mul(load_some(isa, &beta[range.clone()]), part);
        let slope = isa.div(isa.mul(load_some(isa, &gamma[range]), part), deviation);
        [shift, slope]
    }
}
