//! Losses: what training makes small.

use crate::head::Head;
use crate::tensor::Tensor;

/// A loss that fits a network whose last layer ends with `H` and whose output is `O`.
///
/// The loss of a batch is the mean of its samples' losses, as in Keras.
pub trait Loss<H: Head, O: Tensor>: Send + Sync {
    /// The label of a sample.
    type Label: Copy + Send + Sync + 'static;

    /// The loss of one sample, and its derivative by the logits, every float of which is written.
    fn sample(&self, logits: &O, label: &Self::Label, gradient: &mut O) -> f32;
}
