//! Batch normalization (Ioffe and Szegedy 2015).

use super::blocks::{add_blocks, sample, sum_blocks};
use super::{Backward, Layer, Mode, Needs, Pass, Saved, WeightInfo};
use crate::kernel::normalization::apply::Normalize;
use crate::kernel::normalization::backward::{AddErrors, BatchGradient, Cut, NormalizeBackward};
use crate::kernel::normalization::moments::{AddMoments, JoinMoments};
use crate::kernel::normalization::{Normalization, Standardize};
use crate::kernel::{Isa, dispatch};
use crate::plain::Plain;
use crate::random::Random;
use crate::shape::Shape;
use crate::team::{Chunks, Team, block_size, blocks};
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

    /// What the layer does in a pass, whose statistics are these if it trains.
    pub(super) fn in_pass<'a>(
        &'a self,
        settings: &Settings,
        pass: Pass<'_>,
        statistics: &'a [f32],
    ) -> Normalization<'a> {
        let normalization = self.as_normalization(settings.epsilon);
        if pass.mode == Mode::Inference {
            return normalization;
        }
        let (mean, variance) = (&statistics[..C], &statistics[C..2 * C]);
        Normalization { mean, variance, ..normalization }
    }
}

impl<const C: usize> BatchNormGradient<C> {
    /// What the derivatives by a batch of so many floats have in common; nothing where the statistics are constants.
    pub(super) fn of_batch(&self, pass: Pass<'_>, len: usize) -> Option<BatchGradient<'_>> {
        let Self { gamma, beta } = self;
        (pass.mode != Mode::Inference).then(|| BatchGradient { gamma, beta, rows: len / C.max(1) })
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
        isa.run(Normalize { normalization: self.as_normalization(settings.epsilon), bounds: None, input, output });
    }

    fn forward(&self, settings: &Settings, pass: Pass<'_>, input: &[f32], output: &mut [f32], saved: Saved<'_>) {
        if let Mode::Training { .. } = pass.mode {
            sum_blocks(pass, saved.partial, 2 * C, |block, moments| {
                for number in block.clone() {
                    add_moments(sample(input, pass.batch, number), number - block.start, moments);
                }
            });
            join_blocks(pass, (saved.partial, 2 * C), input.len() / C.max(1), saved.statistics);
        }
        normalize(pass, self.in_pass(settings, pass, saved.statistics), None, input, output);
    }

    fn backward(
        &self,
        settings: &Settings,
        pass: Pass<'_>,
        backward: Backward<'_>,
        gradient: Option<&mut BatchNormGradient<C>>,
    ) {
        let Backward { input, output_gradient, input_gradient, saved } = backward;
        let cut = Cut { normalization: self.in_pass(settings, pass, saved.statistics), bounds: None };
        let gradient = gradient.map(|gradient| {
            add_errors(pass, cut, saved.partial, [input, output_gradient], gradient.floats_mut());
            &*gradient
        });
        let Some(input_gradient) = input_gradient else {
            return;
        };
        let batch = gradient.and_then(|gradient| gradient.of_batch(pass, output_gradient.len()));
        // A frozen layer has not kept its input, and with constant statistics it is not needed.
        let input = if pass.mode == Mode::Inference { output_gradient } else { input };
        let block = block_size(pass.batch) * settings.input.len();
        pass.team.split(Chunks::new(input_gradient, block), |number, input_gradient| {
            let (input, output_gradient) = (piece(input, number, block), piece(output_gradient, number, block));
            dispatch(NormalizeBackward { cut, batch, input, output_gradient, input_gradient });
        });
    }

    fn update_statistics(&mut self, settings: &Settings, statistics: &[f32]) {
        let moving = self.moving_mean.iter_mut().chain(&mut self.moving_variance);
        for (moving, batch) in moving.zip(statistics) {
            *moving = *moving * settings.momentum + batch * (1.0 - settings.momentum);
        }
    }
}

/// Joins the values of sample `number` of a block to the moments of those before it.
pub(super) fn add_moments(values: &[f32], number: usize, moments: &mut [f32]) {
    let before = number * (values.len() / (moments.len() / 2).max(1));
    dispatch(AddMoments { values, before, moments });
}

/// Writes mean and variance of a batch of so many rows into `statistics`, from the moments of its blocks: the first floats
/// of each part of this size.
pub(super) fn join_blocks(pass: Pass<'_>, (partial, size): (&[f32], usize), rows: usize, statistics: &mut [f32]) {
    let channels = statistics.len() / 2;
    let block = block_size(pass.batch) * (rows / pass.batch.max(1));
    let mut before = 0;
    for part in partial.chunks_exact(size.max(1)).take(blocks(pass.batch)) {
        let (others, count) = (&part[..2 * channels], block.min(rows - before));
        if before == 0 {
            statistics.copy_from_slice(others);
        } else {
            dispatch(JoinMoments { moments: (&mut *statistics, before), others: (others, count) });
        }
        before += count;
    }
    statistics[channels..].iter_mut().for_each(|sum| *sum /= rows as f32);
}

/// Normalizes a batch, and cuts it to bounds.
pub(super) fn normalize(
    pass: Pass<'_>,
    normalization: Normalization<'_>,
    bounds: Option<[f32; 2]>,
    input: &[f32],
    output: &mut [f32],
) {
    let block = output.len() / pass.batch.max(1) * block_size(pass.batch);
    pass.team.split(Chunks::new(output, block), |number, output| {
        dispatch(Normalize { normalization, bounds, input: piece(input, number, block), output });
    });
}

/// Writes the derivatives by gamma and beta.
pub(super) fn add_errors(
    pass: Pass<'_>,
    cut: Cut<'_>,
    partial: &mut [f32],
    [input, output_gradient]: [&[f32]; 2],
    gradient: &mut [f32],
) {
    let len = gradient.len();
    sum_blocks(pass, partial, len, |block, sums| {
        for number in block {
            let [input, output_gradient] = [input, output_gradient].map(|of| sample(of, pass.batch, number));
            add_sample_errors(cut, input, output_gradient, sums);
        }
    });
    join_errors(pass.team, cut, (partial, len), gradient);
}

/// Adds the derivatives of a sample by gamma and beta to those of the samples of its block before it.
pub(super) fn add_sample_errors(cut: Cut<'_>, input: &[f32], output_gradient: &[f32], sums: &mut [f32]) {
    dispatch(AddErrors { cut, input, output_gradient, sums });
}

/// Writes the derivatives by gamma and beta, from the sums of the blocks: the first floats of each part of this size.
pub(super) fn join_errors(team: &dyn Team, cut: Cut<'_>, (partial, size): (&[f32], usize), gradient: &mut [f32]) {
    add_blocks(team, partial, size, gradient);
    let Normalization { variance, epsilon, .. } = cut.normalization;
    let (by_gamma, _) = gradient.split_at_mut(gradient.len() / 2);
    dispatch(Standardize { variance, epsilon, sums: by_gamma });
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
    use crate::team::{Backwards, Sequential};
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
