//! Steps of a mean gradient, measured by the size that gradients had lately.

use super::each::{Formula, each};
use super::{Optimizer, settings};
use crate::kernel::Isa;

/// Adam, as in Keras: with `m` and `v` zero at first, step `t` is
///
/// ```text
/// m += (g - m) * (1 - beta_1)
/// v += (g^2 - v) * (1 - beta_2)
/// w -= learning_rate * sqrt(1 - beta_2^t) / (1 - beta_1^t) * m / (sqrt(v) + epsilon)
/// ```
///
/// The factor before `m` corrects the bias of means that begin at zero: the first step is as long as the learning rate.
/// Epsilon is added to the root before that correction. With AMSGrad the largest `v` so far takes the place of `v`.
///
/// Each weight has `m`, then `v`, then the largest `v` if that is asked for.
///
/// ```
/// use nn_core::optimizer::{Adam, Optimizer};
///
/// let mut weights = [1.0, 1.0];
/// Adam::new(0.25).update(1, &mut weights, &[4.0, -0.5], &mut [0.0; 4]);
/// assert!((weights[0] - 0.75).abs() < 1e-5 && (weights[1] - 1.25).abs() < 1e-5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// The length of a step along gradients that stay the same; 0.001 by default.
    pub learning_rate: f32,
    /// The part of the past in the mean gradient; 0.9 by default.
    pub beta_1: f32,
    /// The part of the past in the mean square; 0.999 by default.
    pub beta_2: f32,
    /// What keeps the root from zero; 1e-7 by default.
    pub epsilon: f32,
    /// Whether steps are measured by the largest mean square so far; false by default.
    pub amsgrad: bool,
}

impl Default for Adam {
    fn default() -> Self {
        Self { learning_rate: 1e-3, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, amsgrad: false }
    }
}

settings!(Adam {
    /// Sets the part of the past in the mean gradient.
    beta_1: f32,
    /// Sets the part of the past in the mean square.
    beta_2: f32,
    /// Sets what keeps the root from zero.
    epsilon: f32,
    /// Sets whether steps are measured by the largest mean square so far.
    amsgrad: bool,
});

impl Optimizer for Adam {
    fn name(&self) -> &'static str {
        "adam"
    }
    fn slots(&self) -> usize {
        2 + usize::from(self.amsgrad)
    }
    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }
    fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }
    fn update(&self, step: u64, weights: &mut [f32], gradients: &[f32], state: &mut [f32]) {
        self.update_decayed(0.0, step, weights, gradients, state);
    }
}

impl Adam {
    /// A step after the part `decay` of each weight is taken off.
    pub(super) fn update_decayed(
        &self,
        decay: f32,
        step: u64,
        weights: &mut [f32],
        gradients: &[f32],
        state: &mut [f32],
    ) {
        let formula = Corrected { adam: *self, decay, rate: self.corrected_rate(step) };
        match self.slots() {
            2 => each::<2>(formula, weights, gradients, state),
            _ => each::<3>(formula, weights, gradients, state),
        }
    }

    /// The factor before `m`: in `f64`, since `1 - beta_2^t` loses half of its digits to cancellation at first.
    fn corrected_rate(&self, step: u64) -> f32 {
        let missing = |beta: f32| 1.0 - libm::pow(f64::from(beta), step.max(1) as f64);
        (f64::from(self.learning_rate) * libm::sqrt(missing(self.beta_2)) / missing(self.beta_1)) as f32
    }
}

/// The step of one moment: with what is the same for all weights.
struct Corrected {
    adam: Adam,
    decay: f32,
    rate: f32,
}

impl<const SLOTS: usize> Formula<SLOTS> for Corrected {
    #[inline(always)]
    fn next<I: Isa>(
        &self,
        isa: I,
        weights: I::Vector,
        gradients: I::Vector,
        state: &mut [I::Vector; SLOTS],
    ) -> I::Vector {
        let towards = |old, new, part: f32| isa.mul_add(isa.sub(new, old), isa.splat(part), old);
        state[0] = towards(state[0], gradients, 1.0 - self.adam.beta_1);
        state[1] = towards(state[1], isa.mul(gradients, gradients), 1.0 - self.adam.beta_2);
        let mut square = state[1];
        if self.adam.amsgrad {
            square = isa.max(square, state[SLOTS - 1]);
            state[SLOTS - 1] = square;
        }
        let size = isa.add(isa.sqrt(square), isa.splat(self.adam.epsilon));
        let step = isa.div(isa.mul(isa.splat(self.rate), state[0]), size);
        isa.sub(isa.mul_add(isa.splat(-self.decay), weights, weights), step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula as the paper has it (Kingma and Ba, 2015, before section 2.1), in `f64`.
    fn reference(gradients: &[f64], adam: &Adam) -> f64 {
        let (beta_1, beta_2) = (f64::from(adam.beta_1), f64::from(adam.beta_2));
        let (mut weight, mut mean, mut square) = (0.5, 0.0, 0.0);
        for (gradient, step) in gradients.iter().zip(1..) {
            mean = beta_1 * mean + (1.0 - beta_1) * gradient;
            square = beta_2 * square + (1.0 - beta_2) * gradient * gradient;
            let rate = f64::from(adam.learning_rate) * (1.0 - beta_2.powi(step)).sqrt() / (1.0 - beta_1.powi(step));
            weight -= rate * mean / (square.sqrt() + f64::from(adam.epsilon));
        }
        weight
    }

    #[test]
    fn steps_are_those_of_the_paper() {
        let adam = Adam::new(0.01);
        let gradients: [f64; 50] = core::array::from_fn(|step| (0.7 * step as f64).sin() + 0.25);
        let (mut weight, mut state) = ([0.5], [0.0; 2]);
        for (&gradient, step) in gradients.iter().zip(1..) {
            adam.update(step, &mut weight, &[gradient as f32], &mut state);
        }
        // Fifty steps of at most 0.01, each rounded at 2^-25.
        assert!((f64::from(weight[0]) - reference(&gradients, &adam)).abs() < 1e-6);
    }

    #[test]
    fn amsgrad_remembers_the_largest_square() {
        let adam = Adam::new(0.01).amsgrad(true);
        let mut state = [0.0; 3];
        adam.update(1, &mut [0.0], &[2.0], &mut state);
        let largest = state[2];
        assert_eq!(largest, state[1]);
        adam.update(2, &mut [0.0], &[0.0], &mut state);
        assert!(state[1] < largest && state[2] == largest);
    }
}
