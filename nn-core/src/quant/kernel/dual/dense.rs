//! Dense layers: four units at a time, which share the inputs that are spread.

use super::Pairs;
use super::finish::Finish;
use super::loops::add_four_units;
use super::words::{add_products, partial_word, spread, word};
use crate::quant::kernel::Dense;

impl Pairs for Dense<'_> {
    #[inline(always)]
    fn fits(&self) -> bool {
        true
    }

    #[inline(never)]
    fn run_in_pairs(self) {
        let Self { input, weights, rescale, output } = self;
        let finish = &Finish::new(rescale, input.len());
        let (fours, rest) = output.as_chunks_mut::<4>();
        let (starts, last_starts) = rescale.bias.as_chunks::<4>();
        let (multipliers, last_multipliers) = rescale.multipliers.as_chunks::<4>();
        let (mut at, mut unit) = (0, 0);
        for (outputs, (starts, multipliers)) in fours.iter_mut().zip(starts.iter().zip(multipliers)) {
            let Some(rows) = weights.get(at..at + 4 * input.len()) else { return };
            finish.units(unit, multipliers, add_four_units(*starts, input, rows), outputs);
            at += 4 * input.len();
            unit += 4;
        }
        for (output, (start, multiplier)) in rest.iter_mut().zip(last_starts.iter().zip(last_multipliers)) {
            let Some(row) = weights.get(at..at + input.len()) else { return };
            let [byte] = finish.bytes(unit, multiplier, [one_sum(*start, input, row)]);
            *output = byte as i8;
            at += input.len();
            unit += 1;
        }
    }
}

#[inline(always)]
fn one_sum(start: i32, input: &[i8], weights: &[i8]) -> i32 {
    let (inputs, last_inputs) = input.as_chunks();
    let (words, last) = weights.as_chunks();
    let sum = inputs
        .iter()
        .zip(words)
        .fold(start, |sum, (inputs, weights)| add_products(sum, spread(word(inputs)), spread(word(weights))));
    add_products(sum, spread(partial_word(last_inputs)), spread(partial_word(last)))
}
