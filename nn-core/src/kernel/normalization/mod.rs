//! Sums over the rows of a matrix, and normalization of its columns: a batch is a matrix whose columns are channels.

pub mod apply;
pub mod backward;
mod groups;
pub mod moments;

use super::conv2d::rows::{load_vectors, store_vectors};
use super::lanes::{load_some, store_some};
use super::{Isa, Job};
use core::ops::Range;
use groups::{OnColumns, each_group, part};

/// Adds the sum of each column of `values` to `sums`.
#[derive(Debug)]
pub struct AddColumns<'a> {
    /// The matrix, row after row.
    pub values: &'a [f32],
    /// A sum for each column.
    pub sums: &'a mut [f32],
}

impl Job for AddColumns<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        each_group(isa, self.sums.len(), &mut self);
    }
}

impl OnColumns for AddColumns<'_> {
    /// Every fourth row goes to the same sum, so that an addition need not wait for the one before.
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&mut self, isa: I, columns: Range<usize>) {
        const APART: usize = 4;
        let row = self.sums.len();
        let mut parts = [[isa.splat(0.0); VECTORS]; APART];
        let rows = self.values.chunks_exact(APART * row);
        let rest = rows.remainder();
        for rows in rows {
            for (row, sums) in rows.chunks_exact(row).zip(&mut parts) {
                add_row(isa, &row[columns.clone()], sums);
            }
        }
        for row in rest.chunks_exact(row) {
            add_row(isa, &row[columns.clone()], &mut parts[0]);
        }
        let sums = &mut self.sums[columns];
        let mut totals = load_vectors::<I, VECTORS>(isa, sums);
        for (index, total) in totals.iter_mut().enumerate() {
            let [first, second, third, fourth] = [parts[0][index], parts[1][index], parts[2][index], parts[3][index]];
            *total = isa.add(*total, isa.add(isa.add(first, second), isa.add(third, fourth)));
        }
        store_vectors(isa, &totals, sums);
    }
}

/// Adds the vectors of a row to sums.
#[inline(always)]
fn add_row<I: Isa, const VECTORS: usize>(isa: I, row: &[f32], sums: &mut [I::Vector; VECTORS]) {
    for (sum, value) in sums.iter_mut().zip(load_vectors::<I, VECTORS>(isa, row)) {
        *sum = isa.add(*sum, value);
    }
}

/// `gamma / sqrt(variance + epsilon) * (value - mean) + beta`, column by column.
#[derive(Clone, Copy, Debug)]
pub struct Normalization<'a> {
    /// The mean of each column.
    pub mean: &'a [f32],
    /// The variance of each column.
    pub variance: &'a [f32],
    /// What keeps the root from zero.
    pub epsilon: f32,
    /// What each column is scaled by.
    pub gamma: &'a [f32],
    /// What is added to each column.
    pub beta: &'a [f32],
}

/// A [`Normalization`] of one vector of columns.
#[derive(Clone, Copy, Debug)]
pub(super) struct ColumnNormalization<V> {
    mean: V,
    scale: V,
    beta: V,
}

impl Normalization<'_> {
    /// What is subtracted in a column, what the rest is divided by the root of, what it is multiplied with, and what is
    /// added then; zeros beyond the last one.
    pub(super) fn column(&self, column: usize) -> [f32; 4] {
        let of = |values: &[f32]| values.get(column).copied().unwrap_or(0.0);
        [of(self.mean), of(self.variance) + self.epsilon, of(self.gamma), of(self.beta)]
    }

    /// At most one vector of columns.
    #[inline(always)]
    pub(super) fn columns<I: Isa>(&self, isa: I, range: Range<usize>) -> ColumnNormalization<I::Vector> {
        ColumnNormalization {
            mean: load_some(isa, &self.mean[range.clone()]),
            scale: scale(isa, &self.gamma[range.clone()], &self.variance[range.clone()], self.epsilon),
            beta: load_some(isa, &self.beta[range]),
        }
    }

    /// So many vectors of columns, of which the last one may be partial.
    #[inline(always)]
    pub(super) fn vectors<I: Isa, const VECTORS: usize>(
        &self,
        isa: I,
        columns: &Range<usize>,
    ) -> [ColumnNormalization<I::Vector>; VECTORS] {
        let mut vectors = [self.columns(isa, part::<I>(columns, 0)); VECTORS];
        for (number, vector) in vectors.iter_mut().enumerate().skip(1) {
            *vector = self.columns(isa, part::<I>(columns, number));
        }
        vectors
    }
}

impl<V: Copy> ColumnNormalization<V> {
    #[inline(always)]
    pub(super) fn apply<I: Isa<Vector = V>>(&self, isa: I, values: V) -> V {
        isa.mul_add(isa.sub(values, self.mean), self.scale, self.beta)
    }
}

/// `gamma / sqrt(variance + epsilon)`
#[inline(always)]
fn scale<I: Isa>(isa: I, gamma: &[f32], variance: &[f32], epsilon: f32) -> I::Vector {
    isa.div(load_some(isa, gamma), deviation(isa, variance, epsilon))
}

/// `sqrt(variance + epsilon)`
#[inline(always)]
fn deviation<I: Isa>(isa: I, variance: &[f32], epsilon: f32) -> I::Vector {
    isa.sqrt(isa.add(load_some(isa, variance), isa.splat(epsilon)))
}

/// Divides sums of products with `values - mean` by `sqrt(variance + epsilon)`.
#[derive(Debug)]
pub struct Standardize<'a> {
    /// The variance of each column.
    pub variance: &'a [f32],
    /// What keeps the root from zero.
    pub epsilon: f32,
    /// A sum for each column.
    pub sums: &'a mut [f32],
}

impl Job for Standardize<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        for (sums, variance) in self.sums.chunks_mut(I::LANES).zip(self.variance.chunks(I::LANES)) {
            let standard = isa.div(load_some(isa, sums), deviation(isa, variance, self.epsilon));
            store_some(isa, standard, sums);
        }
    }
}
