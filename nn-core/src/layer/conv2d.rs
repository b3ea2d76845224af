//! A small window of weights that slides over an image.

use super::bias::{Bias, listed};
use super::blocks::{add_blocks, sample, samples, sum_blocks};
use super::convolving::Convolving;
use super::{Backward, Layer, Needs, Pass, Saved, WeightInfo};
use crate::initializer::{Fans, Initializers};
use crate::kernel::ahead::Ahead;
use crate::kernel::conv2d::normalized::NormalizedOutputs;
use crate::kernel::conv2d::squares::Squares;
use crate::kernel::conv2d::winograd::{ByWeights, Filters, IsTaken, Kernel, Minimal, Planes};
use crate::kernel::conv2d::{Convolution, ConvolutionSizes, InputGradient, KernelGradient, Wanted};
use crate::kernel::finish::AsTheyAre;
use crate::kernel::normalization::AddColumns;
use crate::kernel::normalization::backward::Cut;
use crate::kernel::{Isa, dispatch};
use crate::plain::{Plain, flatten, flatten_mut};
use crate::random::Random;
use crate::shape::{Shape, Window};
use crate::team::Chunks;
use core::fmt;

/// `output[y][x][o] = bias[o] + sum over i, j, c of input[y * stride + i * dilation - before][..][c] * kernel[i][j][c][o]`,
/// where pixels beyond the border are zero: a cross-correlation, as everywhere in deep learning.
///
/// `C` is the number of input channels of one group: with `groups`, output `o` sees the channels of its own group only.
/// The bias is an array, or `()` for a layer without one.
#[derive(Clone, PartialEq)]
#[repr(C)]
pub struct Conv2d<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS = [f32; OUT]> {
    /// The weights: rows and columns of the window, input channels, filters.
    pub kernel: [[[[f32; OUT]; C]; KW]; KH],
    /// What the sums begin with.
    pub bias: BIAS,
}

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub(crate) sizes: ConvolutionSizes,
    initializers: Initializers,
}

impl Settings {
    /// A convolution of `filters` outputs on images of this shape, in `groups` that divide channels and filters.
    pub const fn new(input: Shape, filters: usize, window: Window, groups: usize, initializers: Initializers) -> Self {
        let geometry = window.on([input.size(0), input.size(1)]);
        let groups = if groups == 0 { 1 } else { groups };
        Self { sizes: ConvolutionSizes { geometry, channels: input.size(2), filters, groups }, initializers }
    }

    /// The shape of one sample's output.
    pub const fn output(&self) -> Shape {
        let [height, width] = self.sizes.geometry.output;
        Shape::new(&[height, width, self.sizes.filters])
    }

    /// How many samples the passes of training convolve at once.
    pub const fn at_once(&self) -> usize {
        at_once(&self.sizes)
    }

    /// What the layer costs: each output is a sum over the window and the channels of its group. A gradient by the
    /// weights is summed up for each block of a batch. The kernel is transformed or copied once for a batch, if it is.
    pub const fn needs(&self) -> Needs {
        let [height, width] = self.sizes.geometry.output;
        let kernel = self.sizes.kernel_len();
        let forward = Planes::transformed_len(Planes::forward(&self.sizes));
        let backward = Planes::transformed_len(Planes::backward(&self.sizes));
        let transformed = if forward > backward { forward } else { backward };
        Needs {
            macs: height.saturating_mul(width).saturating_mul(kernel),
            positions: 0,
            // A kernel that is transformed has no squares.
            statistics: transformed.saturating_add(Squares::room(&self.sizes)),
            partial: kernel.saturating_add(self.sizes.filters),
        }
    }
}

