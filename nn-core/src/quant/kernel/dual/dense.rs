//! Dense layers: four units at a time, and those that are left one by one.

use super::Pairs;
use super::finish::Finish;
use super::units::Units;
use super::words::{add_products, spread, word};
use crate::quant::kernel::Dense;

impl Pairs for Dense<'_> {
    #[inline(always)]
    fn fits(&self) -> bool {
        true
    }

    #[inline(never)]
    fn run_in_pairs(self, usual: bool) {
        let Self { input, weights, rescale, output, .. } = self;
        let finish = &Finish::new(rescale, usual);
        let units = Units { inputs: input, weights, starts: finish.starts() };
        let first = if finish.is_plain() {
            units.write(finish.multipliers(), finish.zero_point(), output)
        } else {
            write_fours(units, finish, output)
        };
        for (unit, output) in output.iter_mut().enumerate().skip(first) {
            let weights = weights.get(unit * input.len()..).unwrap_or_default();
            let sum = one_sum(finish.start(unit), input, weights);
            *output = if finish.is_plain() { finish.constants(unit).byte(sum) } else { finish.any_byte(unit, sum) };
        }
    }
}

/// The bytes of as many units as there are fours, by the formula; tells how many.
#[cold]
#[inline(never)]
fn write_fours(mut units: Units<'_>, finish: &Finish<'_>, output: &mut [i8]) -> usize {
    let mut written = 0;
    for outputs in output.as_chunks_mut::<4>().0 {
        let Some(sums) = units.sums() else { break };
        for (output, sum) in outputs.iter_mut().zip(sums) {
            *output = finish.any_byte(written, sum);
            written += 1;
        }
        units.weights = units.weights.get(4 * units.inputs.len()..).unwrap_or_default();
        units.starts = units.starts.get(4..).unwrap_or_default();
    }
    written
}

#[inline(always)]
fn one_sum(start: i32, input: &[i8], weights: &[i8]) -> i32 {
    let (inputs, last_inputs) = input.as_chunks();
    let (words, _) = weights.as_chunks();
    let sum = inputs
        .iter()
        .zip(words)
        .fold(start, |sum, (inputs, weights)| add_products(sum, spread(word(inputs)), spread(word(weights))));
    let last = weights.get(4 * inputs.len()..).unwrap_or_default();
    last_inputs
        .iter()
        .zip(last)
        .fold(sum, |sum, (input, weight)| sum.wrapping_add(i32::from(*input) * i32::from(*weight)))
}
