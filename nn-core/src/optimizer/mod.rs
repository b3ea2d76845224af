//! Optimizers: how weights follow their gradients.

/// A rule by which weights follow their gradients.
///
/// An optimizer holds its settings only. What it remembers of each weight (momentum, moments) is the state, kept by
/// whoever runs it.
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
    fn update(&self, step: u64, weights: &mut [f32], gradients: &[f32], state: &mut [f32]);
}
