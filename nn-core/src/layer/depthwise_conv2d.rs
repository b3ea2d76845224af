//! A small window of weights for each channel of an image.

use super::bias::{Bias, listed};
use super::blocks::{add_blocks, sample, sum_blocks};
use super::convolving::Convolving;
use super::{Backward, Layer, Needs, Pass, Saved, WeightInfo};
use crate::initializer::{Fans, Initializers};
use crate::kernel::ahead::Ahead;
use crate::kernel::depthwise::{Depthwise, DepthwiseInputGradient, DepthwiseKernelGradient, DepthwiseSizes};
use crate::kernel::finish::AsTheyAre;
use crate::kernel::normalization::AddColumns;
use crate::kernel::{Isa, dispatch};
use crate::plain::{Plain, flatten, flatten_mut};
use crate::random::Random;
use crate::shape::{Shape, Window};
use crate::team::Chunks;
use core::fmt;

/// `output[y][x][c * MULTIPLIER + m] = bias + sum over i, j of input[y * stride + i * dilation - before][..][c] *
/// kernel[i][j][c][m]`, where pixels beyond the border are zero.
///
/// `OUT` is `C * MULTIPLIER`, which the compiler cannot compute in a type yet. The bias is an array, or `()` for a layer
/// without one.
#[derive(Clone, PartialEq)]
#[repr(C)]
pub struct DepthwiseConv2d<
    const KH: usize,
    const KW: usize,
    const C: usize,
    const MULTIPLIER: usize,
    const OUT: usize,
    BIAS = [f32; OUT],
> {
    /// The weights: rows and columns of the window, input channels, windows for each channel.
    pub kernel: [[[[f32; MULTIPLIER]; C]; KW]; KH],
    /// What the sums begin with.
    pub bias: BIAS,
}

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub(crate) sizes: DepthwiseSizes,
    initializers: Initializers,
}

impl Settings {
    /// A convolution of `multiplier` windows for each channel of images of this shape.
    pub const fn new(input: Shape, multiplier: usize, window: Window, initializers: Initializers) -> Self {
        let geometry = window.on([input.size(0), input.size(1)]);
        Self { sizes: DepthwiseSizes { geometry, channels: input.size(2), multiplier }, initializers }
    }

    /// The shape of one sample's output.
    pub const fn output(&self) -> Shape {
        let [height, width] = self.sizes.geometry.output;
        Shape::new(&[height, width, self.sizes.filters()])
    }

    /// How many samples the passes of training convolve at once.
    pub const fn at_once(&self) -> usize {
        1
    }

    /// What the layer costs: each output is a sum over the window. A gradient by the weights is summed up for each block
    /// of a batch.
    pub const fn needs(&self) -> Needs {
        let [height, width] = self.sizes.geometry.output;
        let kernel = self.sizes.kernel_len();
        Needs {
            macs: height.saturating_mul(width).saturating_mul(kernel),
            positions: 0,
            statistics: 0,
            partial: kernel.saturating_add(self.sizes.filters()),
        }
    }
}

// SAFETY: an array of floats, then a bias that consists of floats; `repr(C)` adds no padding between types of the
// alignment of a float or less.
unsafe impl<const KH: usize, const KW: usize, const C: usize, const MULTIPLIER: usize, const OUT: usize, BIAS: Bias>
    Plain for DepthwiseConv2d<KH, KW, C, MULTIPLIER, OUT, BIAS>
{
}