// SAFETY: an array of floats, then a bias that consists of floats; `repr(C)` adds no padding between types of the
// alignment of a float or less.
unsafe impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias> Plain
    for Conv2d<KH, KW, C, OUT, BIAS>
{
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS> fmt::Debug
    for Conv2d<KH, KW, C, OUT, BIAS>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Conv2d<{KH}, {KW}, {C}, {OUT}>")
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias> Conv2d<KH, KW, C, OUT, BIAS> {
    const ALL: [WeightInfo; 2] = [
        WeightInfo { name: "kernel", shape: Shape::new(&[KH, KW, C, OUT]), trained: true },
        WeightInfo { name: "bias", shape: Shape::new(&[OUT]), trained: true },
    ];

    #[inline(always)]
    pub(super) fn weights_of<'a>(&'a self, sizes: &'a ConvolutionSizes) -> Weights<'a> {
        Weights { sizes, kernel: flatten(&self.kernel), bias: self.bias.values() }
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias> Layer
    for Conv2d<KH, KW, C, OUT, BIAS>
{
    type Settings = Settings;
    type Gradient = Self;

    const WEIGHTS: &'static [WeightInfo] = listed::<BIAS, 2>(&Self::ALL);

    fn initialize(&mut self, settings: &Settings, random: &mut Random) {
        let Initializers { kernel, bias } = settings.initializers;
        let fans = Fans { input: KH * KW * C, output: KH * KW * OUT, columns: OUT };
        kernel.fill(flatten_mut(&mut self.kernel), fans, random);
        if let Some(values) = self.bias.values_mut() {
            bias.fill(values, Fans { input: OUT, output: OUT, columns: OUT }, random);
        }
    }

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        isa.run(self.weights_of(&settings.sizes).convolution(input, output));
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        self.weights_of(&settings.sizes).forward(pass, input, output, saved.statistics);
    }

    fn backward(&self, settings: &Settings, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut Self>) {
        self.weights_of(&settings.sizes).backward(pass, backward, gradient.map(Plain::floats_mut));
    }
}

/// The weights of a convolution of any size, so that the passes are compiled once for all layers.
pub(super) struct Weights<'a> {
    sizes: &'a ConvolutionSizes,
    pub(super) kernel: &'a [f32],
    pub(super) bias: Option<&'a [f32]>,
}

impl<'a> Weights<'a> {
    #[inline(always)]
    pub(super) fn convolution(&self, input: &'a [f32], output: &'a mut [f32]) -> Convolution<'a> {
        Convolution::forward(self.sizes, input, self.kernel, self.bias, output)
    }

    fn forward(&self, pass: Pass<'_>, input: &[f32], output: &mut [f32], memory: &mut [f32]) {
        self.prepare(pass, memory);
        let (memory, count, len) = (&*memory, self.at_once(), output.len() / pass.batch.max(1));
        pass.team.split(Chunks::new(output, count * len), |number, output| {
            let range = number * count..pass.batch.min((number + 1) * count);
            self.write_outputs(memory, samples(input, pass.batch, range), output, Ahead::NOTHING);
        });
    }

    fn backward(&self, pass: Pass<'_>, backward: Backward<'_>, gradient: Option<&mut [f32]>) {
        let Backward { input, output_gradient, input_gradient, saved } = backward;
        if let Some(gradient) = gradient {
            self.weight_gradient(pass, input, output_gradient, saved.partial, gradient);
        }
        if let Some(input_gradient) = input_gradient {
            self.input_gradient(pass, output_gradient, saved, input_gradient);
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
        let len = self.kernel.len() + self.sizes.filters;
        sum_blocks(pass, partial, len, |block, sums| {
            for first in block.clone().step_by(self.at_once()) {
                let range = first..block.end.min(first + self.at_once());
                let [input, errors] = [input, output_gradient].map(|of| samples(of, pass.batch, range.clone()));
                self.add_gradients(input, errors, sums, Ahead::NOTHING);
            }
        });
        add_blocks(pass.team, partial, len, gradient);
    }

    /// The gradient by the input, with the kernel turned around in memory that is no longer needed.
    fn input_gradient(&self, pass: Pass<'_>, output_gradient: &[f32], saved: Saved<'_>, input_gradient: &mut [f32]) {
        let Some(turned) = saved.partial.get_mut(..self.kernel.len()) else {
            return;
        };
        self.turn(pass, turned, saved.statistics);
        let (turned, memory) = (&*turned, &*saved.statistics);
        let (count, len) = (self.at_once(), input_gradient.len() / pass.batch.max(1));
        pass.team.split(Chunks::new(input_gradient, count * len), |number, input_gradient| {
            let range = number * count..pass.batch.min((number + 1) * count);
            let output_gradient = samples(output_gradient, pass.batch, range);
            self.write_input_gradients(turned, memory, output_gradient, input_gradient, None, Ahead::NOTHING);
        });
    }

    /// Writes the kernel turned around, for [`InputGradient`].
    pub(super) fn turn_around(&self, pass: Pass<'_>, turned: &mut [f32]) {
        pass.team.split(Chunks::new(turned, self.sizes.cell_len()), |cell, turned| {
            self.sizes.turn(self.kernel, cell, turned);
        });
    }
}

impl Convolving for Weights<'_> {
    fn kernel_len(&self) -> usize {
        self.kernel.len()
    }

    fn filters(&self) -> usize {
        self.sizes.filters
    }

    fn at_once(&self) -> usize {
        at_once(self.sizes)
    }

    fn prepare(&self, pass: Pass<'_>, memory: &mut [f32]) {
        transform(pass, Planes::forward(self.sizes), self.kernel, memory);
        Squares::write(self.sizes, self.kernel, memory);
    }

    fn write_outputs(&self, memory: &[f32], input: &[f32], output: &mut [f32], ahead: Ahead) {
        if let Some((planes, kernel)) = transformed(Planes::forward(self.sizes), memory) {
            let (bias, finish) = (self.bias, AsTheyAre);
            return dispatch(Minimal { planes: &planes, source: input, kernel, bias, finish, target: output });
        }
        let len = self.sizes.geometry.output.iter().product::<usize>() * self.sizes.filters;
        let (count, squares) = (output.len() / len.max(1), Squares::written(self.sizes, memory));
        for (number, output) in output.chunks_exact_mut(len.max(1)).enumerate() {
            let ahead = if number == 0 { ahead } else { Ahead::NOTHING };
            let convolution = Weights { ..*self }.convolution(sample(input, count, number), output);
            dispatch(convolution.squared(squares).fetching(ahead));
        }
    }

    fn write_normalized(&self, memory: &[f32], cut: Cut<'_>, input: &[f32], output: &mut [f32], ahead: Ahead) -> bool {
        let Self { sizes, bias, .. } = *self;
        let ConvolutionSizes { geometry, channels, .. } = sizes;
        // One sample, of which each pixel gives one output.
        let is_one = input.len() == geometry.input[0] * geometry.input[1] * channels;
        let is_fit = is_one && geometry.input == geometry.output && cut.bounds == Some([0.0, f32::INFINITY]);
        let Some(squares) = Squares::written(sizes, memory).filter(|_| is_fit) else { return false };
        dispatch(NormalizedOutputs { sizes, normalization: cut.normalization, input, squares, bias, output, ahead })
    }

    fn add_gradients(&self, input: &[f32], output_gradient: &[f32], sums: &mut [f32], ahead: Ahead) {
        let (kernel, bias) = sums.split_at_mut(self.kernel.len());
        if let Some(planes) = Planes::forward(self.sizes).filter(|_| dispatch(IsTaken)) {
            dispatch(ByWeights { planes: &planes, input, output_gradient, kernel });
        } else {
            let len = self.sizes.geometry.output.iter().product::<usize>() * self.sizes.filters;
            let count = output_gradient.len() / len.max(1);
            for (number, output_gradient) in output_gradient.chunks_exact(len.max(1)).enumerate() {
                let input = sample(input, count, number);
                let ahead = if number == 0 { ahead } else { Ahead::NOTHING };
                dispatch(KernelGradient { sizes: self.sizes, input, output_gradient, kernel, ahead });
            }
        }
        if self.bias.is_some() && !bias.is_empty() {
            dispatch(AddColumns { values: output_gradient, sums: bias });
        }
    }

    fn turn(&self, pass: Pass<'_>, turned: &mut [f32], memory: &mut [f32]) {
        self.turn_around(pass, turned);
        transform(pass, Planes::backward(self.sizes), turned, memory);
        Squares::write(self.sizes, self.kernel, memory);
    }

    fn write_input_gradients(
        &self,
        turned: &[f32],
        memory: &[f32],
        output_gradient: &[f32],
        input_gradient: &mut [f32],
        wanted: Option<&[f32]>,
        ahead: Ahead,
    ) {
        if let Some((planes, kernel)) = transformed(Planes::backward(self.sizes), memory) {
            let (source, target) = (output_gradient, input_gradient);
            return dispatch(Minimal { planes: &planes, source, kernel, bias: None, finish: AsTheyAre, target });
        }
        let len = self.sizes.geometry.input.iter().product::<usize>() * self.sizes.channels;
        let (count, squares) = (input_gradient.len() / len.max(1), Squares::written(self.sizes, memory));
        for (number, input_gradient) in input_gradient.chunks_exact_mut(len.max(1)).enumerate() {
            let output_gradient = sample(output_gradient, count, number);
            let ahead = if number == 0 { ahead } else { Ahead::NOTHING };
            let wanted =
                wanted.map(|input| Wanted { input: sample(input, count, number), kernel: self.kernel, squares });
            dispatch(InputGradient { sizes: self.sizes, output_gradient, turned, input_gradient, wanted, ahead });
        }
    }
}

