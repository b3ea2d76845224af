//! What a callback sees after each epoch.

use crate::history::History;

/// An epoch that has just ended, as a callback sees it.
///
/// ```no_run
/// # use typednet::Epoch;
/// /// Halves the learning rate when the validation loss has not become smaller, and stops when it is tiny.
/// fn halve(epoch: &mut Epoch<'_>) {
///     if let [.., before, now] = *epoch.history().metric("val_loss")
///         && now >= before
///     {
///         epoch.set_learning_rate(epoch.learning_rate() / 2.0);
///     }
///     if epoch.learning_rate() < 1e-6 {
///         epoch.stop();
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Epoch<'a> {
    pub(super) number: usize,
    pub(super) epochs: usize,
    pub(super) history: &'a History,
    pub(super) learning_rate: f32,
    pub(super) stopped: bool,
    pub(super) weights: &'a mut [f32],
}

impl Epoch<'_> {
    /// The number of the epoch within this `fit`, counted from one.
    pub fn number(&self) -> usize {
        self.number
    }

    /// How many epochs this `fit` is to have.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// The values of all epochs of this `fit` so far, this one included.
    pub fn history(&self) -> &History {
        self.history
    }

    /// This epoch's value of `loss`, `val_accuracy` and so on; NaN if there is no such value.
    pub fn metric(&self, name: &str) -> f64 {
        self.history.last(name)
    }

    /// The learning rate.
    pub fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    /// Changes the learning rate from the next step on. A schedule, if there is one, has the last word.
    pub fn set_learning_rate(&mut self, learning_rate: f32) {
        self.learning_rate = learning_rate;
    }

    /// Ends the training with this epoch.
    pub fn stop(&mut self) {
        self.stopped = true;
    }

    /// Whether no epoch follows: it is the last one, or a callback has ended the training.
    pub fn is_last(&self) -> bool {
        self.stopped || self.number == self.epochs
    }

    /// All weights of the network, as [`Network::weights`](nn_core::network::Network::weights) gives them: to be looked
    /// at, kept, or set back to what was kept.
    pub fn weights(&mut self) -> &mut [f32] {
        self.weights
    }
}
