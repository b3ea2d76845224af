//! A convolution, the batch normalization and the activation after it as two steps of training. What is done to an image
//! of the whole batch at once is done sample by sample instead, while the sample is in the fastest memory.
//!
//! Forward, the first step writes the convolution's outputs and takes their mean and variance; the second one normalizes
//! and cuts them. Backward, the second step adds up the derivatives by the normalization's parameters; the first one
//! takes those of a sample through activation and normalization, and at once through the convolution.

use super::batch_norm::{add_errors, add_moments, join_blocks, normalize};
use super::bias::Bias;
use super::blocks::{add_blocks, samples};
use super::convolving::Convolving;
use super::{
    Backward, BatchNorm, BatchNormGradient, Conv2d, DepthwiseConv2d, Function, Layer, Mode, Needs, Pass, Saved,
    batch_norm, conv2d, depthwise_conv2d,
};
use crate::kernel::dispatch;
use crate::kernel::normalization::backward::{BatchGradient, Cut, NormalizeBackward};
use crate::plain::Plain;
use crate::team::{Chunks, block_size, blocks};

/// The convolution that it borrows, then the normalization, then the activation. The values and the derivatives are
/// those of the three layers one after the other, bit for bit.
#[derive(Clone, Copy, Debug)]
pub struct Normalized<'a, L, N>(pub &'a L, pub &'a N);

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings<S> {
    convolution: S,
    needs: Needs,
    at_once: usize,
    normalization: batch_norm::Settings,
    bounds: Option<[f32; 2]>,
}

impl<S: Copy> Settings<S> {
    /// A convolution that needs so much by itself, of so many samples at once, the normalization of its outputs, and a
    /// function that cuts values off.
    pub const fn new(
        convolution: S,
        (needs, at_once): (Needs, usize),
        normalization: batch_norm::Settings,
        function: Option<Function>,
    ) -> Self {
        let bounds = match function {
            Some(_) => Some(Function::bounds(function)),
            None => None,
        };
        Self { convolution, needs, at_once, normalization, bounds }
    }

    /// What the steps cost: the statistics of the batch and behind them what the convolution saves, and for each block of
    /// it the sums of the weights and the derivatives of so many samples as are convolved at once.
    pub const fn needs(&self) -> Needs {
        let Needs { statistics, partial, .. } = self.normalization.needs();
        let errors = self.normalization.input.len().saturating_mul(self.at_once);
        let sums = self.needs.partial.saturating_add(errors);
        Needs {
            statistics: statistics.saturating_add(self.needs.statistics),
            partial: if sums > partial { sums } else { partial },
            ..self.needs
        }
    }
}

/// A layer whose outputs can be normalized while they are written.
#[allow(private_bounds, reason = "what the passes do with a sample is the concern of this crate")]
pub trait Normalizes: WithWeights {}

