//! A convolution, an activation and a pool of maxima as one step: the image between them is never whole in memory.

use super::blocks::{add_blocks, sample};
use super::conv2d::Weights;
use super::{Backward, Conv2d, Function, Needs, Pass, Saved, bias::Bias, conv2d, max_pool2d};
use crate::kernel::ahead::Ahead;
use crate::kernel::conv2d::pooled::{PooledConvolution, PooledSizes};
use crate::kernel::conv2d::pooled_gradient::PooledKernelGradient;
use crate::kernel::conv2d::{InputGradient, KernelGradient};
use crate::kernel::normalization::AddColumns;
use crate::kernel::pool::MaxPoolBackward;
use crate::kernel::{Isa, dispatch};
use crate::plain::Plain;
use crate::team::{Chunks, block_size};
use core::ops::Range;

/// The convolution that it borrows, then the activation, then the pool. The values are those of the three layers one
/// after the other, but for rounding where a convolution alone makes [fewer
/// multiplications](crate::kernel::conv2d::winograd); the derivative by the weights is summed window by window instead of row
/// by row.
#[derive(Clone, Copy, Debug)]
pub struct MaxPooled<'a, L>(pub &'a L);

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    sizes: PooledSizes,
    convolution: Needs,
}

impl Settings {
    /// A convolution, what is applied to its outputs, and a pool whose windows lie side by side, have at most 255 cells
    /// and reach beyond no border.
    ///
    /// Of the functions, those that cut values off: their maximum is that of the values before, cut off.
    pub const fn new(convolution: conv2d::Settings, function: Option<Function>, pool: max_pool2d::Settings) -> Self {
        let bounds = Function::bounds(function);
        let sizes = PooledSizes { convolution: convolution.sizes, pool: pool.geometry, bounds };
        Self { sizes, convolution: convolution.needs() }
    }

    /// What the step costs: positions in one byte each, and for each block of a batch the sums of the weights and one
    /// sample of what the pool takes together.
    pub const fn needs(&self) -> Needs {
        Needs {
            positions: self.sizes.outputs(),
            statistics: 0,
            partial: self.convolution.partial.saturating_add(self.sizes.unpooled()),
            ..self.convolution
        }
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias>
    MaxPooled<'_, Conv2d<KH, KW, C, OUT, BIAS>>
{
    /// One sample, as at inference.
    #[inline(always)]
    pub fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        let (sizes, Weights { kernel, bias, .. }) = (&settings.sizes, self.weights(settings));
        isa.run(PooledConvolution { sizes, input, kernel, bias, output, positions: &mut [] });
    }

    /// A batch.
    pub fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        forward(&settings.sizes, self.weights(settings), pass, input, output, saved.positions);
    }

    /// The derivatives for the batch that went forward last: see [`super::Layer::backward`].
    pub fn backward(
        &self,
        settings: &Settings,
        pass: Pass<'_>,
        backward: Backward<'_>,
        gradient: Option<&mut Conv2d<KH, KW, C, OUT, BIAS>>,
    ) {
        let step = Step { sizes: &settings.sizes, weights: self.weights(settings), pass };
        step.backward(backward, gradient.map(Plain::floats_mut));
    }

    fn weights<'s>(&'s self, settings: &'s Settings) -> Weights<'s> {
        self.0.weights_of(&settings.sizes.convolution)
    }
}

fn forward(
    sizes: &PooledSizes,
    weights: Weights<'_>,
    pass: Pass<'_>,
    input: &[f32],
    output: &mut [f32],
    positions: &mut [u8],
) {
    let Weights { kernel, bias, .. } = weights;
    let parts = (Chunks::new(output, sizes.outputs()), Chunks::new(positions, sizes.outputs()));
    pass.team.split(parts, |number, (output, positions)| {
        let input = sample(input, pass.batch, number);
        dispatch(PooledConvolution { sizes, input, kernel, bias, output, positions });
    });
}

/// A batch backward, of any sizes.
struct Step<'a> {
    sizes: &'a PooledSizes,
    weights: Weights<'a>,
    pass: Pass<'a>,
}

/// A batch of derivatives by the maxima, and where those were.
#[derive(Clone, Copy)]
struct Maxima<'a> {
    output_gradient: &'a [f32],
    positions: &'a [u8],
}

