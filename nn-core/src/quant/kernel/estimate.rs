//! Products of sums with multipliers in floats: where it is certain that they are rounded to the same whole numbers as those
//! of [`Multiplier::times`](crate::quant::Multiplier::times), which takes products of 64 bits and has to be prepared for each
//! vector.

use super::Rescale;
use super::scale::fractions_and_shifts;
use crate::kernel::Isa;
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
/// rounded to `2^-24` of themselves each, which is less than `2^-14` for products of up to 300.
const DOUBT: f32 = 1.0 / 8192.0;

/// Whether all bytes that were estimated are those of the definition.
pub(super) struct Certainty<I: Isa> {
    /// The square of the largest distance from a whole number.
    farthest: I::Vector,
    /// The largest shift of a multiplier.
    shift: I::Whole,
}

impl<I: Isa> Certainty<I> {
    /// Before there are any.
    #[inline(always)]
    pub(super) fn new(isa: I) -> Self {
        Self { farthest: isa.splat(0.0), shift: isa.splat_whole(i32::MIN) }
    }

    /// Whether no number was near the middle between two bytes, and all were halved at least: others may need more than 32 bits.
    #[inline(always)]
    pub(super) fn holds(&self, isa: I) -> bool {
        const CERTAIN: f32 = 0.5 - DOUBT;
        let uncertain = isa.any_greater(self.farthest, isa.splat(CERTAIN * CERTAIN));
        !uncertain && !isa.any_greater(isa.to_floats(self.shift), isa.splat(-0.5))
    }
}

impl Rescale<'_> {
    /// The bytes of the sums of the channels from `first` on, as whole numbers.
    #[inline(always)]
    pub(super) fn estimate<I: Isa>(
        &self,
        isa: I,
        first: usize,
        sums: I::Whole,
        certainty: &mut Certainty<I>,
    ) -> I::Whole {
        let (fractions, shifts) = match self.multipliers {
            [one] => (isa.splat_whole(one.fraction()), isa.splat_whole(one.shift())),
            each => fractions_and_shifts(isa, each.get(first..).unwrap_or_default()),
        };
        certainty.shift = isa.max_whole(certainty.shift, shifts);
        // The bits of `2^(shift - 1)`.
        let half = isa.of_bits(isa.shift_left(isa.add_whole(shifts, isa.splat_whole(126)), isa.splat_whole(23)));
        let factor = isa.mul(isa.to_floats(fractions), isa.mul(half, isa.splat(1.0 / (1 << 30) as f32)));
        let sums = isa.to_floats(sums);
        let product = match self.rounding {
            // Rounding to whole units of `2^shift` before moves the middle by one half of a unit, away from zero.
            Rounding::Double => {
                let zero = isa.splat(0.0);
                isa.mul_add(sums, factor, isa.select_greater(zero, sums, isa.sub(zero, half), half))
            }
            Rounding::Single => isa.mul(sums, factor),
        };
        // Before it is rounded, so that what is far beyond all bytes is certain.
        let [lowest, highest] = self.bounds.map(|bound| (bound as i32 - self.zero_point as i32) as f32);
        let product = isa.min(isa.max(product, isa.splat(lowest)), isa.splat(highest));
        let whole = isa.nearest_whole(product);
        let distance = isa.sub(product, isa.to_floats(whole));
        certainty.farthest = isa.max(certainty.farthest, isa.mul(distance, distance));
        isa.add_whole(whole, isa.splat_whole(self.zero_point as i32))
    }
}