/// A layer that convolves with weights of any size.
pub(super) trait WithWeights: Layer {
    /// The weights.
    fn convolving<'a>(&'a self, settings: &'a Self::Settings) -> impl Convolving + 'a;
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias> WithWeights
    for Conv2d<KH, KW, C, OUT, BIAS>
{
    fn convolving<'a>(&'a self, settings: &'a conv2d::Settings) -> impl Convolving + 'a {
        self.weights_of(&settings.sizes)
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias> Normalizes
    for Conv2d<KH, KW, C, OUT, BIAS>
{
}

impl<const KH: usize, const KW: usize, const C: usize, const MULTIPLIER: usize, const OUT: usize, BIAS: Bias>
    WithWeights for DepthwiseConv2d<KH, KW, C, MULTIPLIER, OUT, BIAS>
{
    fn convolving<'a>(&'a self, settings: &'a depthwise_conv2d::Settings) -> impl Convolving + 'a {
        self.weights(settings)
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const MULTIPLIER: usize, const OUT: usize, BIAS: Bias> Normalizes
    for DepthwiseConv2d<KH, KW, C, MULTIPLIER, OUT, BIAS>
{
}

impl<L: Normalizes, const C: usize> Normalized<'_, L, BatchNorm<C>> {
    /// The first step forward: writes the outputs of the convolution, and takes their statistics.
    pub fn measure(
        &self,
        settings: &Settings<L::Settings>,
        pass: Pass<'_>,
        input: &[f32],
        output: &mut [f32],
        saved: Saved<'_>,
    ) {
        measure(&self.0.convolving(&settings.convolution), pass, input, output, saved);
    }

    /// The second step forward, from the outputs of the convolution.
    pub fn apply(
        &self,
        settings: &Settings<L::Settings>,
        pass: Pass<'_>,
        input: &[f32],
        output: &mut [f32],
        saved: Saved<'_>,
    ) {
        let normalization = self.1.in_pass(&settings.normalization, pass, saved.statistics);
        normalize(pass, normalization, settings.bounds, input, output);
    }

    /// The second step backward: the derivatives by the parameters of the normalization, from the outputs of the
    /// convolution and the derivatives by those of the second step.
    pub fn add_errors(
        &self,
        settings: &Settings<L::Settings>,
        pass: Pass<'_>,
        backward: Backward<'_>,
        gradient: Option<&mut BatchNormGradient<C>>,
    ) {
        let Backward { input, output_gradient, saved, .. } = backward;
        let normalization = self.1.in_pass(&settings.normalization, pass, saved.statistics);
        let (cut, len) = (Cut { normalization, bounds: settings.bounds }, 2 * C * blocks(pass.batch));
        if let Some(gradient) = gradient {
            add_errors(pass, cut, &mut saved.partial[..len], [input, output_gradient], gradient);
        }
    }

    /// The first step backward, from what the convolution took and what it gave. The derivatives are those by the outputs
    /// of the second step; the gradients are that of the convolution, and that of the normalization, which is known.
    pub fn backward(
        &self,
        settings: &Settings<L::Settings>,
        pass: Pass<'_>,
        backward: Backward<'_>,
        convolved: &[f32],
        gradients: Option<(&mut L::Gradient, &BatchNormGradient<C>)>,
    ) {
        let Backward { input, output_gradient, input_gradient, saved: Saved { statistics, partial, .. } } = backward;
        let (statistics, memory) = statistics.split_at_mut(2 * C);
        let normalization = self.1.in_pass(&settings.normalization, pass, statistics);
        let (gradient, batch) = match gradients {
            Some((gradient, of_normalization)) => {
                (Some(gradient.floats_mut()), of_normalization.of_batch(pass, convolved.len()))
            }
            None => (None, None),
        };
        let samples = Samples {
            pass,
            input,
            convolved,
            output_gradient,
            cut: Cut { normalization, bounds: settings.bounds },
            batch,
        };
        samples.backward(&self.0.convolving(&settings.convolution), [partial, memory], gradient, input_gradient);
    }
}

/// Convolves a batch, and takes mean and variance of what comes out if the pass trains.
fn measure(weights: &dyn Convolving, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
    let (size, count) = (block_size(pass.batch), weights.at_once());
    let (len, moments) = (output.len() / pass.batch.max(1), 2 * weights.filters());
    let (statistics, memory) = saved.statistics.split_at_mut(moments);
    weights.prepare(pass, memory);
    let memory = &*memory;
    let partial = &mut saved.partial[..moments * blocks(pass.batch)];
    pass.team.split(
        (Chunks::new(output, size * len), Chunks::new(&mut *partial, moments)),
        |block, (output, moments)| {
            let mut first = block * size;
            for output in output.chunks_mut((count * len).max(1)) {
                let end = first + output.len() / len;
                weights.write_outputs(memory, samples(input, pass.batch, first..end), output);
                if pass.mode != Mode::Inference {
                    let numbers = first - block * size..end - block * size;
                    numbers
                        .zip(output.chunks_exact(len))
                        .for_each(|(number, output)| add_moments(output, number, moments));
                }
                first = end;
            }
        },
    );
    if pass.mode != Mode::Inference {
        join_blocks(pass, partial, pass.batch * len / weights.filters().max(1), statistics);
    }
}

/// What a batch goes back through the first step with.
struct Samples<'a> {
    pass: Pass<'a>,
    input: &'a [f32],
    convolved: &'a [f32],
    output_gradient: &'a [f32],
    cut: Cut<'a>,
    batch: Option<BatchGradient<'a>>,
}

impl Samples<'_> {
    /// `memory` is that for partial sums, and that which the convolution asks for.
    fn backward(
        &self,
        weights: &dyn Convolving,
        [partial, memory]: [&mut [f32]; 2],
        gradient: Option<&mut [f32]>,
        input_gradient: Option<&mut [f32]>,
    ) {
        let kernel = weights.kernel_len();
        let Some(gradient) = gradient else {
            // The place for the sums is free for the kernel.
            let Some((turned, partial)) = partial.split_at_mut_checked(kernel) else { return };
            return self.each(weights, 0, [partial, turned, memory], input_gradient);
        };
        // The gradient is written at the end: until then its place is that of the kernel turned around.
        let sums = kernel + weights.filters();
        self.each(weights, sums, [partial, &mut gradient[..kernel], memory], input_gradient);
        let size = sums + self.errors_len(weights);
        add_blocks(self.pass.team, &partial[..size * blocks(self.pass.batch)], size, gradient);
    }

    /// The floats of the derivatives of so many samples as are convolved at once.
    fn errors_len(&self, weights: &dyn Convolving) -> usize {
        weights.at_once() * (self.convolved.len() / self.pass.batch.max(1))
    }

    /// Runs through the blocks of the batch, each of which has so many sums at the beginning of its part of `partial`.
    fn each(
        &self,
        weights: &dyn Convolving,
        sums: usize,
        [partial, turned, memory]: [&mut [f32]; 3],
        input_gradient: Option<&mut [f32]>,
    ) {
        let Pass { team, batch, .. } = self.pass;
        let size = sums + self.errors_len(weights);
        let partial = &mut partial[..size * blocks(batch)];
        let Some(input_gradient) = input_gradient else {
            return team.split(Chunks::new(partial, size), |block, partial| {
                let (sums, errors) = partial.split_at_mut(sums);
                self.block(weights, block, [sums, errors], None);
            });
        };
        weights.turn(self.pass, turned, memory);
        let (turned, memory) = (&*turned, &*memory);
        let len = input_gradient.len() / batch.max(1) * block_size(batch);
        let parts = (Chunks::new(partial, size), Chunks::new(input_gradient, len));
        team.split(parts, |block, (partial, input_gradient)| {
            let (sums, errors) = partial.split_at_mut(sums);
            self.block(weights, block, [sums, errors], Some(Target { turned, memory, input_gradient }));
        });
    }

    /// Takes the samples of a block back through activation, normalization and convolution.
    fn block(
        &self,
        weights: &dyn Convolving,
        block: usize,
        [sums, errors]: [&mut [f32]; 2],
        mut target: Option<Target<'_>>,
    ) {
        let Self { cut, batch: statistics, pass: Pass { batch, .. }, .. } = *self;
        let begin = block * block_size(batch);
        let end = batch.min(begin + block_size(batch));
        sums.fill(0.0);
        for first in (begin..end).step_by(weights.at_once()) {
            let range = first..end.min(first + weights.at_once());
            let input = samples(self.convolved, batch, range.clone());
            let output_gradient = samples(self.output_gradient, batch, range.clone());
            let errors = &mut errors[..input.len()];
            dispatch(NormalizeBackward { cut, batch: statistics, input, output_gradient, input_gradient: errors });
            if !sums.is_empty() {
                weights.add_gradients(samples(self.input, batch, range.clone()), errors, sums);
            }
            if let Some(Target { turned, memory, input_gradient }) = &mut target {
                let len = self.input.len() / batch;
                let input_gradient = &mut input_gradient[(first - begin) * len..][..range.len() * len];
                weights.write_input_gradients(turned, memory, errors, input_gradient);
            }
        }
    }
}

/// What the derivatives by the input are made with, and where those of a block go.
struct Target<'a> {
    turned: &'a [f32],
    memory: &'a [f32],
    input_gradient: &'a mut [f32],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::initializer::Initializers;
    use crate::layer::activation::{self, Activation};
    use crate::layer::{InPlace, batch_norm};
    use crate::plain::boxed_zeroed;
    use crate::random::Random;
    use crate::shape::{Padding, Shape, Window};
    use crate::team::{Backwards, Sequential, Team};
    use std::vec;
    use std::vec::Vec;

    const BATCH: usize = 17;

    /// What comes out of a pass forward and backward.
    #[derive(Debug, PartialEq)]
    struct Found {
        output: Vec<f32>,
        statistics: Vec<f32>,
        gradient: Vec<f32>,
        normalization: Vec<f32>,
        input_gradient: Vec<f32>,
    }

    /// A convolution of images of this shape, with what follows it.
    struct Case<'a, L: Layer, const C: usize> {
        layer: &'a L,
        settings: L::Settings,
        needs: (Needs, usize),
        norm: &'a BatchNorm<C>,
        norm_settings: batch_norm::Settings,
        function: Option<Function>,
        mode: Mode,
        input: &'a [f32],
        output_gradient: &'a [f32],
    }

