//! Gradient descent without memory.

use super::Optimizer;
use super::each::{Formula, each};
use crate::kernel::Isa;

/// Plain gradient descent: `w -= learning_rate * g`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradientDescent {
    /// How far a weight follows its gradient; 0.01 by default.
    pub learning_rate: f32,
}

impl Default for GradientDescent {
    fn default() -> Self {
        Self { learning_rate: 0.01 }
    }
}

impl GradientDescent {
    /// The optimizer with this learning rate.
    pub const fn new(learning_rate: f32) -> Self {
        Self { learning_rate }
    }
}

impl Optimizer for GradientDescent {
    fn name(&self) -> &'static str {
        "gradient_descent"
    }
    fn slots(&self) -> usize {
        0
    }
    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }
    fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }
    fn update(&self, _step: u64, weights: &mut [f32], gradients: &[f32], state: &mut [f32]) {
        each::<0>(*self, weights, gradients, state);
    }
}

impl Formula<0> for GradientDescent {
    #[inline(always)]
    fn next<I: Isa>(&self, isa: I, weights: I::Vector, gradients: I::Vector, _: &mut [I::Vector; 0]) -> I::Vector {
        isa.mul_add(isa.splat(-self.learning_rate), gradients, weights)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_go_against_their_gradients() {
        let mut weights = [1.0, 2.0, 3.0];
        GradientDescent::new(0.5).update(1, &mut weights, &[1.0, 0.0, -2.0], &mut []);
        assert_eq!(weights, [0.5, 2.0, 4.0]);
    }
}
