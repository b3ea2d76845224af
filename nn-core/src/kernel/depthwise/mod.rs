//! Depthwise convolutions of one sample: each channel has windows of its own.
//!
//! Channels lie side by side, so they are the lanes of the vectors. With one window for each channel, a strip of
//! outputs is kept in registers: of whole lines where the window is three columns wide, else as in [`super::conv2d`].
//! With more windows, each input stands in several lanes, and the plain way in `repeated` is taken.

mod line_sums;
mod lines;
mod pairs;
mod repeated;
mod tiles;

use super::conv2d::rectangle::{Image, Layout, Rectangle};
use super::finish::{AsTheyAre, Finish};
use super::singles::{self, ConvolveChannels};
use super::stretch::Axis;
use super::{Geometry, Isa, Job};
use line_sums::LineSums;
use lines::{Band, LineSizes};
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

    pub(super) fn layout(&self) -> Layout {
        Layout {
            source: Image { width: self.geometry.input[1], channels: self.channels },
            target: Image { width: self.geometry.output[1], channels: self.filters() },
            kernel_columns: self.geometry.kernel[1],
            depth: 1,
        }
    }

    /// The sizes for [`EachLine`], if it can do it.
    fn lines(&self) -> Option<LineSizes> {
        let Geometry { input, output, kernel, stride, dilation, before } = self.geometry;
        let fits = kernel[1] == lines::ACROSS && dilation == [1, 1] && (1..=2).contains(&stride[1]);
        // A line without pixels has no length to be cut by.
        let is_some = self.channels > 0 && input[1] > 0 && output[1] > 0;
        (cfg!(feature = "std") && fits && is_some).then_some(LineSizes {
            source: input,
            target: output,
            kernel_rows: kernel[0],
            stride,
            before,
            channels: self.channels,
        })
    }

    /// The same from the output to the input.
    fn lines_backward(&self) -> Option<LineSizes> {
        let Geometry { kernel, stride, before, .. } = self.geometry;
        let sizes = self.lines().filter(|_| stride == [1, 1])?;
        Some(LineSizes {
            source: sizes.target,
            target: sizes.source,
            // Less is added before the image than the window is long, see `Window::before`.
            before: core::array::from_fn(|axis| kernel[axis] - 1 - before[axis]),
            ..sizes
        })
    }

    /// From the output to the input, for one window for each channel.
    fn layout_backward(&self) -> Layout {
        let Layout { source, target, .. } = self.layout();
        Layout { source: target, target: source, ..self.layout() }
    }
}

/// `output = bias + input * kernel`
#[derive(Debug)]
pub struct Depthwise<'a, F = AsTheyAre> {
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
    /// What becomes of the sums.
    pub finish: F,
}

impl<'a, F> Depthwise<'a, F> {
    /// The same, but for what becomes of the sums.
    #[inline(always)]
    pub fn finished<G>(self, finish: G) -> Depthwise<'a, G> {
        let Self { sizes, input, kernel, bias, output, .. } = self;
        Depthwise { sizes, input, kernel, bias, output, finish }
    }
}

impl<F: Finish> Job for Depthwise<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        if singles::ARE_TAKEN {
            let Self { sizes, input, kernel, bias, output, finish } = self;
            let (source, target, finish) = (input, output, finish.as_finished());
            return ConvolveChannels { sizes: *sizes, source, kernel, bias, target, finish }.run();
        }
        if self.sizes.multiplier != 1 {
            return repeated::forward(isa, self);
        }
        let Self { sizes, input, kernel, bias, output: target, finish } = self;
        let values = Values { source: input, kernel, bias: bias.unwrap_or_default() };
        if let Some(sizes) = sizes.lines() {
            return isa.run(EachLine { values, sizes, target, finish });
        }
        let axes = [sizes.geometry.gather(0), sizes.geometry.gather(1)];
        isa.run(Rectangles { values, axes, layout: sizes.layout(), target, finish });
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
        let Self { sizes, output_gradient, turned, input_gradient: target } = self;
        let (values, finish) = (Values { source: output_gradient, kernel: turned, bias: &[] }, AsTheyAre);
        if let Some(sizes) = sizes.lines_backward() {
            return isa.run(EachLine { values, sizes, target, finish });
        }
        let axes = [sizes.geometry.spread(0), sizes.geometry.spread(1)];
        isa.run(Rectangles { values, axes, layout: sizes.layout_backward(), target, finish });
    }
}

