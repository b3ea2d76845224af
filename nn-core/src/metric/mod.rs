//! Metrics: what a person reads of a network's quality.

mod accuracy;
mod binary_accuracy;
mod mean_error;
mod top_k;

pub use crate::loss::{MeanAbsoluteError, MeanSquaredError};
pub use accuracy::Accuracy;
pub use binary_accuracy::BinaryAccuracy;
pub use top_k::TopKCategoricalAccuracy;

use crate::tensor::Tensor;

/// A mean over samples of something worth knowing.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a metric of outputs `{O}` with labels `{Label}`",
    note = "`Accuracy` and `TopKCategoricalAccuracy` compare outputs such as `[f32; 10]` with labels `Class<10>` or `[f32; 10]`",
    note = "`BinaryAccuracy`, `MeanAbsoluteError` and `MeanSquaredError` compare outputs with labels of the same type"
)]
pub trait Metric<O: Tensor, Label>: Send + Sync {
    /// The name under which a score or a history has it, as in Keras: `accuracy`.
    fn name(&self) -> &'static str;

    /// The value for one sample, given the network's output (after its last activation).
    fn sample(&self, output: &O, label: &Label) -> f64;
}

/// Any number of metrics: `()` is none, `(metrics, metric)` is one more.
///
/// ```
/// use nn_core::class::Class;
/// use nn_core::metric::{Accuracy, Metrics, TopKCategoricalAccuracy};
///
/// type Both = (((), Accuracy), TopKCategoricalAccuracy);
/// let metrics: Both = (((), Accuracy), TopKCategoricalAccuracy { k: 2 });
/// let mut sums = [0.0; <Both as Metrics<[f32; 3], Class<3>>>::COUNT];
/// metrics.add_sample(&[0.2, 0.5, 0.3], &Class::<3>::new(2)?, &mut sums);
/// metrics.add_sample(&[0.1, 0.2, 0.7], &Class::<3>::new(2)?, &mut sums);
/// assert_eq!(sums, [1.0, 2.0]);
/// # Ok::<(), nn_core::class::OutOfRange>(())
/// ```
pub trait Metrics<O: Tensor, Label>: Send + Sync {
    /// How many there are.
    const COUNT: usize;

    /// Calls `each` with their names, in order.
    fn names(&self, each: &mut dyn FnMut(&'static str));

    /// Adds one sample's values to `sums`, which has [`Metrics::COUNT`] places.
    fn add_sample(&self, output: &O, label: &Label, sums: &mut [f64]);
}

impl<O: Tensor, Label> Metrics<O, Label> for () {
    const COUNT: usize = 0;

    fn names(&self, _each: &mut dyn FnMut(&'static str)) {}
    fn add_sample(&self, _output: &O, _label: &Label, _sums: &mut [f64]) {}
}

impl<O: Tensor, Label, Rest: Metrics<O, Label>, M: Metric<O, Label>> Metrics<O, Label> for (Rest, M) {
    const COUNT: usize = Rest::COUNT + 1;

    fn names(&self, each: &mut dyn FnMut(&'static str)) {
        self.0.names(each);
        each(self.1.name());
    }

    fn add_sample(&self, output: &O, label: &Label, sums: &mut [f64]) {
        self.0.add_sample(output, label, sums);
        if let Some(sum) = sums.get_mut(Rest::COUNT) {
            *sum += self.1.sample(output, label);
        }
    }
}

/// The part of the trials that succeed; 1 if there are none.
fn share(trials: impl Iterator<Item = bool>) -> f64 {
    let (mut count, mut successes) = (0, 0);
    for success in trials {
        count += 1;
        successes += usize::from(success);
    }
    if count == 0 { 1.0 } else { successes as f64 / count as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_stand_in_the_order_in_which_they_were_added() {
        let metrics = (((), MeanSquaredError), MeanAbsoluteError);
        let mut names = std::vec::Vec::new();
        Metrics::<[f32; 2], [f32; 2]>::names(&metrics, &mut |name| names.push(name));
        assert_eq!(names, ["mean_squared_error", "mean_absolute_error"]);
        let mut sums = [1.0, 1.0];
        metrics.add_sample(&[2.0, 0.0], &[0.0, 0.0], &mut sums);
        assert_eq!(sums, [3.0, 2.0]);
    }
}
