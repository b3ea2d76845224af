//! From sums to bytes, a vector of channels at a time, bit for bit as [`Multiplier::times`] does it for one.

use super::Rescale;
use crate::kernel::{Isa, MOST_LANES};
use crate::quant::{Multiplier, Rounding};

/// A multiplier for each lane: `(x * 2^left * fraction + addend) >> shift`, plus an offset.
///
/// Rounding twice, to `2^31` and then to `2^right`, is rounding once with both halves added, save that of the second
/// rounding ties go away from zero: under a negative number one unit of the first rounding less is added. Whether the
/// number itself or the rounded one is negative makes no difference, since what lies between becomes zero either way.
///
/// Products are kept `2^63` too high, so that moving zeros in is right where there is no move that keeps the sign; the
/// offset takes that back, and adds the zero point.
#[derive(Clone, Copy)]
pub(super) struct Scale<I: Isa> {
    /// Only where some lane moves left.
    left: Option<I::Whole>,
    fraction: I::Whole,
    /// For products that are not negative, and for negative ones.
    addends: [I::Wide; 2],
    shift: I::Wide,
    /// By how much more than 32 products are moved, and whether all are: then their high halves are enough.
    beyond: I::Whole,
    all_beyond: bool,
    offset: I::Whole,
}

impl<I: Isa> Scale<I> {
    /// Of a multiplier for each lane, zeros after them.
    #[inline(always)]
    pub(super) fn new(isa: I, multipliers: &[Multiplier], zero_point: i8, rounding: Rounding) -> Self {
        let (fractions, shifts) = fractions_and_shifts(isa, multipliers);
        let moves_left = rounding == Rounding::Double && isa.any_greater(isa.to_floats(shifts), isa.splat(0.0));
        Self::of_lanes(isa, fractions, shifts, zero_point, rounding, moves_left)
    }

    /// Of one multiplier for all lanes.
    #[inline(always)]
    pub(super) fn splat(isa: I, multiplier: Multiplier, zero_point: i8, rounding: Rounding) -> Self {
        let (fraction, shift) = (isa.splat_whole(multiplier.fraction()), isa.splat_whole(multiplier.shift()));
        Self::of_lanes(isa, fraction, shift, zero_point, rounding, multiplier.shift() > 0)
    }

    #[inline(always)]
    fn of_lanes(
        isa: I,
        fraction: I::Whole,
        shift: I::Whole,
        zero_point: i8,
        rounding: Rounding,
        moves_left: bool,
    ) -> Self {
        let (zero, one) = (isa.splat_whole(0), isa.splat_whole(1));
        let highest = isa.splat_wide(i64::MIN);
        let (mut left, shift, addends) = match rounding {
            Rounding::Double => {
                let right = isa.max_whole(isa.sub_whole(zero, shift), zero);
                // 1 where there is a second rounding.
                let twice = isa.widen(isa.min_whole(right, one));
                let second = isa.shift_left_wide(twice, isa.widen(isa.add_whole(right, isa.splat_whole(30))));
                let halves = isa.add_wide(isa.splat_wide(1 << 30), second);
                let less = isa.sub_wide(halves, isa.shift_left_wide(twice, isa.splat_wide(31)));
                (Some(isa.max_whole(shift, zero)), isa.add_whole(right, isa.splat_whole(31)), [halves, less])
            }
            Rounding::Single => {
                let total = isa.sub_whole(isa.splat_whole(31), shift);
                let half = isa.shift_left_wide(isa.splat_wide(1), isa.widen(isa.sub_whole(total, one)));
                (None, total, [half; 2])
            }
        };
        if !moves_left {
            left = None;
        }
        let beyond = isa.sub_whole(shift, isa.splat_whole(32));
        let all_beyond = !isa.any_greater(isa.splat(0.0), isa.to_floats(beyond));
        let shift = isa.widen(shift);
        let too_high = isa.narrow(isa.shift_right_wide(highest, shift));
        Self {
            left,
            fraction,
            addends: [isa.add_wide(addends[0], highest), isa.add_wide(addends[1], highest)],
            shift,
            beyond,
            all_beyond,
            offset: isa.sub_whole(isa.splat_whole(zero_point as i32), too_high),
        }
    }

    /// The products, and the zero point.
    #[inline(always)]
    pub(super) fn times(&self, isa: I, x: I::Whole) -> I::Whole {
        let x = match self.left {
            Some(left) => isa.shift_left(x, left),
            None => x,
        };
        let product = isa.multiply_wide(x, self.fraction);
        let addend = isa.select_negative(product, self.addends[1], self.addends[0]);
        self.round(isa, product, addend)
    }

    /// Whether [`Scale::times_positive`] is for these lanes: all products are halved at least.
    #[inline(always)]
    pub(super) fn halves(&self) -> bool {
        self.left.is_none() && self.all_beyond
    }

    /// The same where all products are halved at least, save that a negative one may be one too high, though never positive.
    #[inline(always)]
    pub(super) fn times_positive(&self, isa: I, x: I::Whole) -> I::Whole {
        let sum = isa.add_wide(isa.multiply_wide(x, self.fraction), self.addends[0]);
        isa.add_whole(isa.shift_right(isa.high(sum), self.beyond), self.offset)
    }

    #[inline(always)]
    fn round(&self, isa: I, product: I::Wide, addend: I::Wide) -> I::Whole {
        let rounded = isa.shift_right_wide(isa.add_wide(product, addend), self.shift);
        isa.add_whole(isa.narrow(rounded), self.offset)
    }
}