impl<const KH: usize, const KW: usize, const C: usize, const MULTIPLIER: usize, const OUT: usize, BIAS> fmt::Debug
    for DepthwiseConv2d<KH, KW, C, MULTIPLIER, OUT, BIAS>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DepthwiseConv2d<{KH}, {KW}, {C}, {MULTIPLIER}>")
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const MULTIPLIER: usize, const OUT: usize, BIAS: Bias>
    DepthwiseConv2d<KH, KW, C, MULTIPLIER, OUT, BIAS>
{
    const ALL: [WeightInfo; 2] = [
        WeightInfo { name: "kernel", shape: Shape::new(&[KH, KW, C, MULTIPLIER]), trained: true },
        WeightInfo { name: "bias", shape: Shape::new(&[OUT]), trained: true },
    ];

    #[inline(always)]
    pub(super) fn weights<'a>(&'a self, settings: &'a Settings) -> Weights<'a> {
        Weights { sizes: &settings.sizes, kernel: flatten(&self.kernel), bias: self.bias.values() }
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const MULTIPLIER: usize, const OUT: usize, BIAS: Bias> Layer
    for DepthwiseConv2d<KH, KW, C, MULTIPLIER, OUT, BIAS>
{
    type Settings = Settings;
    type Gradient = Self;

    const WEIGHTS: &'static [WeightInfo] = listed::<BIAS, 2>(&Self::ALL);

    /// The fans are Keras's, which takes the kernel's last two axes for inputs and outputs.
    fn initialize(&mut self, settings: &Settings, random: &mut Random) {
        let Initializers { kernel, bias } = settings.initializers;
        let fans = Fans { input: KH * KW * C, output: KH * KW * MULTIPLIER, columns: MULTIPLIER };
        kernel.fill(flatten_mut(&mut self.kernel), fans, random);
        if let Some(values) = self.bias.values_mut() {
            bias.fill(values, Fans { input: OUT, output: OUT, columns: OUT }, random);
        }
    }

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        isa.run(self.weights(settings).convolution(input, output));
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], _saved: Saved<'_>) {
        self.weights(settings).forward(pass, input, output);
    }

    fn backward(&self, settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut Self>) {
        self.weights(settings).backward(pass, backward, gradient.map(Plain::floats_mut));
    }
}

/// The weights of a convolution of any size, so that the passes are compiled once for all layers.
#[derive(Clone, Copy)]
pub(super) struct Weights<'a> {
    sizes: &'a DepthwiseSizes,
    kernel: &'a [f32],
    bias: Option<&'a [f32]>,
}

impl<'a> Weights<'a> {
    #[inline(always)]
    pub(super) fn convolution(self, input: &'a [f32], output: &'a mut [f32]) -> Depthwise<'a> {
        Depthwise { sizes: self.sizes, input, kernel: self.kernel, bias: self.bias, output, finish: AsTheyAre }
    }

    fn forward(&self, pass: Pass<'_>, input: &[f32], output: &mut [f32]) {
        let len = output.len() / pass.batch.max(1);
        pass.team.split(Chunks::new(output, len), |number, output| {
            self.write_outputs(&[], sample(input, pass.batch, number), output, Ahead::NOTHING);
        });
    }

    fn backward(&self, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut [f32]>) {
        let Backward { input, output_gradient, input_gradient, saved } = backward;
        if let Some(gradient) = gradient {
            self.weight_gradient(pass, input, output_gradient, saved.partial, gradient);
        }
        if let Some(input_gradient) = input_gradient {
            self.input_gradient(pass, output_gradient, saved.partial, input_gradient);
        }
    }

    /// The gradient by the kernel and the bias.
    fn weight_gradient(
        &self,
        pass: Pass<'_>,
        input: &[f32],
        output_gradient: &[f32],
        partial: &mut [f32],
        gradient: &mut [f32],
    ) {
        let len = self.kernel.len() + self.sizes.filters();
        sum_blocks(pass, partial, len, |block, sums| {
            for number in block {
                self.add_gradients(
                    sample(input, pass.batch, number),
                    sample(output_gradient, pass.batch, number),
                    sums,
                    Ahead::NOTHING,
                );
            }
        });
        add_blocks(pass.team, partial, len, gradient);
    }

    /// The gradient by the input, with the kernel turned around in memory that is no longer needed.
    fn input_gradient(&self, pass: Pass<'_>, output_gradient: &[f32], memory: &mut [f32], input_gradient: &mut [f32]) {
        let Some(turned) = memory.get_mut(..self.kernel.len()) else {
            return;
        };
        self.turn(pass, turned, &mut []);
        let turned = &*turned;
        let len = input_gradient.len() / pass.batch.max(1);
        pass.team.split(Chunks::new(input_gradient, len), |number, input_gradient| {
            self.write_input_gradients(
                turned,
                &[],
                sample(output_gradient, pass.batch, number),
                input_gradient,
                None,
                Ahead::NOTHING,
            );
        });
    }
}

