//! A convolution, the batch normalization and the activation after it as one step at inference: each value is written
//! once.

use super::bias::Bias;
use super::{BatchNorm, Conv2d, DepthwiseConv2d, Function, Layer, batch_norm};
use crate::kernel::Isa;
use crate::kernel::finish::{Finish, Finished as Finishing};
use crate::kernel::normalization::Normalization;

/// The convolution that it borrows, then the normalization, if there is one (else `()`), then the activation. The values
/// are those of the three layers one after the other, bit for bit.
#[derive(Clone, Copy, Debug)]
pub struct Finished<'a, L, N>(pub &'a L, pub &'a N);

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings<S> {
    convolution: S,
    epsilon: f32,
    bounds: [f32; 2],
}

impl<S: Copy> Settings<S> {
    /// A convolution, the normalization after it, and a function that cuts values off.
    pub const fn new(convolution: S, normalization: Option<batch_norm::Settings>, function: Option<Function>) -> Self {
        let epsilon = match normalization {
            Some(settings) => settings.epsilon,
            None => 0.0,
        };
        Self { convolution, epsilon, bounds: Function::bounds(function) }
    }
}

/// A layer whose outputs can be changed before they are written.
pub trait Finishes: Layer {
    /// One sample, as at inference.
    fn infer_finished<I: Isa>(
        &self,
        isa: I,
        settings: &Self::Settings,
        finish: impl Finish,
        input: &[f32],
        output: &mut [f32],
    );
}

impl<const KH: usize, const KW: usize, const C: usize, const OUT: usize, BIAS: Bias> Finishes
    for Conv2d<KH, KW, C, OUT, BIAS>
{
    #[inline(always)]
    fn infer_finished<I: Isa>(
        &self,
        isa: I,
        settings: &Self::Settings,
        finish: impl Finish,
        input: &[f32],
        output: &mut [f32],
    ) {
        isa.run(self.weights_of(&settings.sizes).convolution(input, output).finished(finish));
    }
}

impl<const KH: usize, const KW: usize, const C: usize, const MULTIPLIER: usize, const OUT: usize, BIAS: Bias> Finishes
    for DepthwiseConv2d<KH, KW, C, MULTIPLIER, OUT, BIAS>
{
    #[inline(always)]
    fn infer_finished<I: Isa>(
        &self,
        isa: I,
        settings: &Self::Settings,
        finish: impl Finish,
        input: &[f32],
        output: &mut [f32],
    ) {
        isa.run(self.weights(settings).convolution(input, output).finished(finish));
    }
}

/// The normalization after a convolution, or none.
pub trait MaybeNormalization {
    /// What it does at inference.
    fn normalization(&self, epsilon: f32) -> Option<Normalization<'_>>;
}

impl<const C: usize> MaybeNormalization for BatchNorm<C> {
    #[inline(always)]
    fn normalization(&self, epsilon: f32) -> Option<Normalization<'_>> {
        Some(self.as_normalization(epsilon))
    }
}

impl MaybeNormalization for () {
    #[inline(always)]
    fn normalization(&self, _epsilon: f32) -> Option<Normalization<'_>> {
        None
    }
}

