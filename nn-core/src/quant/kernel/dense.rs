//! Dense layers.

use super::Rescale;
use super::conv2d::add_products;
use super::dots::{UNITS, Units, add_dots, correction, lanes_of};
use super::estimate::Certainty;
use super::one_by_one::OneByOne;
use super::scale::store_some;
use super::strip::Aligned;
use super::words::{self, Order};
use crate::kernel::{ByteJob, Isa, Job, MOST_LANES, Products};

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
        if words::MAY_BE_READ && order == Order::Words {
            for (unit, output) in output.iter_mut().enumerate() {
                let sum = input.iter().enumerate().fold(rescale.start(unit), |sum, (index, &value)| {
                    sum.wrapping_add(words::product(value, weights, Order::Words.place(input.len(), unit, index)))
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
        if few || self.input.is_empty() || too_short || self.order == Order::Words {
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

impl<'a> Dense<'a> {
    /// The weights in words, if they lie so, and are read so.
    #[inline(always)]
    fn words<I: Isa, P: Products<I>>(&self) -> Option<&'a [i32]> {
        let (inputs, units) = (self.input.len(), self.output.len());
        let fit = words::reads::<I, P>() && self.order == Order::Words && words::fit(units, inputs);
        let fit = fit && self.rescale.bias.len() >= units;
        words::words(self.weights).filter(|words| fit && words.len() >= units * inputs / P::DEPTH)
    }

    /// The units whose weights lie in words: as many vectors at once as hide how long a product takes.
    #[inline(always)]
    fn in_words<I: Isa, P: Products<I>>(self, isa: I, products: P, words: &[i32]) {
        let Self { input, rescale, output, .. } = self;
        let of_unit = input.len() / P::DEPTH;
        let mut first = 0;
        while first < output.len() {
            let (words, output) = (&words[first * of_unit..], &mut output[first..]);
            let some = UnitsInWords { input, words, rescale: &rescale, first, output };
            first += I::LANES
                * match some.output.len() / I::LANES {
                    8.. => some.vectors::<I, P, 8>(isa, products),
                    4.. => some.vectors::<I, P, 4>(isa, products),
                    2.. => some.vectors::<I, P, 2>(isa, products),
                    _ => some.vectors::<I, P, 1>(isa, products),
                };
        }
    }
}

/// The bytes of the units from the first one on.
#[inline(always)]
fn write<I: Isa>(isa: I, rescale: &Rescale<'_>, first: usize, sums: &[i32], output: &mut [i8]) {
    let mut certainty = Certainty::new(isa);
    let vectors = (0..output.len()).step_by(I::LANES);
    for vector in vectors.clone() {
        let bytes = rescale.estimate(isa, first + vector, isa.load_whole(&sums[vector..]), &mut certainty);
        let end = output.len().min(vector + I::LANES);
        store_some(isa, bytes, &mut output[vector..end]);
    }
    if !certainty.holds(isa) {
        for vector in vectors {
            let end = output.len().min(vector + I::LANES);
            rescale.lanes(isa, first + vector).store(isa, isa.load_whole(&sums[vector..]), &mut output[vector..end]);
        }
    }
}

/// Units from the first one on, whose weights lie in words.
struct UnitsInWords<'a> {
    input: &'a [i8],
    words: &'a [i32],
    rescale: &'a Rescale<'a>,
    first: usize,
    output: &'a mut [i8],
}

impl UnitsInWords<'_> {
    /// The first vectors of units. Returns how many there are.
    #[inline(always)]
    fn vectors<I: Isa, P: Products<I>, const VECTORS: usize>(self, isa: I, products: P) -> usize {
        let Self { input, words, rescale, first, output } = self;
        let of_vector = input.len() / P::DEPTH * I::LANES;
        let mut sums = [isa.splat_whole(0); VECTORS];
        let mut rest = [&words[..of_vector]; VECTORS];
        for vector in 0..VECTORS {
            sums[vector] = isa.load_whole(&rescale.bias[first + vector * I::LANES..]);
            rest[vector] = &words[vector * of_vector..][..of_vector];
        }
        for four in input.chunks_exact(P::DEPTH) {
            let value = products.splat_values(isa, four);
            for vector in 0..VECTORS {
                let (words, others) = rest[vector].split_at(I::LANES);
                sums[vector] = products.add_flipped(isa, sums[vector], value, isa.load_whole(words));
                rest[vector] = others;
            }
        }
        let mut certainty = Certainty::new(isa);
        for vector in 0..VECTORS {
            let bytes = rescale.estimate(isa, first + vector * I::LANES, sums[vector], &mut certainty);
            isa.store_bytes(bytes, &mut output[vector * I::LANES..]);
        }
        if !certainty.holds(isa) {
            let mut exact = [[0; MOST_LANES]; VECTORS];
            for vector in 0..VECTORS {
                isa.store_whole(sums[vector], &mut exact[vector]);
            }
            for (vector, sums) in exact.iter().enumerate() {
                let place = vector * I::LANES;
                rescale.lanes(isa, first + place).store(isa, isa.load_whole(sums), &mut output[place..][..I::LANES]);
            }
        }
        VECTORS
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
    use crate::quant::kernel::each_way;
    use crate::quant::kernel::tests::{Channels, InWords, bytes};
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
