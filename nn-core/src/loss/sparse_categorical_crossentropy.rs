//! Cross-entropy of classes that exclude each other, labels given as class numbers.

use super::CrossEntropy;
use super::cross_entropy::{cross_entropy, of_positions};
use crate::class::{ClassLabels, Scores};

/// How improbable the network holds the true class: `-ln p[label]`.
///
/// It is for a network that ends with softmax, and labels that are a [`Class`](crate::class::Class), or an array of them
/// if the network has a label at each position, over which the mean is taken. With [`from_logits`](Self::from_logits) it
/// is for a network that ends without activation.
///
/// ```
/// use nn_core::class::Class;
/// use nn_core::head::Softmax;
/// use nn_core::loss::{Loss, SparseCategoricalCrossentropy};
///
/// let label = Class::<2>::new(0)?;
/// let mut gradient = [0.0f32; 2];
/// let logits = [0.0f32, 0.0]; // each class has the probability 0.5
/// let loss = Loss::<Softmax, _>::sample(&SparseCategoricalCrossentropy, &logits, &label, &mut gradient);
/// assert!((loss - 0.6931).abs() < 1e-4);
/// assert_eq!(gradient, [-0.5, 0.5]);
/// # Ok::<(), nn_core::class::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SparseCategoricalCrossentropy;

cross_entropy!(SparseCategoricalCrossentropy);

impl<O: Scores> CrossEntropy<O> for SparseCategoricalCrossentropy {
    type Label = O::Labels;

    fn of_logits(&self, smoothing: f32, logits: &O, labels: &O::Labels, gradient: &mut O) -> f32 {
        let each = smoothing / O::SHAPE.last() as f32;
        of_positions(logits, gradient, |position| {
            let label = labels.class(position);
            move |class| if class == label { 1.0 - smoothing + each } else { each }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Class;
    use crate::head::{Linear, Softmax};
    use crate::loss::tests::{check_gradient, random_logits};
    use crate::random::Random;

    #[test]
    fn gradients_are_derivatives() {
        let mut random = Random::new(3, 0);
        let loss = SparseCategoricalCrossentropy;
        for _ in 0..20 {
            let logits: [f32; 7] = random_logits(&mut random, 2.0);
            let label = Class::new(random.below(7) as usize).unwrap();
            check_gradient::<Softmax, _, _>(&loss, &logits, &label);
            check_gradient::<Softmax, _, _>(&loss.label_smoothing(0.2), &logits, &label);
            check_gradient::<Linear, _, _>(&loss.from_logits(), &logits, &label);
            check_gradient::<Linear, _, _>(&loss.from_logits().label_smoothing(0.2), &logits, &label);
        }
    }

    #[test]
    fn the_mean_is_over_positions() {
        let mut random = Random::new(8, 0);
        let logits: [[f32; 3]; 2] = [random_logits(&mut random, 2.0), random_logits(&mut random, 2.0)];
        let labels = [Class::<3>::new(2).unwrap(), Class::new(0).unwrap()];
        check_gradient::<Softmax, _, _>(&SparseCategoricalCrossentropy, &logits, &labels);
        let alone = |position: usize| {
            SparseCategoricalCrossentropy.of_logits(0.0, &logits[position], &labels[position], &mut [0.0; 3])
        };
        let both = SparseCategoricalCrossentropy.of_logits(0.0, &logits, &labels, &mut [[0.0; 3]; 2]);
        assert!((both - (alone(0) + alone(1)) / 2.0).abs() < 1e-6);
    }

    #[test]
    fn the_loss_is_that_of_the_definition() {
        let logits = [1.0f32, -0.5, 2.0, 0.25];
        let exponentials = logits.map(|logit| f64::from(logit).exp());
        let sum: f64 = exponentials.iter().sum();
        for (label, exponential) in exponentials.into_iter().enumerate() {
            let expected = -(exponential / sum).ln();
            let found =
                SparseCategoricalCrossentropy.of_logits(0.0, &logits, &Class::new(label).unwrap(), &mut [0.0; 4]);
            assert!((f64::from(found) - expected).abs() < 1e-6);
        }
    }
}