impl Step<'_> {
    fn backward(&self, backward: Backward<'_>, gradient: Option<&mut [f32]>) {
        let Backward { input, output_gradient, input_gradient, saved } = backward;
        let maxima = Maxima { output_gradient, positions: saved.positions };
        if let Some(gradient) = gradient {
            self.weight_gradient(input, maxima, saved.partial, gradient);
        }
        if let Some(input_gradient) = input_gradient {
            self.input_gradient(maxima, saved.partial, input_gradient);
        }
    }

    /// The samples of a block of the batch.
    fn block(&self, number: usize) -> Range<usize> {
        let size = block_size(self.pass.batch);
        number * size..self.pass.batch.min((number + 1) * size)
    }

    /// The gradient by the kernel and the bias.
    fn weight_gradient(&self, input: &[f32], maxima: Maxima<'_>, partial: &mut [f32], gradient: &mut [f32]) {
        let sums_len = self.weights.kernel.len() + self.sizes.convolution.filters;
        let len = sums_len + self.sizes.unpooled();
        self.pass.team.split(Chunks::new(partial, len), |block, memory| {
            let (sums, unpooled) = memory.split_at_mut(sums_len);
            sums.fill(0.0);
            for number in self.block(block) {
                self.add_sample(sample(input, self.pass.batch, number), maxima, number, unpooled, sums);
            }
        });
        add_blocks(self.pass.team, partial, len, gradient);
    }

    /// Adds what one sample gives to the sums of the kernel and the bias.
    fn add_sample(&self, input: &[f32], maxima: Maxima<'_>, number: usize, unpooled: &mut [f32], sums: &mut [f32]) {
        let (kernel, bias) = sums.split_at_mut(self.weights.kernel.len());
        if self.sizes.is_direct() {
            let Maxima { output_gradient, positions } = maxima.sample(self.sizes, number);
            dispatch(PooledKernelGradient { sizes: self.sizes, input, positions, output_gradient, kernel, bias });
            return;
        }
        self.unpool(maxima, number, unpooled);
        let unpooled = &*unpooled;
        let sizes = &self.sizes.convolution;
        dispatch(KernelGradient { sizes, input, output_gradient: unpooled, kernel, ahead: Ahead::NOTHING });
        dispatch(AddColumns { values: unpooled, sums: bias });
    }

    /// The gradient by the input, with the kernel turned around, and one sample of each block spread out, in memory that
    /// is no longer needed.
    fn input_gradient(&self, maxima: Maxima<'_>, memory: &mut [f32], input_gradient: &mut [f32]) {
        let (sizes, unpooled) = (&self.sizes.convolution, self.sizes.unpooled());
        let Some((turned, memory)) = memory.split_at_mut_checked(self.weights.kernel.len()) else {
            return;
        };
        self.weights.turn_around(self.pass, turned);
        let (turned, batch) = (&*turned, self.pass.batch);
        let each = input_gradient.len() / batch.max(1);
        let parts = (Chunks::new(input_gradient, block_size(batch) * each), Chunks::new(memory, unpooled));
        self.pass.team.split(parts, |block, (input_gradient, unpooled)| {
            for (number, input_gradient) in self.block(block).zip(input_gradient.chunks_exact_mut(each.max(1))) {
                self.unpool(maxima, number, unpooled);
                dispatch(InputGradient {
                    sizes,
                    output_gradient: unpooled,
                    turned,
                    input_gradient,
                    wanted: None,
                    ahead: Ahead::NOTHING,
                });
            }
        });
    }

    /// The derivative by the outputs of the convolution, of one sample.
    fn unpool(&self, maxima: Maxima<'_>, number: usize, unpooled: &mut [f32]) {
        let (geometry, channels) = (&self.sizes.pool, self.sizes.convolution.filters);
        let Maxima { output_gradient, positions } = maxima.sample(self.sizes, number);
        dispatch(MaxPoolBackward { geometry, channels, positions, output_gradient, input_gradient: unpooled });
    }
}

