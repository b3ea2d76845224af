//! Pools: the largest byte under each window, and the mean. Input and output stand for the same numbers.

use super::span::span;
use crate::kernel::{Geometry, Isa, Job};
use crate::quant::quantization::clamp;

/// The largest byte under each window, cut to bounds; what lies beyond the border does not count.
#[derive(Debug)]
pub struct MaxPool<'a> {
    /// The window on the image.
    pub geometry: &'a Geometry,
    /// The number of channels.
    pub channels: usize,
    /// The image.
    pub input: &'a [i8],
    /// The lowest and the highest byte of the output.
    pub bounds: [i8; 2],
    /// The maxima.
    pub output: &'a mut [i8],
}

impl Job for MaxPool<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        let Self { geometry, channels, input, bounds, output } = self;
        let mut outputs = output.chunks_exact_mut(channels.max(1));
        for row in 0..geometry.output[0] {
            let rows = span(geometry, 0, row);
            for column in 0..geometry.output[1] {
                let columns = span(geometry, 1, column);
                let Some(outputs) = outputs.next() else { return };
                outputs.fill(bounds[0]);
                for row in rows.pixels() {
                    for column in columns.pixels() {
                        let pixel = input.get((row * geometry.input[1] + column) * channels..).unwrap_or_default();
                        for (output, &value) in outputs.iter_mut().zip(pixel) {
                            *output = value.max(*output);
                        }
                    }
                }
                for output in outputs {
                    *output = bounds[1].min(*output);
                }
            }
        }
    }
}

/// The mean under each window as TFLite's AVERAGE_POOL_2D has it, halves away from zero, cut to bounds; what lies beyond
/// the border does not count. With one window as large as the image it is the global mean; see [`super::Mean`] for the
/// operation that Keras's global pools become in TFLite.
///
/// Whole numbers of up to 2^24 cells are summed exactly.
#[derive(Debug)]
pub struct AveragePool<'a> {
    /// The window on the image.
    pub geometry: &'a Geometry,
    /// The number of channels.
    pub channels: usize,
    /// The image.
    pub input: &'a [i8],
    /// The lowest and the highest byte of the output.
    pub bounds: [i8; 2],
    /// The means.
    pub output: &'a mut [i8],
}

impl Job for AveragePool<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, _isa: I) {
        let Self { geometry, channels, input, bounds, output } = self;
        let mut outputs = output.chunks_exact_mut(channels.max(1));
        for row in 0..geometry.output[0] {
            let rows = span(geometry, 0, row);
            for column in 0..geometry.output[1] {
                let columns = span(geometry, 1, column);
                let Some(outputs) = outputs.next() else { return };
                let count = (rows.count() * columns.count()).max(1) as i32;
                for (channel, output) in outputs.iter_mut().enumerate() {
                    let pixels = rows.pixels().map(|row| row * geometry.input[1] + columns.pixel);
                    let sum: i32 = pixels
                        .map(|pixel| {
                            let values = input.get(pixel * channels + channel..).unwrap_or_default();
                            sum(values, columns.step * channels, columns.count())
                        })
                        .sum();
                    *output = clamp(divide(sum, count), bounds);
                }
            }
        }
    }
}

/// The sum of so many values, each `step` behind the one before.
#[cfg_attr(target_arch = "arm", inline(never))]
#[cfg_attr(not(target_arch = "arm"), inline(always))]
pub(super) fn sum(values: &[i8], step: usize, count: usize) -> i32 {
    values.iter().step_by(step.max(1)).take(count).fold(0_i32, |sum, &value| sum.wrapping_add(value as i32))
}

/// `sum / count`, halves away from zero; `count` is not negative.
#[inline(always)]
fn divide(sum: i32, count: i32) -> i32 {
    let half = if sum > 0 { count / 2 } else { -(count / 2) };
    (sum + half).checked_div(count).unwrap_or(0)
}
