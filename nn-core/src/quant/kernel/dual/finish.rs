//! From sums to bytes in a few instructions, for the multipliers that layers usually have.
//!
//! With `m` and `2^-right` the parts of a multiplier, double rounding is `half_away((2 x m + 2^31) >> 32, right)`, where
//! `half_away(h, right) = (h + 2^(right - 1) - (h < 0)) >> right`; the zero point, shifted, goes into the constant that
//! is added.

use super::words;
use crate::quant::kernel::Rescale;
use crate::quant::{Multiplier, Rounding};

/// What turns the sums of a layer into bytes.
#[derive(Clone, Copy)]
pub(super) struct Finish<'a> {
    rescale: Rescale<'a>,
    /// The sums are usual ones, and rounded twice.
    plain: bool,
}

/// The constants of a channel.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Channel {
    pub(super) fraction: i32,
    pub(super) offset: i32,
    pub(super) right: u32,
}

/// The instructions from a sum to its byte, as [`Channel::byte`]. The next register may be that of the offset.
#[cfg(dual_multiply)]
macro_rules! byte {
    ($sum:literal, $fraction:literal, $offset:literal, $right:literal, $next:literal) => {
        concat!(
            "lsl ",
            $sum,
            ", ",
            $sum,
            ", #1\n",
            "smmulr ",
            $sum,
            ", ",
            $sum,
            ", ",
            $fraction,
            "\n",
            "add ",
            $next,
            ", ",
            $sum,
            ", ",
            $offset,
            "\n",
            "add ",
            $sum,
            ", ",
            $next,
            ", ",
            $sum,
            ", asr #31\n",
            "asr ",
            $sum,
            ", ",
            $sum,
            ", ",
            $right,
            "\n",
            "ssat ",
            $sum,
            ", #8, ",
            $sum,
            "\n",
        )
    };
}
#[cfg(dual_multiply)]
pub(super) use byte;

impl<'a> Finish<'a> {
    /// For sums that may be usual ones.
    #[inline(always)]
    pub(super) fn new(rescale: Rescale<'a>, usual: bool) -> Self {
        Self { rescale, plain: usual && rescale.rounding == Rounding::Double }
    }

    /// Whether [`Channel::byte`] gives the bytes.
    #[inline(always)]
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// What the sums begin with, one for each channel.
    #[inline(always)]
    pub(super) fn starts(&self) -> &'a [i32] {
        self.rescale.bias
    }

    /// What the sum of a channel begins with.
    #[inline(always)]
    pub(super) fn start(&self, channel: usize) -> i32 {
        self.rescale.start(channel)
    }

    /// The multipliers, one for each channel.
    #[inline(always)]
    pub(super) fn multipliers(&self) -> &'a [Multiplier] {
        self.rescale.multipliers
    }

    /// The byte that stands for zero.
    #[inline(always)]
    pub(super) fn zero_point(&self) -> i8 {
        self.rescale.zero_point
    }

    /// The constants of a channel.
    #[inline(always)]
    pub(super) fn constants(&self, channel: usize) -> Channel {
        let multiplier = self.rescale.multipliers.get(channel).unwrap_or(&Multiplier::ONE);
        Channel::new(multiplier, self.rescale.zero_point)
    }

    /// The byte of a sum of a channel, by the formula: right for all sums.
    #[inline(never)]
    pub(super) fn any_byte(&self, channel: usize, sum: i32) -> i8 {
        self.rescale.byte(channel, sum)
    }
}

impl Channel {
    /// Those of a multiplier and a zero point.
    #[inline(always)]
    pub(super) fn new(multiplier: &Multiplier, zero_point: i8) -> Self {
        let right = multiplier.shift().wrapping_neg().cast_unsigned();
        let offset = (2 * zero_point as i32 + 1).wrapping_shl(right) >> 1;
        Self { fraction: multiplier.fraction(), offset, right }
    }

    /// The byte of a sum.
    #[inline(always)]
    pub(super) fn byte(&self, sum: i32) -> i8 {
        let high = words::high_product_rounded(sum.wrapping_shl(1), self.fraction);
        let value = high.wrapping_add(self.offset).wrapping_add(high >> 31).wrapping_shr(self.right);
        value.clamp(i8::MIN as i32, i8::MAX as i32) as i8
    }
}
