//! The product of one sample and a matrix.

use super::matrix::Start;
use super::weight::Weight;
use super::{Isa, Job, dispatch, nonzero};

/// `output[column] = bias[column] + sum over rows of input[row] * kernel[row][column]`.
///
/// Each weight is read once, so large layers are as fast as memory. As many columns as possible are kept in registers
/// while their rows stream by. Where columns are few, up to four rows have sums of their own, which are added at the
/// end, so that additions need not wait for each other; a single column has a sum for each lane of a vector. There each
/// value is used so few times that it counts how it gets into all lanes: see [`Isa::splats`]. Where many values of the
/// input are zero, as `relu` leaves them, their rows are not read at all.
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

/// Multiplies one sample, with the best instruction set.
///
/// Networks do so themselves, in the crate that declares them. Since it is done here too, the code for every set is compiled
/// with this crate, and not once more with each of those.
pub fn multiply(product: VectorMatrix<'_>) {
    dispatch(product);
}

/// Rows that stream by at once where not all columns fit into registers. So many streams the processor fetches ahead,
/// and each goes on where the columns before it ended: with all rows at once, fetching was half as fast.
const STREAMS: usize = 16;

/// So many values [`Isa::splats`] takes at once.
const SIXTEEN: usize = 16;

impl<W: Weight> Job for VectorMatrix<'_, W> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(mut self, isa: I) {
        let (rows, columns) = (self.input.len(), self.output.len());
        if columns == 1 && I::REGISTERS >= 16 {
            return self.dot(isa);
        }
        // Where few columns fit, all rows go by for them; nothing fetches ahead there.
        let streams = if columns > 8 * I::LANES && I::REGISTERS >= 8 { STREAMS } else { rows.max(1) };
        let start = Start::bias(self.bias);
        let done = if self.is_sparse(isa) { columns - columns % (4 * I::LANES) } else { 0 };
        if done > 0 {
            self.add_nonzero(isa, start, streams, done);
        }
        if done == columns && columns > 0 {
            return;
        }
        let mut start = start;
        // A sum of no rows is its start.
        for row in (0..rows.max(1)).step_by(streams) {
            let input = self.input.get(row..rows.min(row + streams)).unwrap_or_default();
            let kernel = self.kernel.get(row * columns..).unwrap_or_default();
            Rows { input, kernel, start, output: self.output }.add(isa, done);
            start = Start::Keep;
        }
    }
}

/// Smaller products are made as they are.
const LARGE: usize = 4096;
/// How many bytes of bits a piece of the input has.
const BYTES: usize = 32;
/// Of so many eights of the input one is looked at.
const SAMPLED: usize = 4;
/// About the size of a second cache. Of what lies beyond it, rows that are next to each other are read one and a half times
/// as fast as others.
const CACHE: usize = 1 << 20;