/// What goes into the target.
#[derive(Clone, Copy)]
struct Values<'a> {
    source: &'a [f32],
    kernel: &'a [f32],
    /// Empty if there is none.
    bias: &'a [f32],
}

/// A target that is run through in bands of lines, and in each through whole vectors of channels and through what is left.
///
/// A job of its own, like the next: it is compiled once for the output and for the derivative by the input.
struct EachLine<'a, F> {
    values: Values<'a>,
    sizes: LineSizes,
    target: &'a mut [f32],
    finish: F,
}

impl<F: Finish> Job for EachLine<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { values, sizes, target, finish } = self;
        let (band, whole) = (sizes.band(), sizes.channels / I::LANES * I::LANES);
        for (number, target) in target.chunks_mut(band * sizes.target[1] * sizes.channels).enumerate() {
            let row = number * band;
            if whole > 0 {
                let band = Band { values, sizes, channels: 0..whole, row, target: &mut *target, finish };
                match sizes.stride[1] {
                    1 if const { I::REGISTERS >= 32 } && sizes.are_of_pairs() => band.in_pairs(isa),
                    1 => band.in_strips::<I, 1, true>(isa),
                    _ => band.in_strips::<I, 2, true>(isa),
                }
            }
            if whole < sizes.channels {
                let band = Band { values, sizes, channels: whole..sizes.channels, row, target, finish };
                match sizes.stride[1] {
                    1 => band.in_strips::<I, 1, false>(isa),
                    _ => band.in_strips::<I, 2, false>(isa),
                }
            }
        }
    }
}

/// A target that is run through in rectangles, and in each through vectors of channels.
struct Rectangles<'a, F> {
    values: Values<'a>,
    axes: [Axis; 2],
    layout: Layout,
    target: &'a mut [f32],
    finish: F,
}

impl<F: Finish> Job for Rectangles<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        let Self { values, axes, layout, target, finish } = self;
        let channels = layout.target.channels;
        for rows in axes[0].stretches() {
            for columns in axes[1].stretches() {
                let rectangle = Rectangle::new(&layout, rows, columns);
                for channel in (0..channels).step_by(I::LANES) {
                    let width = I::LANES.min(channels - channel);
                    let tiles = OutputTiles {
                        rectangle: &rectangle,
                        row: channels,
                        width,
                        // Where no cell lies inside, there may be no source to begin with.
                        source: values.source.get(rectangle.source + channel..).unwrap_or_default(),
                        kernel: values.kernel.get(rectangle.kernel + channel..).unwrap_or_default(),
                        bias: values.bias.get(channel..).unwrap_or_default(),
                    };
                    let finish = finish.ready(isa, channel..channel + width);
                    tiles.run(isa, &mut target[rectangle.target + channel..], &finish);
                }
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
        if let Some(lines) = self.sizes.lines().filter(LineSizes::are_of_sums) {
            return self.each_line(isa, lines);
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

impl DepthwiseKernelGradient<'_> {
    /// Runs through the outputs in bands of lines, and in each through vectors of channels.
    #[inline(always)]
    fn each_line<I: Isa>(self, isa: I, sizes: LineSizes) {
        let Self { input: source, output_gradient, kernel, .. } = self;
        let band = sizes.band();
        for (number, gradient) in output_gradient.chunks(band * sizes.target[1] * sizes.channels).enumerate() {
            for channel in (0..sizes.channels).step_by(I::LANES) {
                let (channels, row) = (channel..sizes.channels.min(channel + I::LANES), number * band);
                if channels.len() == I::LANES {
                    LineSums::<true> { sizes, channels, row, source, gradient }.run(isa, kernel);
                } else {
                    LineSums::<false> { sizes, channels, row, source, gradient }.run(isa, kernel);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
