//! Adam with weights that shrink by themselves.

use super::{Adam, Optimizer, settings};

/// [`Adam`] with decoupled weight decay: `w -= learning_rate * weight_decay * w`, then the step of Adam.
///
/// As in Keras, every trained weight shrinks, biases too.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// The length of a step along gradients that stay the same; 0.001 by default.
    pub learning_rate: f32,
    /// `learning_rate * weight_decay` is the part of each weight that is taken off before its step; 0.004 by default.
    pub weight_decay: f32,
    /// The part of the past in the mean gradient; 0.9 by default.
    pub beta_1: f32,
    /// The part of the past in the mean square; 0.999 by default.
    pub beta_2: f32,
    /// What keeps the root from zero; 1e-7 by default.
    pub epsilon: f32,
    /// Whether steps are measured by the largest mean square so far; false by default.
    pub amsgrad: bool,
}

impl Default for AdamW {
    fn default() -> Self {
        let Adam { learning_rate, beta_1, beta_2, epsilon, amsgrad } = Adam::default();
        Self { learning_rate, weight_decay: 0.004, beta_1, beta_2, epsilon, amsgrad }
    }
}

settings!(AdamW {
    /// Sets the part of each weight, times the learning rate, that is taken off before its step.
    weight_decay: f32,
    /// Sets the part of the past in the mean gradient.
    beta_1: f32,
    /// Sets the part of the past in the mean square.
    beta_2: f32,
    /// Sets what keeps the root from zero.
    epsilon: f32,
    /// Sets whether steps are measured by the largest mean square so far.
    amsgrad: bool,
});

impl AdamW {
    fn adam(&self) -> Adam {
        let Self { learning_rate, weight_decay: _, beta_1, beta_2, epsilon, amsgrad } = *self;
        Adam { learning_rate, beta_1, beta_2, epsilon, amsgrad }
    }
}

impl Optimizer for AdamW {
    fn name(&self) -> &'static str {
        "adamw"
    }
    fn slots(&self) -> usize {
        self.adam().slots()
    }
    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }
    fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }
    fn update(&self, step: u64, weights: &mut [f32], gradients: &[f32], state: &mut [f32]) {
        self.adam().update_decayed(self.learning_rate * self.weight_decay, step, weights, gradients, state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_without_gradients_shrink() {
        let mut weights = [1.0, -2.0];
        AdamW::new(0.5).weight_decay(0.5).update(1, &mut weights, &[0.0; 2], &mut [0.0; 4]);
        assert_eq!(weights, [0.75, -1.5]);
    }

    #[test]
    fn without_decay_it_is_adam() {
        let (mut one, mut other) = ([0.3, -0.2, 0.1], [0.3, -0.2, 0.1]);
        let gradients = [0.1, 0.2, -0.3];
        AdamW::default().weight_decay(0.0).update(1, &mut one, &gradients, &mut [0.0; 6]);
        Adam::default().update(1, &mut other, &gradients, &mut [0.0; 6]);
        assert_eq!(one, other);
    }
}
