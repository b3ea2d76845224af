//! Metrics: what a person reads of a network's quality.

use crate::tensor::Tensor;

/// A mean over samples of something worth knowing.
pub trait Metric<O: Tensor, Label>: Send + Sync {
    /// The name under which a score or a history has it, as in Keras: `accuracy`.
    fn name(&self) -> &'static str;

    /// The value for one sample, given the network's output (after its last activation).
    fn sample(&self, output: &O, label: &Label) -> f64;
}
