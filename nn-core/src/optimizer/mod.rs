//! Optimizers: how weights follow their gradients.
//!
//! The formulas and defaults are Keras's. In order of complexity: [`GradientDescent`], [`Sgd`] with momentum,
//! [`RmsProp`], [`Adam`], [`AdamW`].

mod adam;
mod adam_w;
mod each;
mod gradient_descent;
mod rms_prop;
mod sgd;

pub use adam::Adam;
pub use adam_w::AdamW;
pub use gradient_descent::GradientDescent;
pub use rms_prop::RmsProp;
pub use sgd::Sgd;

/// A rule by which weights follow their gradients.
///
/// An optimizer holds its settings only. What it remembers of each weight (momentum, moments) is the state, kept by
/// whoever runs it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an optimizer",
    note = "optimizers are `GradientDescent`, `Sgd`, `RmsProp`, `Adam`, `AdamW`, each with `::default()` and `::new(learning_rate)`"
)]
pub trait Optimizer: Send + Sync {
    /// Its name, as in Keras: `adam`.
    fn name(&self) -> &'static str;

    /// How many floats it remembers of each weight.
    fn slots(&self) -> usize;

    /// The learning rate.
    fn learning_rate(&self) -> f32;

    /// Changes the learning rate from the next step on.
    fn set_learning_rate(&mut self, learning_rate: f32);

    /// Step number `step`, counted from one, for some of the weights.
    ///
    /// `gradients` is as long as `weights`. `state` is [`Optimizer::slots`] times as long: the first slot of all these
    /// weights, then the second, and so on. It is zero before the first step.
    ///
    /// Each weight is a matter of its own: weights updated together or in pieces get the same bits.
    fn update(&self, step: u64, weights: &mut [f32], gradients: &[f32], state: &mut [f32]);
}

/// Implements the constructor of an optimizer and the setters of its fields.
macro_rules! settings {
    ($optimizer:ident { $($(#[$doc:meta])* $field:ident: $kind:ty),* $(,)? }) => {
        impl $optimizer {
            /// The optimizer with this learning rate, else as by default.
            pub fn new(learning_rate: f32) -> Self {
                Self { learning_rate, ..Self::default() }
            }

            $(
                $(#[$doc])*
                #[must_use]
                pub fn $field(self, $field: $kind) -> Self {
                    Self { $field, ..self }
                }
            )*
        }
    };
}
use settings;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use std::vec;
    use std::vec::Vec;

    /// Some steps on random weights and gradients, with the weights cut into pieces of `piece`.
    fn steps(optimizer: &dyn Optimizer, len: usize, piece: usize) -> Vec<f32> {
        let mut random = Random::new(9, 0);
        let mut weights: Vec<f32> = (0..len).map(|_| random.uniform() - 0.5).collect();
        let mut states: Vec<Vec<f32>> =
            weights.chunks(piece).map(|piece| vec![0.0; piece.len() * optimizer.slots()]).collect();
        for step in 1..6 {
            let gradients: Vec<f32> = (0..len).map(|_| random.uniform() - 0.5).collect();
            let pieces = weights.chunks_mut(piece).zip(gradients.chunks(piece)).zip(&mut states);
            for ((weights, gradients), state) in pieces {
                optimizer.update(step, weights, gradients, state);
            }
        }
        weights
    }

    fn every_optimizer(check: &dyn Fn(&mut dyn Optimizer)) {
        check(&mut GradientDescent::default());
        check(&mut Sgd::default());
        check(&mut Sgd::default().momentum(0.9));
        check(&mut Sgd::default().momentum(0.9).nesterov(true).weight_decay(0.01));
        for centered in [false, true] {
            check(&mut RmsProp::default().centered(centered));
            check(&mut RmsProp::default().centered(centered).momentum(0.5));
        }
        check(&mut Adam::default());
        check(&mut Adam::default().amsgrad(true));
        check(&mut AdamW::default());
        check(&mut AdamW::default().amsgrad(true));
    }

    #[test]
    fn pieces_of_weights_get_the_same_bits_as_all_of_them() {
        every_optimizer(&|optimizer| {
            let whole = steps(optimizer, 67, 67);
            for piece in [1, 5, 8, 16, 33] {
                assert_eq!(steps(optimizer, 67, piece), whole, "{} in pieces of {piece}", optimizer.name());
            }
        });
    }

    #[test]
    fn the_learning_rate_can_change() {
        every_optimizer(&|optimizer| {
            let before = optimizer.learning_rate();
            optimizer.set_learning_rate(2.0 * before);
            assert_eq!(optimizer.learning_rate(), 2.0 * before);
        });
    }

    #[test]
    fn no_weights_need_no_state() {
        every_optimizer(&|optimizer| optimizer.update(1, &mut [], &[], &mut []));
    }
}
