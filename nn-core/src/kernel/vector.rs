//! The product of one sample and a matrix.

use super::matrix::Start;
use super::weight::Weight;
use super::{Isa, Job};

/// `output[column] = bias[column] + sum over rows of input[row] * kernel[row][column]`.
///
/// Each weight is read once, so large layers are as fast as memory. As many columns as possible are kept in registers
/// while their rows stream by. Where columns are few, up to four rows have sums of their own, which are added at the
/// end, so that additions need not wait for each other.
#[derive(Debug)]
pub struct VectorMatrix<'a, W = f32> {
    /// A value for each row.
    pub input: &'a [f32],
    /// The matrix, row after row.
    pub kernel: &'a [W],
    /// What the sums begin with; zero if there is none.
    pub bias: Option<&'a [W]>,
    /// A value for each column.
    pub output: &'a mut [f32],
}

/// Rows that stream by at once where not all columns fit into registers. So many streams the processor fetches ahead,
/// and each goes on where the columns before it ended: with all rows at once, fetching was half as fast.
const STREAMS: usize = 16;

impl<W: Weight> Job for VectorMatrix<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let (rows, columns) = (self.input.len(), self.output.len());
        // Where few columns fit, all rows go by for them; nothing fetches ahead there.
        let streams = if columns > 8 * I::LANES && I::REGISTERS >= 8 { STREAMS } else { rows.max(1) };
        let mut start = Start::bias(self.bias);
        // A sum of no rows is its start.
        for row in (0..rows.max(1)).step_by(streams) {
            let input = self.input.get(row..rows.min(row + streams)).unwrap_or_default();
            let kernel = self.kernel.get(row * columns..).unwrap_or_default();
            Rows { input, kernel, start, output: self.output }.add(isa);
            start = Start::Keep;
        }
    }
}

/// Some of the rows.
struct Rows<'a, W> {
    input: &'a [f32],
    kernel: &'a [W],
    start: Start<'a, W>,
    output: &'a mut [f32],
}

impl<W: Weight> Rows<'_, W> {
    /// Adds the rows to the output.
    #[inline(always)]
    fn add<I: Isa>(mut self, isa: I) {
        let columns = self.output.len();
        let mut column = 0;
        if I::REGISTERS >= 16 {
            while column + 8 * I::LANES <= columns {
                self.block::<I, 1, 8>(isa, column);
                column += 8 * I::LANES;
            }
        }
        // Where there are few registers the same sums are made in narrower blocks.
        while column + 4 * I::LANES <= columns {
            if I::REGISTERS >= 8 {
                self.block::<I, 1, 4>(isa, column);
            } else {
                self.block::<I, 1, 2>(isa, column);
                self.block::<I, 1, 2>(isa, column + 2 * I::LANES);
            }
            column += 4 * I::LANES;
        }
        if column + 2 * I::LANES <= columns {
            if I::REGISTERS >= 8 {
                self.block::<I, 2, 2>(isa, column);
            } else {
                self.block::<I, 2, 1>(isa, column);
                self.block::<I, 2, 1>(isa, column + I::LANES);
            }
            column += 2 * I::LANES;
        }
        while column < columns {
            self.block::<I, 4, 1>(isa, column);
            column += I::LANES;
        }
    }

    /// `VECTORS` vectors of columns. Only a single vector may reach beyond the last column.
    ///
    /// Slices are taken by `get`, so that firmware has no code for a panic.
    #[inline(always)]
    fn block<I: Isa, const ROWS: usize, const VECTORS: usize>(&mut self, isa: I, column: usize) {
        let columns = self.output.len();
        let output = self.output.get_mut(column..).unwrap_or_default();
        let mut sums = [[isa.splat(0.0); VECTORS]; ROWS];
        for (vector, sum) in sums[0].iter_mut().enumerate() {
            *sum = match self.start {
                Start::Zero => isa.splat(0.0),
                Start::Bias(bias) => W::load_some(isa, bias.get(column + vector * I::LANES..).unwrap_or_default()),
                Start::Keep => isa.load_some(output.get(vector * I::LANES..).unwrap_or_default()),
            };
        }
        let end = if VECTORS > 1 { column + VECTORS * I::LANES } else { columns };
        let weights = self.kernel.get(column..).unwrap_or_default();
        if ROWS == 1 && VECTORS > 1 && W::add_rows(isa, &mut sums, [self.input; ROWS], weights, columns) {
            for (vector, sum) in sums[0].iter().enumerate() {
                isa.store_some(*sum, output.get_mut(vector * I::LANES..).unwrap_or_default());
            }
            return;
        }
        let (groups, rest) = self.input.as_chunks::<ROWS>();
        let mut row = 0;
        for group in groups {
            for (&value, sums) in group.iter().zip(&mut sums) {
                let Some(columns_of_row) = self.kernel.get(row + column..row + end) else { break };
                add(isa, value, columns_of_row, sums);
                row += columns;
            }
        }
        for (&value, sums) in rest.iter().zip(&mut sums) {
            let Some(columns_of_row) = self.kernel.get(row + column..row + end) else { break };
            add(isa, value, columns_of_row, sums);
            row += columns;
        }
        for vector in 0..VECTORS {
            let mut total = sums[0][vector];
            for sums in &sums[1..] {
                total = isa.add(total, sums[vector]);
            }
            isa.store_some(total, output.get_mut(vector * I::LANES..).unwrap_or_default());
        }
    }
}

