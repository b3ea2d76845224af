//! The mean of each channel over a whole image, as TFLite's MEAN has it.

use crate::kernel::{Isa, Job};
use crate::quant::quantization::saturate;
use crate::quant::{Multiplier, Rounding};

/// The mean of each channel over all pixels, as TFLite's MEAN: the output has a quantization of its own, and the division
/// by the number of pixels is part of the multiplier, see [`crate::quant::prepare::mean`].
///
/// It differs from [`super::AveragePool`] in rounding, also where both quantizations are the same.
#[derive(Debug)]
pub struct Mean<'a> {
    /// The image, `[pixels][channels]`, of up to 2^23 pixels.
    pub input: &'a [i8],
    /// The byte of the input that stands for zero.
    pub zero_point: i8,
    /// From sums over all pixels to the output's scale.
    pub multiplier: Multiplier,
    /// The byte of the output that stands for zero.
    pub output_zero_point: i8,
    /// How the product with the multiplier is rounded.
    pub rounding: Rounding,
    /// One mean for each channel.
    pub output: &'a mut [i8],
}

impl Job for Mean<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        let Self { input, zero_point, multiplier, output_zero_point, rounding, output } = self;
        let channels = output.len().max(1);
        for (channel, output) in output.iter_mut().enumerate() {
            let values = input.get(channel..).unwrap_or_default().iter().step_by(channels);
            let sum = values.fold(0_i32, |sum, &value| sum.wrapping_add(value as i32 - zero_point as i32));
            *output = saturate(multiplier.times(sum, rounding).wrapping_add(output_zero_point as i32));
        }
    }
}
