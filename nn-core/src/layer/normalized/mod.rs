//! A convolution, the batch normalization and the activation after it as two steps of training. What is done to an image
//! of the whole batch at once is done sample by sample instead, while the sample is in the fastest memory.
//!
//! Forward, the first step writes the convolution's outputs and takes their mean and variance; the second one normalizes
//! and cuts them. Backward, the second step adds up the derivatives by the normalization's parameters; the first one
//! takes those of a sample through activation, normalization and convolution.
//!
//! Where another such convolution follows, there is no second step: the one that follows normalizes what it takes, sample
//! by sample, forward and once more backward. What lies between them is never written for the whole batch.

mod passes;
#[cfg(test)]
mod tests;

use super::batch_norm::{add_errors, normalize};
use super::bias::Bias;
use super::convolving::Convolving;
use super::{
    Backward, BatchNorm, BatchNormGradient, Conv2d, DepthwiseConv2d, Function, Layer, Needs, Pass, Saved, batch_norm,
    conv2d, depthwise_conv2d,
};
use crate::kernel::normalization::backward::Cut;
use crate::plain::Plain;
use crate::team::blocks;
use passes::{Lengths, Passes, Samples};

/// What the convolution takes is normalized by the first of these, if it is no `()`; then the convolution, then its own
/// normalization, then the activation. The values and the derivatives are those of the layers one after the other, bit for
/// bit, with two exceptions: a bias of the convolution has no derivative if the mean is that of the batch, which takes away
/// what it adds, where the layers find what rounding leaves; and derivatives that a `relu` cuts off need not be calculated,
/// and the others then are sums in another order.
#[derive(Clone, Copy, Debug)]
pub struct Normalized<'a, B, L, N>(pub &'a B, pub &'a L, pub &'a N);

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings<S> {
    convolution: S,
    needs: Needs,
    at_once: usize,
    before: Option<Following>,
    following: Following,
}

/// What follows a convolution.
#[derive(Clone, Copy, Debug)]
struct Following {
    normalization: batch_norm::Settings,
    bounds: Option<[f32; 2]>,
}

impl Following {
    const fn new(normalization: batch_norm::Settings, function: Option<Function>) -> Self {
        let bounds = match function {
            Some(_) => Some(Function::bounds(function)),
            None => None,
        };
        Self { normalization, bounds }
    }

    /// The same with the weights of the normalization, in a pass with these statistics.
    fn cut<'a, const C: usize>(&self, layer: &'a BatchNorm<C>, pass: Pass<'_>, statistics: &'a [f32]) -> Cut<'a> {
        Cut { normalization: layer.in_pass(&self.normalization, pass, statistics), bounds: self.bounds }
    }
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
        Self { convolution, needs, at_once, before: None, following: Following::new(normalization, function) }
    }

    /// The same after another convolution, whose outputs are normalized and cut off like this.
    #[must_use]
    pub const fn after(self, normalization: batch_norm::Settings, function: Option<Function>) -> Self {
        Self { before: Some(Following::new(normalization, function)), ..self }
    }

    /// What the steps cost: the statistics of the batch and behind them what the convolution saves, and for each block of
    /// it the sums of the weights, and what lies between the layers of so many samples as are convolved at once.
    pub const fn needs(&self) -> Needs {
        let own = self.following.normalization;
        let Needs { statistics, partial: moments, .. } = own.needs();
        let (before, inputs) = match self.before {
            Some(Following { normalization, .. }) => (normalization.needs().partial, normalization.input.len()),
            None => (0, 0),
        };
        let inputs = inputs.saturating_mul(self.at_once);
        let errors = own.input.len().saturating_mul(self.at_once);
        let forward = Lengths { sums: moments, before: 0, errors: 0, inputs }.total();
        let backward = Lengths { sums: self.needs.partial, before, errors, inputs }.total();
        Needs {
            statistics: statistics.saturating_add(self.needs.statistics),
            partial: if forward > backward { forward } else { backward },
            ..self.needs
        }
    }
}

