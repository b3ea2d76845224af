//! Squared for small differences, absolute for large ones.

use super::difference::{Difference, loss_of_difference};

/// The mean, over a sample's values, of `d^2 / 2` where `|d| <= delta`, else `delta |d| - delta^2 / 2`, with
/// `d = output - label`. Outliers pull it less than [`MeanSquaredError`](super::MeanSquaredError).
///
/// It takes any network; labels are of the output's type, and compared with outputs after their activation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Huber {
    /// The difference beyond which the loss grows along a line; 1 by default.
    pub delta: f32,
}

impl Default for Huber {
    fn default() -> Self {
        Self { delta: 1.0 }
    }
}

impl Huber {
    /// The loss with this `delta`.
    pub const fn new(delta: f32) -> Self {
        Self { delta }
    }
}

loss_of_difference!(Huber);

impl Difference for Huber {
    fn value(&self, difference: f32) -> f32 {
        let size = difference.abs();
        if size <= self.delta { 0.5 * size * size } else { self.delta * (size - 0.5 * self.delta) }
    }

    fn slope(&self, difference: f32) -> f32 {
        if difference.abs() <= self.delta { difference } else { self.delta.copysign(difference) }
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
        check_heads(&Huber::default(), [0.5, -2.0, 1.5, 0.0]);
        check_heads(&Huber::new(0.25), [0.5, -2.0, 0.125, -0.125]);
    }

    #[test]
    fn large_differences_count_along_a_line() {
        let mut gradient = [0.0f32; 4];
        let loss = Loss::<Linear, _>::sample(&Huber::default(), &[0.5, 1.0, 3.0, -3.0], &[0.0; 4], &mut gradient);
        assert_eq!(loss, (0.125 + 0.5 + 2.5 + 2.5) / 4.0);
        assert_eq!(gradient, [0.125, 0.25, 0.25, -0.25]);
    }
}
