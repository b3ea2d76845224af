//! Batch normalization (Ioffe and Szegedy 2015).

use super::blocks::{add_blocks, samples, sum_blocks};
use super::{Backward, Layer, Mode, Needs, Pass, Saved, WeightInfo};
use crate::kernel::normalization::{
    AddColumns, AddProducts, AddSquares, BatchGradient, Normalization, Normalize, NormalizeBackward, Standardize,
};
use crate::kernel::{Isa, dispatch};
use crate::plain::Plain;
use crate::random::Random;
use crate::shape::Shape;
use crate::team::{Chunks, block_size};
use core::fmt;

/// `output = gamma * (input - mean) / sqrt(variance + epsilon) + beta`, channel by channel (the last axis).
///
/// In training, mean and variance are those of the whole batch over all other axes, the variance without Bessel's
/// correction; at inference they are the moving ones, which each training step moves:
/// `moving = moving * momentum + batch * (1 - momentum)`. All as in Keras.
#[derive(Clone, PartialEq)]
#[repr(C)]
pub struct BatchNorm<const C: usize> {
    /// What each channel is scaled by; 1 at first.
    pub gamma: [f32; C],
    /// What is added to each channel; 0 at first.
    pub beta: [f32; C],
    /// The mean at inference; 0 at first.
    pub moving_mean: [f32; C],
    /// The variance at inference; 1 at first.
    pub moving_variance: [f32; C],
}

/// The derivative of the loss by what is trained of a [`BatchNorm`].
#[derive(Clone, PartialEq)]
#[repr(C)]
pub struct BatchNormGradient<const C: usize> {
    /// By gamma.
    pub gamma: [f32; C],
    /// By beta.
    pub beta: [f32; C],
}

/// What is not a weight.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub(crate) input: Shape,
    momentum: f32,
    pub(crate) epsilon: f32,
}

impl Settings {
    /// Inputs of this shape, which is that of the output too. Keras's defaults are a momentum of 0.99 and an epsilon of
    /// 1e-3.
    pub const fn new(input: Shape, momentum: f32, epsilon: f32) -> Self {
        Self { input, momentum, epsilon }
    }

    /// The shape of one sample's output.
    pub const fn output(&self) -> Shape {
        self.input
    }

    /// What the layer costs: a multiplication and an addition for each value. Mean and variance of a batch are saved.
    pub const fn needs(&self) -> Needs {
        let two = if self.input.is_known() { self.input.last().saturating_mul(2) } else { 0 };
        Needs { macs: self.input.len(), positions: 0, statistics: two, partial: two }
    }
}

// SAFETY: arrays of floats; `repr(C)` adds no padding between them.
unsafe impl<const C: usize> Plain for BatchNorm<C> {}

// SAFETY: arrays of floats; `repr(C)` adds no padding between them.
unsafe impl<const C: usize> Plain for BatchNormGradient<C> {}

impl<const C: usize> fmt::Debug for BatchNorm<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchNorm<{C}>")
    }
}

impl<const C: usize> fmt::Debug for BatchNormGradient<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BatchNormGradient<{C}>")
    }
}

impl<const C: usize> BatchNorm<C> {
    /// What the layer does at inference.
    #[inline(always)]
    pub(super) fn as_normalization(&self, epsilon: f32) -> Normalization<'_> {
        let Self { gamma, beta, moving_mean, moving_variance } = self;
        Normalization { mean: moving_mean, variance: moving_variance, epsilon, gamma, beta }
    }
}

impl<const C: usize> Layer for BatchNorm<C> {
    type Settings = Settings;
    type Gradient = BatchNormGradient<C>;

