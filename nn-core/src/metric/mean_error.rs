//! The losses that are means of differences, as metrics.

use super::{MeanAbsoluteError, MeanSquaredError, Metric};
use crate::tensor::Tensor;

impl<O: Tensor> Metric<O, O> for MeanAbsoluteError {
    fn name(&self) -> &'static str {
        "mean_absolute_error"
    }

    fn sample(&self, output: &O, label: &O) -> f64 {
        mean_difference(output, label, f64::abs)
    }
}

impl<O: Tensor> Metric<O, O> for MeanSquaredError {
    fn name(&self) -> &'static str {
        "mean_squared_error"
    }

    fn sample(&self, output: &O, label: &O) -> f64 {
        mean_difference(output, label, |difference| difference * difference)
    }
}

/// The mean of a function of `output - label` over a sample's values.
fn mean_difference<O: Tensor>(output: &O, label: &O, of: impl Fn(f64) -> f64) -> f64 {
    let pairs = output.floats().iter().zip(label.floats());
    let sum: f64 = pairs.map(|(&output, &label)| of(f64::from(output) - f64::from(label))).sum();
    sum / O::FLOATS.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_is_over_all_values() {
        let (output, label) = ([[1.0f32, 2.0], [3.0, 4.0]], [[1.0f32, 0.0], [3.0, 8.0]]);
        assert_eq!(MeanAbsoluteError.sample(&output, &label), 1.5);
        assert_eq!(MeanSquaredError.sample(&output, &label), 5.0);
    }
}