/// Adds `value` times each of the first columns to their sums.
#[inline(always)]
fn add<W: Weight, I: Isa, const VECTORS: usize>(isa: I, value: f32, row: &[W], sums: &mut [I::Vector; VECTORS]) {
    let value = isa.splat(value);
    for (vector, sum) in sums.iter_mut().enumerate() {
        let columns = &row[vector * I::LANES..];
        let columns = if VECTORS > 1 { W::load(isa, columns) } else { W::load_some(isa, columns) };
        *sum = isa.mul_add(value, columns, *sum);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Level, f16};
    use crate::random::Random;
    use std::vec::Vec;

    #[test]
    fn products_of_all_sizes_agree_with_the_definition() {
        let mut random = Random::new(1, 0);
        for rows in [0, 1, 2, 3, 4, 7, 16, 130] {
            for columns in [0, 1, 7, 8, 10, 16, 31, 33, 63, 128, 200] {
                let mut values = |len| -> Vec<f32> { (0..len).map(|_| 2.0 * random.uniform() - 1.0).collect() };
                let (input, kernel, bias) = (values(rows), values(rows * columns), values(columns));
                for bias in [None, Some(&bias[..])] {
                    check(&input, &kernel, bias, columns);
                }
            }
        }
    }

    #[test]
    fn products_with_half_floats_are_those_with_their_values() {
        let mut random = Random::new(2, 0);
        for (rows, columns) in [(0, 3), (1, 1), (7, 10), (40, 33), (16, 128), (50, 200), (33, 136)] {
            let mut halves = |len| -> Vec<u16> { (0..len).map(|_| f16::from_f32(random.uniform() - 0.5)).collect() };
            let (kernel, bias) = (halves(rows * columns), halves(columns));
            let input: Vec<f32> = (0..rows).map(|row| 0.37 * row as f32 - 1.0).collect();
            let widen = |halves: &[u16]| -> Vec<f32> { halves.iter().map(|&half| f16::to_f32(half)).collect() };
            let (wide_kernel, wide_bias) = (widen(&kernel), widen(&bias));
            for level in Level::available() {
                let (mut found, mut expected) = (std::vec![0.0; columns], std::vec![0.0; columns]);
                let (input, bias, wide_bias) = (&input[..], Some(&bias[..]), Some(&wide_bias[..]));
                level.run(VectorMatrix { input, kernel: &kernel, bias, output: &mut found });
                level.run(VectorMatrix { input, kernel: &wide_kernel, bias: wide_bias, output: &mut expected });
                assert_eq!(found, expected, "{level:?}: {rows}x{columns}");
            }
        }
    }

    /// Each of up to `rows + 4` roundings is at most 2^-24 of a sum that is at most `rows + 1`.
    fn check(input: &[f32], kernel: &[f32], bias: Option<&[f32]>, columns: usize) {
        let tolerance = 6e-8 * (input.len() as f64 + 4.0).powi(2);
        for level in Level::available() {
            let mut output = std::vec![f32::NAN; columns];
            level.run(VectorMatrix { input, kernel, bias, output: &mut output });
            for (column, &found) in output.iter().enumerate() {
                let mut expected = bias.map_or(0.0, |bias| f64::from(bias[column]));
                for (row, &value) in input.iter().enumerate() {
                    expected += f64::from(value) * f64::from(kernel[row * columns + column]);
                }
                let error = (f64::from(found) - expected).abs();
                assert!(error <= tolerance, "{level:?}: {}x{columns} at {column}", input.len());
            }
        }
    }
}
