//! The innermost loop: a tile of the output whose sums stay in registers.

use super::columns::{self, Columns};
use super::pack::{DEPTH, Rows};
use super::{MatrixMut, Start};
use crate::kernel::Isa;

/// `ROWS` rows by `VECTORS` vectors of columns of the output.
pub(super) struct Tile<I: Isa, const ROWS: usize, const VECTORS: usize> {
    isa: I,
    sums: [[I::Vector; VECTORS]; ROWS],
}

impl<I: Isa, const ROWS: usize, const VECTORS: usize> Tile<I, ROWS, VECTORS> {
    /// What the sums begin with. Rows and columns beyond the output begin with zero.
    #[inline(always)]
    pub(super) fn begin(isa: I, start: Start<'_>, output: &mut MatrixMut<'_>, row: usize, column: usize) -> Self {
        let mut tile = Self { isa, sums: [[isa.splat(0.0); VECTORS]; ROWS] };
        match start {
            Start::Zero => {}
            Start::Bias(bias) => {
                for sums in &mut tile.sums {
                    load(isa, &bias[column..], sums);
                }
            }
            Start::Keep => {
                for (index, sums) in tile.sums.iter_mut().enumerate() {
                    if row + index < output.rows() {
                        load(isa, &output.row(row + index)[column..], sums);
                    }
                }
            }
        }
        tile
    }

    /// The same of an output that has all of the rows and columns.
    #[inline(always)]
    pub(super) fn begin_whole(isa: I, start: Start<'_>, output: &mut MatrixMut<'_>, row: usize, column: usize) -> Self {
        let mut tile = Self { isa, sums: [[isa.splat(0.0); VECTORS]; ROWS] };
        match start {
            Start::Zero => {}
            Start::Bias(bias) => tile.sums = [columns::load(isa, &bias[column..]); ROWS],
            Start::Keep => {
                for (index, sums) in tile.sums.iter_mut().enumerate() {
                    *sums = columns::load(isa, &output.row(row + index)[column..]);
                }
            }
        }
        tile
    }

    /// Adds the products of the rows on the left and the columns on the right, step by step of the depth.
    #[inline(always)]
    #[expect(clippy::needless_range_loop, reason = "a step is a column of all rows on the left")]
    pub(super) fn add(&mut self, left: Rows<'_, ROWS>, mut right: impl Columns<I, VECTORS>) {
        let (isa, mut sums) = (self.isa, self.sums);
        match left {
            Rows::Straight(left) => {
                for step in 0..DEPTH {
                    let Some(columns) = right.next(isa) else { break };
                    multiply_add(isa, &mut sums, |row| left[row][step], columns);
                }
            }
            Rows::InPlace { mut from, rows, depth } => {
                // Of one length, and made here, so that the end of the loop tells of all that they are long enough.
                let mut left: [&[f32]; ROWS] = [&[]; ROWS];
                for (row, values) in left.iter_mut().enumerate() {
                    *values = &from.values[..depth];
                    if row + 1 < rows {
                        from = from.from(1, 0);
                    }
                }
                for step in 0..depth {
                    let Some(columns) = right.next(isa) else { break };
                    multiply_add(isa, &mut sums, |row| left[row][step], columns);
                }
            }
            Rows::Transposed(left) => {
                for left in left {
                    let Some(columns) = right.next(isa) else { break };
                    multiply_add(isa, &mut sums, |row| left[row], columns);
                }
            }
        }
        self.sums = sums;
    }

    /// Adds the products of these steps of the depth only: of rows on the left whose values are `stride` floats apart, and
    /// the columns on the right.
    #[inline(always)]
    pub(super) fn add_steps(&mut self, steps: &[u8], left: [&[f32]; ROWS], stride: usize, right: &[f32]) {
        let mut sums = self.sums;
        for &step in steps {
            let step = usize::from(step);
            let right = &right[step * VECTORS * I::LANES..][..VECTORS * I::LANES];
            self.step(&mut sums, |row| left[row][step * stride], right);
        }
        self.sums = sums;
    }

    /// Adds the products of rows on the left and columns on the right where they lie: a step of the depth lies so many floats
    /// behind the one before. Only a tile of one vector may have fewer columns than lanes.
    #[inline(always)]
    pub(super) fn add_in_place(
        &mut self,
        left: [&[f32]; ROWS],
        right: &[f32],
        [left_stride, right_stride]: [usize; 2],
        [depth, columns]: [usize; 2],
    ) {
        let (isa, mut sums) = (self.isa, self.sums);
        // Of one length, so that one comparison a step tells of all rows that they are long enough.
        let left_len = if depth == 0 { 0 } else { (depth - 1) * left_stride + 1 };
        let left = left.map(|row| &row[..left_len]);
        for step in 0..depth {
            // Not chunks of the stride: a row may be longer, if there is only one.
            let right = &right[step * right_stride..];
            let left = |row: usize| left[row][step * left_stride];
            if VECTORS > 1 || columns >= I::LANES {
                self.step(&mut sums, left, &right[..VECTORS * I::LANES]);
            } else {
                let columns = isa.load_partial(&right[..columns]);
                for (row, sums) in sums.iter_mut().enumerate() {
                    sums[0] = isa.mul_add(isa.splat(left(row)), columns, sums[0]);
                }
            }
        }
        self.sums = sums;
    }

    #[inline(always)]
    fn step(&self, sums: &mut [[I::Vector; VECTORS]; ROWS], left: impl Fn(usize) -> f32, right: &[f32]) {
        multiply_add(self.isa, sums, left, columns::load(self.isa, right));
    }

    /// Writes the sums to an output that has all of the rows and columns.
    #[inline(always)]
    pub(super) fn end_whole(self, output: &mut MatrixMut<'_>, row: usize, column: usize) {
        for (index, sums) in self.sums.iter().enumerate() {
            let to = &mut output.row(row + index)[column..][..VECTORS * I::LANES];
            for (vector, &sum) in sums.iter().enumerate() {
                self.isa.store(sum, &mut to[vector * I::LANES..]);
            }
        }
    }

    /// Writes the sums that lie within the output.
    #[inline(always)]
    pub(super) fn end(self, output: &mut MatrixMut<'_>, row: usize, column: usize) {
        for (index, sums) in self.sums.iter().enumerate() {
            if row + index < output.rows() {
                store(self.isa, sums, &mut output.row(row + index)[column..]);
            }
        }
    }
}

/// Adds the products of one step of the depth.
#[inline(always)]
fn multiply_add<I: Isa, const ROWS: usize, const VECTORS: usize>(
    isa: I,
    sums: &mut [[I::Vector; VECTORS]; ROWS],
    left: impl Fn(usize) -> f32,
    columns: [I::Vector; VECTORS],
) {
    for (row, sums) in sums.iter_mut().enumerate() {
        let factor = isa.splat(left(row));
        for (sum, &column) in sums.iter_mut().zip(&columns) {
            *sum = isa.mul_add(factor, column, *sum);
        }
    }
}

#[inline(always)]
fn load<I: Isa, const VECTORS: usize>(isa: I, from: &[f32], to: &mut [I::Vector; VECTORS]) {
    for (vector, to) in to.iter_mut().enumerate() {
        *to = isa.load_some(&from[(vector * I::LANES).min(from.len())..]);
    }
}

#[inline(always)]
fn store<I: Isa, const VECTORS: usize>(isa: I, from: &[I::Vector; VECTORS], to: &mut [f32]) {
    for (vector, &from) in from.iter().enumerate() {
        let begin = (vector * I::LANES).min(to.len());
        isa.store_some(from, &mut to[begin..]);
    }
}
