//! Depthwise convolution.

use super::Rescale;
use super::span::span;
use crate::kernel::depthwise::DepthwiseSizes;
use crate::kernel::{Isa, Job};

/// A depthwise convolution of one sample: output `c * multiplier + m` is channel `c` under its window `m`. Cells beyond
/// the border hold the zero point.
#[derive(Debug)]
pub struct Depthwise<'a> {
    /// The sizes.
    pub sizes: &'a DepthwiseSizes,
    /// The image, `[rows][columns][channels]`.
    pub input: &'a [i8],
    /// The byte of the input that stands for zero.
    pub zero_point: i8,
    /// The weights, `[rows][columns][channels * multiplier]`.
    pub weights: &'a [i8],
    /// From sums to bytes, one channel for each of `channels * multiplier`.
    pub rescale: Rescale<'a>,
    /// The image of the outputs, `[rows][columns][channels * multiplier]`.
    pub output: &'a mut [i8],
}

impl Job for Depthwise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        let Self { sizes, input, zero_point, weights, rescale, output } = self;
        let DepthwiseSizes { geometry, channels, multiplier } = *sizes;
        let filters = sizes.filters();
        let [height, width] = geometry.output;
        let mut outputs = output.chunks_exact_mut(filters.max(1));
        for row in 0..height {
            let rows = span(&geometry, 0, row);
            for column in 0..width {
                let columns = span(&geometry, 1, column);
                let Some(outputs) = outputs.next() else { return };
                for (filter, output) in outputs.iter_mut().enumerate() {
                    let channel = filter / multiplier.max(1);
                    let mut sum = rescale.start(filter);
                    let mut cells = weights.get(filter..).unwrap_or_default().iter().step_by(filters.max(1));
                    for row in 0..geometry.kernel[0] {
                        let row = rows.pixel_of(row);
                        for column in 0..geometry.kernel[1] {
                            let pixel =
                                row.zip(columns.pixel_of(column)).map(|(row, column)| row * geometry.input[1] + column);
                            let value = pixel.map_or(zero_point, |pixel| {
                                input.get(pixel * channels + channel).copied().unwrap_or(zero_point)
                            });
                            let weight = cells.next().copied().unwrap_or(0);
                            sum = sum.wrapping_add(value as i32 * weight as i32);
                        }
                    }
                    *output = rescale.byte(filter, sum);
                }
            }
        }
    }
}