impl<W: Weight> VectorMatrix<'_, W> {
    /// A single column, whose weights lie side by side: a vector of rows at a time.
    #[inline(always)]
    fn dot<I: Isa>(self, isa: I) {
        let mut sums = [isa.splat(0.0); 4];
        // In one lane, so that nothing is left to do when the lanes are added.
        sums[0] = W::load_some(isa, self.bias.and_then(|bias| bias.get(..1)).unwrap_or_default());
        for (input, kernel) in self.input.chunks(4 * I::LANES).zip(self.kernel.chunks(4 * I::LANES)) {
            let vectors = input.chunks(I::LANES).zip(kernel.chunks(I::LANES));
            for (sum, (input, kernel)) in sums.iter_mut().zip(vectors) {
                *sum = isa.mul_add(isa.load_some(input), W::load_some(isa, kernel), *sum);
            }
        }
        let [first, second, third, fourth] = sums;
        // By pairs, so that one addition waits for few others; a single vector has nothing to be added to.
        let pairs = || isa.add(isa.add(first, second), isa.add(third, fourth));
        let sum = isa.sum(if self.input.len() <= I::LANES { first } else { pairs() });
        isa.store_partial(isa.splat(sum), self.output);
    }

    /// Whether so much of the input is zero, as far as a part of it shows, that it is worth a list of the rest. The sums do
    /// not depend on the answer.
    #[inline(always)]
    fn is_sparse<I: Isa>(&self, isa: I) -> bool {
        // A set with few registers is a microcontroller's, with little memory for code.
        if I::REGISTERS < 16 || self.input.len() * self.output.len() <= LARGE {
            return false;
        }
        let eights = self.input.as_chunks().0.iter().step_by(SAMPLED);
        let most = 8 * eights.len();
        let worth = if size_of_val(self.kernel) > CACHE { most * 11 / 20 } else { most * 4 / 5 };
        eights.map(|eight| isa.nonzero(eight).count_ones() as usize).sum::<usize>() < worth
    }

    /// The first `columns` columns, groups of four vectors, by the rows whose input is not zero.
    #[inline(always)]
    fn add_nonzero<I: Isa>(&mut self, isa: I, mut start: Start<'_, W>, streams: usize, columns: usize) {
        let mut list = nonzero::List::<BYTES>::EMPTY;
        for (piece, input) in self.input.chunks(8 * BYTES).enumerate() {
            list.of(nonzero::bits(isa, input));
            let kernel = self.kernel.get(piece * 8 * BYTES * self.output.len()..).unwrap_or_default();
            for numbers in list.numbers().chunks(streams) {
                let mut rows = Rows { input, kernel, start, output: self.output };
                rows.add_listed(isa, numbers, columns);
                start = Start::Keep;
            }
        }
        // A sum of no rows is its start.
        if !matches!(start, Start::Keep) {
            Rows { input: &[], kernel: &[], start, output: self.output }.add_listed(isa, &[], columns);
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
    /// Adds the rows of these numbers to the first `columns` columns of the output, groups of four vectors.
    #[inline(always)]
    fn add_listed<I: Isa>(&mut self, isa: I, numbers: &[u8], columns: usize) {
        let mut column = 0;
        while column + 8 * I::LANES <= columns {
            self.listed::<I, 8>(isa, numbers, column);
            column += 8 * I::LANES;
        }
        if column < columns {
            self.listed::<I, 4>(isa, numbers, column);
        }
    }

    #[inline(always)]
    fn listed<I: Isa, const VECTORS: usize>(&mut self, isa: I, numbers: &[u8], column: usize) {
        let mut sums = self.begin::<I, VECTORS>(isa, column);
        let weights = self.kernel.get(column..).unwrap_or_default();
        if !W::add_listed(isa, &mut sums, (self.input, numbers), weights, self.output.len()) {
            for row in numbers.iter().map(|&number| usize::from(number)) {
                let begin = row * self.output.len();
                let (Some(&value), Some(weights)) =
                    (self.input.get(row), weights.get(begin..begin + VECTORS * I::LANES))
                else {
                    break;
                };
                add(isa, value, weights, &mut sums);
            }
        }
        let output = self.output.get_mut(column..).unwrap_or_default();
        for (vector, sum) in sums.iter().enumerate() {
            isa.store_some(*sum, output.get_mut(vector * I::LANES..).unwrap_or_default());
        }
    }

    /// What the sums of some vectors of columns begin with.
    #[inline(always)]
    fn begin<I: Isa, const VECTORS: usize>(&self, isa: I, column: usize) -> [I::Vector; VECTORS] {
        let mut sums = [isa.splat(0.0); VECTORS];
        for (vector, sum) in sums.iter_mut().enumerate() {
            let column = column + vector * I::LANES;
            *sum = match self.start {
                Start::Zero => isa.splat(0.0),
                Start::Bias(bias) => W::load_some(isa, bias.get(column..).unwrap_or_default()),
                Start::Keep => isa.load_some(self.output.get(column..).unwrap_or_default()),
            };
        }
        sums
    }

    /// Adds the rows to the output, from a column on.
    #[inline(always)]
    fn add<I: Isa>(mut self, isa: I, from: usize) {
        let columns = self.output.len();
        let mut column = from;
        if const { I::REGISTERS >= 16 } {
            while column + 8 * I::LANES <= columns {
                self.block::<I, 1, 8>(isa, column);
                column += 8 * I::LANES;
            }
        }
        // Where there are few registers the same sums are made in narrower blocks.
        while column + 4 * I::LANES <= columns {
            if const { I::REGISTERS >= 8 } {
                self.block::<I, 1, 4>(isa, column);
            } else {
                self.block::<I, 1, 2>(isa, column);
                self.block::<I, 1, 2>(isa, column + 2 * I::LANES);
            }
            column += 4 * I::LANES;
        }
        if column + 2 * I::LANES <= columns {
            if const { I::REGISTERS >= 8 } {
                self.block::<I, 2, 2>(isa, column);
            } else {
                self.block::<I, 2, 1>(isa, column);
                self.block::<I, 2, 1>(isa, column + I::LANES);
            }
            column += 2 * I::LANES;
        }
        while column < columns {
            // Few additions do not wait long, and where a network is as small as this, its next sample begins before this
            // one ends: the fewer instructions, the earlier.
            if I::HAS_SPLATS && self.input.len() <= SIXTEEN {
                self.block::<I, 2, 1>(isa, column);
            } else {
                self.block::<I, 4, 1>(isa, column);
            }
            column += I::LANES;
        }
    }

    /// `VECTORS` vectors of columns. Only a single vector may reach beyond the last column.
    ///
    /// Slices are taken by `get`, so that firmware has no code for a panic.
    #[inline(always)]
    fn block<I: Isa, const ROWS: usize, const VECTORS: usize>(&mut self, isa: I, column: usize) {
        let columns = self.output.len();
        let mut sums = [[isa.splat(0.0); VECTORS]; ROWS];
        sums[0] = self.begin(isa, column);
        let output = self.output.get_mut(column..).unwrap_or_default();
        let end = if VECTORS > 1 { column + VECTORS * I::LANES } else { columns };
        let weights = self.kernel.get(column..).unwrap_or_default();
        if ROWS == 1 && VECTORS > 1 && W::add_rows(isa, &mut sums, [self.input; ROWS], weights, columns) {
            for (vector, sum) in sums[0].iter().enumerate() {
                isa.store_some(*sum, output.get_mut(vector * I::LANES..).unwrap_or_default());
            }
            return;
        }
        let mut row = 0;
        let mut input = self.input;
        if I::HAS_SPLATS && ROWS > 1 {
            let (sixteens, rest) = input.as_chunks::<SIXTEEN>();
            for values in sixteens {
                for (index, &value) in isa.splats(values).as_flattened().iter().enumerate() {
                    let Some(columns_of_row) = self.kernel.get(row + column..row + end) else { break };
                    add_splat(isa, value, columns_of_row, &mut sums[index % ROWS]);
                    row += columns;
                }
            }
            input = rest;
        }
        let (groups, rest) = input.as_chunks::<ROWS>();
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
    add_splat(isa, isa.splat(value), row, sums);
}

/// The same with the value in every lane.
#[inline(always)]
fn add_splat<W: Weight, I: Isa, const VECTORS: usize>(
    isa: I,
    value: I::Vector,
    row: &[W],
    sums: &mut [I::Vector; VECTORS],
) {
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

    /// The same bits as without the rows whose input is zero, in all columns that are groups of four vectors.
    #[test]
    fn rows_of_zeros_are_left_out() {
        struct Lanes;
        impl Job for Lanes {
            type Output = usize;
            fn run<I: Isa>(self, _: I) -> usize {
                I::LANES
            }
        }
        let mut random = Random::new(3, 0);
        for (rows, columns) in [(40, 128), (100, 320), (513, 129), (4200, 64)] {
            for density in [0.0, 0.3, 0.7] {
                let mut values = |len| -> Vec<f32> { (0..len).map(|_| 2.0 * random.uniform() - 1.0).collect() };
                let (mut input, kernel, bias) = (values(rows), values(rows * columns), values(columns));
                input.iter_mut().for_each(|value| *value *= if random.uniform() < density { 1.0 } else { 0.0 });
                check(&input, &kernel, Some(&bias), columns);
                let halves: Vec<u16> = kernel.iter().map(|&value| f16::from_f32(value)).collect();
                for level in Level::available() {
                    let whole = columns - columns % (4 * level.run(Lanes));
                    same_without_zeros(level, &input, &kernel, columns, whole);
                    same_without_zeros(level, &input, &halves, columns, whole);
                }
            }
        }
    }

    fn same_without_zeros<W: Weight>(level: Level, input: &[f32], kernel: &[W], columns: usize, whole: usize) {
        let (mut few, mut rows_of_few) = (Vec::new(), Vec::new());
        for (&value, row) in input.iter().zip(kernel.chunks(columns)) {
            if value != 0.0 {
                few.push(value);
                rows_of_few.extend_from_slice(row);
            }
        }
        let (mut found, mut expected) = (std::vec![f32::NAN; columns], std::vec![f32::NAN; columns]);
        level.run(VectorMatrix { input, kernel, bias: None, output: &mut found });
        level.run(VectorMatrix { input: &few, kernel: &rows_of_few, bias: None, output: &mut expected });
        assert_eq!(found[..whole], expected[..whole], "{level:?}: {}x{columns}", input.len());
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
