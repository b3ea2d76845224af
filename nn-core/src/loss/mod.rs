//! Losses: what training makes small.
//!
//! A loss knows what the network ends with. Softmax followed by a cross-entropy is one function of the logits here, and
//! so is sigmoid followed by [`BinaryCrossentropy`]: its derivative, probability minus label, does not vanish where the
//! network is surely wrong. (Keras on JAX clips probabilities at 1e-7 instead and loses the derivative there.)

mod binary_crossentropy;
mod categorical_crossentropy;
mod cross_entropy;
mod difference;
mod huber;
mod mean_absolute_error;
mod mean_squared_error;
mod sparse_categorical_crossentropy;

pub use binary_crossentropy::BinaryCrossentropy;
pub use categorical_crossentropy::CategoricalCrossentropy;
pub use cross_entropy::{CrossEntropy, FromLogits, LabelSmoothing, NoActivation, ProbabilitiesFor};
pub use huber::Huber;
pub use mean_absolute_error::MeanAbsoluteError;
pub use mean_squared_error::MeanSquaredError;
pub use sparse_categorical_crossentropy::SparseCategoricalCrossentropy;

use crate::head::Head;
use crate::tensor::Tensor;

/// A loss that fits a network whose last layer ends with `H` and whose output is `O`.
///
/// The loss of a batch is the mean of its samples' losses, as in Keras.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a loss for a network that ends with `{H}` and gives `{O}`",
    note = "`SparseCategoricalCrossentropy` and `CategoricalCrossentropy` take an output, such as `[f32; 10]`, that ends with `activation = softmax`, or with no activation and `.from_logits()`",
    note = "`BinaryCrossentropy` takes any output that ends with `activation = sigmoid`, or with no activation and `.from_logits()`",
    note = "`MeanSquaredError`, `MeanAbsoluteError` and `Huber` take any output"
)]
pub trait Loss<H: Head, O: Tensor>: Send + Sync {
    /// The label of a sample.
    type Label: Copy + Send + Sync + 'static;

    /// The loss of one sample, and its derivative by the logits, every float of which is written.
    fn sample(&self, logits: &O, label: &Self::Label, gradient: &mut O) -> f32;
}

/// The sum of the losses of a batch, and the derivatives, by the logits, of their mean.
///
/// Losses are added in the order of the samples. If the slices differ in length, only as many samples count as the
/// shortest has.
///
/// ```
/// use nn_core::head::Linear;
/// use nn_core::loss::{self, MeanSquaredError};
///
/// let mut gradients = [[0.0f32; 1]; 2];
/// let sum = loss::batch::<Linear, _, _>(&MeanSquaredError, &[[3.0], [5.0]], &[[1.0], [5.0]], &mut gradients);
/// assert_eq!(sum, 4.0);
/// assert_eq!(gradients, [[2.0], [0.0]]);
/// ```
pub fn batch<H: Head, O: Tensor, L: Loss<H, O>>(
    loss: &L,
    logits: &[O],
    labels: &[L::Label],
    gradients: &mut [O],
) -> f64 {
    let count = logits.len().min(labels.len()).min(gradients.len());
    let scale = 1.0 / count.max(1) as f32;
    let mut sum = 0.0;
    for ((logits, label), gradient) in logits.iter().zip(labels).zip(gradients) {
        sum += f64::from(loss.sample(logits, label, gradient));
        gradient.floats_mut().iter_mut().for_each(|slope| *slope *= scale);
    }
    sum
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::head::Softmax;
    use crate::random::Random;

    /// Compares the derivatives of a loss with central differences, at logits for which a step does not cross a kink.
    pub(crate) fn check_gradient<H: Head, O: Tensor, L: Loss<H, O>>(loss: &L, logits: &O, label: &L::Label) {
        const STEP: f32 = 1.0 / 64.0;
        let mut gradient = O::ZERO;
        gradient.floats_mut().fill(f32::NAN);
        loss.sample(logits, label, &mut gradient);
        for index in 0..O::FLOATS {
            let at = |step: f32| {
                let mut moved = *logits;
                moved.floats_mut()[index] += step;
                f64::from(loss.sample(&moved, label, &mut { O::ZERO }))
            };
            // The five-point rule: its own error is of the order of the step to the fourth, 6e-8. What is left is the
            // rounding of losses of size 4 at most, 2^-22, divided by the step.
            let slope = (8.0 * (at(STEP) - at(-STEP)) - (at(2.0 * STEP) - at(-2.0 * STEP))) / (12.0 * f64::from(STEP));
            let found = f64::from(gradient.floats()[index]);
            assert!((found - slope).abs() < 4e-5, "value {index}: derivative {found}, difference {slope}");
        }
    }

    /// Logits within `bound` of zero.
    pub(crate) fn random_logits<const K: usize>(random: &mut Random, bound: f32) -> [f32; K] {
        core::array::from_fn(|_| bound * (2.0 * random.uniform() - 1.0))
    }

    #[test]
    fn a_batch_has_the_sum_of_losses_and_the_derivatives_of_their_mean() {
        let logits = [[0.5f32, -0.5, 1.0], [2.0, 0.0, -1.0], [0.0, 0.0, 0.0]];
        let labels = [2, 0, 1].map(|index| crate::class::Class::<3>::new(index).unwrap());
        let mut gradients = [[f32::NAN; 3]; 3];
        let sum = batch::<Softmax, _, _>(&SparseCategoricalCrossentropy, &logits, &labels, &mut gradients);
        let mut expected = 0.0;
        for sample in 0..3 {
            let mut alone = [0.0; 3];
            let loss: f32 = Loss::<Softmax, _>::sample(
                &SparseCategoricalCrossentropy,
                &logits[sample],
                &labels[sample],
                &mut alone,
            );
            expected += f64::from(loss);
            assert_eq!(gradients[sample], alone.map(|slope| slope * (1.0 / 3.0)));
        }
        assert_eq!(sum, expected);
    }

    #[test]
    fn an_empty_batch_has_no_loss() {
        assert_eq!(batch::<Softmax, [f32; 2], _>(&MeanSquaredError, &[], &[], &mut []), 0.0);
    }
}