    const WEIGHTS: &'static [WeightInfo] = &[
        WeightInfo { name: "gamma", shape: Shape::new(&[C]), trained: true },
        WeightInfo { name: "beta", shape: Shape::new(&[C]), trained: true },
        WeightInfo { name: "moving_mean", shape: Shape::new(&[C]), trained: false },
        WeightInfo { name: "moving_variance", shape: Shape::new(&[C]), trained: false },
    ];

    fn initialize(&mut self, _settings: &Settings, _random: &mut Random) {
        self.gamma.fill(1.0);
        self.beta.fill(0.0);
        self.moving_mean.fill(0.0);
        self.moving_variance.fill(1.0);
    }

    #[inline(always)]
    fn infer<I: Isa>(&self, isa: I, settings: &Settings, input: &[f32], output: &mut [f32]) {
        isa.run(Normalize { normalization: self.as_normalization(settings.epsilon), input, output });
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        let block = block_size(pass.batch) * settings.input.len();
        let (mean, variance) = match pass.mode {
            Mode::Inference => (&self.moving_mean[..], &self.moving_variance[..]),
            Mode::Training { .. } => {
                measure(pass, input, saved.partial, saved.statistics);
                saved.statistics.split_at(C)
            }
        };
        let normalization = Normalization { mean, variance, ..self.as_normalization(settings.epsilon) };
        pass.team.split(Chunks::new(output, block), |number, output| {
            let input = &input[number * block..][..output.len()];
            dispatch(Normalize { normalization, input, output });
        });
    }

    fn backward(
        &self,
        settings: &Settings,
        pass: Pass<'_>,
        backward: Backward<'_>,
        gradient: Option<&mut BatchNormGradient<C>>,
    ) {
        let Backward { input, output_gradient, input_gradient, saved } = backward;
        let block = block_size(pass.batch) * settings.input.len();
        let constant = pass.mode == Mode::Inference;
        let (mean, variance) =
            if constant { (&self.moving_mean[..], &self.moving_variance[..]) } else { saved.statistics.split_at(C) };
        let (epsilon, gamma) = (settings.epsilon, &self.gamma);
        let gradient = gradient.map(|gradient| {
            sum_blocks(pass, saved.partial, 2 * C, |block, sums| {
                let (by_gamma, by_beta) = sums.split_at_mut(C);
                let values = samples(input, pass.batch, block.clone());
                let factors = samples(output_gradient, pass.batch, block);
                dispatch(AddProducts { factors, values, mean, sums: by_gamma });
                dispatch(AddColumns { values: factors, sums: by_beta });
            });
            add_blocks(pass.team, saved.partial, 2 * C, gradient.floats_mut());
            dispatch(Standardize { variance, epsilon, sums: &mut gradient.gamma });
            &*gradient
        });
        let Some(input_gradient) = input_gradient else {
            return;
        };
        let rows = output_gradient.len() / C.max(1);
        let batch = gradient.filter(|_| !constant);
        let batch = batch.map(|gradient| BatchGradient { gamma: &gradient.gamma, beta: &gradient.beta, rows });
        // A frozen layer has not kept its input, and with constant statistics it is not needed.
        let input = if constant { output_gradient } else { input };
        pass.team.split(Chunks::new(input_gradient, block), |number, input_gradient| {
            let (input, output_gradient) = (piece(input, number, block), piece(output_gradient, number, block));
            dispatch(NormalizeBackward {
                mean,
                variance,
                epsilon,
                gamma,
                batch,
                input,
                output_gradient,
                input_gradient,
            });
        });
    }

    fn update_statistics(&mut self, settings: &Settings, statistics: &[f32]) {
        let moving = self.moving_mean.iter_mut().chain(&mut self.moving_variance);
        for (moving, batch) in moving.zip(statistics) {
            *moving = *moving * settings.momentum + batch * (1.0 - settings.momentum);
        }
    }
}

/// Writes mean and variance of a batch into `statistics`. The mean comes first, and the variance is that of what is left
/// when it is taken away, so that large means cost no digits.
fn measure(pass: Pass<'_>, input: &[f32], partial: &mut [f32], statistics: &mut [f32]) {
    let channels = statistics.len() / 2;
    let (mean, variance) = statistics.split_at_mut(channels);
    let rows = (input.len() / channels.max(1)) as f32;
    sum_blocks(pass, partial, 2 * channels, |block, sums| {
        dispatch(AddColumns { values: samples(input, pass.batch, block), sums: &mut sums[..channels] });
    });
    add_blocks(pass.team, partial, 2 * channels, mean);
    mean.iter_mut().for_each(|sum| *sum /= rows);
    let mean = &*mean;
    sum_blocks(pass, partial, 2 * channels, |block, sums| {
        dispatch(AddSquares { values: samples(input, pass.batch, block), mean, sums: &mut sums[..channels] });
    });
    add_blocks(pass.team, partial, 2 * channels, variance);
    variance.iter_mut().for_each(|sum| *sum /= rows);
}