impl Convolving for Weights<'_> {
    fn kernel_len(&self) -> usize {
        self.kernel.len()
    }

    fn filters(&self) -> usize {
        self.sizes.filters()
    }

    fn at_once(&self) -> usize {
        1
    }

    fn prepare(&self, _pass: Pass<'_>, _memory: &mut [f32]) {}

    fn write_outputs(&self, _memory: &[f32], input: &[f32], output: &mut [f32], _ahead: Ahead) {
        dispatch(self.convolution(input, output));
    }

    fn add_gradients(&self, input: &[f32], output_gradient: &[f32], sums: &mut [f32], _ahead: Ahead) {
        let (kernel, bias) = sums.split_at_mut(self.kernel.len());
        dispatch(DepthwiseKernelGradient { sizes: self.sizes, input, output_gradient, kernel });
        if self.bias.is_some() && !bias.is_empty() {
            dispatch(AddColumns { values: output_gradient, sums: bias });
        }
    }

    fn turn(&self, _pass: Pass<'_>, turned: &mut [f32], _memory: &mut [f32]) {
        self.sizes.turn(self.kernel, turned);
    }

    fn write_input_gradients(
        &self,
        turned: &[f32],
        _memory: &[f32],
        output_gradient: &[f32],
        input_gradient: &mut [f32],
        _wanted: Option<&[f32]>,
        _ahead: Ahead,
    ) {
        dispatch(DepthwiseInputGradient { sizes: self.sizes, output_gradient, turned, input_gradient });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::gradient_check::Check;
    use crate::shape::Padding;

    const PLAIN: Window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };

    fn check<const KH: usize, const KW: usize, const C: usize, const M: usize, const OUT: usize, BIAS: Bias>(
        [height, width]: [usize; 2],
        window: Window,
    ) {
        let (input, window) = (Shape::new(&[height, width, C]), Window { kernel: [KH, KW], ..window });
        let settings = Settings::new(input, M, window, Initializers::DEFAULT);
        Check::<DepthwiseConv2d<KH, KW, C, M, OUT, BIAS>>::new(settings, input, settings.output(), settings.needs())
            .run();
    }

    #[test]
    fn derivatives_are_those_of_the_forward_pass() {
        let same = Window { padding: Padding::Same, ..PLAIN };
        check::<3, 3, 1, 1, 1, [f32; 1]>([5, 4], PLAIN);
        check::<3, 3, 3, 1, 3, ()>([3, 3], same);
        check::<2, 3, 2, 2, 4, [f32; 4]>([5, 6], Window { stride: [2, 2], ..same });
        check::<2, 2, 3, 1, 3, [f32; 3]>([6, 7], Window { dilation: [3, 2], stride: [2, 3], ..same });
        check::<2, 2, 2, 3, 6, ()>([6, 5], Window { dilation: [2, 3], ..PLAIN });
        check::<1, 1, 17, 1, 17, [f32; 17]>([2, 2], PLAIN);
    }

    #[test]
    fn two_windows_for_each_of_two_channels_by_hand() {
        let window = Window { kernel: [1, 2], ..PLAIN };
        let settings = Settings::new(Shape::new(&[1, 2, 2]), 2, window, Initializers::DEFAULT);
        let kernel = [[[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]]];
        let layer = DepthwiseConv2d::<1, 2, 2, 2, 4> { kernel, bias: [0.0, 0.0, 0.0, 0.5] };
        let mut output = [0.0; 4];
        layer.infer(crate::kernel::Portable, &settings, &[1.0, 10.0, 2.0, 20.0], &mut output);
        assert_eq!(output, [11.0, 14.0, 170.0, 200.5]);
    }

    #[test]
    fn settings_state_shapes_and_costs() {
        const SETTINGS: Settings = Settings::new(Shape::new(&[28, 28, 4]), 2, PLAIN, Initializers::DEFAULT);
        assert_eq!(SETTINGS.output(), Shape::new(&[26, 26, 8]));
        assert_eq!(SETTINGS.needs().macs, 26 * 26 * 8 * 3 * 3);
        assert_eq!(SETTINGS.needs().partial, 3 * 3 * 8 + 8);
        assert_eq!(DepthwiseConv2d::<3, 3, 4, 2, 8>::FLOATS, SETTINGS.needs().partial);
        for shape in [Shape::UNKNOWN, Shape::new(&[0, 0, 0]), Shape::SCALAR] {
            let settings = Settings::new(shape, 0, PLAIN, Initializers::DEFAULT);
            assert!(settings.output().is_empty() && settings.needs().macs == 0);
        }
    }
}
