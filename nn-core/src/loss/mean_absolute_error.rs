//! The mean of absolute differences.

use super::difference::{Difference, loss_of_difference};

/// The mean, over a sample's values, of `|output - label|`, whose derivative at 0 is 0. It is also a metric, named
/// `mean_absolute_error`.
///
/// It takes any network; labels are of the output's type, and compared with outputs after their activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MeanAbsoluteError;

loss_of_difference!(MeanAbsoluteError);

impl Difference for MeanAbsoluteError {
    fn value(&self, difference: f32) -> f32 {
        difference.abs()
    }

    fn slope(&self, difference: f32) -> f32 {
        if difference == 0.0 { 0.0 } else { difference.signum() }
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
        check_heads(&MeanAbsoluteError, [0.5, -0.25, 1.0, -0.125]);
    }

    #[test]
    fn the_derivative_at_zero_is_zero() {
        let mut gradient = [f32::NAN; 4];
        let loss = Loss::<Linear, _>::sample(
            &MeanAbsoluteError,
            &[1.0, 2.0, -3.0, -0.0],
            &[1.0, 0.0, 0.0, 0.0],
            &mut gradient,
        );
        assert_eq!((loss, gradient), (1.25, [0.0, 0.25, -0.25, 0.0]));
    }
}
