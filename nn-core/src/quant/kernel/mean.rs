//! The mean of each channel over a whole image, as TFLite's MEAN has it.

use super::pool::sum;
use super::scale::{Scale, load_some, store_some};
use crate::kernel::{Isa, Job, MOST_LANES};
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
    fn run<I: Isa>(self, isa: I) {
        let Self { input, zero_point, multiplier, output_zero_point, rounding, output } = self;
        let channels = output.len().max(1);
        if super::is_small::<I>() {
            for (channel, output) in output.iter_mut().enumerate() {
                let values = input.get(channel..).unwrap_or_default();
                let count = values.len().div_ceil(channels);
                let sum = sum(values, channels, count).wrapping_sub((zero_point as i32).wrapping_mul(count as i32));
                *output = saturate(multiplier.times(sum, rounding).wrapping_add(output_zero_point as i32));
            }
            return;
        }
        let scale = Scale::splat(isa, multiplier, output_zero_point, rounding);
        let zero = isa.splat_whole(zero_point as i32);
        for (block, output) in output.chunks_mut(I::LANES).enumerate() {
            let mut sum = isa.splat_whole(0);
            for pixel in input.chunks(channels) {
                // Where the last pixel is not whole, what it lacks counts for nothing.
                let cells = pixel.get(block * I::LANES..).unwrap_or_default();
                if cells.len() >= output.len() {
                    sum = isa.add_whole(sum, isa.sub_whole(load_some(isa, cells), zero));
                } else {
                    let mut differences = [0; MOST_LANES];
                    for (difference, &cell) in differences.iter_mut().zip(cells) {
                        *difference = cell as i32 - zero_point as i32;
                    }
                    sum = isa.add_whole(sum, isa.load_whole(&differences));
                }
            }
            store_some(isa, scale.times(isa, sum), output);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::Level;
    use crate::quant::kernel::tests::bytes;
    use crate::quant::prepare;
    use crate::random::Random;
    use std::vec::Vec;

    #[test]
    fn means_of_all_sizes_are_the_definition() {
        let mut random = Random::new(1, 0);
        for channels in [1, 3, 8, 15, 16, 17, 40, 64] {
            for (pixels, missing) in [(1, 0), (2, 1), (7, 0), (125, 0), (64, 1)] {
                let input = &bytes(channels * pixels - missing, &mut random)[..];
                let multiplier = prepare::mean(0.07, 0.05, pixels).unwrap();
                for rounding in [Rounding::Double, Rounding::Single] {
                    let mean = |channel: usize| {
                        let values = input.iter().skip(channel).step_by(channels);
                        let sum = values.map(|&value| i32::from(value) + 9).sum();
                        saturate(multiplier.times(sum, rounding) + 4)
                    };
                    let expected: Vec<i8> = (0..channels).map(mean).collect();
                    for level in Level::available() {
                        let mut output = std::vec![0; channels];
                        let (zero_point, output_zero_point) = (-9, 4);
                        level.run(Mean {
                            input,
                            zero_point,
                            multiplier,
                            output_zero_point,
                            rounding,
                            output: &mut output,
                        });
                        assert_eq!(output, expected, "{level:?}, {pixels} of {channels}");
                    }
                }
            }
        }
    }
}
