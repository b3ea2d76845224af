//! From the 32-bit sums of a layer to its bytes.

use crate::quant::quantization::clamp;
use crate::quant::{Multiplier, Rounding};

/// What turns the sums of each output channel into bytes:
/// `clamp((bias + sum of products) * multiplier + zero_point, bounds)`.
#[derive(Clone, Copy, Debug)]
pub struct Rescale<'a> {
    /// What the sums begin with, one for each output channel: the bias less the input's zero point times the sum of the
    /// channel's weights, see [`crate::quant::prepare::folded_bias`].
    pub bias: &'a [i32],
    /// One for each output channel, or a single one for all.
    pub multipliers: &'a [Multiplier],
    /// The byte of the output that stands for zero.
    pub zero_point: i8,
    /// The lowest and the highest byte of the output, see [`crate::quant::prepare::bounds`].
    pub bounds: [i8; 2],
    /// How the product with the multiplier is rounded.
    pub rounding: Rounding,
}

impl Rescale<'_> {
    /// What the sum of a channel begins with.
    #[inline(always)]
    pub(super) fn start(&self, channel: usize) -> i32 {
        self.bias.get(channel).copied().unwrap_or(0)
    }

    /// The byte of a channel's sum.
    #[inline(always)]
    pub(super) fn byte(&self, channel: usize, sum: i32) -> i8 {
        let multiplier = match self.multipliers {
            [one] => *one,
            each => each.get(channel).copied().unwrap_or_default(),
        };
        clamp(multiplier.times(sum, self.rounding).wrapping_add(self.zero_point as i32), self.bounds)
    }
}
