//! How often the true class is among the most probable ones.

use super::{Metric, share};
use crate::class::ClassLabels;
use crate::tensor::Tensor;

/// How often less than `k` classes are more probable than the true one: `top_k_categorical_accuracy`.
///
/// Classes as probable as the true one do not count against it, as in Keras. Labels are as for
/// [`Accuracy`](super::Accuracy).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopKCategoricalAccuracy {
    /// How many classes the network may name; 5 by default.
    pub k: usize,
}

impl Default for TopKCategoricalAccuracy {
    fn default() -> Self {
        Self { k: 5 }
    }
}

impl<O: Tensor, L: ClassLabels<O>> Metric<O, L> for TopKCategoricalAccuracy {
    fn name(&self) -> &'static str {
        "top_k_categorical_accuracy"
    }

    fn sample(&self, output: &O, labels: &L) -> f64 {
        let rows = output.floats().chunks_exact(O::SHAPE.last().max(1)).enumerate();
        share(rows.map(|(position, row)| match row.get(labels.class(position)) {
            Some(true_class) => row.iter().filter(|&score| score > true_class).count() < self.k,
            None => false,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::class::Class;

    #[test]
    fn the_true_class_has_less_than_k_above_it() {
        let output = [0.1f32, 0.3, 0.3, 0.2, 0.05, 0.05];
        let found = |k, class| TopKCategoricalAccuracy { k }.sample(&output, &Class::<6>::new(class).unwrap());
        // Two classes share the first place, two the last.
        assert_eq!([0, 1, 2, 3, 4, 5].map(|class| found(1, class)), [0.0, 1.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!([0, 1, 2, 3, 4, 5].map(|class| found(3, class)), [0.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!([0, 1, 2, 3, 4, 5].map(|class| found(5, class)), [1.0; 6]);
        assert_eq!(TopKCategoricalAccuracy::default().sample(&output, &[0.0, 0.0, 0.0, 0.0, 0.0, 1.0]), 1.0);
    }
}
