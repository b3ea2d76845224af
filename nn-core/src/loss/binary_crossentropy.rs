//! Cross-entropy of independent events.

use super::CrossEntropy;
use super::cross_entropy::cross_entropy;
use crate::kernel::{Isa, Job, dispatch, math};
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
        let (logits, labels, gradient) = (logits.floats(), label.floats(), gradient.floats_mut());
        dispatch(OfSigmoid { smoothing, scale, logits, labels, gradient }) * scale
    }
}

/// The sum of the cross-entropies of `sigmoid(logits)` with smoothed labels, and `scale` times its derivatives.
///
/// `-y ln p - (1 - y) ln(1 - p) = max(x, 0) - x y + ln(1 + exp(-|x|))`, where no exponential overflows.
struct OfSigmoid<'a> {
    smoothing: f32,
    scale: f32,
    logits: &'a [f32],
    labels: &'a [f32],
    gradient: &'a mut [f32],
}

impl Job for OfSigmoid<'_> {
    type Output = f32;

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) -> f32 {
        let (zero, scale) = (isa.splat(0.0), isa.splat(self.scale));
        let (kept, half) = (isa.splat(1.0 - self.smoothing), isa.splat(0.5 * self.smoothing));
        let mut sum = zero;
        let pieces = self.logits.chunks(I::LANES).zip(self.labels.chunks(I::LANES));
        for ((logits, labels), gradient) in pieces.zip(self.gradient.chunks_mut(I::LANES)) {
            let x = isa.load_some(logits);
            let y = isa.mul_add(isa.load_some(labels), kept, half);
            let size = isa.max(x, isa.sub(zero, x));
            let aligned = isa.sub(isa.max(x, zero), isa.mul(x, y));
            let loss = isa.add(aligned, math::softplus(isa, isa.sub(zero, size)));
            sum = isa.add(sum, only_first(isa, loss, logits.len()));
            let slope = isa.mul(isa.sub(math::sigmoid(isa, x), y), scale);
            isa.store_some(slope, gradient);
        }
        isa.sum(sum)
    }
}

/// The first `count` lanes, and zeros after them.
#[inline(always)]
fn only_first<I: Isa>(isa: I, vector: I::Vector, count: usize) -> I::Vector {
    if count >= I::LANES {
        return vector;
    }
    let mut lanes = [0.0; MOST_LANES];
    isa.store_partial(vector, &mut lanes[..count]);
    isa.load(&lanes)
}

/// No instruction set has more lanes.
const MOST_LANES: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::head::{Linear, Sigmoid};
    use crate::kernel::Level;
    use crate::loss::tests::{check_gradient, random_logits};
    use crate::random::Random;
    use std::vec;
    use std::vec::Vec;

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

    /// Sizes that fill vectors and sizes that do not, on every instruction set.
    #[test]
    fn the_loss_is_that_of_the_definition() {
        let mut random = Random::new(7, 0);
        for len in [1, 3, 8, 13, 16, 40] {
            let logits: Vec<f32> = (0..len).map(|_| 12.0 * random.uniform() - 6.0).collect();
            let labels: Vec<f32> = (0..len).map(|_| random.uniform()).collect();
            let (smoothing, scale) = (0.25, 0.5);
            let target = |label: f32| f64::from(label) * 0.75 + 0.125;
            let probability = |logit: f32| 1.0 / (1.0 + f64::from(-logit).exp());
            let pairs = || logits.iter().zip(&labels).map(|(&logit, &label)| (probability(logit), target(label)));
            let expected: f64 = pairs().map(|(p, y)| -y * p.ln() - (1.0 - y) * (1.0 - p).ln()).sum();
            for level in Level::available() {
                let mut gradient = vec![f32::NAN; len];
                let (logits, labels, gradient_here) = (&logits, &labels, &mut gradient);
                let job = OfSigmoid { smoothing, scale, logits, labels, gradient: gradient_here };
                let found = f64::from(level.run(job));
                assert!((found - expected).abs() < 2e-6 * expected, "{found} instead of {expected}");
                for (slope, (p, y)) in gradient.iter().zip(pairs()) {
                    assert!((f64::from(*slope) - 0.5 * (p - y)).abs() < 1e-6);
                }
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
