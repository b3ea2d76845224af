//! Gradient descent with momentum.

use super::each::{Formula, each};
use super::{Optimizer, settings};
use crate::kernel::Isa;

/// Gradient descent with momentum, as Keras's `SGD`.
///
/// Without momentum `w -= learning_rate * g`. With it `v = momentum * v - learning_rate * g`, then `w += v`, or with
/// Nesterov's correction `w += momentum * v - learning_rate * g`. (PyTorch keeps the learning rate outside of `v`, so that
/// the two differ when the rate changes.)
///
/// ```
/// use nn_core::optimizer::{Optimizer, Sgd};
///
/// let sgd = Sgd::new(0.5).momentum(0.5);
/// let (mut weight, mut velocity) = ([1.0], [0.0]);
/// sgd.update(1, &mut weight, &[1.0], &mut velocity);
/// assert_eq!((weight, velocity), ([0.5], [-0.5]));
/// sgd.update(2, &mut weight, &[0.0], &mut velocity);
/// assert_eq!((weight, velocity), ([0.25], [-0.25]));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// How far a weight follows its gradient; 0.01 by default.
    pub learning_rate: f32,
    /// The part of the last step that is repeated; 0 by default.
    pub momentum: f32,
    /// Whether the gradient counts as if taken after the momentum's part of the step; false by default.
    pub nesterov: bool,
    /// `learning_rate * weight_decay` is the part of each weight that is taken off before its step; 0 by default.
    pub weight_decay: f32,
}

impl Default for Sgd {
    fn default() -> Self {
        Self { learning_rate: 0.01, momentum: 0.0, nesterov: false, weight_decay: 0.0 }
    }
}

settings!(Sgd {
    /// Sets the part of the last step that is repeated.
    momentum: f32,
    /// Sets whether the gradient counts as if taken after the momentum's part of the step.
    nesterov: bool,
    /// Sets the part of each weight, times the learning rate, that is taken off before its step.
    weight_decay: f32,
});

impl Optimizer for Sgd {
    fn name(&self) -> &'static str {
        "sgd"
    }
    fn slots(&self) -> usize {
        usize::from(self.momentum != 0.0)
    }
    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }
    fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }
    fn update(&self, _step: u64, weights: &mut [f32], gradients: &[f32], state: &mut [f32]) {
        match self.slots() {
            0 => each::<0>(*self, weights, gradients, state),
            _ => each::<1>(*self, weights, gradients, state),
        }
    }
}

impl Sgd {
    #[inline(always)]
    fn decayed<I: Isa>(&self, isa: I, weights: I::Vector) -> I::Vector {
        isa.mul_add(isa.splat(-self.learning_rate * self.weight_decay), weights, weights)
    }
}

impl Formula<0> for Sgd {
    #[inline(always)]
    fn next<I: Isa>(&self, isa: I, weights: I::Vector, gradients: I::Vector, _: &mut [I::Vector; 0]) -> I::Vector {
        isa.mul_add(isa.splat(-self.learning_rate), gradients, self.decayed(isa, weights))
    }
}

impl Formula<1> for Sgd {
    #[inline(always)]
    fn next<I: Isa>(
        &self,
        isa: I,
        weights: I::Vector,
        gradients: I::Vector,
        [velocity]: &mut [I::Vector; 1],
    ) -> I::Vector {
        let weights = self.decayed(isa, weights);
        let momentum = isa.splat(self.momentum);
        let descent = isa.mul(isa.splat(-self.learning_rate), gradients);
        *velocity = isa.mul_add(momentum, *velocity, descent);
        let step = if self.nesterov { isa.mul_add(momentum, *velocity, descent) } else { *velocity };
        isa.add(weights, step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nesterov_looks_ahead() {
        let sgd = Sgd::new(0.5).momentum(0.5).nesterov(true);
        let (mut weight, mut velocity) = ([1.0], [0.0]);
        sgd.update(1, &mut weight, &[1.0], &mut velocity);
        // v = -0.5, w = 1 + 0.5 * -0.5 - 0.5
        assert_eq!((weight, velocity), ([0.25], [-0.5]));
    }

    #[test]
    fn decay_comes_before_the_step() {
        let mut weight = [1.0];
        Sgd::new(0.5).weight_decay(0.5).update(1, &mut weight, &[1.0], &mut []);
        assert_eq!(weight, [0.25]);
    }
}
