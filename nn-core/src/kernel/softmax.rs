//! Softmax of rows.

use super::elementwise::{each, each_pair};
use super::{Isa, math};

/// The lanes of the widest set.
const MOST_LANES: usize = 16;

/// Short rows that are worked on at once.
const ROWS: usize = 4;

/// `e^x[i] / sum over j of e^x[j]` for each row of `columns` values. The largest value of the row is subtracted first,
/// so that nothing overflows.
#[inline(always)]
pub(super) fn forward<I: Isa>(isa: I, data: &mut [f32], columns: usize) {
    // A microcontroller, which has few registers, has no room for a second way.
    if I::REGISTERS >= 16 && columns <= I::LANES {
        return forward_short(isa, data, columns);
    }
    for row in data.chunks_exact_mut(columns.max(1)) {
        let shift = isa.splat(largest(isa, row));
        each!(isa, row, |x| math::exp(isa, isa.sub(x, shift)));
        let mut sum = isa.splat(0.0);
        for values in row.chunks(I::LANES) {
            sum = isa.add(sum, isa.load_some(values));
        }
        let sum = isa.splat(isa.sum(sum));
        each!(isa, row, |exponential| isa.div(exponential, sum));
    }
}

/// The same bits for rows of one vector at most, each of which stays in a register.
#[inline(always)]
fn forward_short<I: Isa>(isa: I, data: &mut [f32], columns: usize) {
    let columns = columns.max(1);
    let groups = data.chunks_exact_mut(ROWS * columns);
    for group in groups {
        forward_rows::<I, ROWS>(isa, group, columns);
    }
    let rest = data.len() - data.len() % (ROWS * columns);
    for row in data[rest..].chunks_exact_mut(columns) {
        forward_rows::<I, 1>(isa, row, columns);
    }
}

/// All of some short rows are read before any is written: a processor does not see that a vector of which a part is read
/// begins behind the part that was written of the one before, and waits.
#[inline(always)]
fn forward_rows<I: Isa, const ROWS: usize>(isa: I, data: &mut [f32], columns: usize) {
    let lanes: [f32; MOST_LANES] = core::array::from_fn(|lane| lane as f32);
    let (lanes, count, lowest) = (isa.load(&lanes), isa.splat(columns as f32), isa.splat(f32::NEG_INFINITY));
    let mut rows = [lowest; ROWS];
    for (row, values) in data.chunks_exact(columns).zip(&mut rows) {
        // What is beyond the row is no maximum, and its exponential is zero.
        *values = isa.select_greater(count, lanes, isa.load_some(row), lowest);
    }
    // One step after the other for all rows, since each waits for the one before.
    let mut shifts = rows;
    for shift in &mut shifts {
        *shift = isa.max(*shift, lowest);
    }
    for _ in 0..I::LANES.ilog2() {
        // Interleaved with itself, a vector has each lane of its first half twice, and then each of its second. In the end
        // the largest is in every lane.
        for shift in &mut shifts {
            let (first, second) = isa.interleave(*shift, *shift);
            *shift = isa.max(first, second);
        }
    }
    for (values, shift) in rows.iter_mut().zip(shifts) {
        *values = isa.sub(*values, shift);
    }
    for values in &mut rows {
        *values = math::exp(isa, *values);
    }
    let mut sums = [0.0; ROWS];
    for (sum, &values) in sums.iter_mut().zip(&rows) {
        *sum = isa.sum(values);
    }
    for (row, (&values, &sum)) in data.chunks_exact_mut(columns).zip(rows.iter().zip(&sums)) {
        isa.store_some(isa.div(values, isa.splat(sum)), row);
    }
}

/// Turns the derivative by the outputs into that by the inputs: `y * (g - sum over j of y[j] * g[j])`.
#[inline(always)]
pub(super) fn backward<I: Isa>(isa: I, output: &[f32], gradient: &mut [f32], columns: usize) {
    let rows = output.chunks_exact(columns.max(1)).zip(gradient.chunks_exact_mut(columns.max(1)));
    for (output, gradient) in rows {
        let mean = mean(isa, output, gradient);
        each_pair!(isa, output, gradient, |y, slope| isa.mul(y, isa.sub(slope, mean)));
    }
}