    impl<L: Normalizes, const C: usize> Case<'_, L, C> {
        fn found(&self) -> Found {
            let outputs = self.output_gradient.len();
            Found {
                output: vec![f32::NAN; outputs],
                statistics: vec![f32::NAN; 2 * C + self.needs.0.statistics],
                gradient: vec![f32::NAN; L::Gradient::FLOATS],
                normalization: vec![f32::NAN; 2 * C],
                input_gradient: vec![f32::NAN; self.input.len()],
            }
        }

        fn as_steps(&self, team: &dyn Team) -> Found {
            let settings = Settings::new(self.settings, self.needs, self.norm_settings, self.function);
            let (step, mut found) = (Normalized(self.layer, self.norm), self.found());
            let pass = Pass { team, batch: BATCH, mode: self.mode };
            let mut partial = vec![f32::NAN; settings.needs().partial * blocks(BATCH)];
            let mut convolved = vec![f32::NAN; found.output.len()];
            macro_rules! saved {
                () => {
                    Saved { statistics: &mut found.statistics, partial: &mut partial, ..Saved::default() }
                };
            }
            step.measure(&settings, pass, self.input, &mut convolved, saved!());
            step.apply(&settings, pass, &convolved, &mut found.output, saved!());
            let mut gradient = boxed_zeroed::<L::Gradient>();
            let mut of_norm = boxed_zeroed::<BatchNormGradient<C>>();
            let output_gradient = self.output_gradient;
            let backward = Backward { input: &convolved, output_gradient, input_gradient: None, saved: saved!() };
            step.add_errors(&settings, pass, backward, Some(&mut of_norm));
            let input_gradient = Some(&mut found.input_gradient[..]);
            let backward = Backward { input: self.input, output_gradient, input_gradient, saved: saved!() };
            step.backward(&settings, pass, backward, &convolved, Some((&mut gradient, &of_norm)));
            found.gradient.copy_from_slice(gradient.floats());
            found.normalization.copy_from_slice(of_norm.floats());
            found.statistics.truncate(2 * C);
            found
        }

