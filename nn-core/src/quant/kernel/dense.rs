//! Dense layers.

use super::Rescale;
use super::conv2d::add_products;
use super::dots::{UNITS, Units, add_dots, correction, lanes_of};
use super::one_by_one::OneByOne;
use super::scale::store_some;
use super::strip::Aligned;
use crate::kernel::{ByteJob, Isa, Job, Products};

/// A dense layer on one sample: `output = rescale(weights * input)`.
#[derive(Debug)]
pub struct Dense<'a> {
    /// The inputs.
    pub input: &'a [i8],
    /// The weights, `[units][inputs]`.
    pub weights: &'a [i8],
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
        let Self { input, weights, rescale, output } = self;
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
        // A few products are done before the vectors are ready.
        let few = self.input.len() * self.output.len() <= FEW;
        if few || self.input.is_empty() || self.weights.len() < self.input.len().saturating_mul(self.output.len()) {
            return self.one_by_one();
        }
        let Self { input, weights, rescale, output } = self;
        let start = correction(isa, products, isa.splat_whole(0), input);
        // All sums before all bytes: either loop is short enough for the processor to work at several vectors of units at once.
        let Aligned(sums) = &mut Aligned([0; BLOCK]);
        for begin in (0..output.len()).step_by(BLOCK) {
            let end = output.len().min(begin + BLOCK);
            for first in (begin..end).step_by(I::LANES) {
                let units = Units {
                    weights: &weights[first * input.len()..],
                    distance: input.len(),
                    count: I::LANES.min(end - first),
                };
                let of_units = sums_of(isa, products, input, start, units);
                isa.store_whole(of_units, &mut sums[first - begin..]);
            }
            for first in (begin..end).step_by(I::LANES) {
                let bias = lanes_of(isa, rescale.bias.get(first..).unwrap_or_default());
                let sums = isa.add_whole(isa.load_whole(&sums[first - begin..]), bias);
                // A scale would be prepared for this one vector.
                let bytes = match rescale.estimate(isa, first, sums) {
                    Some(bytes) => bytes,
                    None => rescale.lanes(isa, first).whole(isa, sums),
                };
                store_some(isa, bytes, &mut output[first..end.min(first + I::LANES)]);
            }
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
    use crate::quant::kernel::each_way;
    use crate::quant::kernel::tests::{Channels, bytes};
    use crate::random::Random;

    #[test]
    fn layers_of_all_sizes_are_the_definition() {
        let mut random = Random::new(1, 0);
        for inputs in [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 130, 300] {
            for units in [1, 2, 7, 8, 9, 15, 16, 17, 33, 40] {
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
                        |output| Dense { input: &input, weights: &weights, rescale, output },
                        "{inputs} by {units}, {rescale:?}"
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
            level.run(Dense { input: &[1; 4], weights: &[2; 4 * 18], rescale, output: &mut output });
            assert_eq!(output[18..], [77, 77]);
            level.run(Dense { input: &[], weights: &[], rescale, output: &mut output });
        }
    }
}
