//! The end of a network: the activation that turns its last values into what a user reads.

use crate::kernel::activation::{Activate, ActivateBackward, Function};
use crate::kernel::dispatch;

/// What the last layer of a network ends with. Training stops before it, and leaves it to the loss.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the head of a network")]
pub trait Head: Copy + Default + Send + Sync + core::fmt::Debug + 'static {
    /// Turns one sample's last values (the logits) into outputs. `axis` is the size of the last axis.
    fn apply(logits: &mut [f32], axis: usize);

    /// Turns the derivatives by the outputs into those by the logits.
    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize);
}

/// Probabilities of classes that exclude each other: `exp(x_i) / sum_j exp(x_j)` along the last axis.
#[derive(Clone, Copy, Debug, Default)]
pub struct Softmax;

/// Probabilities of independent events: `1 / (1 + exp(-x))`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sigmoid;

/// The values as they are, or after any other activation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Linear;

impl Head for Linear {
    fn apply(_logits: &mut [f32], _axis: usize) {}
    fn backward(_outputs: &[f32], _gradient: &mut [f32], _axis: usize) {}
}

impl Head for Softmax {
    fn apply(logits: &mut [f32], axis: usize) {
        apply_function(Function::Softmax, logits, axis);
    }

    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize) {
        function_backward(Function::Softmax, outputs, gradient, axis);
    }
}

impl Head for Sigmoid {
    fn apply(logits: &mut [f32], axis: usize) {
        apply_function(Function::Sigmoid, logits, axis);
    }

    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize) {
        function_backward(Function::Sigmoid, outputs, gradient, axis);
    }
}

/// By the kernel of the activation layer, so that training and inference give the same bits.
fn apply_function(function: Function, data: &mut [f32], axis: usize) {
    dispatch(Activate { function, data, columns: axis.max(1) });
}

fn function_backward(function: Function, saved: &[f32], gradient: &mut [f32], axis: usize) {
    dispatch(ActivateBackward { function, saved, gradient, columns: axis.max(1) });
}

/// Applies a head to every sample of a batch.
pub fn apply<H: Head, O: crate::tensor::Tensor>(outputs: &mut [O]) {
    outputs.iter_mut().for_each(|output| H::apply(output.floats_mut(), O::SHAPE.last()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Isa, Job};
    use crate::layer::activation::{Activation, Settings};
    use crate::layer::{InPlace, Layer};
    use crate::shape::Shape;

    /// One sample through the activation layer, as inference does it.
    struct Infer<'a>(Settings, &'a [f32], &'a mut [f32]);

    impl Job for Infer<'_> {
        type Output = ();
        #[inline(always)]
        fn run<I: Isa>(self, isa: I) {
            Activation.infer(isa, &self.0, self.1, self.2);
            let mut again = self.1.to_vec();
            Activation.infer_in_place(isa, &self.0, &mut again);
            assert_eq!(self.2, again);
        }
    }

    #[test]
    fn a_head_gives_the_bits_of_the_activation_layer() {
        for size in [1, 3, 10, 16, 37] {
            let logits: std::vec::Vec<f32> = (0..size).map(|n| ((n * 29) % 17) as f32 * 0.7 - 5.3).collect();
            for function in [Function::Softmax, Function::Sigmoid] {
                let mut expected = std::vec![0.0; size];
                dispatch(Infer(Settings::new(Shape::new(&[size]), function), &logits, &mut expected));
                let mut found = logits.clone();
                match function {
                    Function::Softmax => Softmax::apply(&mut found, size),
                    _ => Sigmoid::apply(&mut found, size),
                }
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn equal_logits_are_equal_probabilities() {
        let mut logits = [3.0; 4];
        Softmax::apply(&mut logits, 4);
        assert_eq!(logits, [0.25; 4]);
        let mut gradient = [4.0, 0.0, 0.0, 0.0];
        Softmax::backward(&logits, &mut gradient, 4);
        assert_eq!(gradient, [0.75, -0.25, -0.25, -0.25]);
        let mut logit = [0.0];
        Sigmoid::apply(&mut logit, 1);
        assert_eq!(logit, [0.5]);
    }
}
