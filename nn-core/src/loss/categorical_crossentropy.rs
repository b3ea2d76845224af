//! Cross-entropy of classes that exclude each other, labels given as probabilities.

use super::CrossEntropy;
use super::cross_entropy::{cross_entropy, of_positions};
use crate::tensor::Tensor;

/// The cross-entropy of the network's probabilities with those of the label: `-sum_i label_i ln p_i`.
///
/// It is for a network that ends with softmax, and labels of the output's type: one-hot arrays, or any probabilities
/// along the last axis. If there are several such rows, the loss is their mean. With
/// [`from_logits`](Self::from_logits) it is for a network that ends without activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CategoricalCrossentropy;

cross_entropy!(CategoricalCrossentropy);

impl<O: Tensor> CrossEntropy<O> for CategoricalCrossentropy {
    type Label = O;

    fn of_logits(&self, smoothing: f32, logits: &O, label: &O, gradient: &mut O) -> f32 {
        let classes = O::SHAPE.last();
        let each = smoothing / classes as f32;
        of_positions(logits, gradient, |position| {
            let shares = &label.floats()[position * classes..];
            move |class| shares[class] * (1.0 - smoothing) + each
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Class;
    use crate::head::{Linear, Softmax};
    use crate::loss::SparseCategoricalCrossentropy;
    use crate::loss::tests::{check_gradient, random_logits};
    use crate::random::Random;

    #[test]
    fn gradients_are_derivatives() {
        let mut random = Random::new(4, 0);
        let loss = CategoricalCrossentropy;
        for _ in 0..20 {
            let logits: [f32; 5] = random_logits(&mut random, 2.0);
            // The shares need not add up to one.
            let label: [f32; 5] = core::array::from_fn(|_| 0.4 * random.uniform());
            check_gradient::<Softmax, _, _>(&loss, &logits, &label);
            check_gradient::<Softmax, _, _>(&loss.label_smoothing(0.1), &logits, &label);
            check_gradient::<Linear, _, _>(&loss.from_logits(), &logits, &label);
            check_gradient::<Linear, _, _>(&loss.label_smoothing(0.1).from_logits(), &logits, &label);
        }
    }

    #[test]
    fn a_one_hot_label_is_the_class_it_names() {
        let mut random = Random::new(5, 0);
        for class in 0..4 {
            let logits: [f32; 4] = random_logits(&mut random, 3.0);
            let one_hot = core::array::from_fn(|index| if index == class { 1.0 } else { 0.0 });
            let (mut dense, mut sparse) = ([0.0; 4], [0.0; 4]);
            for smoothing in [0.0, 0.1] {
                let loss = CategoricalCrossentropy.of_logits(smoothing, &logits, &one_hot, &mut dense);
                let label = Class::new(class).unwrap();
                let same = SparseCategoricalCrossentropy.of_logits(smoothing, &logits, &label, &mut sparse);
                assert!((loss - same).abs() < 1e-6);
                assert!(dense.iter().zip(sparse).all(|(a, b)| (a - b).abs() < 1e-6));
            }
        }
    }
}