/// The fractions and the shifts of a vector of multipliers; zeros stand for those that are missing.
#[inline(always)]
pub(super) fn fractions_and_shifts<I: Isa>(isa: I, multipliers: &[Multiplier]) -> (I::Whole, I::Whole) {
    let words = Multiplier::words(multipliers);
    if words.len() >= I::LANES {
        let (first, second) = words.as_flattened().split_at(I::LANES);
        return isa.deinterleave_whole(isa.load_whole(first), isa.load_whole(second));
    }
    let mut some = [[0, SMALLEST]; MOST_LANES];
    for (pair, words) in some.iter_mut().zip(words) {
        *pair = *words;
    }
    let (first, second) = some.as_flattened().split_at(I::LANES);
    isa.deinterleave_whole(isa.load_whole(first), isa.load_whole(second))
}

/// The smallest shift of a multiplier.
const SMALLEST: i32 = -31;

/// What makes bytes of the sums of a vector of channels.
#[derive(Clone, Copy)]
pub(super) struct LaneRescale<I: Isa> {
    scale: Scale<I>,
    /// None where every byte is within them.
    bounds: Option<[I::Whole; 2]>,
    /// Whether the lower bound makes all negative products the same, as a ReLU's does, and all are halved at least.
    cuts_negatives: bool,
}

impl Rescale<'_> {
    /// That of the channels from `first` on.
    #[inline(always)]
    pub(super) fn lanes<I: Isa>(&self, isa: I, first: usize) -> LaneRescale<I> {
        let scale = match self.multipliers {
            [one] => Scale::splat(isa, *one, self.zero_point, self.rounding),
            each => {
                let rest = each.get(first..).unwrap_or_default();
                let some = rest.get(..I::LANES).unwrap_or(rest);
                Scale::new(isa, some, self.zero_point, self.rounding)
            }
        };
        let cuts_negatives = self.bounds[0] >= self.zero_point && scale.halves();
        let [lowest, highest] = self.bounds;
        let bounds = (self.bounds != [i8::MIN, i8::MAX])
            .then_some([isa.splat_whole(lowest as i32), isa.splat_whole(highest as i32)]);
        LaneRescale { scale, bounds, cuts_negatives }
    }
}

impl<I: Isa> LaneRescale<I> {
    /// The whole numbers of sums, cut to the bounds.
    #[inline(always)]
    pub(super) fn whole(&self, isa: I, sums: I::Whole) -> I::Whole {
        let whole =
            if self.cuts_negatives { self.scale.times_positive(isa, sums) } else { self.scale.times(isa, sums) };
        self.cut(isa, whole)
    }

    /// The same of several vectors.
    #[inline(always)]
    pub(super) fn wholes<const COUNT: usize>(&self, isa: I, mut sums: [I::Whole; COUNT]) -> [I::Whole; COUNT] {
        // The same branch for all of them, so that they stay in registers.
        if self.cuts_negatives {
            for sum in &mut sums {
                *sum = self.scale.times_positive(isa, *sum);
            }
        } else {
            for sum in &mut sums {
                *sum = self.scale.times(isa, *sum);
            }
        }
        for sum in &mut sums {
            *sum = self.cut(isa, *sum);
        }
        sums
    }

    /// Whole numbers cut to the bounds.
    #[inline(always)]
    pub(super) fn cut(&self, isa: I, whole: I::Whole) -> I::Whole {
        match self.bounds {
            // In this order, as with single numbers, whichever bound is the larger.
            Some([lowest, highest]) => isa.min_whole(isa.max_whole(whole, lowest), highest),
            None => whole,
        }
    }

    /// Writes the bytes of sums, as many as there is room for.
    #[inline(always)]
    pub(super) fn store(&self, isa: I, sums: I::Whole, to: &mut [i8]) {
        store_some(isa, self.whole(isa, sums), to);
    }

    /// Writes the bytes of vectors of sums, the first `width` of each from its place on.
    #[inline(always)]
    pub(super) fn store_each(
        &self,
        isa: I,
        sums: &[[i32; MOST_LANES]],
        places: &[usize],
        width: usize,
        output: &mut [i8],
    ) {
        let sums_and_places = sums.iter().zip(places);
        // What is known of all spares a test of each: the rounding, and what there is room for.
        if self.cuts_negatives && width == I::LANES {
            for (sums, &place) in sums_and_places {
                let whole = self.scale.times_positive(isa, isa.load_whole(sums));
                isa.store_bytes(self.cut(isa, whole), &mut output[place..]);
            }
        } else {
            for (sums, &place) in sums_and_places {
                self.store(isa, isa.load_whole(sums), &mut output[place..][..width]);
            }
        }
    }
}

/// Writes the nearest bytes, as many as there is room for.
#[inline(always)]
pub(super) fn store_some<I: Isa>(isa: I, whole: I::Whole, to: &mut [i8]) {
    if to.len() >= I::LANES {
        isa.store_bytes(whole, to);
    } else {
        let mut bytes = [0; MOST_LANES];
        isa.store_bytes(whole, &mut bytes);
        for (to, byte) in to.iter_mut().zip(bytes) {
            *to = byte;
        }
    }
}

/// Up to `LANES` bytes, one in each lane, and zeros after them.
#[inline(always)]
pub(super) fn load_some<I: Isa>(isa: I, from: &[i8]) -> I::Whole {
    if from.len() >= I::LANES {
        return isa.load_bytes(from);
    }
    let mut bytes = [0; MOST_LANES];
    for (byte, &from) in bytes.iter_mut().zip(from) {
        *byte = from;
    }
    isa.load_bytes(&bytes)
}