/// What is done first to the inputs of a convolution: a normalization with what follows it, or nothing (`()`).
#[allow(private_bounds, reason = "what the passes do with a sample is the concern of this crate")]
pub trait Before: Cuts {
    /// The derivatives by its parameters.
    type Gradient: Plain;
}

/// The same in a pass.
trait Cuts {
    fn cut<'a>(&'a self, before: Option<Following>, pass: Pass<'_>, statistics: &'a [f32]) -> Option<Cut<'a>>;
}

impl Cuts for () {
    fn cut<'a>(&'a self, _before: Option<Following>, _pass: Pass<'_>, _statistics: &'a [f32]) -> Option<Cut<'a>> {
        None
    }
}

impl Before for () {
    type Gradient = [f32; 0];
}

impl<const C: usize> Cuts for BatchNorm<C> {
    fn cut<'a>(&'a self, before: Option<Following>, pass: Pass<'_>, statistics: &'a [f32]) -> Option<Cut<'a>> {
        before.map(|before| before.cut(self, pass, statistics))
    }
}

impl<const C: usize> Before for BatchNorm<C> {
    type Gradient = BatchNormGradient<C>;
}

/// A layer whose outputs can be normalized while they are written.
#[allow(private_bounds, reason = "what the passes do with a sample is the concern of this crate")]
pub trait Normalizes: WithWeights {}

/// A layer that convolves with weights of any size.
trait WithWeights: Layer {
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

/// The derivatives by the weights of the convolution, those by its normalization, which are known already, and those by
/// the normalization before it.
pub type Gradients<'a, B, L, const C: usize> =
    (&'a mut <L as Layer>::Gradient, &'a BatchNormGradient<C>, &'a mut <B as Before>::Gradient);

impl<B: Before, L: Normalizes, const C: usize> Normalized<'_, B, L, BatchNorm<C>> {
    /// The first step forward: writes the outputs of the convolution, and takes their statistics. The inputs are the
    /// outputs of the convolution before, if there is one, and `before` its statistics.
    pub fn measure(
        &self,
        settings: &Settings<L::Settings>,
        pass: Pass<'_>,
        before: &[f32],
        input: &[f32],
        output: &mut [f32],
        saved: Saved<'_>,
    ) {
        let before = self.0.cut(settings.before, pass, before);
        Passes { weights: &self.1.convolving(&settings.convolution), pass, before }.measure(input, output, saved);
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
        let Cut { normalization, bounds } = settings.following.cut(self.2, pass, saved.statistics);
        normalize(pass, normalization, bounds, input, output);
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
        let (cut, len) = (settings.following.cut(self.2, pass, saved.statistics), 2 * C * blocks(pass.batch));
        if let Some(gradient) = gradient {
            add_errors(pass, cut, &mut saved.partial[..len], [input, output_gradient], gradient.floats_mut());
        }
    }

    /// The first step backward, from what the convolution took and what it gave. The derivatives are those by the outputs
    /// of the second step, or of what the convolution that follows makes of them; those that it writes are the same of the
    /// convolution before, if there is one, whose statistics are `before`. They are wanted wherever there is one.
    pub fn backward(
        &self,
        settings: &Settings<L::Settings>,
        pass: Pass<'_>,
        before: &[f32],
        backward: Backward<'_>,
        convolved: &[f32],
        gradients: Option<Gradients<'_, B, L, C>>,
    ) {
        let Backward { input, output_gradient, input_gradient, saved: Saved { statistics, partial, .. } } = backward;
        let (statistics, memory) = statistics.split_at_mut(2 * C);
        let weights = &self.1.convolving(&settings.convolution);
        let passes = Passes { weights, pass, before: self.0.cut(settings.before, pass, before) };
        let (gradients, batch) = match gradients {
            Some((gradient, of_normalization, of_before)) => {
                let batch = of_normalization.of_batch(pass, convolved.len());
                (Some([gradient.floats_mut(), of_before.floats_mut()]), batch)
            }
            None => (None, None),
        };
        let cut = settings.following.cut(self.2, pass, statistics);
        let samples = Samples { passes, input, convolved, output_gradient, cut, batch };
        samples.backward([partial, memory], gradients, input_gradient);
    }
}