/// Piece `number` of those of `size` floats; the last one may be shorter.
fn piece(floats: &[f32], number: usize, size: usize) -> &[f32] {
    let begin = (number * size).min(floats.len());
    &floats[begin..(begin + size).min(floats.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::gradient_check::Check;
    use crate::team::{Backwards, Sequential, Team, blocks};
    use std::vec;
    use std::vec::Vec;

    const MOMENTUM: f32 = 0.75;

    fn check<const C: usize>(shape: &[usize], mode: Mode) {
        let input = Shape::new(shape);
        let settings = Settings::new(input, MOMENTUM, 1e-2);
        let check = Check { mode, ..Check::<BatchNorm<C>>::new(settings, input, input, settings.needs()) };
        let mut random = Random::new(5, 0);
        for batch in [2, 5, 19] {
            let mut layer = BatchNorm::<C>::ZERO;
            layer.floats_mut().iter_mut().for_each(|weight| *weight = 0.5 + random.uniform());
            let inputs = (0..batch * input.len()).map(|_| 4.0 * random.uniform()).collect();
            check.at(&mut layer, inputs);
        }
    }

    #[test]
    fn derivatives_are_those_of_the_forward_pass() {
        for mode in [Mode::Training { key: 0 }, Mode::Inference] {
            check::<1>(&[4, 1], mode);
            check::<3>(&[2, 2, 3], mode);
            check::<3>(&[3], mode);
            check::<18>(&[2, 18], mode);
        }
    }

    fn train<const C: usize>(layer: &BatchNorm<C>, settings: &Settings, batch: usize, input: &[f32]) -> [Vec<f32>; 2] {
        let run = |team: &dyn Team| {
            let mut statistics = vec![f32::NAN; settings.needs().statistics];
            let mut partial = vec![f32::NAN; settings.needs().partial * blocks(batch)];
            let mut output = vec![f32::NAN; input.len()];
            let saved = Saved { statistics: &mut statistics, partial: &mut partial, ..Saved::default() };
            let pass = Pass { team, batch, mode: Mode::Training { key: 0 } };
            layer.forward(settings, pass, input, &mut output, saved);
            [output, statistics]
        };
        assert_eq!(run(&Sequential), run(&Backwards));
        run(&Sequential)
    }

    #[test]
    fn four_values_by_hand() {
        let settings = Settings::new(Shape::new(&[2, 1]), MOMENTUM, 0.0);
        let mut layer = BatchNorm { gamma: [2.0], beta: [1.0], moving_mean: [8.0], moving_variance: [16.0] };
        // Mean 4, variance (9 + 1 + 1 + 9) / 4 = 5.
        let [output, statistics] = train(&layer, &settings, 2, &[1.0, 3.0, 5.0, 7.0]);
        assert_eq!(statistics, [4.0, 5.0]);
        for (found, deviation) in output.into_iter().zip([-3.0, -1.0, 1.0, 3.0]) {
            assert!((found - (2.0 * deviation / 5f32.sqrt() + 1.0)).abs() < 1e-6);
        }
        let mut output = [0.0; 2];
        layer.infer(crate::kernel::Portable, &settings, &[8.0, 12.0], &mut output);
        assert_eq!(output, [1.0, 3.0]);
        layer.update_statistics(&settings, &statistics);
        assert_eq!((layer.moving_mean, layer.moving_variance), ([7.0], [13.25]));
    }

    #[test]
    fn a_large_mean_costs_no_digits() {
        // A variance taken as the mean of squares less the square of the mean would be off by about 1.
        let settings = Settings::new(Shape::new(&[64, 2]), MOMENTUM, 1e-3);
        let layer = BatchNorm::<2>::ZERO;
        let input: Vec<f32> = (0..40 * 64 * 2).map(|index| 4096.0 + (index / 2 % 2) as f32).collect();
        let [_, statistics] = train(&layer, &settings, 40, &input);
        for channel in 0..2 {
            assert!((statistics[channel] - 4096.5).abs() < 1e-2, "{statistics:?}");
            assert!((statistics[2 + channel] - 0.25).abs() < 1e-4, "{statistics:?}");
        }
    }

    #[test]
    fn it_begins_as_the_identity_but_for_epsilon() {
        let settings = Settings::new(Shape::new(&[2]), 0.99, 0.0);
        let mut layer = BatchNorm::<2>::ZERO;
        layer.initialize(&settings, &mut Random::new(1, 0));
        let mut output = [0.0; 2];
        layer.infer(crate::kernel::Portable, &settings, &[3.0, -4.0], &mut output);
        assert_eq!(output, [3.0, -4.0]);
    }

    #[test]
    fn settings_state_shapes_and_costs() {
        const SETTINGS: Settings = Settings::new(Shape::new(&[5, 4, 3]), 0.99, 1e-3);
        let Needs { macs, statistics, partial, .. } = SETTINGS.needs();
        assert_eq!((macs, statistics, partial), (60, 6, 6));
        assert_eq!(BatchNorm::<3>::TRAINED, 6);
        assert_eq!(Settings::new(Shape::UNKNOWN, 0.99, 1e-3).needs(), Needs::default());
    }
}