/// The same, with the result in the place of the outputs.
#[inline(always)]
pub(super) fn backward_onto<I: Isa>(isa: I, output: &mut [f32], gradient: &[f32], columns: usize) {
    let rows = output.chunks_exact_mut(columns.max(1)).zip(gradient.chunks_exact(columns.max(1)));
    for (output, gradient) in rows {
        let mean = mean(isa, output, gradient);
        each_pair!(isa, gradient, output, |slope, y| isa.mul(y, isa.sub(slope, mean)));
    }
}

/// The mean of the derivatives, weighted by the outputs, in every lane.
#[inline(always)]
fn mean<I: Isa>(isa: I, output: &[f32], gradient: &[f32]) -> I::Vector {
    let mut sum = isa.splat(0.0);
    for (y, slope) in output.chunks(I::LANES).zip(gradient.chunks(I::LANES)) {
        sum = isa.mul_add(isa.load_some(y), isa.load_some(slope), sum);
    }
    isa.splat(isa.sum(sum))
}

/// The largest value of a row; what is not a number counts only if nothing else is there.
#[inline(always)]
fn largest<I: Isa>(isa: I, row: &[f32]) -> f32 {
    let larger = |largest: f32, &value: &f32| if value > largest { value } else { largest };
    let (vectors, rest) = row.split_at(row.len() - row.len() % I::LANES);
    let mut largest = isa.splat(f32::NEG_INFINITY);
    for values in vectors.chunks_exact(I::LANES) {
        largest = isa.max(isa.load(values), largest);
    }
    let mut lanes = [f32::NEG_INFINITY; MOST_LANES];
    if !vectors.is_empty() {
        isa.store(largest, &mut lanes);
    }
    rest.iter().fold(lanes.iter().fold(f32::NEG_INFINITY, larger), larger)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Job, Level};

    struct Softmax<'a>(&'a mut [f32], usize);

    impl Job for Softmax<'_> {
        type Output = ();
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            forward(isa, self.0, self.1);
        }
    }

    #[test]
    fn rows_of_all_sizes_agree_with_the_definition() {
        for columns in [1, 2, 7, 8, 10, 16, 17, 50] {
            // All far below zero, so that a lane that is not part of the row would show.
            let logits: std::vec::Vec<f32> =
                (0..(ROWS + 2) * columns).map(|n| -200.0 - ((n * 7) % 13) as f32).collect();
            for level in Level::available() {
                let mut found = logits.clone();
                level.run(Softmax(&mut found, columns));
                for (logits, found) in logits.chunks(columns).zip(found.chunks(columns)) {
                    let mut alone = logits.to_vec();
                    level.run(Softmax(&mut alone, columns));
                    assert_eq!(alone, found, "{columns} on {level:?}");
                    let exponential = |&x: &f32| libm::exp(f64::from(x) + 200.0);
                    let sum: f64 = logits.iter().map(exponential).sum();
                    for (logit, &found) in logits.iter().zip(found) {
                        // The exponential, the sum of up to 50, and the quotient: 2^-24 for each rounding.
                        let exact = exponential(logit) / sum;
                        assert!((f64::from(found) - exact).abs() < 4e-7 * exact, "{columns} on {level:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn large_logits_do_not_overflow_and_what_is_not_a_number_shows() {
        for level in Level::available() {
            let mut row = [1e30, -1e30, 1e30];
            level.run(Softmax(&mut row, 3));
            assert_eq!(row, [0.5, 0.0, 0.5]);
            let mut row = [1.0, f32::NAN, 2.0];
            level.run(Softmax(&mut row, 3));
            assert!(row.iter().all(|value| value.is_nan()));
        }
    }
}