/// How many samples to convolve at once, forward or backward.
const fn at_once(sizes: &ConvolutionSizes) -> usize {
    let forward = Planes::images_of(Planes::forward(sizes));
    let backward = Planes::images_of(Planes::backward(sizes));
    if forward > backward { forward } else { backward }
}

/// Transforms a kernel for a convolution with fewer multiplications, if this way is taken.
fn transform(pass: Pass<'_>, planes: Option<Planes>, kernel: &[f32], memory: &mut [f32]) {
    let Some(planes) = planes.filter(|_| dispatch(IsTaken)) else { return };
    let Some(memory) = memory.get_mut(..Planes::transformed_len(Some(planes))) else { return };
    pass.team.split(Chunks::new(memory, planes.part_len()), |part, transformed| {
        dispatch(Filters { planes: &planes, kernel, part, transformed });
    });
}

/// What [`transform`] wrote. Where there is no memory for it each sample does so by itself, to the same bits.
fn transformed(planes: Option<Planes>, memory: &[f32]) -> Option<(Planes, Kernel<'_>)> {
    let planes = planes.filter(|_| dispatch(IsTaken))?;
    let kernel = memory.get(..Planes::transformed_len(Some(planes)))?;
    Some((planes, Kernel::Transformed(kernel)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Mode;
    use crate::layer::gradient_check::Check;
    use crate::plain::boxed_zeroed;
    use crate::shape::Padding;
    use crate::team::{Backwards, blocks};
    use std::vec::Vec;
    use std::{format, vec};

    const PLAIN: Window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };

    fn check<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias>(
        input: [usize; 3],
        window: Window,
        groups: usize,
    ) {
        let window = Window { kernel: [KH, KW], ..window };
        let settings = Settings::new(Shape::new(&input), OUT, window, groups, Initializers::DEFAULT);
        let (input, output) = (Shape::new(&input), settings.output());
        Check::<Conv2d<KH, KW, C, OUT, BIAS>>::new(settings, input, output, settings.needs()).run();
    }

    #[test]
    fn derivatives_are_those_of_the_forward_pass() {
        let same = Window { padding: Padding::Same, ..PLAIN };
        check::<3, 3, 1, 5, [f32; 5]>([5, 4, 1], PLAIN, 1);
        check::<3, 3, 3, 3, [f32; 3]>([3, 3, 3], same, 1);
        check::<2, 3, 2, 4, ()>([5, 6, 2], Window { stride: [2, 2], ..same }, 1);
        check::<2, 2, 2, 3, [f32; 3]>([6, 5, 2], Window { dilation: [2, 3], ..PLAIN }, 1);
        check::<2, 2, 2, 3, ()>([6, 7, 2], Window { dilation: [3, 2], stride: [2, 3], ..same }, 1);
        check::<3, 1, 2, 6, [f32; 6]>([4, 4, 4], same, 2);
        check::<1, 1, 4, 4, [f32; 4]>([3, 4, 4], PLAIN, 1);
        check::<1, 1, 2, 2, ()>([5, 5, 2], Window { stride: [2, 2], ..PLAIN }, 1);
    }

    #[test]
    fn a_batch_gives_the_bits_of_its_samples() {
        let same = Window { padding: Padding::Same, ..PLAIN };
        let settings = Settings::new(Shape::new(&[8, 9, 12]), 20, same, 1, Initializers::DEFAULT);
        let (needs, len) = (settings.needs(), settings.output().len());
        assert!(needs.statistics > 0, "it has fewer multiplications");
        let mut random = Random::new(2, 0);
        let mut layer = boxed_zeroed::<Conv2d<3, 3, 12, 20>>();
        layer.floats_mut().iter_mut().for_each(|weight| *weight = random.uniform() - 0.5);
        let batch = 19;
        let mut values = |len: usize| -> Vec<f32> { (0..batch * len).map(|_| random.uniform() - 0.5).collect() };
        let (input, output_gradient) = (values(8 * 9 * 12), values(len));

        let pass = Pass { team: &Backwards, batch, mode: Mode::Training { key: 1 } };
        let mut statistics = vec![f32::NAN; needs.statistics];
        let mut partial = vec![f32::NAN; needs.partial * blocks(batch)];
        let mut output = vec![f32::NAN; output_gradient.len()];
        let saved = Saved { statistics: &mut statistics, ..Saved::default() };
        layer.forward(&settings, pass, &input, &mut output, saved);
        let mut found = vec![f32::NAN; input.len()];
        let saved = Saved { statistics: &mut statistics, partial: &mut partial, ..Saved::default() };
        let (input, output_gradient, input_gradient) = (&input, &output_gradient, Some(&mut found[..]));
        layer.backward(&settings, pass, Backward { input, output_gradient, input_gradient, saved }, None);

        let weights = layer.weights_of(&settings.sizes);
        let mut turned = vec![f32::NAN; weights.kernel.len()];
        weights.turn_around(pass, &mut turned);
        for number in 0..batch {
            let mut expected = vec![f32::NAN; len];
            dispatch(weights.convolution(sample(input, batch, number), &mut expected));
            assert_eq!(sample(&output, batch, number), expected, "{number}");
            let mut expected = vec![f32::NAN; 8 * 9 * 12];
            dispatch(InputGradient {
                sizes: &settings.sizes,
                output_gradient: sample(output_gradient, batch, number),
                turned: &turned,
                input_gradient: &mut expected,
                wanted: None,
                ahead: Ahead::NOTHING,
            });
            assert_eq!(sample(&found, batch, number), expected, "{number}");
        }
    }

    #[test]
    fn a_window_of_two_by_two_by_hand() {
        let settings =
            Settings::new(Shape::new(&[2, 3, 1]), 1, Window { kernel: [2, 2], ..PLAIN }, 1, Initializers::DEFAULT);
        let layer = Conv2d::<2, 2, 1, 1> { kernel: [[[[1.0]], [[2.0]]], [[[3.0]], [[4.0]]]], bias: [0.5] };
        let mut output = [0.0; 2];
        layer.infer(crate::kernel::Portable, &settings, &[1.0, 0.0, 2.0, 0.0, 1.0, 1.0], &mut output);
        assert_eq!(output, [1.0 + 4.0 + 0.5, 4.0 + 3.0 + 4.0 + 0.5]);
    }

    #[test]
    fn settings_state_shapes_and_costs() {
        const SETTINGS: Settings = Settings::new(Shape::new(&[28, 28, 4]), 32, PLAIN, 2, Initializers::DEFAULT);
        assert_eq!(SETTINGS.output(), Shape::new(&[26, 26, 32]));
        assert_eq!(SETTINGS.needs().macs, 26 * 26 * 32 * 3 * 3 * 2);
        assert_eq!(SETTINGS.needs().partial, 3 * 3 * 2 * 32 + 32);
        assert_eq!(Conv2d::<3, 3, 2, 32>::FLOATS, SETTINGS.needs().partial);
        assert_eq!(Conv2d::<3, 3, 2, 32, ()>::WEIGHTS.len(), 1);
        assert_eq!(format!("{:?}", Conv2d::<3, 3, 2, 32>::ZERO), "Conv2d<3, 3, 2, 32>");
        for (shape, groups) in [(Shape::UNKNOWN, 1), (Shape::new(&[0, 0, 0]), 0), (Shape::SCALAR, 3)] {
            let settings = Settings::new(shape, 0, PLAIN, groups, Initializers::DEFAULT);
            assert!(settings.output().is_empty() && settings.needs().macs == 0);
        }
    }
}
