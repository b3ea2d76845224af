//! How often the network is right about independent events.

use super::{Metric, share};
use crate::tensor::Tensor;

/// The part of a sample's values that are on the label's side of a threshold: `binary_accuracy`.
///
/// It is for networks that say for each of several events whether it happens, such as those trained with
/// [`BinaryCrossentropy`](crate::loss::BinaryCrossentropy). Labels are of the output's type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinaryAccuracy {
    /// An output above it says that the event happens; 0.5 by default. (A label above 0.5 does.)
    pub threshold: f32,
}

impl Default for BinaryAccuracy {
    fn default() -> Self {
        Self { threshold: 0.5 }
    }
}

impl<O: Tensor> Metric<O, O> for BinaryAccuracy {
    fn name(&self) -> &'static str {
        "binary_accuracy"
    }

    fn sample(&self, output: &O, label: &O) -> f64 {
        let pairs = output.floats().iter().zip(label.floats());
        share(pairs.map(|(&output, &label)| (output > self.threshold) == (label > 0.5)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_counts() {
        let (output, label) = ([0.9f32, 0.4, 0.6, 0.5], [1.0f32, 0.0, 0.0, 0.0]);
        assert_eq!(BinaryAccuracy::default().sample(&output, &label), 0.75);
        assert_eq!(BinaryAccuracy { threshold: 0.7 }.sample(&output, &label), 1.0);
    }
}