        fn as_layers(&self) -> Found {
            let (mut found, pass) = (self.found(), Pass { team: &Sequential, batch: BATCH, mode: self.mode });
            found.statistics.truncate(2 * C);
            let most = self.needs.0.partial.max(2 * C) * blocks(BATCH);
            let mut partial = vec![f32::NAN; most];
            let mut convolved = vec![f32::NAN; found.output.len()];
            macro_rules! saved {
                ($floats:expr) => {
                    Saved {
                        statistics: &mut found.statistics,
                        partial: &mut partial[..$floats * blocks(BATCH)],
                        ..Saved::default()
                    }
                };
            }
            self.layer.forward(&self.settings, pass, self.input, &mut convolved, Saved::default());
            self.norm.forward(&self.norm_settings, pass, &convolved, &mut found.output, saved!(2 * C));
            let mut errors = self.output_gradient.to_vec();
            if let Some(function) = self.function {
                let settings = activation::Settings::new(self.norm_settings.output(), function);
                Activation.forward_in_place(&settings, pass, &mut found.output);
                Activation.backward_in_place(&settings, pass, &found.output, &mut errors);
            }
            let mut of_norm = boxed_zeroed::<BatchNormGradient<C>>();
            let mut through = vec![f32::NAN; errors.len()];
            let backward = Backward {
                input: &convolved,
                output_gradient: &errors,
                input_gradient: Some(&mut through),
                saved: saved!(2 * C),
            };
            self.norm.backward(&self.norm_settings, pass, backward, Some(&mut of_norm));
            let mut gradient = boxed_zeroed::<L::Gradient>();
            let backward = Backward {
                input: self.input,
                output_gradient: &through,
                input_gradient: Some(&mut found.input_gradient),
                saved: Saved { statistics: &mut [], ..saved!(self.needs.0.partial) },
            };
            self.layer.backward(&self.settings, pass, backward, Some(&mut gradient));
            found.gradient.copy_from_slice(gradient.floats());
            found.normalization.copy_from_slice(of_norm.floats());
            found
        }
    }

    fn check<L: Normalizes, const C: usize>(settings: L::Settings, needs: (Needs, usize), input: Shape, output: Shape) {
        let mut random = Random::new(3, 0);
        let mut layer = boxed_zeroed::<L>();
        layer.floats_mut().iter_mut().for_each(|weight| *weight = 2.0 * random.uniform() - 1.0);
        let mut norm = boxed_zeroed::<BatchNorm<C>>();
        norm.floats_mut().iter_mut().for_each(|weight| *weight = 0.5 + random.uniform());
        let mut values = |len: usize| -> Vec<f32> { (0..len).map(|_| 4.0 * random.uniform() - 2.0).collect() };
        let (input, output_gradient) = (values(BATCH * input.len()), values(BATCH * output.len()));
        let norm_settings = batch_norm::Settings::new(output, 0.99, 1e-3);
        for mode in [Mode::Training { key: 0 }, Mode::Inference] {
            for function in [None, Some(Function::Relu), Some(Function::Relu6)] {
                let (input, output_gradient) = (&input, &output_gradient);
                let case = Case {
                    layer: &*layer,
                    settings,
                    needs,
                    norm: &*norm,
                    norm_settings,
                    function,
                    mode,
                    input,
                    output_gradient,
                };
                let mut expected = case.as_layers();
                if mode == Mode::Inference {
                    expected.statistics.fill(0.0);
                }
                for team in [&Sequential as &dyn Team, &Backwards] {
                    let mut found = case.as_steps(team);
                    if mode == Mode::Inference {
                        found.statistics.fill(0.0);
                    }
                    assert_eq!(found, expected, "{function:?} {mode:?}");
                }
            }
        }
    }

    #[test]
    fn steps_give_the_bits_of_layers() {
        let window = Window { kernel: [3; 2], stride: [1; 2], dilation: [1; 2], padding: Padding::Same };
        let shape = Shape::new(&[7, 11, 5]);
        let pixel = Window { kernel: [1; 2], ..window };
        let settings = conv2d::Settings::new(shape, 70, pixel, 1, Initializers::DEFAULT);
        check::<Conv2d<1, 1, 5, 70>, 70>(settings, (settings.needs(), settings.at_once()), shape, settings.output());
        let settings = conv2d::Settings::new(shape, 3, window, 1, Initializers::DEFAULT);
        check::<Conv2d<3, 3, 5, 3, ()>, 3>(settings, (settings.needs(), settings.at_once()), shape, settings.output());
        // With fewer multiplications, of several samples at once.
        let wide = Shape::new(&[7, 8, 17]);
        let settings = conv2d::Settings::new(wide, 18, window, 1, Initializers::DEFAULT);
        assert!(settings.at_once() > 1);
        check::<Conv2d<3, 3, 17, 18>, 18>(settings, (settings.needs(), settings.at_once()), wide, settings.output());
        let settings = depthwise_conv2d::Settings::new(shape, 1, window, Initializers::DEFAULT);
        check::<DepthwiseConv2d<3, 3, 5, 1, 5>, 5>(
            settings,
            (settings.needs(), settings.at_once()),
            shape,
            settings.output(),
        );
    }
}
