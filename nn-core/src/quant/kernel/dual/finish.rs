//! From sums to bytes in a few instructions, for the multipliers that layers usually have.
//!
//! With `m` and `2^-right` the parts of a multiplier, double rounding is `half_away((2 x m + 2^31) >> 32, right)`, where
//! `half_away(h, right) = (h + 2^(right - 1) - (h < 0)) >> right`; the zero point, shifted, goes into the constant that
//! is added.

use super::loops::{finish_four_places, finish_four_units};
use super::words;
use crate::quant::kernel::Rescale;
use crate::quant::{Multiplier, Rounding};

/// The sums' bound: less than half of it from the products, and from what a sum begins with.
const BOUND: u32 = 1 << 30;
/// The most products, each at most 2^14, that stay within half the bound.
const MOST_PRODUCTS: usize = (BOUND / 2) as usize >> 14;
/// The zero point fits above so many bits, within the bound.
const MOST_RIGHT: u32 = 22;

/// What turns the sums of a layer into bytes.
#[derive(Clone, Copy)]
pub(super) struct Finish<'a> {
    rescale: Rescale<'a>,
    /// Sums are small and rounded twice, all multipliers are usual ones, and every byte is within the bounds.
    plain: bool,
}

/// The constants of a channel.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub(super) struct Channel {
    fraction: i32,
    offset: i32,
    right: u32,
}

impl<'a> Finish<'a> {
    /// For sums of so many products.
    pub(super) fn new(rescale: Rescale<'a>, products: usize) -> Self {
        let small = products <= MOST_PRODUCTS && largest_bits(rescale.bias) < BOUND / 2;
        let usual = rescale.multipliers.iter().all(|multiplier| (1..=MOST_RIGHT).contains(&right(multiplier)));
        let full = rescale.bounds == [i8::MIN, i8::MAX];
        Self { rescale, plain: small && usual && full && rescale.rounding == Rounding::Double }
    }

    /// Whether [`Channel::byte`] gives the bytes.
    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// What the sums begin with, and the multipliers.
    #[inline(always)]
    pub(super) fn channels(&self) -> impl Iterator<Item = (usize, (i32, &'a Multiplier))> + use<'a> {
        let Rescale { bias, multipliers, .. } = self.rescale;
        bias.iter().copied().zip(multipliers).enumerate()
    }

    /// What the sum of a channel begins with.
    #[inline(always)]
    pub(super) fn start(&self, channel: usize) -> i32 {
        self.rescale.start(channel)
    }

    /// The multiplier of a channel.
    #[inline(always)]
    pub(super) fn multiplier(&self, channel: usize) -> &'a Multiplier {
        self.rescale.multipliers.get(channel).unwrap_or(&Multiplier::ONE)
    }

    /// The constants of a channel.
    #[inline(always)]
    pub(super) fn constants(&self, multiplier: &Multiplier) -> Channel {
        Channel::new(multiplier, self.rescale.zero_point)
    }

    /// The bytes of the sums of a channel, whose multiplier is given too.
    #[inline(always)]
    pub(super) fn bytes<const N: usize>(&self, channel: usize, multiplier: &Multiplier, sums: [i32; N]) -> [i32; N] {
        if self.plain {
            let constants = self.constants(multiplier);
            sums.map(|sum| constants.byte(sum))
        } else {
            sums.map(|sum| self.any_byte(channel, sum))
        }
    }

    /// Writes the bytes of one sum each of four channels, from the first on.
    #[inline(always)]
    pub(super) fn units(&self, first: usize, multipliers: &[Multiplier; 4], sums: [i32; 4], bytes: &mut [i8; 4]) {
        if self.plain {
            finish_four_units(sums, multipliers, self.rescale.zero_point, bytes);
        } else {
            for (next, (byte, sum)) in bytes.iter_mut().zip(sums).enumerate() {
                *byte = self.any_byte(first + next, sum) as i8;
            }
        }
    }

    /// Writes the bytes of a channel's sums at places that follow each other, each of so many `filters`.
    #[inline(always)]
    pub(super) fn places<const N: usize>(
        &self,
        channel: usize,
        multiplier: &Multiplier,
        sums: [i32; N],
        outputs: &mut [i8],
        filters: usize,
    ) {
        let bytes = outputs.get_mut(channel..).unwrap_or_default();
        match sums.first_chunk::<4>() {
            Some(sums) if N == 4 && self.plain => {
                finish_four_places(*sums, multiplier, self.rescale.zero_point, bytes, filters);
            }
            _ => {
                for (output, byte) in
                    bytes.iter_mut().step_by(filters.max(1)).zip(self.bytes(channel, multiplier, sums))
                {
                    *output = byte as i8;
                }
            }
        }
    }

    /// The byte of a sum of a channel, by the formula.
    #[inline(never)]
    fn any_byte(&self, channel: usize, sum: i32) -> i32 {
        self.rescale.byte(channel, sum) as i32
    }
}

impl Channel {
    /// Those of a multiplier and a zero point.
    #[inline(always)]
    pub(super) fn new(multiplier: &Multiplier, zero_point: i8) -> Self {
        let right = right(multiplier);
        let offset = (2 * zero_point as i32 + 1).wrapping_shl(right) >> 1;
        Self { fraction: multiplier.fraction(), offset, right }
    }

    /// The byte of a sum.
    #[inline(always)]
    pub(super) fn byte(&self, sum: i32) -> i32 {
        let high = words::high_product_rounded(sum.wrapping_shl(1), self.fraction);
        let value = high.wrapping_add(self.offset).wrapping_add(high >> 31).wrapping_shr(self.right);
        value.clamp(i8::MIN as i32, i8::MAX as i32)
    }
}

/// The bits that are set in any of some numbers, in a negative one those that are not: a number as large as the largest.
#[inline(always)]
fn largest_bits(numbers: &[i32]) -> u32 {
    numbers.iter().fold(0, |bits, number| bits | (number ^ number >> 31)).cast_unsigned()
}

/// By how many bits the higher half of the product is shifted; large where it should be shifted to the left.
#[inline(always)]
fn right(multiplier: &Multiplier) -> u32 {
    multiplier.shift().wrapping_neg().cast_unsigned()
}