impl Maxima<'_> {
    fn sample(&self, sizes: &PooledSizes, number: usize) -> Self {
        let len = sizes.outputs();
        let range = number * len..(number + 1) * len;
        Self { output_gradient: &self.output_gradient[range.clone()], positions: &self.positions[range] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::initializer::Initializers;
    use crate::layer::activation::{self, Activation};
    use crate::layer::{InPlace, Layer, MaxPool2d, Mode};
    use crate::plain::boxed_zeroed;
    use crate::random::Random;
    use crate::shape::{Padding, Shape, Window};
    use crate::team::{Backwards, Sequential, Team, blocks};
    use std::vec;
    use std::vec::Vec;

    /// Outputs, then the derivatives by the weights, then those by the inputs.
    type Results = [Vec<f32>; 3];

    /// A convolution, a function and a pool, as one step and as three layers.
    struct Case<'a, L> {
        layer: &'a L,
        convolution: conv2d::Settings,
        function: Option<Function>,
        pool: max_pool2d::Settings,
        input: &'a [f32],
        cotangent: &'a [f32],
        batch: usize,
    }

    impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias>
        Case<'_, Conv2d<KH, KW, C, OUT, BIAS>>
    {
        fn as_one(&self, team: &dyn Team) -> Results {
            let settings = Settings::new(self.convolution, self.function, self.pool);
            let pass = Pass { team, batch: self.batch, mode: Mode::Training { key: 0 } };
            let needs = settings.needs();
            let mut positions = vec![0; needs.positions * self.batch];
            let mut partial = vec![f32::NAN; needs.partial * blocks(self.batch)];
            let mut output = vec![f32::NAN; self.cotangent.len()];
            let saved = Saved { positions: &mut positions, ..Saved::default() };
            MaxPooled(self.layer).forward(&settings, pass, self.input, &mut output, saved);
            let mut inferred = vec![f32::NAN; output.len() / self.batch];
            let first = &self.input[..self.input.len() / self.batch];
            MaxPooled(self.layer).infer(crate::kernel::Portable, &settings, first, &mut inferred);
            for (inferred, output) in inferred.iter().zip(&output) {
                assert!(inferred == output || (inferred.is_nan() && output.is_nan()));
            }

            let mut weights = boxed_zeroed::<Conv2d<KH, KW, C, OUT, BIAS>>();
            let mut inputs = vec![f32::NAN; self.input.len()];
            let arrived = Backward {
                input: self.input,
                output_gradient: self.cotangent,
                input_gradient: Some(&mut inputs),
                saved: Saved { positions: &mut positions, partial: &mut partial, statistics: &mut [] },
            };
            MaxPooled(self.layer).backward(&settings, pass, arrived, Some(&mut weights));
            [output, weights.floats().to_vec(), inputs]
        }

        fn as_three(&self) -> Results {
            let pass = Pass { team: &Sequential, batch: self.batch, mode: Mode::Training { key: 0 } };
            let shape = self.convolution.output();
            let mut unpooled = vec![f32::NAN; shape.len() * self.batch];
            self.layer.forward(&self.convolution, pass, self.input, &mut unpooled, Saved::default());
            let function = self.function.map(|function| activation::Settings::new(shape, function));
            if let Some(function) = &function {
                Activation.forward_in_place(function, pass, &mut unpooled);
            }
            let mut positions = vec![0; self.pool.needs().positions * self.batch];
            let mut output = vec![f32::NAN; self.cotangent.len()];
            let saved = Saved { positions: &mut positions, ..Saved::default() };
            MaxPool2d.forward(&self.pool, pass, &unpooled, &mut output, saved);

            let mut errors = vec![f32::NAN; unpooled.len()];
            let arrived = Backward {
                input: &[],
                output_gradient: self.cotangent,
                input_gradient: Some(&mut errors),
                saved: Saved { positions: &mut positions, ..Saved::default() },
            };
            MaxPool2d.backward(&self.pool, pass, arrived, None);
            if let Some(function) = &function {
                Activation.backward_in_place(function, pass, &unpooled, &mut errors);
            }
            let mut weights = boxed_zeroed::<Conv2d<KH, KW, C, OUT, BIAS>>();
            let mut inputs = vec![f32::NAN; self.input.len()];
            let mut partial = vec![f32::NAN; self.convolution.needs().partial * blocks(self.batch)];
            let arrived = Backward {
                input: self.input,
                output_gradient: &errors,
                input_gradient: Some(&mut inputs),
                saved: Saved { partial: &mut partial, ..Saved::default() },
            };
            self.layer.backward(&self.convolution, pass, arrived, Some(&mut weights));
            [output, weights.floats().to_vec(), inputs]
        }
    }

    /// Compares one step with three layers, on images of whole numbers that are often equal, and that are empty in every
    /// second sample but for the lower third.
    fn check<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias>(
        input: [usize; 3],
        window: Window,
        groups: usize,
        pool: [usize; 2],
    ) {
        let window = Window { kernel: [KH, KW], ..window };
        let convolution = conv2d::Settings::new(Shape::new(&input), OUT, window, groups, Initializers::DEFAULT);
        let windows = Window { kernel: pool, stride: pool, ..PLAIN };
        let pool = max_pool2d::Settings::new(convolution.output(), windows);
        let mut random = Random::new(5, 0);
        let mut layer = boxed_zeroed::<Conv2d<KH, KW, C, OUT, BIAS>>();
        let mut draw = |values: &mut [f32], size: u32| {
            values.iter_mut().for_each(|value| *value = random.below(2 * size + 1) as f32 - size as f32);
        };
        draw(layer.floats_mut(), 2);
        for batch in [1, 3, 18] {
            let mut input = vec![0.0; batch * input.iter().product::<usize>()];
            let mut cotangent = vec![0.0; batch * pool.output().len()];
            draw(&mut input, 2);
            let len = input.len() / batch;
            input.chunks_mut(len).skip(1).step_by(2).for_each(|image| image[..len * 2 / 3].fill(0.0));
            draw(&mut cotangent, 3);
            for function in [None, Some(Function::Relu), Some(Function::Relu6)] {
                let case =
                    Case { layer: &*layer, convolution, function, pool, input: &input, cotangent: &cotangent, batch };
                // Sums of whole numbers below 2^24 are exact in any order.
                assert_eq!(case.as_one(&Sequential), case.as_three(), "{window:?} {batch} {function:?}");
                assert_eq!(case.as_one(&Backwards), case.as_three());
            }
        }
    }

    const PLAIN: Window = Window { kernel: [3, 3], stride: [1, 1], dilation: [1, 1], padding: Padding::Valid };

    #[test]
    fn one_step_does_what_three_layers_do() {
        let same = Window { padding: Padding::Same, ..PLAIN };
        check::<3, 3, 1, 32, [f32; 32]>([10, 28, 1], PLAIN, 1, [2, 2]);
        check::<3, 3, 1, 35, [f32; 35]>([9, 8, 1], PLAIN, 1, [2, 3]);
        check::<3, 3, 1, 5, ()>([12, 9, 1], Window { stride: [2, 1], ..PLAIN }, 1, [2, 2]);
        check::<3, 3, 1, 4, [f32; 4]>([7, 7, 1], same, 1, [3, 3]);
        check::<3, 3, 3, 18, [f32; 18]>([8, 7, 3], same, 1, [2, 2]);
        check::<2, 5, 2, 6, [f32; 6]>([9, 20, 4], Window { dilation: [2, 1], ..same }, 2, [1, 14]);
        check::<1, 1, 20, 20, ()>([4, 4, 20], PLAIN, 1, [4, 4]);
        check::<3, 3, 2, 3, [f32; 3]>([3, 3, 2], PLAIN, 1, [1, 1]);
    }

    /// Whether what is not finite comes out as from three layers, with and without a number that is none in the last row.
    fn check_what_is_not_finite<const K: usize>(layer: &Conv2d<K, K, 1, 1>) {
        let window = Window { kernel: [K, K], ..PLAIN };
        let convolution = conv2d::Settings::new(Shape::new(&[8, 8, 1]), 1, window, 1, Initializers::DEFAULT);
        let windows = Window { kernel: [2, 2], stride: [2, 2], ..PLAIN };
        let pool = max_pool2d::Settings::new(convolution.output(), windows);
        for last in [1.0, f32::INFINITY, f32::NAN] {
            let mut input = [2.0; 64];
            (input[0], input[3], input[18], input[63]) = (f32::INFINITY, f32::NEG_INFINITY, f32::NAN, last);
            let case = Case {
                layer,
                convolution,
                function: Some(Function::Relu),
                pool,
                input: &input,
                cotangent: &vec![0.0; pool.output().len()],
                batch: 1,
            };
            for (one, three) in case.as_one(&Sequential)[0].iter().zip(&case.as_three()[0]) {
                assert!(one == three || (one.is_nan() && three.is_nan()), "{one} instead of {three}");
            }
        }
    }

    #[test]
    fn values_that_are_no_numbers_are_the_largest() {
        check_what_is_not_finite(&Conv2d { kernel: [[[[1.0]]]], bias: [0.0] });
        check_what_is_not_finite(&Conv2d { kernel: [[[[0.5]]; 3]; 3], bias: [0.0] });
    }

    #[test]
    fn settings_state_costs() {
        let convolution = conv2d::Settings::new(Shape::new(&[28, 28, 1]), 32, PLAIN, 1, Initializers::DEFAULT);
        let windows = Window { kernel: [2, 2], stride: [2, 2], ..PLAIN };
        let pool = max_pool2d::Settings::new(convolution.output(), windows);
        let needs = Settings::new(convolution, None, pool).needs();
        assert_eq!(needs.macs, 26 * 26 * 32 * 9);
        assert_eq!(needs.positions, 13 * 13 * 32);
        assert_eq!(needs.partial, 3 * 3 * 32 + 32 + 26 * 26 * 32);
    }
}
