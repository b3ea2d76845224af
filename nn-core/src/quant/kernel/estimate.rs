//! Products of sums with multipliers in floats: where it is certain that they are rounded to the same whole numbers as those
//! of [`Multiplier::times`](crate::quant::Multiplier::times), which takes products of 64 bits and has to be prepared for each
//! vector.

use super::Rescale;
use crate::kernel::{Isa, MOST_LANES};
use crate::quant::Rounding;

/// The nearest whole numbers of numbers of less than `2^22` in size. None if a number is so near to the middle between two of
/// them that a number which is less than `doubt` away from it may be rounded to the other one.
#[inline(always)]
pub(super) fn nearest_for_certain<I: Isa, const COUNT: usize>(
    isa: I,
    numbers: [I::Vector; COUNT],
    doubt: f32,
) -> Option<[I::Whole; COUNT]> {
    let (mut wholes, mut farthest) = ([isa.splat_whole(0); COUNT], isa.splat(0.0));
    for (whole, number) in wholes.iter_mut().zip(numbers) {
        *whole = isa.nearest_whole(number);
        let distance = isa.sub(number, isa.to_floats(*whole));
        farthest = isa.max(farthest, isa.mul(distance, distance));
    }
    let certain = 0.5 - doubt;
    (!isa.any_greater(farthest, isa.splat(certain * certain))).then_some(wholes)
}

/// How far a product in floats may be from the exact one, if that is a byte whatever the zero point: sum, factor and product are
/// rounded to `2^-24` of themselves each, which is less than `2^-14` for products of up to 300. Larger ones are no bytes in
/// either way.
const DOUBT: f32 = 1.0 / 8192.0;

/// A product that is no byte, whatever the zero point, and of which the nearest whole number is known on every processor: it
/// stands for larger ones.
const BEYOND: f32 = 4096.0;

impl Rescale<'_> {
    /// The bytes of the sums of the channels from `first` on, as whole numbers; none if one of them is uncertain.
    #[inline(always)]
    pub(super) fn estimate<I: Isa>(&self, isa: I, first: usize, sums: I::Whole) -> Option<I::Whole> {
        let (mut fractions, mut shifts) = ([0; MOST_LANES], [SMALLEST; MOST_LANES]);
        match self.multipliers {
            [one] => (fractions, shifts) = ([one.fraction(); MOST_LANES], [one.shift(); MOST_LANES]),
            each => {
                let multipliers = each.get(first..).unwrap_or_default();
                for ((fraction, shift), multiplier) in fractions.iter_mut().zip(&mut shifts).zip(multipliers) {
                    (*fraction, *shift) = (multiplier.fraction(), multiplier.shift());
                }
            }
        }
        let shifts = isa.to_floats(isa.load_whole(&shifts));
        // Products of numbers that are not halved at least may need more than 32 bits.
        if isa.any_greater(shifts, isa.splat(-0.5)) {
            return None;
        }
        let fractions = isa.to_floats(isa.load_whole(&fractions));
        let factors = isa.mul(fractions, isa.power_of_two(isa.sub(shifts, isa.splat(31.0))));
        let sums = isa.to_floats(sums);
        let product = match self.rounding {
            // Rounding to whole units of `2^shift` before moves the middle by one half of a unit, away from zero.
            Rounding::Double => {
                let nudge = isa.power_of_two(isa.sub(shifts, isa.splat(1.0)));
                let zero = isa.splat(0.0);
                isa.mul_add(sums, factors, isa.select_greater(zero, sums, isa.sub(zero, nudge), nudge))
            }
            Rounding::Single => isa.mul(sums, factors),
        };
        let product = isa.max(isa.min(product, isa.splat(BEYOND)), isa.splat(-BEYOND));
        let [nearest] = nearest_for_certain(isa, [product], DOUBT)?;
        let whole = isa.add_whole(nearest, isa.splat_whole(self.zero_point as i32));
        let [lowest, highest] = self.bounds;
        Some(isa.min_whole(isa.max_whole(whole, isa.splat_whole(lowest as i32)), isa.splat_whole(highest as i32)))
    }
}

/// The smallest shift of a multiplier.
const SMALLEST: i32 = -31;
