//! Depthwise convolutions of one sample: each channel has windows of its own.
//!
//! Channels lie side by side, so they are the lanes of the vectors. With one window for each channel, a strip of
//! outputs is kept in registers as in [`super::conv2d`]; with more, each input stands in several lanes, and the plain
//! way in `repeated` is taken.

mod repeated;
mod tiles;

use super::conv2d::rectangle::{Image, Layout, Rectangle};
use super::stretch::Axis;
use super::{Geometry, Isa, Job};
use tiles::{CellTiles, OutputTiles};

/// The sizes of a depthwise convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepthwiseSizes {
    /// The window on the image.
    pub geometry: Geometry,
    /// Channels of the input.
    pub channels: usize,
    /// Windows, and so outputs, for each channel: output `c * multiplier + m` belongs to channel `c`.
    pub multiplier: usize,
}

impl DepthwiseSizes {
    /// Channels of the output.
    pub const fn filters(&self) -> usize {
        self.channels.saturating_mul(self.multiplier)
    }

    /// The floats of the kernel, `[rows][columns][channels][multiplier]`.
    pub const fn kernel_len(&self) -> usize {
        let [rows, columns] = self.geometry.kernel;
        rows.saturating_mul(columns).saturating_mul(self.filters())
    }

    /// Writes the kernel turned around, which takes the output's gradient to the input's.
    pub fn turn(&self, kernel: &[f32], turned: &mut [f32]) {
        let filters = self.filters().max(1);
        for (from, to) in kernel.chunks_exact(filters).rev().zip(turned.chunks_exact_mut(filters)) {
            to.copy_from_slice(from);
        }
    }

    fn layout(&self) -> Layout {
        Layout {
            source: Image { width: self.geometry.input[1], channels: self.channels },
            target: Image { width: self.geometry.output[1], channels: self.filters() },
            kernel_columns: self.geometry.kernel[1],
            depth: 1,
        }
    }

    /// From the output to the input, for one window for each channel.
    fn layout_backward(&self) -> Layout {
        let Layout { source, target, .. } = self.layout();
        Layout { source: target, target: source, ..self.layout() }
    }
}

/// `output = bias + input * kernel`
#[derive(Debug)]
pub struct Depthwise<'a> {
    /// The sizes.
    pub sizes: &'a DepthwiseSizes,
    /// The input.
    pub input: &'a [f32],
    /// The kernel.
    pub kernel: &'a [f32],
    /// What the sums begin with; zero if there is none.
    pub bias: Option<&'a [f32]>,
    /// The output.
    pub output: &'a mut [f32],
}

impl Job for Depthwise<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        if self.sizes.multiplier != 1 {
            return repeated::forward(isa, self);
        }
        let Self { sizes, input, kernel, bias, output } = self;
        let axes = [sizes.geometry.gather(0), sizes.geometry.gather(1)];
        each_output(isa, axes, &sizes.layout(), [input, kernel, bias.unwrap_or_default()], output);
    }
}

/// The derivative by the input.
#[derive(Debug)]
pub struct DepthwiseInputGradient<'a> {
    /// The sizes.
    pub sizes: &'a DepthwiseSizes,
    /// The derivative by the output.
    pub output_gradient: &'a [f32],
    /// The kernel as [`DepthwiseSizes::turn`] writes it.
    pub turned: &'a [f32],
    /// The derivative by the input.
    pub input_gradient: &'a mut [f32],
}

impl Job for DepthwiseInputGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        if self.sizes.multiplier != 1 {
            return repeated::input_gradient(isa, self);
        }
        let Self { sizes, output_gradient, turned, input_gradient } = self;
        let axes = [sizes.geometry.spread(0), sizes.geometry.spread(1)];
        each_output(isa, axes, &sizes.layout_backward(), [output_gradient, turned, &[]], input_gradient);
    }
}

/// Runs through the target in rectangles, and in each through vectors of channels.
#[inline(always)]
fn each_output<I: Isa>(isa: I, axes: [Axis; 2], layout: &Layout, from: [&[f32]; 3], target: &mut [f32]) {
    let [source, kernel, bias] = from;
    let channels = layout.target.channels;
    for rows in axes[0].stretches() {
        for columns in axes[1].stretches() {
            let rectangle = Rectangle::new(layout, rows, columns);
            for channel in (0..channels).step_by(I::LANES) {
                let width = I::LANES.min(channels - channel);
                let tiles = OutputTiles {
                    rectangle: &rectangle,
                    row: channels,
                    width,
                    // Where no cell lies inside, there may be no source to begin with.
                    source: source.get(rectangle.source + channel..).unwrap_or_default(),
                    kernel: kernel.get(rectangle.kernel + channel..).unwrap_or_default(),
                    bias: bias.get(channel..).unwrap_or_default(),
                };
                tiles.run(isa, &mut target[rectangle.target + channel..]);
            }
        }
    }
}

/// Adds the derivative of one sample by the kernel to `kernel`.
#[derive(Debug)]
pub struct DepthwiseKernelGradient<'a> {
    /// The sizes.
    pub sizes: &'a DepthwiseSizes,
    /// The input.
    pub input: &'a [f32],
    /// The derivative by the output.
    pub output_gradient: &'a [f32],
    /// The derivative by the kernel.
    pub kernel: &'a mut [f32],
}

impl Job for DepthwiseKernelGradient<'_> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        if self.sizes.multiplier != 1 {
            return repeated::kernel_gradient(isa, self);
        }
        let Self { sizes, input, output_gradient, kernel } = self;
        let channels = sizes.channels;
        for rows in sizes.geometry.gather(0).stretches() {
            for columns in sizes.geometry.gather(1).stretches() {
                let rectangle = Rectangle::new(&sizes.layout(), rows, columns);
                for channel in (0..channels).step_by(I::LANES) {
                    let tiles = CellTiles {
                        rectangle: &rectangle,
                        row: channels,
                        width: I::LANES.min(channels - channel),
                        // Where no cell lies inside, there may be no source to begin with.
                        source: input.get(rectangle.source + channel..).unwrap_or_default(),
                        gradient: &output_gradient[rectangle.target + channel..],
                    };
                    tiles.run(isa, kernel.get_mut(rectangle.kernel + channel..).unwrap_or_default());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
