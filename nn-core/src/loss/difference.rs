//! What the losses share that are means of a function of the difference between output and label.

use crate::head::Head;
use crate::tensor::Tensor;

/// A function of the difference `output - label` of one value.
pub(super) trait Difference {
    /// The loss.
    fn value(&self, difference: f32) -> f32;
    /// Its derivative.
    fn slope(&self, difference: f32) -> f32;
}

/// The mean of a loss over a sample's values, and its derivative by the logits.
///
/// `gradient` holds the outputs until they turn into derivatives, so that no output is ever built on the stack.
pub(super) fn mean<H: Head, O: Tensor>(loss: &impl Difference, logits: &O, label: &O, gradient: &mut O) -> f32 {
    let (gradient, label) = (gradient.floats_mut(), label.floats());
    gradient.copy_from_slice(logits.floats());
    H::apply(gradient, O::SHAPE.last());
    let sum: f64 = gradient.iter().zip(label).map(|(output, label)| f64::from(loss.value(output - label))).sum();
    let scale = 1.0 / O::FLOATS.max(1) as f32;
    H::backward_in_place(gradient, O::SHAPE.last(), |index, output| loss.slope(output - label[index]) * scale);
    (sum * f64::from(scale)) as f32
}

/// Implements [`Loss`](super::Loss) for a [`Difference`], for every head and every output.
macro_rules! loss_of_difference {
    ($loss:ident) => {
        impl<H: $crate::head::Head, O: $crate::tensor::Tensor> $crate::loss::Loss<H, O> for $loss {
            type Label = O;

            fn sample(&self, logits: &O, label: &O, gradient: &mut O) -> f32 {
                $crate::loss::difference::mean::<H, O>(self, logits, label, gradient)
            }
        }
    };
}
pub(super) use loss_of_difference;

#[cfg(test)]
pub(super) mod tests {
    use crate::head::{Linear, Sigmoid, Softmax};
    use crate::loss::Loss;
    use crate::loss::tests::{check_gradient, random_logits};
    use crate::random::Random;

    type Output = [[f32; 4]; 2];

    /// Checks derivatives under every head, for labels at distances from the outputs that keep clear of kinks.
    pub(in crate::loss) fn check_heads<L>(loss: &L, distances: [f32; 4])
    where
        L: Loss<Linear, Output, Label = Output>
            + Loss<Sigmoid, Output, Label = Output>
            + Loss<Softmax, Output, Label = Output>,
    {
        let mut random = Random::new(7, 0);
        for _ in 0..20 {
            let logits: Output = [random_logits(&mut random, 1.0), random_logits(&mut random, 1.0)];
            check_gradient::<Linear, _, _>(loss, &logits, &labels::<Linear>(logits, distances));
            check_gradient::<Sigmoid, _, _>(loss, &logits, &labels::<Sigmoid>(logits, distances));
            check_gradient::<Softmax, _, _>(loss, &logits, &labels::<Softmax>(logits, distances));
        }
    }

    fn labels<H: crate::head::Head>(mut outputs: Output, distances: [f32; 4]) -> Output {
        for row in &mut outputs {
            H::apply(row, 4);
            row.iter_mut().zip(distances).for_each(|(output, distance)| *output -= distance);
        }
        outputs
    }
}
