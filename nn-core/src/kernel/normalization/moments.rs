//! Mean and variance of each column, piece by piece: a piece is small enough to be read twice, and pieces are joined
//! without a second look at their values.

use super::groups::{OnColumns, PIECE, each_group};
use crate::kernel::conv2d::rows::{load_vectors, store_vectors};
use crate::kernel::{Isa, Job};
use core::ops::Range;

/// Joins the rows of a matrix to others whose means and sums of squares of deviations are known.
///
/// The deviations are those from the mean of a piece, so that large means cost no digits; pieces are joined as in Chan,
/// Golub, LeVeque: "Updating formulae and a pairwise algorithm for computing sample variances", 1979.
#[derive(Debug)]
pub struct AddMoments<'a> {
    /// The matrix, row after row.
    pub values: &'a [f32],
    /// How many rows the moments are of already; if none, their values do not matter.
    pub before: usize,
    /// The mean of each column, then the sum of the squares of the deviations of each.
    pub moments: &'a mut [f32],
}

impl Job for AddMoments<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        each_group(isa, self.moments.len() / 2, &mut self);
    }
}

impl OnColumns for AddMoments<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&mut self, isa: I, columns: Range<usize>) {
        let row = self.moments.len() / 2;
        let (mean, squares) = self.moments.split_at_mut(row);
        let (mean, squares) = (&mut mean[columns.clone()], &mut squares[columns.clone()]);
        let zeros = [isa.splat(0.0); VECTORS];
        let mut known = if self.before == 0 {
            Moments { mean: zeros, squares: zeros }
        } else {
            Moments { mean: load_vectors(isa, mean), squares: load_vectors(isa, squares) }
        };
        let mut rows = self.before;
        for piece in self.values.chunks(PIECE * row) {
            let count = piece.len() / row;
            known.join(isa, rows, &Moments::of(isa, piece, row, columns.clone()), count);
            rows += count;
        }
        store_vectors(isa, &known.mean, mean);
        store_vectors(isa, &known.squares, squares);
    }
}

/// Of each column the mean, and the sum of the squares of the deviations from it.
struct Moments<V, const VECTORS: usize> {
    mean: [V; VECTORS],
    squares: [V; VECTORS],
}

impl<V: Copy, const VECTORS: usize> Moments<V, VECTORS> {
    /// Those of some columns of a piece whose rows are `row` long.
    #[inline(always)]
    fn of<I: Isa<Vector = V>>(isa: I, piece: &[f32], row: usize, columns: Range<usize>) -> Self {
        let rows = isa.splat((piece.len() / row) as f32);
        let (mut mean, mut squares) = ([isa.splat(0.0); VECTORS], [isa.splat(0.0); VECTORS]);
        for values in piece.chunks_exact(row) {
            let values = load_vectors::<I, VECTORS>(isa, &values[columns.clone()]);
            for index in 0..VECTORS {
                mean[index] = isa.add(mean[index], values[index]);
            }
        }
        for mean in &mut mean {
            *mean = isa.div(*mean, rows);
        }
        for values in piece.chunks_exact(row) {
            let values = load_vectors::<I, VECTORS>(isa, &values[columns.clone()]);
            for index in 0..VECTORS {
                let deviation = isa.sub(values[index], mean[index]);
                squares[index] = isa.mul_add(deviation, deviation, squares[index]);
            }
        }
        Self { mean, squares }
    }

    /// Joins `count` rows to these, which are of `rows`.
    #[inline(always)]
    fn join<I: Isa<Vector = V>>(&mut self, isa: I, rows: usize, other: &Self, count: usize) {
        let share = count as f32 / (rows + count) as f32;
        let (share, weight) = (isa.splat(share), isa.splat(rows as f32 * share));
        for index in 0..VECTORS {
            let apart = isa.sub(other.mean[index], self.mean[index]);
            self.mean[index] = isa.mul_add(apart, share, self.mean[index]);
            let between = isa.mul(isa.mul(apart, apart), weight);
            self.squares[index] = isa.add(isa.add(self.squares[index], other.squares[index]), between);
        }
    }
}

/// Joins the moments of some rows to those of others, as [`AddMoments`] does.
#[derive(Debug)]
pub struct JoinMoments<'a> {
    /// Moments of so many rows.
    pub moments: (&'a mut [f32], usize),
    /// Moments of so many others.
    pub others: (&'a [f32], usize),
}

impl Job for JoinMoments<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        each_group(isa, self.others.0.len() / 2, &mut self);
    }
}

impl OnColumns for JoinMoments<'_> {
    #[inline(always)]
    fn run<I: Isa, const VECTORS: usize>(&mut self, isa: I, columns: Range<usize>) {
        let row = self.others.0.len() / 2;
        let deviations = row + columns.start..row + columns.end;
        let of = |moments: &[f32]| Moments::<_, VECTORS> {
            mean: load_vectors(isa, &moments[columns.clone()]),
            squares: load_vectors(isa, &moments[deviations.clone()]),
        };
        let mut known = of(self.moments.0);
        known.join(isa, self.moments.1, &of(self.others.0), self.others.1);
        store_vectors(isa, &known.mean, &mut self.moments.0[columns.clone()]);
        store_vectors(isa, &known.squares, &mut self.moments.0[deviations.clone()]);
    }
}
