//! Softmax of rows.

use super::elementwise::{each, each_pair};
use super::{Isa, math};

/// `e^x[i] / sum over j of e^x[j]` for each row of `columns` values. The largest value of the row is subtracted first,
/// so that nothing overflows.
#[inline(always)]
pub(super) fn forward<I: Isa>(isa: I, data: &mut [f32], columns: usize) {
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
    // As many as the widest set has.
    let mut lanes = [f32::NEG_INFINITY; 16];
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
            let logits: std::vec::Vec<f32> = (0..3 * columns).map(|n| -200.0 - ((n * 7) % 13) as f32).collect();
            for level in Level::available() {
                let mut found = logits.clone();
                level.run(Softmax(&mut found, columns));
                for (logits, found) in logits.chunks(columns).zip(found.chunks(columns)) {
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
