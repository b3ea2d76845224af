//! Dense layers.

use super::Rescale;
use super::conv2d::add_products;
use super::dots::{UNITS, Units, add_dots, correction, lanes_of};
use super::estimate::Estimates;
use super::one_by_one::OneByOne;
use super::scale::store_some;
use super::strip::Aligned;
use super::words::{Order, product};
use crate::kernel::{ByteJob, Isa, Job, Products};

mod in_words;

/// A dense layer on one sample: `output = rescale(weights * input)`.
#[derive(Debug)]
pub struct Dense<'a> {
    /// The inputs.
    pub input: &'a [i8],
    /// The weights, `[units][inputs]`.
    pub weights: &'a [i8],
    /// In which order they lie.
    pub order: Order,
    /// From sums to bytes, one channel a unit.
    pub rescale: Rescale<'a>,
    /// The units.
    pub output: &'a mut [i8],
}

/// So many units are summed before their bytes are made.
const BLOCK: usize = 128;
/// So many products are done one by one.
const FEW: usize = 64;

impl Job for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        self.run_on(isa);
    }
}

impl OneByOne for Dense<'_> {
    #[inline(always)]
    fn one_by_one(self) {
        let Self { input, weights, order, rescale, output } = self;
        if order.is_words() {
            for (unit, output) in output.iter_mut().enumerate() {
                let sum = input.iter().enumerate().fold(rescale.start(unit), |sum, (index, &value)| {
                    sum.wrapping_add(product(value, weights, Order::Words.place(input.len(), unit, index)))
                });
                *output = rescale.byte(unit, sum);
            }
            return;
        }
        let rows = weights.chunks_exact(input.len().max(1));
        for ((unit, output), weights) in output.iter_mut().enumerate().zip(rows) {
            *output = rescale.byte(unit, add_products(rescale.start(unit), input, weights));
        }
    }
}

impl ByteJob for Dense<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa, P: Products<I>>(self, isa: I, products: P) {
        if let Some(words) = self.words::<I, P>() {
            return self.in_words(isa, products, words);
        }
        // A few products are done before the vectors are ready.
        let few = self.input.len() * self.output.len() <= FEW;
        let too_short = self.weights.len() < self.input.len().saturating_mul(self.output.len());
        if few || self.input.is_empty() || too_short || self.order.is_words() {
            return self.one_by_one();
        }
        let Self { input, weights, rescale, output, .. } = self;
        let start = correction(isa, products, isa.splat_whole(0), input);
        // All sums before all bytes: either loop is short enough for the processor to work at several vectors of units at once.
        let Aligned(sums) = &mut Aligned([0; BLOCK]);
        for (block, output) in output.chunks_mut(BLOCK).enumerate() {
            for vector in (0..output.len()).step_by(I::LANES) {
                let first = block * BLOCK + vector;
                let units = Units {
                    weights: &weights[first * input.len()..],
                    distance: input.len(),
                    count: I::LANES.min(output.len() - vector),
                };
                let bias = lanes_of(isa, rescale.bias.get(first..).unwrap_or_default());
                let of_units = sums_of(isa, products, input, start, units);
                isa.store_whole(isa.add_whole(of_units, bias), &mut sums[vector..]);
            }
            write(isa, &rescale, block * BLOCK, sums, output);
        }
    }
}

/// The bytes of the units from the first one on.
#[inline(always)]
fn write<I: Isa>(isa: I, rescale: &Rescale<'_>, first: usize, sums: &[i32], output: &mut [i8]) {
    let mut estimates = Estimates::new(isa);
    let vectors = (0..output.len()).step_by(I::LANES);
    for vector in vectors.clone() {
        let bytes = rescale.estimate(isa, first + vector, isa.load_whole(&sums[vector..]), &mut estimates);
        let end = output.len().min(vector + I::LANES);
        store_some(isa, bytes, &mut output[vector..end]);
    }
    if !estimates.are_right(isa) {
        for vector in vectors {
            let end = output.len().min(vector + I::LANES);
            rescale.lanes(isa, first + vector).store(isa, isa.load_whole(&sums[vector..]), &mut output[vector..end]);
        }
    }
}

/// The sums of a vector of units.
#[inline(always)]
fn sums_of<I: Isa, P: Products<I>>(isa: I, products: P, input: &[i8], start: I::Whole, units: Units<'_>) -> I::Whole {
    let mut eight = [start; UNITS];
    add_dots(isa, products, input, units, &mut eight);
    let sums = isa.sums(eight);
    if units.count <= UNITS {
        return sums;
    }
    let mut eight = [start; UNITS];
    add_dots(isa, products, input, units.next(), &mut eight);
    isa.join_eights(sums, isa.sums(eight))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quant::kernel::tests::{Channels, InWords, bytes};
    use crate::quant::kernel::{each_way, words};
    use crate::random::Random;

    #[test]
    fn layers_of_all_sizes_are_the_definition() {
        let mut random = Random::new(1, 0);
        for inputs in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 130, 300] {
            for units in [1, 2, 7, 8, 9, 15, 16, 17, 33, 40, 64, 240] {
                let (input, weights) = (bytes(inputs, &mut random), bytes(inputs * units, &mut random));
                let channels = Channels::new(units, inputs, &mut random);
                for rescale in channels.rescales() {
                    let expected: std::vec::Vec<i8> = (0..units)
                        .map(|unit| {
                            let products = (0..inputs)
                                .map(|index| i32::from(input[index]) * i32::from(weights[unit * inputs + index]));
                            rescale.byte(unit, rescale.start(unit) + products.sum::<i32>())
                        })
                        .collect();
                    each_way!(
                        units,
                        expected,
                        |output| Dense { input: &input, weights: &weights, order: Order::Filters, rescale, output },
                        "{inputs} by {units}, {rescale:?}"
                    );
                    if !words::fit(units, inputs) {
                        continue;
                    }
                    let in_words = InWords::new(&weights, rescale.bias);
                    let (weights, rescale, order) = (&in_words.weights, in_words.rescale(rescale), Order::Words);
                    each_way!(
                        units,
                        expected,
                        |output| Dense { input: &input, weights, order, rescale, output },
                        "{inputs} by {units} in words, {rescale:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn slices_that_are_too_short_leave_the_rest_as_it_was() {
        let channels = Channels::new(20, 4, &mut Random::new(2, 0));
        let rescale = channels.rescales()[0];
        for level in crate::kernel::Level::available() {
            let mut output = [77; 20];
            level.run(Dense {
                input: &[1; 4],
                weights: &[2; 4 * 18],
                order: Order::Filters,
                rescale,
                output: &mut output,
            });
            assert_eq!(output[18..], [77, 77]);
            level.run(Dense { input: &[], weights: &[], order: Order::Filters, rescale, output: &mut output });
        }
    }
}
