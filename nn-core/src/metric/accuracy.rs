//! How often the network is right.

use super::{Metric, share};
use crate::class::{ClassLabels, highest};
use crate::tensor::Tensor;

/// How often the network is right: `accuracy`.
///
/// What is compared follows from the output, as in Keras. With several values along the last axis, the class of the
/// largest one is compared with the label: a [`Class`](crate::class::Class), or the largest of an array. A single value is
/// compared with 0.5, and so is its label. An output with several such rows gives the part of them that is right.
///
/// For several independent events, each compared with 0.5, there is [`BinaryAccuracy`](super::BinaryAccuracy).
///
/// ```
/// use nn_core::class::Class;
/// use nn_core::metric::{Accuracy, Metric};
///
/// assert_eq!(Accuracy.sample(&[0.1, 0.7, 0.2], &Class::<3>::new(1)?), 1.0);
/// assert_eq!(Accuracy.sample(&[0.4], &[1.0]), 0.0);
/// # Ok::<(), nn_core::class::OutOfRange>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accuracy;

impl<O: Tensor, L: ClassLabels<O>> Metric<O, L> for Accuracy {
    fn name(&self) -> &'static str {
        "accuracy"
    }

    fn sample(&self, output: &O, labels: &L) -> f64 {
        let rows = output.floats().chunks_exact(O::SHAPE.last().max(1)).enumerate();
        share(rows.map(|(position, row)| highest(row) == labels.class(position)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Class;

    #[test]
    fn labels_are_classes_or_arrays() {
        let output = [0.1f32, 0.2, 0.6, 0.1];
        for class in 0..4 {
            let one_hot: [f32; 4] = core::array::from_fn(|index| f32::from(u8::from(index == class)));
            let right = f64::from(u8::from(class == 2));
            assert_eq!(Accuracy.sample(&output, &Class::<4>::new(class).unwrap()), right);
            assert_eq!(Accuracy.sample(&output, &one_hot), right);
        }
    }

    #[test]
    fn a_single_value_is_compared_with_a_half() {
        for (output, label, right) in [(0.5f32, 0.0f32, 1.0), (0.6, 1.0, 1.0), (0.6, 0.0, 0.0), (0.1, 1.0, 0.0)] {
            assert_eq!(Accuracy.sample(&[output], &[label]), right);
        }
    }

    #[test]
    fn positions_are_parts_of_a_sample() {
        let output = [[0.9f32, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]];
        let labels = [0, 1, 1, 0].map(|class| Class::<2>::new(class).unwrap());
        assert_eq!(Accuracy.sample(&output, &labels), 0.75);
    }
}
