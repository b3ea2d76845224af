//! The end of a network: the activation that turns its last values into what a user reads.

use crate::kernel::activation::{Activate, ActivateBackward, Function};
use crate::kernel::dispatch;
use crate::plain::flatten_mut;

/// What the last layer of a network ends with. Training stops before it, and leaves it to the loss.
#[diagnostic::on_unimplemented(message = "`{Self}` is not the head of a network")]
pub trait Head: Copy + Default + Send + Sync + core::fmt::Debug + 'static {
    /// Whether outputs are the logits as they are.
    const IDENTITY: bool = false;

    /// Turns one sample's last values (the logits) into outputs. `axis` is the size of the last axis.
    fn apply(logits: &mut [f32], axis: usize);

    /// Turns the derivatives by the outputs into those by the logits.
    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize);

    /// Turns outputs into derivatives by the logits, where they lie, for a loss whose derivative by output number
    /// `index` is `slope(index, output)`. Needs no second buffer, however large the output is.
    fn backward_in_place(outputs: &mut [f32], axis: usize, slope: impl Fn(usize, f32) -> f32);
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
    const IDENTITY: bool = true;

    fn apply(_logits: &mut [f32], _axis: usize) {}
    fn backward(_outputs: &[f32], _gradient: &mut [f32], _axis: usize) {}

    fn backward_in_place(outputs: &mut [f32], _axis: usize, slope: impl Fn(usize, f32) -> f32) {
        for (index, value) in outputs.iter_mut().enumerate() {
            *value = slope(index, *value);
        }
    }
}

impl Head for Softmax {
    fn apply(logits: &mut [f32], axis: usize) {
        apply_function(Function::Softmax, logits, axis);
    }

    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize) {
        function_backward(Function::Softmax, outputs, gradient, axis);
    }

    fn backward_in_place(outputs: &mut [f32], axis: usize, slope: impl Fn(usize, f32) -> f32) {
        for (number, row) in outputs.chunks_exact_mut(axis.max(1)).enumerate() {
            let first = number * axis;
            let dot: f32 = row.iter().enumerate().map(|(index, &output)| output * slope(first + index, output)).sum();
            for (index, value) in row.iter_mut().enumerate() {
                *value *= slope(first + index, *value) - dot;
            }
        }
    }
}

impl Head for Sigmoid {
    fn apply(logits: &mut [f32], axis: usize) {
        apply_function(Function::Sigmoid, logits, axis);
    }

    fn backward(outputs: &[f32], gradient: &mut [f32], axis: usize) {
        function_backward(Function::Sigmoid, outputs, gradient, axis);
    }

    fn backward_in_place(outputs: &mut [f32], _axis: usize, slope: impl Fn(usize, f32) -> f32) {
        for (index, value) in outputs.iter_mut().enumerate() {
            *value = slope(index, *value) * *value * (1.0 - *value);
        }
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
    H::apply(flatten_mut(outputs), O::SHAPE.last());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{Isa, Job};
    use crate::layer::activation::{Activation, Settings};
    use crate::layer::{InPlace, Layer};
    use crate::random::Random;
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

    fn both_ways_backward_agree<H: Head>() {
        let mut random = Random::new(1, 0);
        let mut outputs: [f32; 12] = core::array::from_fn(|_| 4.0 * random.uniform() - 2.0);
        H::apply(&mut outputs, 4);
        let slope = |index: usize, output: f32| output * output - 0.1 * index as f32;
        let mut gradient: [f32; 12] = core::array::from_fn(|index| slope(index, outputs[index]));
        H::backward(&outputs, &mut gradient, 4);
        H::backward_in_place(&mut outputs, 4, slope);
        for (in_place, apart) in outputs.iter().zip(gradient) {
            assert!((in_place - apart).abs() <= 1e-6, "{in_place} and {apart}");
        }
    }

    #[test]
    fn a_head_goes_back_in_place_as_it_does_in_a_buffer() {
        both_ways_backward_agree::<Linear>();
        both_ways_backward_agree::<Sigmoid>();
        both_ways_backward_agree::<Softmax>();
    }
}
