//! Cross-entropy of independent events.

use super::CrossEntropy;
use super::cross_entropy::cross_entropy;
use crate::tensor::Tensor;

/// The mean, over a sample's values, of `-y ln p - (1 - y) ln(1 - p)`.
///
/// It is for a network that ends with sigmoid, and labels of the output's type whose values are 0, 1 or probabilities.
/// With [`from_logits`](Self::from_logits) it is for a network that ends without activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BinaryCrossentropy;

cross_entropy!(BinaryCrossentropy);

impl<O: Tensor> CrossEntropy<O> for BinaryCrossentropy {
    type Label = O;

    fn of_logits(&self, smoothing: f32, logits: &O, label: &O, gradient: &mut O) -> f32 {
        let scale = 1.0 / O::FLOATS.max(1) as f32;
        let mut sum = 0.0;
        for ((&logit, &label), slope) in logits.floats().iter().zip(label.floats()).zip(gradient.floats_mut()) {
            let target = label * (1.0 - smoothing) + 0.5 * smoothing;
            let (loss, probability) = of_sigmoid(logit, target);
            sum += f64::from(loss);
            *slope = (probability - target) * scale;
        }
        (sum * f64::from(scale)) as f32
    }
}

/// The cross-entropy of `sigmoid(x)` with `y`, and `sigmoid(x)`.
///
/// `-y ln p - (1 - y) ln(1 - p) = max(x, 0) - x y + ln(1 + exp(-|x|))`, where no exponential overflows.
fn of_sigmoid(x: f32, y: f32) -> (f32, f32) {
    let exponential = libm::expf(-x.abs());
    let loss = x.max(0.0) - x * y + libm::log1pf(exponential);
    let probability = if x >= 0.0 { 1.0 } else { exponential } / (1.0 + exponential);
    (loss, probability)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::{Linear, Sigmoid};
    use crate::loss::tests::{check_gradient, random_logits};
    use crate::random::Random;

    #[test]
    fn gradients_are_derivatives() {
        let mut random = Random::new(6, 0);
        let loss = BinaryCrossentropy;
        for _ in 0..20 {
            let logits: [[f32; 3]; 2] = [random_logits(&mut random, 2.0), random_logits(&mut random, 2.0)];
            let label: [[f32; 3]; 2] = core::array::from_fn(|_| core::array::from_fn(|_| random.below(2) as f32));
            check_gradient::<Sigmoid, _, _>(&loss, &logits, &label);
            check_gradient::<Sigmoid, _, _>(&loss.label_smoothing(0.3), &logits, &label);
            check_gradient::<Linear, _, _>(&loss.from_logits(), &logits, &label);
            check_gradient::<Linear, _, _>(&loss.from_logits().label_smoothing(0.3), &logits, &label);
        }
    }

    #[test]
    fn the_loss_is_that_of_the_definition() {
        for x in [-3.0f32, -0.5, 0.0, 0.7, 4.0] {
            for y in [0.0f32, 0.25, 1.0] {
                let p = 1.0 / (1.0 + f64::from(-x).exp());
                let expected = -f64::from(y) * p.ln() - f64::from(1.0 - y) * (1.0 - p).ln();
                let (loss, probability) = of_sigmoid(x, y);
                assert!((f64::from(loss) - expected).abs() < 1e-6);
                assert!((f64::from(probability) - p).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn logits_of_any_size_have_a_loss_and_a_derivative() {
        let mut gradient = [f32::NAN; 2];
        let loss = BinaryCrossentropy.of_logits(0.0, &[1e4, -1e4], &[0.0, 1.0], &mut gradient);
        assert_eq!((loss, gradient), (1e4, [0.5, -0.5]));
    }
}
