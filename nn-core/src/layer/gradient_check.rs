//! A check of any layer's backward pass against differences of its forward pass.

use super::{Backward, InPlace, Layer, Mode, Needs, Pass, Saved};
use crate::plain::{Plain, boxed_zeroed};
use crate::random::Random;
use crate::shape::Shape;
use crate::team::{Backwards, Sequential, Team, blocks};
use std::boxed::Box;
use std::vec::Vec;

/// A layer with its settings, shapes and needs, to be checked on batches of random inputs.
pub(crate) struct Check<L: Layer> {
    pub(crate) settings: L::Settings,
    pub(crate) input: Shape,
    pub(crate) output: Shape,
    pub(crate) needs: Needs,
    pub(crate) mode: Mode,
    /// The step of the central differences. A power of two near the cube root of a float's precision is good.
    pub(crate) step: f32,
    /// How far a derivative may be from the difference, relative to 1 and to the largest derivative.
    pub(crate) tolerance: f64,
}

/// The memory between a forward and a backward pass.
struct Memory {
    positions: Vec<u8>,
    statistics: Vec<f32>,
    partial: Vec<f32>,
}

impl Memory {
    fn new(needs: Needs, batch: usize) -> Self {
        Self {
            positions: std::vec![0; needs.positions * batch],
            statistics: std::vec![0.0; needs.statistics],
            partial: std::vec![f32::NAN; needs.partial * blocks(batch)],
        }
    }

    fn saved(&mut self) -> Saved<'_> {
        Saved { positions: &mut self.positions, statistics: &mut self.statistics, partial: &mut self.partial }
    }
}

/// The results of a backward pass.
#[derive(Debug, PartialEq)]
struct Gradients {
    input: Vec<f32>,
    weights: Vec<f32>,
}

impl<L: Layer> Check<L> {
    /// A check at the default step of 2^-7 and tolerance of 2e-3: forward passes are in single precision, so that a
    /// difference of values near 1 is uncertain by about 2^-24 / 2^-7 = 8e-6 for each rounding.
    pub(crate) fn new(settings: L::Settings, input: Shape, output: Shape, needs: Needs) -> Self {
        Self { settings, input, output, needs, mode: Mode::Training { key: 7 }, step: 1.0 / 128.0, tolerance: 2e-3 }
    }

    /// Checks the derivatives of `sum(output * cotangent)` by every input and every trained weight, for some batches of
    /// inputs and weights between -1 and 1; and that no team changes a bit, and that nothing is left unwritten.
    pub(crate) fn run(&self) {
        for batch in [1, 2, 5] {
            let mut random = Random::new(11, batch as u64);
            let mut layer: Box<L> = boxed_zeroed();
            layer.floats_mut().iter_mut().for_each(|weight| *weight = 2.0 * random.uniform() - 1.0);
            let inputs: Vec<f32> = (0..batch * self.input.len()).map(|_| 2.0 * random.uniform() - 1.0).collect();
            self.at(&mut layer, inputs);
        }
    }

    /// Checks at these weights and inputs, of as many samples as there are.
    pub(crate) fn at(&self, layer: &mut L, mut inputs: Vec<f32>) {
        let mut random = Random::new(12, 0);
        let batch = inputs.len() / self.input.len();
        let cotangent: Vec<f32> = (0..batch * self.output.len()).map(|_| 2.0 * random.uniform() - 1.0).collect();
        let found = self.gradients(layer, &Sequential, &inputs, &cotangent);
        assert_eq!(found, self.gradients(layer, &Backwards, &inputs, &cotangent), "a team changes the result");
        let weights = self.weight_gradients(layer, &inputs, &cotangent);
        assert_eq!(found.weights, weights, "they depend on whether the derivative by the input is asked for");

        for index in 0..L::TRAINED {
            let weight = layer.floats()[index];
            let difference = self.difference(weight, |weight| {
                layer.floats_mut()[index] = weight;
                self.objective(layer, &inputs, &cotangent)
            });
            layer.floats_mut()[index] = weight;
            self.compare("weight", index, found.weights[index], difference, &found.weights);
        }
        for index in 0..inputs.len() {
            let input = inputs[index];
            let difference = self.difference(input, |input| {
                inputs[index] = input;
                self.objective(layer, &inputs, &cotangent)
            });
            inputs[index] = input;
            self.compare("input", index, found.input[index], difference, &found.input);
        }
    }

