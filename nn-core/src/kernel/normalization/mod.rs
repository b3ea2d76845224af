//! Sums over the rows of a matrix, and normalization of its columns: a batch is a matrix whose columns are channels.

pub mod apply;
pub mod backward;
mod groups;
pub mod moments;

use super::lanes::{load_some, store_some};
use super::{Isa, Job};
use core::ops::Range;
use groups::part;

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
    fn run<I: Isa>(self, isa: I) {
        let values = self.values;
        add_columns(
            isa,
            values.len(),
            self.sums,
            #[inline(always)]
            |_, place| load_some(isa, &values[place]),
        );
    }
}

/// Adds the sum of each column of the terms to `sums`. A term is told its columns and its place in a matrix of `len`
/// values.
///
/// Every fourth row goes to the same sum, so that an addition need not wait for the one before.
#[inline(always)]
fn add_columns<I: Isa>(isa: I, len: usize, sums: &mut [f32], term: impl Fn(Range<usize>, Range<usize>) -> I::Vector) {
    const APART: usize = 4;
    let columns = sums.len();
    let mut begin = 0;
    while begin < columns {
        let end = columns.min(begin + I::LANES);
        let rows = len / columns;
        let mut parts = [isa.splat(0.0); APART];
        for row in 0..rows / APART {
            for (part, sum) in parts.iter_mut().enumerate() {
                let place = (row * APART + part) * columns;
                *sum = isa.add(*sum, term(begin..end, place + begin..place + end));
            }
        }
        for row in rows / APART * APART..rows {
            parts[0] = isa.add(parts[0], term(begin..end, row * columns + begin..row * columns + end));
        }
        let total = isa.add(isa.add(parts[0], parts[1]), isa.add(parts[2], parts[3]));
        let sums = &mut sums[begin..end];
        store_some(isa, isa.add(load_some(isa, sums), total), sums);
        begin = end;
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
}

impl Normalization<'_> {
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
