//! The mean of squared differences.

use super::difference::{Difference, loss_of_difference};

/// The mean, over a sample's values, of `(output - label)^2`. It is also a metric, named `mean_squared_error`.
///
/// It takes any network; labels are of the output's type, and compared with outputs after their activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanSquaredError;

loss_of_difference!(MeanSquaredError);

impl Difference for MeanSquaredError {
    fn value(&self, difference: f32) -> f32 {
        difference * difference
    }

    fn slope(&self, difference: f32) -> f32 {
        2.0 * difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::Linear;
    use crate::loss::Loss;
    use crate::loss::difference::tests::check_heads;

    #[test]
    fn gradients_are_derivatives() {
        check_heads(&MeanSquaredError, [0.5, -0.25, 1.0, 0.0]);
    }

    #[test]
    fn the_mean_is_over_all_values() {
        let mut gradient = [[0.0f32; 2]; 2];
        let loss = Loss::<Linear, _>::sample(
            &MeanSquaredError,
            &[[1.0, 2.0], [3.0, 4.0]],
            &[[1.0, 0.0], [3.0, 0.0]],
            &mut gradient,
        );
        assert_eq!((loss, gradient), (5.0, [[0.0, 1.0], [0.0, 2.0]]));
    }
}