    fn pass<'a>(&self, team: &'a dyn Team, batch: usize) -> Pass<'a> {
        Pass { team, batch, mode: self.mode }
    }

    fn difference(&self, value: f32, mut objective: impl FnMut(f32) -> f64) -> f64 {
        let (above, below) = (value + self.step, value - self.step);
        (objective(above) - objective(below)) / (f64::from(above) - f64::from(below))
    }

    fn compare(&self, what: &str, index: usize, found: f32, expected: f64, all: &[f32]) {
        let largest = all.iter().fold(1.0f32, |largest, value| largest.max(value.abs()));
        let error = (f64::from(found) - expected).abs();
        assert!(
            error <= self.tolerance * f64::from(largest),
            "the derivative by {what} {index} is {found}, the difference says {expected}"
        );
    }

    /// `sum(output * cotangent)`, added up in double precision.
    fn objective(&self, layer: &L, inputs: &[f32], cotangent: &[f32]) -> f64 {
        let batch = inputs.len() / self.input.len();
        let mut outputs = std::vec![f32::NAN; cotangent.len()];
        let mut memory = Memory::new(self.needs, batch);
        layer.forward(&self.settings, self.pass(&Sequential, batch), inputs, &mut outputs, memory.saved());
        outputs.iter().zip(cotangent).map(|(&output, &factor)| f64::from(output) * f64::from(factor)).sum()
    }

    fn gradients(&self, layer: &L, team: &dyn Team, inputs: &[f32], cotangent: &[f32]) -> Gradients {
        let mut input = std::vec![f32::NAN; inputs.len()];
        let weights = self.passes(layer, team, inputs, cotangent, Some(&mut input));
        assert!(input.iter().all(|value| value.is_finite()), "a derivative by an input was not written");
        Gradients { input, weights }
    }

    fn weight_gradients(&self, layer: &L, inputs: &[f32], cotangent: &[f32]) -> Vec<f32> {
        self.passes(layer, &Sequential, inputs, cotangent, None)
    }

    /// Forward and backward; gives the derivatives by the weights.
    fn passes(
        &self,
        layer: &L,
        team: &dyn Team,
        input: &[f32],
        output_gradient: &[f32],
        input_gradient: Option<&mut [f32]>,
    ) -> Vec<f32> {
        let batch = input.len() / self.input.len();
        let mut memory = Memory::new(self.needs, batch);
        let mut output = std::vec![f32::NAN; output_gradient.len()];
        layer.forward(&self.settings, self.pass(team, batch), input, &mut output, memory.saved());

        let mut weights: Box<L::Gradient> = boxed_zeroed();
        weights.floats_mut().fill(f32::NAN);
        let backward = Backward { input, output_gradient, input_gradient, saved: memory.saved() };
        layer.backward(&self.settings, self.pass(team, batch), backward, Some(&mut weights));
        let weights = weights.floats().to_vec();
        assert!(weights.iter().all(|value| value.is_finite()), "a derivative by a weight was not written");
        weights
    }
}

impl<L: InPlace> Check<L> {
    /// Checks that the passes in place give the same bits as the others. `saves_input` says what the backward pass
    /// reads: the inputs or the outputs.
    pub(crate) fn in_place(&self, saves_input: bool) {
        let mut random = Random::new(13, 0);
        let batch = 3;
        let layer: Box<L> = boxed_zeroed();
        let inputs: Vec<f32> = (0..batch * self.input.len()).map(|_| 4.0 * random.uniform() - 2.0).collect();
        let mut outputs = std::vec![f32::NAN; inputs.len()];
        let mut memory = Memory::new(self.needs, batch);
        layer.forward(&self.settings, self.pass(&Sequential, batch), &inputs, &mut outputs, memory.saved());
        let mut data = inputs.clone();
        layer.forward_in_place(&self.settings, self.pass(&Backwards, batch), &mut data);
        assert_eq!(data, outputs);

        let cotangent: Vec<f32> = (0..outputs.len()).map(|_| 2.0 * random.uniform() - 1.0).collect();
        let expected = self.gradients(&layer, &Sequential, &inputs, &cotangent).input;
        let mut gradient = cotangent;
        let saved = if saves_input { &inputs } else { &outputs };
        layer.backward_in_place(&self.settings, self.pass(&Backwards, batch), saved, &mut gradient);
        assert_eq!(gradient, expected);
    }
}
