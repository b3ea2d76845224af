//! Products of sums with multipliers in floats: where it is certain that they are rounded to the same whole numbers as those
//! of [`Multiplier::times`](crate::quant::Multiplier::times), which takes products of 64 bits and has to be prepared for each
//! vector.

use super::Rescale;
use super::scale::fractions_and_shifts;
use crate::kernel::Isa;
use crate::quant::Rounding;

/// How far a product in floats may be from the exact one, if that is a byte whatever the zero point: sum, factor and product are
/// rounded to `2^-24` of themselves each, which is less than `2^-14` for products of up to 300.
const DOUBT: f32 = 1.0 / 8192.0;

/// Whether numbers in floats are near enough to the exact ones to be rounded to the same whole numbers.
pub(super) struct Certainty<I: Isa> {
    /// The square of the largest distance from a whole number.
    farthest: I::Vector,
}

impl<I: Isa> Certainty<I> {
    /// Before there are any.
    #[inline(always)]
    pub(super) fn new(isa: I) -> Self {
        Self { farthest: isa.splat(0.0) }
    }

    /// The nearest whole numbers of numbers of less than `2^22` in size.
    #[inline(always)]
    pub(super) fn nearest(&mut self, isa: I, numbers: I::Vector) -> I::Whole {
        let whole = isa.nearest_whole(numbers);
        let distance = isa.sub(numbers, isa.to_floats(whole));
        self.farthest = isa.max(self.farthest, isa.mul(distance, distance));
        whole
    }

    /// Whether no number was so near to the middle between two whole ones that a number which is less than `doubt` away from it
    /// may be rounded to the other one.
    #[inline(always)]
    pub(super) fn holds(&self, isa: I, doubt: f32) -> bool {
        let certain = 0.5 - doubt;
        !isa.any_greater(self.farthest, isa.splat(certain * certain))
    }
}

/// Estimates of the bytes of sums, and whether they are those of the definition.
pub(super) struct Estimates<I: Isa> {
    certainty: Certainty<I>,
    /// The largest shift of a multiplier.
    shift: I::Whole,
}

impl<I: Isa> Estimates<I> {
    /// Before there are any.
    #[inline(always)]
    pub(super) fn new(isa: I) -> Self {
        Self { certainty: Certainty::new(isa), shift: isa.splat_whole(i32::MIN) }
    }

    /// Whether all are certain, and all sums were halved at least: others may need more than 32 bits.
    #[inline(always)]
    pub(super) fn are_right(&self, isa: I) -> bool {
        self.certainty.holds(isa, DOUBT) && !isa.any_greater(isa.to_floats(self.shift), isa.splat(-0.5))
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
        estimates: &mut Estimates<I>,
    ) -> I::Whole {
        let (fractions, shifts) = match self.multipliers {
            [one] => (isa.splat_whole(one.fraction()), isa.splat_whole(one.shift())),
            each => fractions_and_shifts(isa, each.get(first..).unwrap_or_default()),
        };
        estimates.shift = isa.max_whole(estimates.shift, shifts);
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
        let whole = estimates.certainty.nearest(isa, product);
        isa.add_whole(whole, isa.splat_whole(self.zero_point as i32))
    }
}