impl<L: Finishes, N: MaybeNormalization> Finished<'_, L, N> {
    /// One sample, as at inference.
    #[inline(always)]
    pub fn infer<I: Isa>(&self, isa: I, settings: &Settings<L::Settings>, input: &[f32], output: &mut [f32]) {
        let Settings { convolution, epsilon, bounds } = settings;
        let finish = Finishing { normalization: self.1.normalization(*epsilon), bounds: *bounds };
        self.0.infer_finished(isa, convolution, finish, input, output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::initializer::Initializers;
    use crate::kernel::{Job, Level};
    use crate::layer::activation::{self, Activation};
    use crate::layer::{InPlace, conv2d, depthwise_conv2d};
    use crate::plain::{Plain, boxed_zeroed};
    use crate::random::Random;
    use crate::shape::{Padding, Shape, Window};
    use std::boxed::Box;
    use std::vec;
    use std::vec::Vec;

    /// A convolution of `SHAPE` and what follows it.
    struct Case<'a, L: Layer, const C: usize> {
        layer: &'a L,
        settings: L::Settings,
        normalization: Option<&'a BatchNorm<C>>,
        function: Option<Function>,
        input: &'a [f32],
        outputs: usize,
    }

    /// As one step, and as layers.
    impl<L: Finishes, const C: usize> Job for &Case<'_, L, C> {
        type Output = [Vec<f32>; 2];

        fn run<I: Isa>(self, isa: I) -> [Vec<f32>; 2] {
            let norm = batch_norm::Settings::new(Shape::new(&[self.outputs / C, C]), 0.99, 1e-3);
            let settings = Settings::new(self.settings, self.normalization.map(|_| norm), self.function);
            let mut found = vec![f32::NAN; self.outputs];
            match self.normalization {
                Some(layer) => Finished(self.layer, layer).infer(isa, &settings, self.input, &mut found),
                None => Finished(self.layer, &()).infer(isa, &settings, self.input, &mut found),
            }
            let mut expected = vec![f32::NAN; self.outputs];
            self.layer.infer(isa, &self.settings, self.input, &mut expected);
            if let Some(layer) = self.normalization {
                let before = expected.clone();
                layer.infer(isa, &norm, &before, &mut expected);
            }
            if let Some(function) = self.function {
                let settings = activation::Settings::new(Shape::new(&[self.outputs / C, C]), function);
                Activation.infer_in_place(isa, &settings, &mut expected);
            }
            [found, expected]
        }
    }

    fn random_layer<L: Plain>(random: &mut Random) -> Box<L> {
        let mut layer = boxed_zeroed::<L>();
        layer.floats_mut().iter_mut().for_each(|weight| *weight = 2.0 * random.uniform() - 1.0);
        layer
    }

    fn check<L: Finishes, const C: usize>(settings: L::Settings, input: usize, outputs: usize) {
        let mut random = Random::new(3, 0);
        let layer = random_layer::<L>(&mut random);
        let mut norm = random_layer::<BatchNorm<C>>(&mut random);
        norm.moving_variance.iter_mut().for_each(|variance| *variance = variance.abs());
        let mut input: Vec<f32> = (0..input).map(|_| 4.0 * random.uniform() - 2.0).collect();
        // What is not a number stays so through the whole step.
        input[0] = f32::NAN;
        for normalization in [None, Some(&*norm)] {
            for function in [None, Some(Function::Relu), Some(Function::Relu6)] {
                let case = Case { layer: &*layer, settings, normalization, function, input: &input, outputs };
                for level in Level::available() {
                    let [found, expected] = level.run(&case).map(|values| values.into_iter().map(f32::to_bits));
                    assert!(found.eq(expected), "{function:?} on {level:?}, {:?}", normalization.is_some());
                }
            }
        }
    }

    #[test]
    fn one_step_gives_the_bits_of_its_layers() {
        let window = |stride| Window { kernel: [3; 2], stride: [stride; 2], dilation: [1; 2], padding: Padding::Same };
        for stride in [1, 2] {
            let shape = Shape::new(&[7, 9, 5]);
            let settings = conv2d::Settings::new(shape, 35, window(stride), 1, Initializers::DEFAULT);
            check::<Conv2d<3, 3, 5, 35>, 35>(settings, shape.len(), settings.output().len());
            let settings = depthwise_conv2d::Settings::new(shape, 1, window(stride), Initializers::DEFAULT);
            check::<DepthwiseConv2d<3, 3, 5, 1, 5>, 5>(settings, shape.len(), settings.output().len());
            let settings = depthwise_conv2d::Settings::new(shape, 7, window(stride), Initializers::DEFAULT);
            check::<DepthwiseConv2d<3, 3, 5, 7, 35>, 35>(settings, shape.len(), settings.output().len());
        }
        // With fewer multiplications.
        let shape = Shape::new(&[8, 9, 17]);
        let settings = conv2d::Settings::new(shape, 35, window(1), 1, Initializers::DEFAULT);
        check::<Conv2d<3, 3, 17, 35>, 35>(settings, shape.len(), settings.output().len());
    }
}
