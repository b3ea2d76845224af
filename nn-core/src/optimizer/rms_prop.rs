//! Steps measured by the size that gradients had lately.

use super::each::{Formula, each};
use super::{Optimizer, settings};
use crate::kernel::Isa;

/// RMSprop: `v = rho * v + (1 - rho) * g^2`, then `w -= learning_rate * g / sqrt(v + epsilon)`.
///
/// Centered, the square of the mean gradient is taken off `v` first: an estimate of the variance. With momentum,
/// `m = momentum * m + learning_rate * g / sqrt(v + epsilon)`, then `w -= m`. Epsilon stands inside the root, as in Keras;
/// in PyTorch it stands outside.
///
/// Each weight has `v`, then the mean gradient if centered, then `m` if there is momentum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    /// The size of a step along gradients that stay the same; 0.001 by default.
    pub learning_rate: f32,
    /// The part of the past in `v` and in the mean gradient; 0.9 by default.
    pub rho: f32,
    /// The part of the last step that is repeated; 0 by default.
    pub momentum: f32,
    /// What keeps the root from zero; 1e-7 by default.
    pub epsilon: f32,
    /// Whether gradients are measured from their mean; false by default.
    pub centered: bool,
}

impl Default for RmsProp {
    fn default() -> Self {
        Self { learning_rate: 1e-3, rho: 0.9, momentum: 0.0, epsilon: 1e-7, centered: false }
    }
}

settings!(RmsProp {
    /// Sets the part of the past in the means.
    rho: f32,
    /// Sets the part of the last step that is repeated.
    momentum: f32,
    /// Sets what keeps the root from zero.
    epsilon: f32,
    /// Sets whether gradients are measured from their mean.
    centered: bool,
});

impl Optimizer for RmsProp {
    fn name(&self) -> &'static str {
        "rmsprop"
    }
    fn slots(&self) -> usize {
        1 + usize::from(self.centered) + usize::from(self.momentum != 0.0)
    }
    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }
    fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }
    fn update(&self, _step: u64, weights: &mut [f32], gradients: &[f32], state: &mut [f32]) {
        match self.slots() {
            1 => each::<1>(*self, weights, gradients, state),
            2 => each::<2>(*self, weights, gradients, state),
            _ => each::<3>(*self, weights, gradients, state),
        }
    }
}

impl<const SLOTS: usize> Formula<SLOTS> for RmsProp {
    #[inline(always)]
    fn next<I: Isa>(
        &self,
        isa: I,
        weights: I::Vector,
        gradients: I::Vector,
        state: &mut [I::Vector; SLOTS],
    ) -> I::Vector {
        let (past, present) = (isa.splat(self.rho), isa.splat(1.0 - self.rho));
        let average = |old, new| isa.mul_add(past, old, isa.mul(present, new));
        state[0] = average(state[0], isa.mul(gradients, gradients));
        let mut variance = state[0];
        if self.centered {
            state[1] = average(state[1], gradients);
            variance = isa.sub(variance, isa.mul(state[1], state[1]));
        }
        let root = isa.sqrt(isa.add(variance, isa.splat(self.epsilon)));
        let mut step = isa.div(isa.mul(isa.splat(self.learning_rate), gradients), root);
        if self.momentum != 0.0 {
            step = isa.mul_add(isa.splat(self.momentum), state[SLOTS - 1], step);
            state[SLOTS - 1] = step;
        }
        isa.sub(weights, step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_step_is_the_same_for_gradients_of_any_size() {
        let mut weights = [0.0; 3];
        RmsProp::new(0.1).rho(0.75).update(1, &mut weights, &[4.0, -400.0, 0.0], &mut [0.0; 3]);
        // v = 0.25 * g^2, so the step is 0.1 * 2
        for (weight, expected) in weights.iter().zip([-0.2, 0.2, 0.0]) {
            assert!((weight - expected).abs() < 1e-6);
        }
    }

    #[test]
    fn momentum_repeats_steps_in_the_last_slot() {
        for centered in [false, true] {
            let optimizer = RmsProp::new(0.1).momentum(0.5).centered(centered);
            let mut weight = [0.0];
            let mut state = [0.0; 3];
            let state = &mut state[..optimizer.slots()];
            optimizer.update(1, &mut weight, &[1.0], state);
            let first = weight[0];
            optimizer.update(2, &mut weight, &[0.0], state);
            assert!((weight[0] - 1.5 * first).abs() < 1e-6);
        }
    }
}
