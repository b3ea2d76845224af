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
        let finish = Finish::new(self.rescale, self.input.len());
        let Self { input, weights, rescale, output } = self;
        let (mut unit, mut rows) = (0, weights.chunks_exact(input.len().max(1)));
        let mut row = || rows.next().unwrap_or_default();
        let (fours, rest) = output.as_chunks_mut::<4>();
        for outputs in fours {
            let starts = core::array::from_fn(|next| rescale.start(unit + next));
            let sums = four_sums(starts, input, [row(), row(), row(), row()]);
            for (output, sum) in outputs.iter_mut().zip(sums) {
                *output = byte(&finish, unit, sum);
                unit += 1;
            }
        }
        for output in rest {
            *output = byte(&finish, unit, one_sum(rescale.start(unit), input, row()));
            unit += 1;
        }
    }
}

#[inline(always)]
fn byte(finish: &Finish<'_>, unit: usize, sum: i32) -> i8 {
    let [byte] = finish.bytes(unit, finish.multiplier(unit), [sum]);
    byte as i8
}

#[inline(always)]
fn four_sums(starts: [i32; 4], input: &[i8], weights: [&[i8]; 4]) -> [i32; 4] {
    let (inputs, last) = input.as_chunks();
    let mut sums = add_four_units(starts, inputs, weights.map(|row| row.as_chunks().0));
    if !last.is_empty() {
        let last = spread(partial_word(last));
        for (sum, row) in sums.iter_mut().zip(weights) {
            *sum = add_products(*sum, last, spread(partial_word(row.as_chunks::<4>().1)));
        }
    }
    sums
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
